use super::*;
use proptest::prelude::*;
use std::fs;
use std::path::Path;
use tempfile::tempdir;

fn imported(octets: &[u8]) -> Result<Record, RecordError> {
    let dir = tempdir().unwrap();
    let path = dir.path().join("file.pcap");
    fs::write(&path, octets).unwrap();
    from_capture(&path)
}

/// A classic pcap of microseconds, little endian.
fn pcap(link: u32, packets: &[(u64, &[u8])]) -> Vec<u8> {
    let mut file = Vec::new();
    for value in [0xa1b2_c3d4, 0x0004_0002, 0, 0, 262_144, link] {
        file.extend(u32::to_le_bytes(value));
    }
    for (microseconds, octets) in packets {
        let seconds = u32::try_from(microseconds / 1_000_000).unwrap();
        let fraction = u32::try_from(microseconds % 1_000_000).unwrap();
        let len = u32::try_from(octets.len()).unwrap();
        for value in [seconds, fraction, len, len] {
            file.extend(value.to_le_bytes());
        }
        file.extend(*octets);
    }
    file
}

fn octets(from: &str, to: &str, flags: Flags) -> Vec<u8> {
    encode(&segment(from, to, flags), MAC, MAC)
}

#[test]
fn a_plain_pcap() {
    let syn = octets(CLIENT, SERVER, Flags::SYN);
    let answer = octets(SERVER, CLIENT, SYN_ACK);
    let file = pcap(1, &[(1_700_000_000_000_500, &syn), (1_700_000_000_000_700, &answer)]);
    let Record { manifest, events, frames } = imported(&file).unwrap();
    assert_eq!(manifest.clock, ClockKind::Capture);
    assert_eq!(manifest.kernel, Kernel { release: String::new(), hz: 250, phase: None });
    assert_eq!(manifest.began_unix_ns, 1_700_000_000_000_500_000);
    assert_eq!(manifest.vantages[0].node.as_str(), "capture");
    assert_eq!(manifest.client, endpoint(Side::Client, "a", "10.0.0.1", Some(40000)));
    assert_eq!(manifest.server, endpoint(Side::Server, "b", "10.0.0.2", Some(5050)));
    assert!(manifest.name.ends_with("file.pcap"));
    let times: Vec<_> = frames.iter().map(|frame| frame.at).collect();
    assert_eq!(times, [LabTime(0), LabTime(200_000)]);
    let end = EventKind::CaptureEnded { vantage: 0, received: 2, dropped: 0 };
    assert_eq!(events, [Event::new(LabTime(200_000), end), ended(200_000)]);
}

#[test]
fn a_capture_of_ipv6_tells_its_ends() {
    let (client, server) = ("[fd00::1]:40000", "[fd00:0:0:1::2]:5050");
    let (syn, answer) = (octets(client, server, Flags::SYN), octets(server, client, SYN_ACK));
    let Record { manifest, .. } = imported(&pcap(1, &[(1, &syn), (2, &answer)])).unwrap();
    assert_eq!(manifest.client, endpoint(Side::Client, "a", "fd00::1", Some(40000)));
    assert_eq!(manifest.server, endpoint(Side::Server, "b", "fd00:0:0:1::2", Some(5050)));
}

#[test]
fn octets_and_link_type_are_kept() {
    let raw = octets(CLIENT, SERVER, Flags::SYN).split_off(14);
    let record = imported(&pcap(101, &[(1, &raw)])).unwrap();
    assert_eq!(record.manifest.links, [LinkType::RawIp]);
    assert_eq!(record.frames[0].octets, raw);
    assert_eq!(record.manifest.client.port, Some(40000));
}

fn sides(packets: &[Vec<u8>]) -> (EndpointInfo, EndpointInfo) {
    let packets: Vec<(u64, &[u8])> = (1..).zip(packets.iter().map(Vec::as_slice)).collect();
    let manifest = imported(&pcap(1, &packets)).unwrap().manifest;
    (manifest.client, manifest.server)
}

#[test]
fn who_is_client() {
    let low = "10.0.0.9:22";
    // A SYN later on tells, even from a low port.
    let (client, server) = sides(&[octets(low, SERVER, Flags::ACK), octets(low, SERVER, Flags::SYN)]);
    assert_eq!((client.port, server.port), (Some(22), Some(5050)));
    // So does its answer alone.
    let (client, server) = sides(&[octets(CLIENT, SERVER, SYN_ACK)]);
    assert_eq!((client.port, server.port), (Some(5050), Some(40000)));
    // Else the lower port is the server's.
    let (client, server) = sides(&[octets(SERVER, CLIENT, Flags::ACK)]);
    assert_eq!((client.port, server.port), (Some(40000), Some(5050)));
    let (client, server) = sides(&[octets(CLIENT, SERVER, Flags::ACK)]);
    assert_eq!((client.port, server.port), (Some(40000), Some(5050)));
    // Without TCP there is neither.
    let (client, server) = sides(&[vec![0xff; 60]]);
    assert_eq!((client.port, server.port), (None, None));
    assert_ne!(client.node, server.node);
}

fn saved(frames: Vec<Frame>, dir: &Path) -> Record {
    let record = Record { manifest: manifest(), events: vec![ended(5000)], frames };
    save(dir, &record).unwrap();
    record
}

