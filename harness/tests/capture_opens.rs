//! What this program writes and reads, Wireshark and tcpdump write and read alike.
//!
//! Where one of them is not installed, its tests say so and pass.

#[path = "capture_opens/frames.rs"]
mod frames;
#[path = "capture_opens/tools.rs"]
mod tools;

use deadpeer::name::{NodeName, Side};
use deadpeer::plan::VantagePlan;
use deadpeer::record::{
    CAPTURE, ClockKind, EndpointInfo, Frame, Kernel, Manifest, Record, VERSION, annotate, from_capture, load, save,
};
use deadpeer::time::LabTime;
use deadpeer::wire::{LinkType, Packet, Segment, decode, encode};
use frames::{MAC, any_segment, classic, data, links, odd};
use std::path::Path;
use tempfile::tempdir;
use tools::{Fields, resave, tcpdump, tshark};

const BEGAN: u64 = 1_700_000_000_123_456_789;

fn node(name: &str) -> NodeName {
    NodeName::new(name).unwrap()
}

fn record(segments: &[Segment]) -> Record {
    let endpoint = |side, name| EndpointInfo {
        side,
        node: node(name),
        address: "10.0.0.1".parse().unwrap(),
        forwarded: None,
        port: None,
    };
    let vantage = |name, interface: &str| VantagePlan { node: node(name), interface: interface.to_owned() };
    let frame = |(index, segment): (usize, &Segment)| {
        let octets = encode(segment, MAC, MAC);
        let wire_len = u32::try_from(octets.len()).unwrap();
        let at = LabTime(i64::try_from(index).unwrap() * 1_000_000_001);
        Frame { vantage: index % 2, at, wire_len, octets }
    };
    Record {
        manifest: Manifest {
            version: VERSION,
            name: "test".to_owned(),
            began_unix_ns: BEGAN,
            clock: ClockKind::Real,
            kernel: Kernel { release: "6.18.0".to_owned(), hz: 250, phase: None },
            nodes: Vec::new(),
            vantages: vec![vantage("a", "to-sw"), vantage("b", "to-sw")],
            links: Vec::new(),
            copies: false,
            client: endpoint(Side::Client, "a"),
            server: endpoint(Side::Server, "b"),
            further: Vec::new(),
        },
        events: Vec::new(),
        frames: segments.iter().enumerate().map(frame).collect(),
    }
}

/// The decoded segment in the words of tshark's fields.
fn in_fields(segment: &Segment) -> Fields {
    let number = |value: Option<u32>| value.map_or_else(String::new, |value| value.to_string());
    let joined = |edges: Vec<u32>| edges.iter().map(u32::to_string).collect::<Vec<_>>().join(",");
    let options = &segment.options;
    let checksum = match segment.checksum_ok {
        Some(false) => "0",
        Some(true) => "1",
        None => "2",
    };
    Fields::from([
        ("tcp.srcport", segment.source.port().to_string()),
        ("tcp.dstport", segment.destination.port().to_string()),
        ("tcp.seq_raw", segment.seq.0.to_string()),
        ("tcp.ack_raw", segment.ack.0.to_string()),
        ("tcp.flags", format!("0x{:04x}", segment.flags.0)),
        ("tcp.window_size_value", segment.window.to_string()),
        ("tcp.urgent_pointer", segment.urgent.to_string()),
        ("tcp.len", segment.len.to_string()),
        ("tcp.checksum.status", checksum.to_owned()),
        ("tcp.options.mss_val", number(options.mss.map(u32::from))),
        ("tcp.options.wscale.shift", number(options.window_scale.map(u32::from))),
        ("tcp.options.timestamp.tsval", number(options.timestamps.map(|(value, _)| value))),
        ("tcp.options.timestamp.tsecr", number(options.timestamps.map(|(_, echo)| echo))),
        ("tcp.options.sack_le", joined(options.sack.iter().map(|(left, _)| left.0).collect())),
        ("tcp.options.sack_re", joined(options.sack.iter().map(|(_, right)| right.0).collect())),
    ])
}

fn decoded(link: LinkType, frame: &Frame) -> Segment {
    match decode(link, &frame.octets, frame.wire_len) {
        Packet::Tcp(segment) => segment,
        other => panic!("no segment: {other:?}"),
    }
}

/// Every segment of the file, as both decode it.
fn compare(path: &Path) {
    let record = from_capture(path).unwrap();
    let segments = record.frames.iter().map(|frame| {
        let segment = decoded(record.manifest.link(frame.vantage), frame);
        (in_fields(&segment), segment)
    });
    let segments: Vec<_> = segments.collect();
    let names: Vec<&str> = segments[0].0.keys().copied().collect();
    let Some(seen) = tshark(path, &names) else { return };
    assert_eq!(seen.len(), segments.len());
    for ((ours, segment), theirs) in segments.into_iter().zip(seen) {
        assert_eq!(ours, theirs, "{segment:?}");
    }
}

