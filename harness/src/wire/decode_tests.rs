use super::*;
use crate::name::Unreachable;
use crate::wire::{Flags, Icmp, Options, Segment, Seq, encode};
use proptest::prelude::*;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

const MAC: [u8; 6] = [2, 0, 0, 0, 0, 1];

fn segment(len: u32) -> Segment {
    Segment {
        source: "10.0.0.1:40000".parse().unwrap(),
        destination: "10.0.0.2:5050".parse().unwrap(),
        seq: Seq(0xffff_fffe),
        ack: Seq(7),
        flags: Flags(Flags::PSH.0 | Flags::ACK.0),
        window: 502,
        urgent: 0,
        options: Options { timestamps: Some((1, 2)), ..Options::default() },
        len,
        ip_id: Some(4711),
        ttl: 64,
        checksum_ok: Some(true),
    }
}

fn frame(len: u32) -> Vec<u8> {
    encode(&segment(len), MAC, MAC)
}

fn decode_all(link: LinkType, octets: &[u8]) -> Packet {
    decode(link, octets, u32::try_from(octets.len()).unwrap())
}

fn tcp(packet: Packet) -> Segment {
    match packet {
        Packet::Tcp(segment) => segment,
        other => panic!("no segment: {other:?}"),
    }
}

const LINKS: [LinkType; 7] = [
    LinkType::Ethernet,
    LinkType::RawIp,
    LinkType::LinuxSll,
    LinkType::LinuxSll2,
    LinkType::Null,
    LinkType::Loop,
    LinkType::Other(147),
];

/// The frame of `segment(len)` under another link header.
fn under(link: LinkType, len: u32) -> Vec<u8> {
    let mut header = match link {
        LinkType::LinuxSll => [&[0; 14][..], &[8, 0]].concat(),
        LinkType::LinuxSll2 => [&[8, 0][..], &[0; 18]].concat(),
        LinkType::Null => vec![2, 0, 0, 0],
        LinkType::Loop => vec![0, 0, 0, 2],
        _ => vec![],
    };
    header.extend(&frame(len)[14..]);
    header
}

#[test]
fn every_known_link_gives_the_segment() {
    assert_eq!(tcp(decode_all(LinkType::Ethernet, &frame(5))), segment(5));
    for link in LINKS.into_iter().filter(|link| *link != LinkType::Ethernet) {
        let packet = decode_all(link, &under(link, 5));
        match link {
            LinkType::Other(_) => assert!(matches!(packet, Packet::Other(_))),
            _ => assert_eq!(tcp(packet), segment(5), "{link:?}"),
        }
    }
}

#[test]
fn padding_is_no_payload() {
    let mut bare = segment(0);
    bare.options = Options::default();
    let mut octets = encode(&bare, MAC, MAC);
    octets.resize(60, 0xee);
    assert_eq!(tcp(decode_all(LinkType::Ethernet, &octets)), bare);
}

#[test]
fn a_cut_frame_gives_what_it_holds() {
    let octets = frame(1000);
    let wire_len = u32::try_from(octets.len()).unwrap();
    for held in 0..octets.len() {
        let packet = decode(LinkType::Ethernet, &octets[..held], wire_len);
        match held {
            0..54 => assert!(matches!(packet, Packet::Other(_)), "{held}: {packet:?}"),
            54..64 => {
                let expected = Segment { options: Options::default(), checksum_ok: None, ..segment(1000) };
                assert_eq!(tcp(packet), expected, "{held}");
            }
            _ => {
                let expected = Segment { checksum_ok: None, ..segment(1000) };
                assert_eq!(tcp(packet), expected, "{held}");
            }
        }
    }
}

#[test]
fn a_frame_without_ip_length_goes_by_the_wire() {
    let mut octets = frame(2896);
    octets[16..18].fill(0);
    let found = tcp(decode_all(LinkType::Ethernet, &octets));
    assert_eq!((found.len, found.checksum_ok), (2896, Some(true)));
    let cut = tcp(decode(LinkType::Ethernet, &octets[..96], 14 + 20 + 32 + 2896));
    assert_eq!((cut.len, cut.checksum_ok), (2896, None));
}

