//! Hand-made labs for tests: a client `a`, a server `b`, and a node between them.

use super::assemble::assemble;
use super::sight::Sights;
use super::{Crossing, Reach, Timeline};
use crate::ladder::EntryChange;
use crate::name::{NodeName, Side};
use crate::plan::{NodeKind, VantagePlan};
use crate::record::{
    ClockKind, EndReason, EndpointInfo, Entry, Event, EventKind, InterfaceInfo, Kernel, Manifest, NodeInfo, Record,
    Tuple, VERSION,
};
use crate::time::LabTime;
use crate::wire::{Flags, Options, Packet, Segment, Seq};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, SocketAddrV4};

pub(super) const CLIENT: SocketAddrV4 = SocketAddrV4::new(Ipv4Addr::new(10, 0, 0, 1), 40001);
pub(super) const SERVER: SocketAddrV4 = SocketAddrV4::new(Ipv4Addr::new(10, 0, 1, 2), 5050);
/// Where a NAT that forwards to the server is found.
pub(super) const PUBLIC: SocketAddrV4 = SocketAddrV4::new(Ipv4Addr::new(10, 0, 0, 254), 5050);
pub(super) const OUTSIDE: SocketAddrV4 = SocketAddrV4::new(Ipv4Addr::new(10, 0, 1, 254), 40001);
/// Initial sequence numbers.
pub(super) const ISN: [u32; 2] = [1_000_000, 9_000_000];
/// Vantages from the client to the server.
pub(super) const WAY: usize = 4;

pub(super) fn name(text: &str) -> NodeName {
    NodeName::new(text).unwrap()
}

pub(super) fn ms(n: i64) -> LabTime {
    LabTime(n * 1_000_000)
}

/// A segment to be, and how many vantages see it.
#[derive(Clone)]
pub(super) struct Shot {
    pub(super) from: Side,
    pub(super) segment: Segment,
    /// Vantages that see it, counted from the sender's.
    pub(super) seen: std::ops::Range<usize>,
    /// Nanoseconds from one vantage to the next.
    pub(super) hop: i64,
}

/// Flags as tcpdump writes them, numbers relative to the initial ones.
pub(super) fn shot(from: Side, flags: &str, seq: u32, ack: u32, len: u32) -> Shot {
    let bit = |letter| match letter {
        'S' => Flags::SYN.0,
        'F' => Flags::FIN.0,
        'R' => Flags::RST.0,
        'P' => Flags::PSH.0,
        '.' => Flags::ACK.0,
        other => panic!("no flag {other}"),
    };
    let flags = Flags(flags.chars().map(bit).sum());
    let [mine, theirs] = match from {
        Side::Client => ISN,
        Side::Server => [ISN[1], ISN[0]],
    };
    let syn = flags.has(Flags::SYN);
    let options = Options { window_scale: syn.then_some(7), mss: syn.then_some(1460), ..Options::default() };
    let [source, destination] = match from {
        Side::Client => [CLIENT, SERVER],
        Side::Server => [SERVER, CLIENT],
    };
    let segment = Segment {
        source: source.into(),
        destination: destination.into(),
        seq: Seq(mine.wrapping_add(seq)),
        ack: if flags.has(Flags::ACK) { Seq(theirs.wrapping_add(ack)) } else { Seq(0) },
        flags,
        window: if syn { 64240 } else { 502 },
        urgent: 0,
        options,
        len,
        ip_id: None,
        ttl: 64,
        checksum_ok: Some(true),
    };
    Shot { from, segment, seen: 0..WAY, hop: 10_000 }
}

pub(super) fn a(flags: &str, seq: u32, ack: u32, len: u32) -> Shot {
    shot(Side::Client, flags, seq, ack, len)
}

pub(super) fn b(flags: &str, seq: u32, ack: u32, len: u32) -> Shot {
    shot(Side::Server, flags, seq, ack, len)
}

impl Shot {
    pub(super) fn window(mut self, window: u16) -> Self {
        self.segment.window = window;
        self
    }

    pub(super) fn seen(mut self, seen: std::ops::Range<usize>) -> Self {
        self.seen = seen;
        self
    }

