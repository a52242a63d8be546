use deadpeer::wire::{Flags, LinkType, Options, Segment, Seq, encode};

pub(crate) const MAC: [u8; 6] = [2, 0, 0, 0, 0, 1];

/// A data segment of so many octets.
pub(crate) fn data(len: u32) -> Segment {
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

/// One of many segments, by a fixed rule that lets every field and option vary.
pub(crate) fn any_segment(index: u32) -> Segment {
    let scattered = |salt: u32| (index + 1).wrapping_mul(2_654_435_761).rotate_left(salt);
    let low = |salt: u32| u16::try_from(scattered(salt) & 0xffff).unwrap();
    let octet = |salt: u32| u8::try_from(scattered(salt) & 0xff).unwrap();
    let has = |bit: u32| index >> bit & 1 == 1;
    let block = |salt| (Seq(scattered(salt)), Seq(scattered(salt + 3)));
    let flags = Flags(octet(5) | Flags::ACK.0);
    let addresses = match has(6) {
        false => ("10.0.0.1", "10.0.0.2"),
        true => ("fd00::1", "fd00::2"),
    };
    Segment {
        source: (addresses.0.parse::<std::net::IpAddr>().unwrap(), low(1) | 1024).into(),
        destination: (addresses.1.parse::<std::net::IpAddr>().unwrap(), 50000).into(),
        seq: Seq(scattered(7)),
        ack: Seq(scattered(9)),
        flags,
        window: low(11),
        urgent: low(13),
        options: Options {
            mss: has(0).then(|| low(15)),
            window_scale: has(1).then(|| octet(17) % 15),
            sack_permitted: has(2),
            timestamps: has(3).then(|| (scattered(19), scattered(21))),
            sack: if has(4) { vec![block(2), block(8)] } else { vec![] },
        },
        len: scattered(23) % 1449,
        ip_id: (!has(6)).then(|| low(25)),
        ttl: octet(27),
        checksum_ok: Some(!has(5)),
    }
}

/// Frames off the beaten track, with their length on the wire.
pub(crate) fn odd() -> Vec<(usize, Vec<u8>)> {
    let frame = encode(&data(1000), MAC, MAC);
    let len = frame.len();
    let with = |at: usize, octets: &[u8]| {
        let mut frame = frame.clone();
        frame.splice(at..at + octets.len(), octets.iter().copied());
        frame
    };
    let inserted = |at: usize, octets: &[u8]| {
        let mut frame = frame.clone();
        frame.splice(at..at, octets.iter().copied());
        frame
    };
    let mut padded = encode(&Segment { options: Options::default(), ..data(0) }, MAC, MAC);
    padded.resize(60, 0xee);
    let mut ip_options = with(14, &[0x46, 0, 4, 0x20]);
    ip_options.splice(34..34, [1, 1, 1, 0]);
    let mut whole = vec![
        frame.clone(),
        padded,
        ip_options,
        // VLAN tags, one and two.
        inserted(12, &[0x81, 0, 0, 7]),
        inserted(12, &[0x88, 0xa8, 0, 7, 0x81, 0, 0, 8]),
        // No IP length, as before segmentation.
        with(16, &[0, 0]),
        extended(0, &[60, 0, 1, 4, 0, 0, 0, 0, 6, 0, 1, 4, 0, 0, 0, 0]),
        extended(44, &[6, 0, 0, 0, 0, 0, 0, 9]),
        extended(51, &[6, 2, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2, 9, 9, 9, 9]),
    ];
    whole.push(encode(&data(27_512), MAC, MAC));
    let mut frames: Vec<_> = whole.into_iter().map(|frame| (frame.len(), frame)).collect();
    frames.push((len, frame.get(..96).unwrap().to_vec()));
    frames.push((len, frame.get(..66).unwrap().to_vec()));
    frames
}

/// Over IPv6 with these extension headers, the last of which must name TCP as the next.
fn extended(first: u8, extensions: &[u8]) -> Vec<u8> {
    let segment = Segment {
        source: "[fd00::1]:40000".parse().unwrap(),
        destination: "[fd00::2]:5050".parse().unwrap(),
        ip_id: None,
        ..data(5)
    };
    let mut frame = encode(&segment, MAC, MAC);
    frame[19] += u8::try_from(extensions.len()).unwrap();
    frame[20] = first;
    frame.splice(54..54, extensions.iter().copied());
    frame
}

/// A segment under every link header that is known.
pub(crate) fn links() -> Vec<(LinkType, Vec<u8>)> {
    let frame = encode(&data(5), MAC, MAC);
    let cooked = [&[0, 0, 0, 1, 0, 6][..], &MAC, &[0, 0, 8, 0]].concat();
    let cooked2 = [&[8, 0, 0, 0, 0, 0, 0, 2, 0, 1, 0, 6][..], &MAC, &[0, 0]].concat();
    let headers = [
        (LinkType::Ethernet, frame[..14].to_vec()),
        (LinkType::RawIp, vec![]),
        (LinkType::LinuxSll, cooked),
        (LinkType::LinuxSll2, cooked2),
        (LinkType::Null, vec![2, 0, 0, 0]),
        (LinkType::Loop, vec![0, 0, 0, 2]),
    ];
    headers.map(|(link, header)| (link, [&header, &frame[14..]].concat())).to_vec()
}

/// A classic pcap of nanoseconds, big endian, of frames with their length on the wire.
pub(crate) fn classic(link: LinkType, frames: &[(usize, Vec<u8>)]) -> Vec<u8> {
    let word = |value: usize| u32::try_from(value).unwrap();
    let mut file = Vec::new();
    for value in [0xa1b2_3c4d, 0x0002_0004, 0, 0, 262_144, u32::from(link.number())] {
        file.extend(u32::to_be_bytes(value));
    }
    for (index, (wire_len, octets)) in frames.iter().enumerate() {
        for value in [word(index), 999_999_999, word(octets.len()), word(*wire_len)] {
            file.extend(value.to_be_bytes());
        }
        file.extend(octets);
    }
    file
}
