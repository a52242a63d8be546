mod directory;
mod imported;

use super::*;
use crate::name::{NodeName, Side};
use crate::plan::{NodeKind, VantagePlan};
use crate::time::{LabTime, Phase};
use crate::wire::{Flags, LinkType, Options, Segment, Seq, encode};
use std::net::SocketAddr;

const MAC: [u8; 6] = [2, 0, 0, 0, 0, 1];
const BEGAN: u64 = 1_700_000_000_123_456_789;

fn node(name: &str) -> NodeName {
    NodeName::new(name).unwrap()
}

fn endpoint(side: Side, name: &str, address: &str, port: Option<u16>) -> EndpointInfo {
    EndpointInfo { side, node: node(name), address: address.parse().unwrap(), forwarded: None, port }
}

fn manifest() -> Manifest {
    let vantage = |name: &str, interface: &str| VantagePlan { node: node(name), interface: interface.to_owned() };
    Manifest {
        version: VERSION,
        name: "article/peer-reboot".to_owned(),
        began_unix_ns: BEGAN,
        clock: ClockKind::Real,
        kernel: Kernel {
            release: "6.18.0".to_owned(),
            hz: 250,
            phase: Some(Phase { jiffies: 4_294_892_296, at: LabTime(-5) }),
        },
        nodes: vec![NodeInfo {
            name: node("a"),
            kind: NodeKind::Host,
            interfaces: vec![InterfaceInfo {
                name: "to-b".to_owned(),
                peer: node("b"),
                mac: MAC,
                address: Some("10.0.0.1".parse().unwrap()),
            }],
        }],
        vantages: vec![vantage("a", "to-b"), vantage("b", "to-a")],
        links: Vec::new(),
        copies: false,
        client: endpoint(Side::Client, "a", "10.0.0.1", None),
        server: endpoint(Side::Server, "b", "10.0.0.2", Some(5050)),
        further: Vec::new(),
    }
}

fn segment(from: &str, to: &str, flags: Flags) -> Segment {
    let address = |text: &str| text.parse::<SocketAddr>().unwrap();
    Segment {
        source: address(from),
        destination: address(to),
        seq: Seq(1),
        ack: Seq(0),
        flags,
        window: 502,
        urgent: 0,
        options: Options::default(),
        len: 0,
        ip_id: Some(1),
        ttl: 64,
        checksum_ok: Some(true),
    }
}

fn frame(vantage: usize, at: i64, segment: &Segment) -> Frame {
    let octets = encode(segment, MAC, MAC);
    let wire_len = u32::try_from(octets.len()).unwrap();
    Frame { vantage, at: LabTime(at), wire_len, octets }
}

const SYN_ACK: Flags = Flags(Flags::SYN.0 | Flags::ACK.0);
const CLIENT: &str = "10.0.0.1:40000";
const SERVER: &str = "10.0.0.2:5050";

/// SYN and SYN/ACK, each seen at both ends.
fn handshake() -> Vec<Frame> {
    let syn = segment(CLIENT, SERVER, Flags::SYN);
    let answer = segment(SERVER, CLIENT, SYN_ACK);
    vec![frame(0, 1000, &syn), frame(1, 1020, &syn), frame(1, 1030, &answer), frame(0, 1050, &answer)]
}

/// Records of before there was IPv6 are read, and new ones of IPv4 are as those were.
#[test]
fn addresses_stand_as_they_are_written() {
    for (source, destination) in [(CLIENT, SERVER), ("[fd00::1]:40000", "[fd00:0:0:1::2]:5050")] {
        let tuple = Tuple { source: source.parse().unwrap(), destination: destination.parse().unwrap() };
        let text = format!(r#"{{"source":"{source}","destination":"{destination}"}}"#);
        assert_eq!(serde_json::to_string(&tuple).unwrap(), text);
        assert_eq!(serde_json::from_str::<Tuple>(&text).unwrap(), tuple);
    }
}

fn ended(at: i64) -> Event {
    Event::new(LabTime(at), EventKind::Ended { reason: EndReason::Complete })
}
