use super::hash::Map;
use super::sight::{Key, Sight, ends};
use super::topology::index;
use crate::name::Side;
use crate::record::{EndpointInfo, Event, EventKind, Manifest, Tuple};
use crate::wire::{Flags, Packet, Segment};
use std::net::{IpAddr, SocketAddr};

/// How often names are looked for behind names just found: NATs in a row.
const ROUNDS: usize = 8;

/// The connection that is judged, under all names its endpoints have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Connection {
    /// Each side's own socket address first, then what NATs made of it.
    names: [Vec<SocketAddr>; 2],
}

impl Connection {
    /// The first that the client opened to the server. None if nothing passed between
    /// them.
    pub(super) fn find(manifest: &Manifest, events: &[Event], sights: &[Sight]) -> Option<Self> {
        let (client, server) = first(manifest, sights)?;
        let mut this = Self { names: [vec![client], vec![server]] };
        for _ in 0..ROUNDS {
            let known = this.count();
            this.learn_from_entries(events);
            this.learn_from_copies(sights);
            if this.count() == known {
                break;
            }
        }
        Some(this)
    }

    fn count(&self) -> usize {
        self.names.iter().map(Vec::len).sum()
    }

    fn side(&self, address: SocketAddr) -> Option<Side> {
        [Side::Client, Side::Server].into_iter().find(|side| self.names[index(*side)].contains(&address))
    }

    /// Who sent a segment with these ends, if it is of this connection.
    pub(super) fn sender(&self, source: SocketAddr, destination: SocketAddr) -> Option<Side> {
        let [client, server] = &self.names;
        if client.contains(&source) && server.contains(&destination) {
            return Some(Side::Client);
        }
        (server.contains(&source) && client.contains(&destination)).then_some(Side::Server)
    }

    /// The key of a packet, if it is of this connection.
    pub(super) fn key(&self, packet: &Packet) -> Option<Key> {
        let (source, destination) = ends(packet)?;
        let sender = self.sender(source, destination)?;
        match packet {
            Packet::Tcp(segment) => Some(Key::of_segment(sender, segment)),
            Packet::Icmp(icmp) => Some(Key::of_icmp(sender, icmp)),
            Packet::Neighbour | Packet::Other(_) => None,
        }
    }

    /// Whether the address is what a NAT made of an endpoint's.
    pub(super) fn is_translated(&self, address: SocketAddr) -> bool {
        self.names.iter().any(|names| names.iter().skip(1).any(|name| *name == address))
    }

    fn add(&mut self, side: Side, name: SocketAddr) {
        if self.side(name).is_none() {
            self.names[index(side)].push(name);
        }
    }

    /// A conntrack entry tells under which addresses the answers come.
    fn learn_from_entries(&mut self, events: &[Event]) {
        for event in events {
            if let EventKind::Conntrack { entry, .. } = &event.kind {
                let ends = |tuple: &Tuple| (tuple.source.into(), tuple.destination.into());
                let ((source, destination), (answerer, asker)) =
                    (ends(&entry.original), ends(&entry.reply));
                if let Some(sender) = self.sender(source, destination) {
                    self.add(sender, asker);
                    self.add(sender.other(), answerer);
                }
            }
        }
    }

    /// The same segment with one end known and the other not has passed a NAT.
    fn learn_from_copies(&mut self, sights: &[Sight]) {
        let unknown: Vec<_> = sights.iter().filter_map(|sight| self.half_known(sight)).collect();
        if unknown.is_empty() {
            return;
        }
        let mut known: Map<Key, ()> = Map::default();
        let keys = sights.iter().filter_map(|sight| self.key(&sight.packet));
        known.extend(keys.filter(Key::is_strong).map(|key| (key, ())));
        for (side, name, key) in unknown {
            if known.contains_key(&key) {
                self.add(side, name);
            }
        }
    }

    /// The side whose name is not known, that name, and the key the segment would have.
    fn half_known(&self, sight: &Sight) -> Option<(Side, SocketAddr, Key)> {
        let Packet::Tcp(segment) = &sight.packet else { return None };
        match (self.side(segment.source), self.side(segment.destination)) {
            (None, Some(to)) => {
                let sender = to.other();
                Some((sender, segment.source, Key::of_segment(sender, segment)))
            }
            (Some(sender), None) => {
                Some((sender.other(), segment.destination, Key::of_segment(sender, segment)))
            }
            _ => None,
        }
    }
}

/// The client's and server's own socket addresses: from the first SYN between them, or
/// else any segment between them (the capture began later), or else a SYN to the server
/// from anywhere (the capture is beyond a NAT).
fn first(manifest: &Manifest, sights: &[Sight]) -> Option<(SocketAddr, SocketAddr)> {
    let (client, server) = (&manifest.client, &manifest.server);
    let segments = || {
        sights.iter().filter_map(|sight| match &sight.packet {
            Packet::Tcp(segment) => Some(segment),
            _ => None,
        })
    };
    let forth = |s: &Segment| is(client, s.source) && is(server, s.destination);
    let back = |s: &Segment| is(server, s.source) && is(client, s.destination);
    let ends = |s: &Segment| (s.source, s.destination);
    let opens = |s: &&Segment| s.flags.has(Flags::SYN) && !s.flags.has(Flags::ACK);
    segments()
        .find(|s| opens(s) && forth(s))
        .map(ends)
        .or_else(|| segments().find(|s| forth(s)).map(ends))
        .or_else(|| segments().find(|s| back(s)).map(|s| (s.destination, s.source)))
        .or_else(|| segments().find(|s| opens(s) && is(server, s.destination)).map(ends))
}

/// Whether an address is the endpoint's, as far as the manifest knows it.
fn is(endpoint: &EndpointInfo, address: SocketAddr) -> bool {
    let same = endpoint.address.is_unspecified() || IpAddr::V4(endpoint.address) == address.ip();
    same && endpoint.port.is_none_or(|port| port == address.port())
}
