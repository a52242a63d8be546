use super::connection::Connection;
use super::sight::{ends, sights};
use crate::record::Record;
use crate::wire::Packet;
use std::collections::BTreeSet;
use std::net::SocketAddr;

/// What was captured beside the connection, and has no crossing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Others {
    /// Frames that hold neither a segment nor ICMP about one: ARP, UDP and the like.
    pub strangers: usize,
    /// Frames with segments of other connections, or ICMP about them.
    pub segments: usize,
    /// The ends of those connections, each pair once, the lesser address first.
    pub connections: BTreeSet<(SocketAddr, SocketAddr)>,
}

/// Counts what [`timeline`](super::timeline()) leaves out: a client that connects anew
/// shows here.
#[must_use]
pub fn others(record: &Record) -> Others {
    let sights = sights(&record.frames);
    let connection = Connection::find(&record.manifest, &record.events, &sights);
    let ours = |packet: &Packet| connection.as_ref().is_some_and(|c| c.key(packet).is_some());
    let mut others = Others { strangers: record.frames.len() - sights.len(), ..Others::default() };
    for sight in sights.iter().filter(|sight| !ours(&sight.packet)) {
        if let Some((one, other)) = ends(&sight.packet) {
            others.segments += 1;
            others.connections.insert((one.min(other), one.max(other)));
        }
    }
    others
}