#[test]
fn tshark_reads_what_was_written() {
    let dir = tempdir().unwrap();
    let segments: Vec<Segment> = (0..6).map(data).collect();
    save(dir.path(), &record(&segments)).unwrap();
    annotate(dir.path(), |frame| (frame != 2).then(|| format!("PROBE {frame} — lost"))).unwrap();
    let names = ["frame.interface_name", "frame.time_epoch", "frame.comment", "frame.len"];
    let Some(seen) = tshark(&dir.path().join(CAPTURE), &names) else { return };
    assert_eq!(seen.len(), 6);
    for (index, fields) in seen.iter().enumerate() {
        let comment = format!("PROBE {index} — lost");
        let expected = [
            ["a/to-sw", "b/to-sw"][index % 2].to_owned(),
            format!("{}.{}", 1_700_000_000 + index, 123_456_789 + index),
            if index == 2 { String::new() } else { comment },
            (66 + index).to_string(),
        ];
        assert_eq!(*fields, names.into_iter().zip(expected).collect::<Fields>());
    }
}

/// As when a user saves the capture in Wireshark.
#[test]
fn what_wireshark_saved_again_loads() {
    let dir = tempdir().unwrap();
    let record = record(&[data(0), data(1), data(2)]);
    save(dir.path(), &record).unwrap();
    let (capture, again) = (dir.path().join(CAPTURE), dir.path().join("again"));
    let Some(()) = resave(&capture, &again) else { return };
    std::fs::rename(&again, &capture).unwrap();
    assert_eq!(load(dir.path()).unwrap(), record);
}

#[test]
fn tcpdump_reads_what_was_written() {
    let dir = tempdir().unwrap();
    let mut segments: Vec<Segment> = (0..3).map(data).collect();
    segments[2].checksum_ok = Some(false);
    save(dir.path(), &record(&segments)).unwrap();
    let Some(text) = tcpdump(&dir.path().join(CAPTURE)) else { return };
    let seen: Vec<&str> = text.lines().collect();
    // One line of IP and one of TCP each.
    assert_eq!(seen.len(), 6, "{text}");
    assert!(seen[0].starts_with("1700000000.123456789 IP (tos 0x0, ttl 64, id 4711,"), "{text}");
    assert!(seen[4].starts_with("1700000002.123456791 IP"), "{text}");
    let tcp = "10.0.0.1.40000 > 10.0.0.2.5050: Flags [P.], cksum";
    assert!(seen[3].contains(tcp) && seen[3].contains("(correct)"), "{text}");
    let numbers = "seq 4294967294:4294967295, ack 7, win 502, \
                   options [TS val 1 ecr 2,eol], length 1";
    assert!(seen[3].ends_with(numbers), "{text}");
    assert!(seen[5].contains("(incorrect -> "), "{text}");
    assert!(!text.contains("bad cksum"), "the IP header's: {text}");
}

#[test]
fn tshark_decodes_encoded_segments_alike() {
    let dir = tempdir().unwrap();
    let segments: Vec<Segment> = (0..200).map(any_segment).collect();
    save(dir.path(), &record(&segments)).unwrap();
    let loaded = load(dir.path()).unwrap();
    let again: Vec<Segment> = loaded.frames.iter().map(|frame| decoded(LinkType::Ethernet, frame)).collect();
    assert_eq!(again, segments);
    compare(&dir.path().join(CAPTURE));
}

#[test]
fn tshark_decodes_odd_frames_alike() {
    let dir = tempdir().unwrap();
    let path = dir.path().join("odd.pcap");
    std::fs::write(&path, classic(LinkType::Ethernet, &odd())).unwrap();
    compare(&path);
}

#[test]
fn tshark_decodes_every_link_type_alike() {
    for (link, octets) in links() {
        let dir = tempdir().unwrap();
        let path = dir.path().join("link.pcap");
        std::fs::write(&path, classic(link, &[(octets.len(), octets)])).unwrap();
        compare(&path);
    }
}

/// As this many segments are written and read in a tenth of a second where nothing else
/// runs, the bound only fails on something quadratic.
#[test]
fn a_hundred_thousand_frames() {
    let dir = tempdir().unwrap();
    let mut record = record(&[data(0), data(1)]);
    record.frames = record.frames.iter().cycle().take(100_000).cloned().collect();
    let start = std::time::Instant::now();
    save(dir.path(), &record).unwrap();
    let loaded = load(dir.path()).unwrap();
    let taken = start.elapsed();
    assert_eq!(loaded, record);
    eprintln!("100,000 frames saved and loaded in {taken:?}");
    assert!(taken.as_secs() < 10, "{taken:?}");
}
