use crate::record::Frame;

const ETHERNET: usize = 14;
const SEQ: usize = 4;
const FLAGS: usize = 12;
const CHECKSUM: usize = 16;
const RST: u16 = 0x04;

/// Sets RST where it was not, takes it where it was.
pub(super) fn other_flags(frame: &Frame, correct: bool) -> Frame {
    changed(frame, correct, |header| set(header, FLAGS, |word| word ^ RST))
}

/// The same segment at a sequence number so much higher; the checksum is corrected.
pub(super) fn other_seq(frame: &Frame, by: i32) -> Frame {
    changed(frame, true, |header| {
        let Some(octets) = header.get(SEQ..SEQ + 4) else { return };
        let old = u32::from_be_bytes([octets[0], octets[1], octets[2], octets[3]]);
        let new = old.wrapping_add_signed(by).to_be_bytes();
        set(header, SEQ, |_| u16::from_be_bytes([new[0], new[1]]));
        set(header, SEQ + 2, |_| u16::from_be_bytes([new[2], new[3]]));
    })
}

/// The checksum becomes that of the changed header, if it was that of the old one, by
/// the difference of the sums of all words (RFC 1624 §3).
fn changed(frame: &Frame, correct: bool, change: impl FnOnce(&mut [u8])) -> Frame {
    let mut frame = frame.clone();
    let Some(start) = tcp_start(&frame.octets) else { return frame };
    let Some(header) = frame.octets.get_mut(start..start + 20) else { return frame };
    let before = sum(header);
    change(header);
    let after = sum(header);
    if correct {
        set(header, CHECKSUM, |old| !folded(u32::from(!old) + u32::from(!before) + u32::from(after)));
    }
    frame
}

fn set(header: &mut [u8], at: usize, change: impl FnOnce(u16) -> u16) {
    if let Some([high, low]) = header.get_mut(at..at + 2) {
        [*high, *low] = change(u16::from_be_bytes([*high, *low])).to_be_bytes();
    }
}

/// The ones' complement sum (RFC 1071).
fn sum(header: &[u8]) -> u16 {
    folded(header.chunks_exact(2).map(|word| u32::from(u16::from_be_bytes([word[0], word[1]]))).sum())
}

fn folded(sum: u32) -> u16 {
    let once = (sum & 0xffff) + (sum >> 16);
    ((once & 0xffff) + (once >> 16)) as u16
}

/// Where the TCP header begins in an Ethernet frame with IPv4 (RFC 791 §3.1), or with IPv6
/// and no extensions (RFC 8200 §3).
fn tcp_start(octets: &[u8]) -> Option<usize> {
    let first = *octets.get(ETHERNET)?;
    let (header, protocol_at) = match (octets.get(12..ETHERNET)?, first >> 4) {
        ([0x08, 0x00], 4) => (usize::from(first & 0x0f) * 4, 9),
        ([0x86, 0xdd], 6) => (40, 6),
        _ => return None,
    };
    let is_tcp = *octets.get(ETHERNET + protocol_at)? == 6;
    let start = ETHERNET + header;
    (is_tcp && octets.len() >= start + 20).then_some(start)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::LabTime;

    /// An Ethernet frame with IPv4 and a TCP header, no options, a correct checksum.
    fn frame(flags: u8) -> Frame {
        let mut octets = vec![0u8; 12];
        octets.extend([8, 0, 0x45, 0, 0, 40, 0, 1, 0, 0, 64, 6, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2]);
        octets.extend([0x9c, 0x41, 0x13, 0xba, 0, 0, 0, 1, 0, 0, 0, 2, 0x50, flags, 1, 2, 0, 0, 0, 0]);
        let sum = checksum(&octets);
        octets[ETHERNET + 20 + CHECKSUM..ETHERNET + 20 + CHECKSUM + 2].copy_from_slice(&sum.to_be_bytes());
        Frame { vantage: 0, at: LabTime(0), wire_len: 54, octets }
    }

    /// RFC 9293 §3.1, over the pseudo-header and the segment.
    fn checksum(octets: &[u8]) -> u16 {
        let words = |part: &[u8]| part.chunks(2).map(|w| u32::from(u16::from_be_bytes([w[0], w[1]]))).sum::<u32>();
        let mut sum = words(&octets[26..34]) + 6 + 20 + words(&octets[34..]);
        while sum > 0xffff {
            sum = (sum & 0xffff) + (sum >> 16);
        }
        !u16::try_from(sum).unwrap()
    }

    #[test]
    fn other_flags_keep_a_correct_checksum_correct() {
        for flags in [0x02, 0x10, 0x14, 0x04, 0x18] {
            let before = frame(flags);
            assert_eq!(checksum(&before.octets), 0);
            let after = other_flags(&before, true);
            assert_eq!(after.octets[ETHERNET + 20 + FLAGS + 1], flags ^ 4);
            assert_eq!(checksum(&after.octets), 0, "{flags:#x}");
            assert_ne!(checksum(&other_flags(&before, false).octets), 0, "{flags:#x}");
        }
    }

    #[test]
    fn so_they_do_over_ipv6() {
        let mut octets = vec![0u8; 12];
        octets.extend([0x86, 0xdd, 0x60, 0, 0, 0, 0, 20, 6, 64]);
        octets.extend([0; 32]);
        octets.extend(&frame(0x10).octets[34..]);
        let before = Frame { octets, ..frame(0x10) };
        let header = |frame: &Frame| frame.octets[54..].to_vec();
        let words = |frame: &Frame| sum(&header(frame));
        for after in [other_flags(&before, true), other_seq(&before, 70_000)] {
            assert_ne!(header(&after), header(&before));
            // Nothing of the pseudo-header changes, so the whole sum stays.
            assert_eq!(words(&after), words(&before));
        }
        assert_ne!(words(&other_flags(&before, false)), words(&before));
    }

    #[test]
    fn what_is_no_tcp_is_left_alone() {
        for octets in [vec![], vec![0; 60], frame(2).octets[..40].to_vec()] {
            let frame = Frame { octets, ..frame(2) };
            assert_eq!(other_flags(&frame, true), frame);
        }
    }

    #[test]
    fn another_seq_keeps_the_checksum_correct() {
        for by in [1, -1, -2, 70_000, i32::MIN] {
            let after = other_seq(&frame(0x10), by);
            let seq: [u8; 4] = after.octets[ETHERNET + 20 + SEQ..][..4].try_into().unwrap();
            assert_eq!(u32::from_be_bytes(seq), 1u32.wrapping_add_signed(by));
            assert_eq!(checksum(&after.octets), 0, "{by}");
        }
    }
}