    pub(super) fn id(mut self, id: u16) -> Self {
        self.segment.ip_id = Some(id);
        self
    }

    pub(super) fn hop(mut self, nanoseconds: i64) -> Self {
        self.hop = nanoseconds;
        self
    }
}

/// A packet at one vantage.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    pub(super) vantage: usize,
    pub(super) at: LabTime,
    pub(super) packet: Packet,
}

/// Whose address changes between the second and the third vantage.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Translates {
    Client,
    Server,
}

#[derive(Debug)]
pub(super) struct Lab {
    pub(super) record: Record,
    pub(super) sights: Vec<Seen>,
    translates: Option<Translates>,
    now: i64,
    id: u16,
}

fn interface(peer: &str, address: Option<[u8; 4]>) -> InterfaceInfo {
    let address = address.map(IpAddr::from);
    InterfaceInfo { name: format!("to-{peer}"), peer: name(peer), mac: [2, 0, 0, 0, 0, 1], address }
}

fn node(of: &str, kind: NodeKind, interfaces: Vec<InterfaceInfo>) -> NodeInfo {
    NodeInfo { name: name(of), kind, interfaces }
}

impl Lab {
    /// `a -- MIDDLE -- b`
    pub(super) fn new(middle: &str, kind: NodeKind) -> Self {
        let own = |octets| (kind != NodeKind::Switch).then_some(octets);
        let between = vec![interface("a", own([10, 0, 0, 254])), interface("b", own([10, 0, 1, 254]))];
        let nodes = vec![
            node("a", NodeKind::Host, vec![interface(middle, Some([10, 0, 0, 1]))]),
            node(middle, kind, between),
            node("b", NodeKind::Host, vec![interface(middle, Some([10, 0, 1, 2]))]),
        ];
        let vantage = |node: &str, peer: &str| VantagePlan { node: name(node), interface: format!("to-{peer}") };
        let vantages = vec![vantage("a", middle), vantage(middle, "a"), vantage(middle, "b"), vantage("b", middle)];
        Self::of(nodes, vantages, ClockKind::Real, (kind == NodeKind::Nat).then_some(Translates::Client))
    }

    pub(super) fn switched() -> Self {
        Self::new("sw", NodeKind::Switch)
    }

    pub(super) fn nat() -> Self {
        Self::new("nat", NodeKind::Nat)
    }

    /// The client is outside, and the NAT forwards the server's port.
    pub(super) fn forwarding() -> Self {
        let mut this = Self { translates: Some(Translates::Server), ..Self::nat() };
        this.record.manifest.server.forwarded = Some((*PUBLIC.ip()).into());
        this
    }

    /// A capture from elsewhere, with one vantage at `a`.
    pub(super) fn imported() -> Self {
        let vantages = vec![VantagePlan { node: name("a"), interface: "eth0".into() }];
        Self::of(Vec::new(), vantages, ClockKind::Capture, None)
    }

    fn of(nodes: Vec<NodeInfo>, vantages: Vec<VantagePlan>, clock: ClockKind, translates: Option<Translates>) -> Self {
        let end = |side, node: &str, address: SocketAddrV4, port| EndpointInfo {
            side,
            node: name(node),
            address: (*address.ip()).into(),
            forwarded: None,
            port,
        };
        let manifest = Manifest {
            version: VERSION,
            name: "test".into(),
            began_unix_ns: 0,
            clock,
            kernel: Kernel { release: String::new(), hz: 250, phase: None },
            nodes,
            vantages,
            links: Vec::new(),
            copies: false,
            client: end(Side::Client, "a", CLIENT, None),
            server: end(Side::Server, "b", SERVER, Some(SERVER.port())),
            further: Vec::new(),
        };
        let record = Record { manifest, events: Vec::new(), frames: Vec::new() };
        Self { record, sights: Vec::new(), translates, now: 0, id: 0 }
    }

    /// A connection just opened, at 0 ms.
    pub(super) fn connected(mut self) -> Self {
        self.at(0, [a("S", 0, 0, 0), b("S.", 0, 1, 0).window(65160), a(".", 1, 1, 0)]);
        self
    }

