use super::assemble::{read, sights};
use super::connection::Connection;
use crate::record::Record;
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
    let sights = sights(record, &read(record));
    let connection = Connection::find(&record.manifest, &record.events, &sights);
    let strangers = record.frames.len() - sights.list.len();
    let mut others = Others { strangers, ..Others::default() };
    for (one, other) in sights.list.iter().filter_map(|sight| sights.ends(sight)) {
        if connection.as_ref().and_then(|c| c.sender((one, other))).is_none() {
            others.segments += 1;
            others.connections.insert((one.min(other), one.max(other)));
        }
    }
    others
}