#[test]
fn beyond_64_kib() {
    let large = segment(200_000);
    assert_eq!(tcp(decode_all(LinkType::Ethernet, &encode(&large, MAC, MAC))), large);
}

#[test]
fn a_wrong_checksum_is_told() {
    let mut octets = frame(5);
    let last = octets.len() - 1;
    octets[last] ^= 1;
    assert_eq!(tcp(decode_all(LinkType::Ethernet, &octets)).checksum_ok, Some(false));
}

#[test]
fn ip_options_are_stepped_over() {
    let mut octets = frame(5);
    octets[14] = 0x46;
    octets[17] += 4;
    octets.splice(34..34, [0x94, 4, 0, 0]);
    assert_eq!(tcp(decode_all(LinkType::Ethernet, &octets)), segment(5));
}

#[test]
fn impossible_lengths_make_no_segment() {
    let refused = |at: usize, value: u8| {
        let mut octets = frame(5);
        octets[at] = value;
        let packet = decode_all(LinkType::Ethernet, &octets);
        assert!(matches!(packet, Packet::Other(_)), "octet {at} = {value}: {packet:?}");
    };
    refused(14, 0x44); // IP header of 16 octets
    refused(14, 0x75); // IP version 7
    refused(17, 19); // IP length below its header
    refused(17, 39); // IP length within the TCP header
    refused(46, 0x40); // TCP header of 16 octets
    refused(46, 0xf0); // TCP header longer than the datagram
}

#[test]
fn fragments() {
    let mut octets = frame(5);
    octets[20..22].copy_from_slice(&[0x20, 0]);
    let first = tcp(decode_all(LinkType::Ethernet, &octets));
    assert_eq!(first, Segment { checksum_ok: None, ..segment(5) });
    octets[20..22].copy_from_slice(&[0, 9]);
    let later = decode_all(LinkType::Ethernet, &octets);
    assert_eq!(later, Packet::Other("fragment, not the first"));
}

fn segment6(len: u32) -> Segment {
    Segment {
        source: "[fd00::1]:40000".parse().unwrap(),
        destination: "[fd00::2]:5050".parse().unwrap(),
        ip_id: None,
        ..segment(len)
    }
}

/// The frame of `segment6(5)` with these extension headers, the last of which must
/// name TCP as the next.
fn extended(first: u8, extensions: &[u8]) -> Vec<u8> {
    let mut octets = encode(&segment6(5), MAC, MAC);
    octets[19] += u8::try_from(extensions.len()).unwrap();
    octets[20] = first;
    octets.splice(54..54, extensions.iter().copied());
    octets
}

#[test]
fn ipv6_extensions_are_stepped_over() {
    let plain = encode(&segment6(5), MAC, MAC);
    assert_eq!(tcp(decode_all(LinkType::Ethernet, &plain)), segment6(5));
    // Hop-by-hop, then destination options, each padded by PadN.
    let octets = extended(0, &[60, 0, 1, 4, 0, 0, 0, 0, 6, 0, 1, 4, 0, 0, 0, 0]);
    assert_eq!(tcp(decode_all(LinkType::Ethernet, &octets)), segment6(5));
}

#[test]
fn ipv6_fragments() {
    let atomic = extended(44, &[6, 0, 0, 0, 0, 0, 0, 9]);
    assert_eq!(tcp(decode_all(LinkType::Ethernet, &atomic)), segment6(5));
    let first = extended(44, &[6, 0, 0, 1, 0, 0, 0, 9]);
    let expected = Segment { checksum_ok: None, ..segment6(5) };
    assert_eq!(tcp(decode_all(LinkType::Ethernet, &first)), expected);
    let later = extended(44, &[6, 0, 0, 8, 0, 0, 0, 9]);
    assert!(matches!(decode_all(LinkType::Ethernet, &later), Packet::Other(_)));
}