#[test]
fn our_own_capture_stands_alone() {
    let dir = tempdir().unwrap();
    let written = saved(handshake(), dir.path());
    let read = from_capture(&dir.path().join(CAPTURE)).unwrap();
    assert_eq!(read.manifest.vantages, written.manifest.vantages);
    assert_eq!(read.manifest.client, endpoint(Side::Client, "a", "10.0.0.1", Some(40000)));
    assert_eq!(read.manifest.server, endpoint(Side::Server, "b", "10.0.0.2", Some(5050)));
    assert_eq!(read.manifest.began_unix_ns, BEGAN + 1000);
    let octets = |record: &Record| record.frames.iter().map(|f| f.octets.clone()).collect();
    let (before, after): (Vec<_>, Vec<_>) = (octets(&written), octets(&read));
    assert_eq!(before, after);
}

#[test]
fn a_silent_server_is_where_its_segments_ended() {
    let dir = tempdir().unwrap();
    saved(handshake().drain(..2).collect(), dir.path());
    let read = from_capture(&dir.path().join(CAPTURE)).unwrap();
    assert_eq!((read.manifest.client.node, read.manifest.server.node), (node("a"), node("b")));
}

#[test]
fn a_server_never_reached_has_another_name() {
    let dir = tempdir().unwrap();
    let syn = segment(CLIENT, SERVER, Flags::SYN);
    for (vantage, client, server) in [(0, "a", "b"), (1, "b", "a")] {
        saved(vec![frame(vantage, 0, &syn)], dir.path());
        let read = from_capture(&dir.path().join(CAPTURE)).unwrap();
        let nodes = (read.manifest.client.node, read.manifest.server.node);
        assert_eq!(nodes, (node(client), node(server)));
    }
}

#[test]
fn interfaces_without_a_node_are_numbered() {
    let mut file = Vec::new();
    super::super::capture::section(&mut file, "", "", "");
    for name in ["eth0", "a/to-sw", "Not/a-node", "a/to-sw", "eth0"] {
        super::super::capture::interface(&mut file, name, LinkType::Ethernet);
    }
    let octets = octets(CLIENT, SERVER, Flags::SYN);
    for interface in 0..5 {
        let packet = super::super::capture::Packet { interface, stamp: 7, wire_len: 54, octets: &octets };
        super::super::capture::packet(&mut file, &packet, None);
    }
    let Record { manifest, frames, .. } = imported(&file).unwrap();
    let nodes: Vec<_> = manifest.vantages.iter().map(|v| v.node.as_str()).collect();
    assert_eq!(nodes, ["if0", "a", "if2", "if4"]);
    assert_eq!(manifest.vantages[2].interface, "Not/a-node");
    let seen: Vec<_> = frames.iter().map(|frame| frame.vantage).collect();
    assert_eq!(seen, [0, 1, 2, 1, 3]);
}

#[test]
fn a_cut_file_is_tolerated_and_told() {
    let syn = octets(CLIENT, SERVER, Flags::SYN);
    let file = pcap(1, &[(1, &syn), (2, &syn)]);
    let record = imported(&file[..file.len() - 1]).unwrap();
    assert_eq!(record.frames.len(), 1);
    let [Event { kind: EventKind::CaptureFailed { vantage: 0, error }, .. }] = &record.events[..] else {
        panic!("{:?}", record.events)
    };
    assert!(error.contains("octet 94"), "{error}");
}

#[test]
fn what_is_no_capture_is_refused() {
    let why = |octets: &[u8]| imported(octets).unwrap_err().to_string();
    assert!(why(b"").contains("empty"));
    assert!(why(b"abc").contains("3 octets"));
    assert!(why(b"title: a scenario\n").contains("neither pcap nor pcapng"));
    assert!(why(&vec![0; 10_000_000]).contains("neither pcap nor pcapng"));
    assert!(why(&[0x1f, 0x8b, 8, 0]).contains("gzip -d"));
    assert!(why(&pcap(1, &[])).contains("no packets"));
    let cut = pcap(1, &[(1, &[0; 60])]);
    assert!(why(&cut[..50]).contains("octet 24"));
    let missing = from_capture(Path::new("/nonexistent/file.pcap")).unwrap_err();
    assert!(matches!(missing, RecordError::Io { operation: "read", .. }));
}

proptest! {
    #[test]
    fn no_octets_panic(mut octets: Vec<u8>, magic in 0..6usize) {
        let magics: [&[u8]; 6] = [
            &[],
            &[0xd4, 0xc3, 0xb2, 0xa1],
            &[0xa1, 0xb2, 0x3c, 0x4d],
            &[0x0a, 0x0d, 0x0d, 0x0a, 28, 0, 0, 0, 0x4d, 0x3c, 0x2b, 0x1a, 1, 0],
            &[0x0a, 0x0d, 0x0d, 0x0a, 0, 0, 0, 28, 0x1a, 0x2b, 0x3c, 0x4d, 0, 1],
            &[0x0a, 0x0d, 0x0d, 0x0a],
        ];
        octets.splice(0..0, magics[magic].iter().copied());
        let _ = imported(&octets);
    }
}
