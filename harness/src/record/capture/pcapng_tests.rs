use super::super::{interface, packet, read, section};
use super::*;

fn field(big: bool, value: u32) -> [u8; 4] {
    if big { value.to_be_bytes() } else { value.to_le_bytes() }
}

fn half(big: bool, value: u16) -> [u8; 2] {
    if big { value.to_be_bytes() } else { value.to_le_bytes() }
}

/// A block by hand, so that the reader is not only tried against the writer.
fn block(big: bool, kind: u32, body: &[u8]) -> Vec<u8> {
    let len = field(big, u32::try_from(body.len() + 12).unwrap());
    [&field(big, kind)[..], &len, body, &len].concat()
}

fn header(big: bool) -> Vec<u8> {
    let body = [&field(big, 0x1a2b_3c4d)[..], &half(big, 1), &half(big, 0), &[0xff; 8]].concat();
    block(big, SECTION, &body)
}

fn device(big: bool, link: u16, options: &[u8]) -> Vec<u8> {
    let body = [&half(big, link)[..], &[0, 0], &field(big, 0), options].concat();
    block(big, INTERFACE, &body)
}

fn enhanced(big: bool, interface: u32, ticks: u64, octets: &[u8]) -> Vec<u8> {
    let high = u32::try_from(ticks >> 32).unwrap();
    let low = u32::try_from(ticks & 0xffff_ffff).unwrap();
    let len = u32::try_from(octets.len()).unwrap();
    let mut body: Vec<u8> =
        [interface, high, low, len, len + 100].into_iter().flat_map(|value| field(big, value)).collect();
    body.extend(octets);
    body.resize(body.len().next_multiple_of(4), 0);
    block(big, PACKET, &body)
}

fn option(big: bool, code: u16, value: &[u8]) -> Vec<u8> {
    let len = half(big, u16::try_from(value.len()).unwrap());
    let mut option = [&half(big, code)[..], &len, value].concat();
    option.resize(option.len().next_multiple_of(4), 0);
    option
}

#[test]
fn both_orders() {
    for big in [false, true] {
        let options = [option(big, 2, b"eth0"), option(big, 0, b"")].concat();
        let file = [header(big), device(big, 276, &options), enhanced(big, 0, 5_000_000, b"abcde")];
        let file = file.concat();
        let capture = read(&file).unwrap();
        let expected = Packet { interface: 0, stamp: 5_000_000_000, wire_len: 105, octets: b"abcde" };
        assert_eq!(capture.packets, [expected], "microseconds, unless said otherwise");
        assert_eq!(capture.interfaces[0].name.as_deref(), Some("eth0"));
        assert_eq!(capture.interfaces[0].link, LinkType::LinuxSll2);
        assert_eq!(capture.flaw, None);
    }
}

#[test]
fn resolutions_and_offsets() {
    let unix = |resolution, offset, ticks| Clock { resolution, offset }.unix(ticks);
    assert_eq!(unix(9, 0, 1_700_000_000_123_456_789), 1_700_000_000_123_456_789);
    assert_eq!(unix(0, 0, 7), 7_000_000_000);
    assert_eq!(unix(12, 0, 7_999), 7);
    assert_eq!(unix(46, 0, u64::MAX), 0);
    assert_eq!(unix(0x80 | 10, 0, 512), 500_000_000);
    assert_eq!(unix(0x80 | 30, 0, 1 << 30), 1_000_000_000);
    assert_eq!(unix(0xff, 0, u64::MAX), 0);
    assert_eq!(unix(9, -2, 3_000_000_000), 1_000_000_000);
    assert_eq!(unix(9, -2, 1), 0, "before 1970");
    assert_eq!(unix(0, i64::MAX, u64::MAX), u64::MAX);
}

#[test]
fn a_new_section_begins_its_interfaces_anew() {
    let first = [header(false), device(false, 1, &[]), enhanced(false, 0, 1, b"a")].concat();
    let second = [header(true), device(true, 113, &[]), enhanced(true, 0, 2, b"b")].concat();
    let file = [first, second].concat();
    let capture = read(&file).unwrap();
    let seen: Vec<_> = capture.packets.iter().map(|packet| packet.interface).collect();
    assert_eq!(seen, [0, 1]);
    assert_eq!(capture.interfaces[1].link, LinkType::LinuxSll);
}

#[test]
fn other_packet_blocks() {
    let simple = block(false, SIMPLE_PACKET, &[3, 0, 0, 0, b'x', b'y', b'z', 0]);
    let obsolete = [0, 0, 9, 0, 0, 0, 0, 0, 7, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, b'h', b'i', 0, 0];
    let obsolete = block(false, OBSOLETE_PACKET, &obsolete);
    let unknown = block(false, 0x0bad, &[1; 8]);
    let file = [header(false), device(false, 1, &[]), obsolete, unknown, simple].concat();
    let capture = read(&file).unwrap();
    assert_eq!(
        capture.packets,
        [
            Packet { interface: 0, stamp: 7000, wire_len: 2, octets: b"hi" },
            Packet { interface: 0, stamp: 7000, wire_len: 3, octets: b"xyz" },
        ]
    );
}

