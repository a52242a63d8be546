use super::hash::Map;
use super::sight::{Ends, Key, Sight, Sights};
use super::topology::index;
use crate::name::Side;
use crate::record::{EndpointInfo, Event, EventKind, Manifest, Tuple};
use std::net::SocketAddr;

/// How often names are looked for behind names just found: NATs in a row.
const ROUNDS: usize = 8;

/// The connection that is judged, under all names its endpoints have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Connection {
    /// Each side's own socket address first, then what NATs made of it.
    names: [Vec<SocketAddr>; 2],
    /// NATs forward to the server by their rules, whatever entries they have.
    forwarded: bool,
}

impl Connection {
    /// The first that the client opened to the server. None if nothing passed between
    /// them.
    pub(super) fn find(manifest: &Manifest, events: &[Event], sights: &Sights) -> Option<Self> {
        let (client, server) = first(manifest, sights)?;
        let forwarded = manifest.server.forwarded.is_some();
        let mut this = Self { names: [vec![client], servers(&manifest.server, server)], forwarded };
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
        let sides = [Side::Client, Side::Server];
        sides.into_iter().find(|side| self.names[index(*side)].contains(&address))
    }

    /// Who sent a segment with these ends, if it is of this connection.
    pub(super) fn sender(&self, (source, destination): Ends) -> Option<Side> {
        let (from, to) = (self.side(source)?, self.side(destination)?);
        (from != to).then_some(from)
    }

    /// The sights of this connection, each with its sender. An ICMP message goes to the
    /// sender of what it quotes, as if the other side had sent it.
    pub(super) fn select(&self, sights: &mut Sights) {
        let senders: Vec<_> = sights.ends.iter().map(|ends| self.sender(*ends)).collect();
        sights.list.retain_mut(|sight| {
            let sender = senders.get(sight.ends as usize).copied().flatten();
            let told = |side: Side| if sight.head.icmp.is_some() { side.other() } else { side };
            sight.sender = sender.map_or(sight.sender, told);
            sender.is_some()
        });
    }

    /// Whether the address is what a NAT's entry made of an endpoint's.
    pub(super) fn is_translated(&self, address: SocketAddr) -> bool {
        let sides = if self.forwarded { 0..1 } else { 0..2 };
        self.names[sides].iter().any(|names| names.iter().skip(1).any(|name| *name == address))
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
                let ends = |tuple: &Tuple| (tuple.source, tuple.destination);
                let (answerer, asker) = ends(&entry.reply);
                if let Some(sender) = self.sender(ends(&entry.original)) {
                    self.add(sender, asker);
                    self.add(sender.other(), answerer);
                }
            }
        }
    }

    /// The same segment with one end known and the other not has passed a NAT.
    fn learn_from_copies(&mut self, sights: &Sights) {
        let halves: Vec<_> = sights.ends.iter().map(|ends| self.half_known(*ends)).collect();
        if halves.iter().all(Option::is_none) {
            return;
        }
        let segments = || sights.list.iter().filter(|sight| sight.head.icmp.is_none() && sight.head.is_unique());
        let known: Map<Key, ()> = segments().filter_map(|s| Some((self.key(s, sights)?, ()))).collect();
        for sight in segments() {
            let half = halves.get(sight.ends as usize).copied().flatten();
            if let Some((sender, side, name)) = half
                && known.contains_key(&sight.head.key(sender))
            {
                self.add(side, name);
            }
        }
    }

    fn key(&self, sight: &Sight, sights: &Sights) -> Option<Key> {
        let sender = sights.ends(sight).and_then(|ends| self.sender(ends))?;
        Some(sight.head.key(sender))
    }

    /// The sender, the side whose name is not known, and that name.
    fn half_known(&self, (source, destination): Ends) -> Option<(Side, Side, SocketAddr)> {
        match (self.side(source), self.side(destination)) {
            (None, Some(to)) => Some((to.other(), to.other(), source)),
            (Some(sender), None) => Some((sender, sender.other(), destination)),
            _ => None,
        }
    }
}

/// The server's own address first, then that of a NAT which forwards to it.
fn servers(info: &EndpointInfo, found: SocketAddr) -> Vec<SocketAddr> {
    match info.forwarded {
        Some(public) => [info.address, public].map(|ip| SocketAddr::new(ip, found.port())).to_vec(),
        None => vec![found],
    }
}

/// The client's and server's own socket addresses: from the first SYN between them, or
/// else any segment between them (the capture began later), or else a SYN to the server
/// from anywhere (the capture is beyond a NAT).
fn first(manifest: &Manifest, sights: &Sights) -> Option<Ends> {
    let (client, server) = (&manifest.client, &manifest.server);
    let segments = || {
        let all = sights.list.iter().filter(|sight| sight.head.icmp.is_none());
        all.filter_map(|sight| Some((sight.head.opens(), sights.ends(sight)?)))
    };
    let forth = |(source, destination)| is(client, source) && is(server, destination);
    let back = |(source, destination)| is(server, source) && is(client, destination);
    segments()
        .find(|(opens, ends)| *opens && forth(*ends))
        .or_else(|| segments().find(|(_, ends)| forth(*ends)))
        .or_else(|| segments().find(|(_, ends)| back(*ends)).map(|(o, (s, c))| (o, (c, s))))
        .or_else(|| segments().find(|(opens, (_, destination))| *opens && is(server, *destination)))
        .map(|(_, ends)| ends)
}

/// Whether an address is the endpoint's, as far as the manifest knows it.
fn is(endpoint: &EndpointInfo, address: SocketAddr) -> bool {
    let own = [Some(endpoint.address), endpoint.forwarded];
    let same = endpoint.address.is_unspecified() || own.into_iter().flatten().any(|own| own == address.ip());
    same && endpoint.port.is_none_or(|port| port == address.port())
}
