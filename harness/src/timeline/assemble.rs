use super::connection::Connection;
use super::coverage::Coverage;
use super::crossing::crossings;
use super::doubt;
use super::happening::happenings;
use super::sight::{Sight, sights};
use super::topology::Topology;
use super::{Crossing, Doubt, Timeline};
use crate::record::Record;
use crate::time::LabTime;

/// Puts a record in order: what of the connection crossed the lab, in which role and how
/// far, and what else happened. Total; what it doesn't know, it says in
/// [`doubts`](Timeline::doubts) or by [`Reach::Unknown`](super::Reach::Unknown).
///
/// The connection is the first that the client opened to the server. Others, and all
/// else that was captured, are left out; [`others`](super::others()) counts them.
#[must_use]
pub fn timeline(record: &Record) -> Timeline {
    assemble(record, sights(&record.frames))
}

/// The same, of frames taken apart already.
pub(super) fn assemble(record: &Record, sights: Vec<Sight>) -> Timeline {
    let happenings = happenings(&record.events);
    let mut doubts = doubt::doubts(record, &happenings);
    let end = doubt::end(&record.events).unwrap_or_else(|| last_stamp(record));
    let (crossings, gaps) = cross(record, sights);
    doubts.extend(gaps);
    Timeline { manifest: record.manifest.clone(), crossings, happenings, doubts, end }
}

fn cross(record: &Record, sights: Vec<Sight>) -> (Vec<Crossing>, Vec<Doubt>) {
    let (manifest, events) = (&record.manifest, &record.events);
    let Some(connection) = Connection::find(manifest, events, &sights) else {
        return (Vec::new(), Vec::new());
    };
    let topology = Topology::new(manifest);
    let coverage = Coverage::new(manifest.vantages.len(), events, &sights);
    crossings(record, &topology, &coverage, &connection, sights)
}

fn last_stamp(record: &Record) -> LabTime {
    let frames = record.frames.iter().map(|frame| frame.at);
    frames.chain(record.events.iter().map(|event| event.at)).max().unwrap_or_default()
}