#[test]
fn drops_are_counted() {
    let mut body = vec![0; 12];
    body.extend(option(false, 4, &900_u64.to_le_bytes()));
    body.extend(option(false, 5, &3_u64.to_le_bytes()));
    body.extend(option(false, 7, &4_u64.to_le_bytes()));
    let file = [header(false), device(false, 1, &[]), block(false, STATISTICS, &body)].concat();
    assert_eq!(read(&file).unwrap().interfaces[0].dropped, 7);
}

#[test]
fn a_broken_option_costs_nothing_else() {
    let name = option(false, 2, b"eth0");
    for broken in [&[9, 0][..], &[9, 0, 200, 0, 1, 2, 3, 4], &[99, 0, 0, 0]] {
        let mut options = [&name[..], broken].concat();
        options.resize(options.len().next_multiple_of(4), 0);
        let file = [header(false), device(false, 1, &options), enhanced(false, 0, 1, b"a")];
        let file = file.concat();
        let capture = read(&file).unwrap();
        assert_eq!(capture.interfaces[0].name.as_deref(), Some("eth0"), "{broken:?}");
        assert_eq!(capture.packets.len(), 1, "{broken:?}");
    }
}

#[test]
fn a_cut_file_is_read_to_the_cut() {
    let head = [header(false), device(false, 1, &[]), enhanced(false, 0, 1, b"a")].concat();
    let whole = [head.clone(), enhanced(false, 0, 2, b"bcdef")].concat();
    for len in 0..header(false).len() {
        assert!(read(&whole[..len]).is_err(), "{len}");
    }
    for len in head.len() + 1..whole.len() {
        let capture = read(&whole[..len]).unwrap();
        assert_eq!(capture.packets.len(), 1, "{len}");
        assert_eq!(capture.flaw, Some(Flaw::torn(head.len())), "{len}");
    }
    assert_eq!(read(&whole).unwrap().flaw, None);
}

#[test]
fn damage_is_told_from_a_cut() {
    let head = [header(false), device(false, 1, &[])].concat();
    let reason = |block: Vec<u8>| {
        let file = [head.clone(), block].concat();
        let flaw = read(&file).unwrap().flaw.unwrap();
        assert_eq!((flaw.offset, flaw.torn), (head.len(), false));
        flaw.reason
    };
    assert_eq!(reason(vec![0; 64]), "a block of an impossible length");
    let mut differing = enhanced(false, 0, 1, b"a");
    *differing.last_mut().unwrap() = 1;
    assert_eq!(reason(differing), "a block whose two lengths differ");
    assert_eq!(reason(enhanced(false, 1, 1, b"a")), "a broken packet block");
    let mut too_long = enhanced(false, 0, 1, b"a");
    too_long[20] = 200;
    assert_eq!(reason(too_long), "a broken packet block");
}

#[test]
fn what_is_written_reads_back() {
    let mut file = Vec::new();
    section(&mut file, "x86_64", "Linux", "deadpeer");
    interface(&mut file, "a/to-b", LinkType::Ethernet);
    interface(&mut file, "b/to-a", LinkType::Other(147));
    let packets = [
        Packet { interface: 1, stamp: u64::MAX, wire_len: 9000, octets: &[1, 2, 3, 4, 5] },
        Packet { interface: 0, stamp: 1 << 32, wire_len: 0, octets: &[] },
    ];
    packet(&mut file, &packets[0], Some("PROBE — lost at b"));
    packet(&mut file, &packets[1], None);
    let capture = read(&file).unwrap();
    assert_eq!(capture.packets, packets);
    assert_eq!(capture.interfaces[1].name.as_deref(), Some("b/to-a"));
    assert_eq!(capture.interfaces[1].link, LinkType::Other(147));
}

#[test]
fn an_overlong_comment_is_cut_between_characters() {
    let mut file = header(false);
    file.extend(device(false, 1, &[]));
    let sent = Packet { interface: 0, stamp: 1, wire_len: 1, octets: b"a" };
    packet(&mut file, &sent, Some(&"—".repeat(30_000)));
    packet(&mut file, &sent, None);
    let capture = read(&file).unwrap();
    assert_eq!((capture.packets.len(), capture.flaw), (2, None));
    let texts: Vec<_> = file.windows(4).filter(|w| *w == [1, 0, 0xff, 0xff]).collect();
    assert_eq!(texts.len(), 1, "65535 is a multiple of the character's 3 octets");
}