    /// Sends these one after another, each when the one before has come to its end.
    pub(super) fn at(&mut self, millis: i64, shots: impl IntoIterator<Item = Shot>) {
        self.now = millis * 1_000_000;
        for shot in shots {
            self.fire(shot);
        }
    }

    fn fire(&mut self, mut shot: Shot) {
        self.id += 1;
        shot.segment.ip_id.get_or_insert(self.id);
        let hops = if self.record.manifest.vantages.len() == 1 { 0..1 } else { shot.seen.clone() };
        for hop in hops {
            let vantage = match shot.from {
                _ if self.record.manifest.vantages.len() == 1 => 0,
                Side::Client => hop,
                Side::Server => WAY - 1 - hop,
            };
            let at = LabTime(self.now);
            self.now += shot.hop;
            let mut segment = shot.segment.clone();
            self.translate(&mut segment, vantage);
            self.sights.push(Seen { vantage, at, packet: Packet::Tcp(segment) });
        }
    }

    fn translate(&self, segment: &mut Segment, vantage: usize) {
        let (own, given) = match self.translates {
            Some(Translates::Client) if vantage >= 2 => (CLIENT, OUTSIDE),
            Some(Translates::Server) if vantage < 2 => (SERVER, PUBLIC),
            _ => return,
        };
        for end in [&mut segment.source, &mut segment.destination] {
            if *end == own.into() {
                *end = given.into();
            }
        }
    }

    pub(super) fn event(&mut self, millis: i64, kind: EventKind) {
        self.record.events.push(Event::new(ms(millis), kind));
    }

    /// The NAT's entry for the connection.
    pub(super) fn entry(&mut self, millis: i64, change: EntryChange) {
        let forwards = self.translates == Some(Translates::Server);
        let original = Tuple { source: CLIENT.into(), destination: if forwards { PUBLIC } else { SERVER }.into() };
        let reply = Tuple { source: SERVER.into(), destination: if forwards { CLIENT } else { OUTSIDE }.into() };
        let entry = Entry { original, reply, state: None, timeout: None, assured: true, replied: true };
        self.event(millis, EventKind::Conntrack { node: name("nat"), change, entry });
    }

    /// A forwarding NAT's entry for what the server said first.
    pub(super) fn opened_by_server(&mut self, millis: i64) {
        let original = Tuple { source: SERVER.into(), destination: CLIENT.into() };
        let reply = Tuple { source: CLIENT.into(), destination: PUBLIC.into() };
        let entry = Entry { original, reply, state: None, timeout: None, assured: false, replied: false };
        let change = EntryChange::Created;
        self.event(millis, EventKind::Conntrack { node: name("nat"), change, entry });
    }

    pub(super) fn capture_ends(&mut self, millis: i64, vantage: usize) {
        // What was seen stands beside the record, which has no frames.
        self.event(millis, EventKind::CaptureEnded { vantage, received: 0, dropped: 0 });
    }

    pub(super) fn ends(&mut self, millis: i64) {
        for vantage in 0..self.record.manifest.vantages.len() {
            self.capture_ends(millis, vantage);
        }
        self.event(millis, EventKind::Ended { reason: EndReason::Complete });
    }

    pub(super) fn timeline(&self) -> Timeline {
        assemble(&self.record, self.taken_apart(), &|frame| self.sights[frame].packet.clone())
    }

    pub(super) fn taken_apart(&self) -> Sights {
        let seen = self.sights.iter().map(|seen| (seen.vantage, seen.at));
        Sights::new(seen, |_, _| false, &|frame| self.sights[frame].packet.clone())
    }

    /// `a > b: SYN`, with `lost at sw` or `?` behind it.
    pub(super) fn ladder(&self) -> Vec<String> {
        self.timeline().crossings.iter().map(line).collect()
    }
}

pub(super) fn line(crossing: &Crossing) -> String {
    let reach = match &crossing.reach {
        Reach::Arrived => String::new(),
        Reach::LostAt(node) => format!(" lost at {node}"),
        Reach::Unknown => " ?".to_owned(),
    };
    format!("{} > {}: {}{reach}", crossing.from, crossing.to, crossing.label)
}

pub(super) fn socket(address: SocketAddrV4) -> SocketAddr {
    address.into()
}