#[test]
fn a_routing_header_leaves_the_checksum_open() {
    let octets = extended(43, &[6, 0, 4, 0, 0, 0, 0, 0]);
    let expected = Segment { checksum_ok: None, ..segment6(5) };
    assert_eq!(tcp(decode_all(LinkType::Ethernet, &octets)), expected);
}

/// An unreachable of IPv4 that quotes the IP header and 8 octets of `frame(5)`.
fn unreachable(code: u8) -> Vec<u8> {
    let mut octets = frame(0)[..34].to_vec();
    octets[16..18].copy_from_slice(&[0, 20 + 8 + 28]);
    octets[23] = 1;
    octets[26..30].copy_from_slice(&[10, 0, 0, 254]);
    octets.extend([3, code, 0, 0, 0, 0, 0, 0]);
    octets.extend(&frame(5)[14..42]);
    octets
}

#[test]
fn an_unreachable_quotes_its_segment() {
    let expected = Icmp {
        source: "10.0.0.254".parse().unwrap(),
        destination: "10.0.0.2".parse().unwrap(),
        code: Unreachable::Host,
        quoted_source: segment(5).source,
        quoted_destination: segment(5).destination,
        quoted_seq: segment(5).seq,
    };
    assert_eq!(decode_all(LinkType::Ethernet, &unreachable(1)), Packet::Icmp(expected));
}

#[test]
fn unreachable_codes() {
    let code = |code| match decode_all(LinkType::Ethernet, &unreachable(code)) {
        Packet::Icmp(icmp) => icmp.code,
        other => panic!("{other:?}"),
    };
    assert_eq!(code(0), Unreachable::Network);
    assert_eq!(code(2), Unreachable::Protocol);
    assert_eq!(code(3), Unreachable::Port);
    assert_eq!(code(4), Unreachable::FragmentationNeeded);
    assert_eq!([9, 10, 13].map(code), [Unreachable::AdminProhibited; 3]);
    assert_eq!(code(5), Unreachable::Other);
}

#[test]
fn a_quote_of_no_segment_is_other() {
    let octets = unreachable(1);
    let cut = &octets[..octets.len() - 1];
    assert!(matches!(decode_all(LinkType::Ethernet, cut), Packet::Other(_)));
    let mut udp = unreachable(1);
    udp[42 + 9] = 17;
    assert!(matches!(decode_all(LinkType::Ethernet, &udp), Packet::Other(_)));
    let mut echo = unreachable(1);
    echo[34] = 8;
    assert!(matches!(decode_all(LinkType::Ethernet, &echo), Packet::Other(_)));
}

/// An ICMPv6 message in a frame.
fn icmp6(message: &[u8]) -> Vec<u8> {
    let mut octets = encode(&segment6(0), MAC, MAC)[..54].to_vec();
    octets[18..20].copy_from_slice(&u16::try_from(message.len()).unwrap().to_be_bytes());
    octets[20] = 58;
    octets.extend(message);
    octets
}

