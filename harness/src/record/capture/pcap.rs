use super::cursor::{Cursor, Order};
use super::{Capture, Flaw, Interface, Packet};
use crate::wire::LinkType;

/// The most that a packet record can hold and still be believed: as much as Wireshark
/// allows for any link type. Beyond it a length is damage, and what follows is lost.
const MAX_PACKET: u32 = 128 << 20;

/// Reads the classic format (<https://datatracker.ietf.org/doc/draft-ietf-opsawg-pcap/>).
/// None if the magic number is another.
pub(super) fn read(file: &[u8]) -> Option<Result<Capture<'_>, String>> {
    let (order, unit) = match file.first_chunk()? {
        [0xa1, 0xb2, 0xc3, 0xd4] => (Order::Big, 1000),
        [0xd4, 0xc3, 0xb2, 0xa1] => (Order::Little, 1000),
        [0xa1, 0xb2, 0x3c, 0x4d] => (Order::Big, 1),
        [0x4d, 0x3c, 0xb2, 0xa1] => (Order::Little, 1),
        _ => return None,
    };
    let cursor = Cursor { rest: file, order };
    let capture = header(cursor).map(|(link, cursor)| packets(file.len(), link, cursor, unit));
    Some(capture.ok_or_else(|| "its header is cut short".to_owned()))
}

fn header(mut cursor: Cursor) -> Option<(LinkType, Cursor)> {
    // Magic, version, time zone, accuracy, snapshot length: of none is use made.
    cursor.take(20)?;
    // The high half has flags about frame check sequences.
    let number = cursor.u32()? & 0xffff;
    Some((LinkType::from_number(u16::try_from(number).ok()?), cursor))
}

fn packets(file_len: usize, link: LinkType, mut cursor: Cursor, unit: u64) -> Capture {
    let interface = Interface { link, ..Interface::default() };
    let mut capture = Capture { interfaces: vec![interface], ..Capture::default() };
    while !cursor.rest.is_empty() {
        let offset = file_len - cursor.rest.len();
        match packet(&mut cursor, offset, unit) {
            Ok(packet) => capture.packets.push(packet),
            Err(flaw) => {
                capture.flaw = Some(flaw);
                break;
            }
        }
    }
    capture
}

fn packet<'a>(cursor: &mut Cursor<'a>, offset: usize, unit: u64) -> Result<Packet<'a>, Flaw> {
    let torn = || Flaw::torn(offset);
    let seconds = u64::from(cursor.u32().ok_or_else(torn)?);
    let fraction = u64::from(cursor.u32().ok_or_else(torn)?);
    let held = cursor.u32().ok_or_else(torn)?;
    let wire_len = cursor.u32().ok_or_else(torn)?;
    if held > MAX_PACKET {
        return Err(Flaw::damaged(offset, "a packet of an impossible length"));
    }
    let octets = cursor.take(held).ok_or_else(torn)?;
    // Two 32-bit numbers: the sum is below 2^63.
    let stamp = seconds * 1_000_000_000 + fraction * unit;
    Ok(Packet { interface: 0, stamp, wire_len, octets })
}

#[cfg(test)]
mod tests {
    use super::super::read;
    use super::*;

    fn file(magic: u32, big: bool, link: u32, packets: &[(u32, u32, &[u8])]) -> Vec<u8> {
        let field = |value: u32| if big { value.to_be_bytes() } else { value.to_le_bytes() };
        let mut file = field(magic).to_vec();
        // The version is two numbers of 16 bits; no one reads it.
        for value in [0x0004_0002, 0, 0, 65535, link] {
            file.extend(field(value));
        }
        for (seconds, fraction, octets) in packets {
            let len = u32::try_from(octets.len()).unwrap();
            for value in [*seconds, *fraction, len, len + 10] {
                file.extend(field(value));
            }
            file.extend(*octets);
        }
        file
    }

    #[test]
    fn both_orders_and_resolutions() {
        for big in [false, true] {
            for (magic, nanoseconds) in [(0xa1b2_c3d4, 5000), (0xa1b2_3c4d, 5)] {
                let file = file(magic, big, 1, &[(7, 5, b"abc")]);
                let capture = read(&file).unwrap();
                let stamp = 7_000_000_000 + nanoseconds;
                let expected = Packet { interface: 0, stamp, wire_len: 13, octets: b"abc" };
                assert_eq!(capture.packets, [expected]);
                assert_eq!(capture.flaw, None);
            }
        }
    }

    #[test]
    fn the_link_type_is_the_low_half() {
        let file = file(0xa1b2_c3d4, false, 0x4400_0071, &[]);
        assert_eq!(read(&file).unwrap().interfaces[0].link, LinkType::LinuxSll);
    }

    #[test]
    fn a_cut_file_is_read_to_the_cut() {
        let whole = file(0xa1b2_c3d4, false, 1, &[(1, 0, b"abc"), (2, 0, b"defg")]);
        assert!(read(&whole[..23]).is_err());
        for len in 44..whole.len() {
            let capture = read(&whole[..len]).unwrap();
            assert_eq!(capture.packets.len(), 1, "{len}");
            assert_eq!(capture.flaw, (len > 43).then(|| Flaw::torn(43)), "{len}");
        }
        assert_eq!(read(&whole[..43]).unwrap().flaw, None);
    }

    #[test]
    fn an_impossible_length_is_damage() {
        let mut file = file(0xa1b2_c3d4, false, 1, &[(1, 0, b"abc")]);
        file[35] = 0xff;
        let flaw = read(&file).unwrap().flaw.unwrap();
        assert_eq!((flaw.offset, flaw.torn), (24, false));
    }
}