#[test]
fn icmp_version_6() {
    let quote = &encode(&segment6(5), MAC, MAC)[14..62];
    let code = |kind, code| {
        let message = [&[kind, code, 0, 0, 0, 0, 0, 0], quote].concat();
        match decode_all(LinkType::Ethernet, &icmp6(&message)) {
            Packet::Icmp(icmp) => {
                assert_eq!(icmp.quoted_source, segment6(5).source);
                assert_eq!(icmp.quoted_seq, segment6(5).seq);
                icmp.code
            }
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(
        [0, 1, 2, 3, 4].map(|c| code(1, c)),
        [Unreachable::Network, Unreachable::AdminProhibited, Unreachable::Other, Unreachable::Host, Unreachable::Port,]
    );
    assert_eq!(code(2, 0), Unreachable::FragmentationNeeded);
    assert_eq!(decode_all(LinkType::Ethernet, &icmp6(&[135; 24])), Packet::Neighbour);
    assert!(matches!(decode_all(LinkType::Ethernet, &icmp6(&[128; 24])), Packet::Other(_)));
}

#[test]
fn arp_is_neighbour() {
    let mut octets = vec![0xff; 12];
    octets.extend([0x08, 0x06, 0, 1]);
    assert_eq!(decode_all(LinkType::Ethernet, &octets), Packet::Neighbour);
}

fn any_seq() -> impl Strategy<Value = Seq> {
    any::<u32>().prop_map(Seq)
}

/// Options that fit into 40 octets: at most two SACK blocks beside all others.
fn any_options() -> impl Strategy<Value = Options> {
    let sack = proptest::collection::vec((any_seq(), any_seq()), 0..=2);
    (any::<Option<u16>>(), any::<Option<u8>>(), any::<bool>(), any::<Option<(u32, u32)>>(), sack).prop_map(
        |(mss, window_scale, sack_permitted, timestamps, sack)| Options {
            mss,
            window_scale,
            sack_permitted,
            timestamps,
            sack,
        },
    )
}

prop_compose! {
    fn any_segment()(
        ports: (u16, u16), numbers in (any_seq(), any_seq()), flags: u8, window: u16,
        urgent: u16, options in any_options(), len in prop_oneof![0..9u32, 0..70_000u32],
        addresses: (u32, u32), ip_id: u16, ttl: u8, checksum_ok: bool,
    ) -> Segment {
        Segment {
            source: SocketAddr::from((Ipv4Addr::from(addresses.0), ports.0)),
            destination: SocketAddr::from((Ipv4Addr::from(addresses.1), ports.1)),
            seq: numbers.0,
            ack: numbers.1,
            flags: Flags(flags),
            window,
            urgent,
            options,
            len,
            ip_id: Some(ip_id),
            ttl,
            checksum_ok: Some(checksum_ok),
        }
    }
}

proptest! {
    #[test]
    fn encoding_loses_nothing(segment in any_segment(), from: [u8; 6], to: [u8; 6]) {
        let octets = encode(&segment, from, to);
        prop_assert_eq!(&octets[..6], &to);
        prop_assert_eq!(&octets[6..12], &from);
        prop_assert_eq!(decode_all(LinkType::Ethernet, &octets), Packet::Tcp(segment));
    }

    #[test]
    fn encoding_loses_nothing_in_version_6(segment in any_segment(), addresses: (u128, u128)) {
        let segment = Segment {
            source: SocketAddr::from((Ipv6Addr::from(addresses.0), segment.source.port())),
            destination: SocketAddr::from((Ipv6Addr::from(addresses.1), 5050)),
            ip_id: None,
            ..segment
        };
        let octets = encode(&segment, MAC, MAC);
        prop_assert_eq!(decode_all(LinkType::Ethernet, &octets), Packet::Tcp(segment));
    }

    #[test]
    fn no_octets_panic(octets: Vec<u8>, wire_len: u32, number: u16) {
        for link in LINKS.into_iter().chain([LinkType::from_number(number)]) {
            let _ = decode(link, &octets, wire_len);
        }
    }

    /// Random octets seldom get past the first header: break good frames too.
    #[test]
    fn no_broken_frame_panics(
        kind in 0..5usize,
        broken in proptest::collection::vec((0..100usize, any::<u8>()), 0..6),
        held in 0..120usize,
        wire_len: u32,
    ) {
        let mut octets = match kind {
            0 => frame(5),
            1 => extended(0, &[60, 0, 1, 4, 0, 0, 0, 0, 6, 0, 1, 4, 0, 0, 0, 0]),
            2 => extended(44, &[6, 0, 0, 0, 0, 0, 0, 9]),
            3 => unreachable(1),
            _ => icmp6(&[&[1, 0, 0, 0, 0, 0, 0, 0], &frame(5)[14..]].concat()),
        };
        for (at, value) in broken {
            if let Some(octet) = octets.get_mut(at) {
                *octet = value;
            }
        }
        octets.truncate(held);
        let _ = decode(LinkType::Ethernet, &octets, wire_len);
        let _ = decode(LinkType::RawIp, octets.get(14..).unwrap_or_default(), wire_len);
    }
}
