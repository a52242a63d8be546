use super::connection::Connection;
use super::coverage::Coverage;
use super::crossing::crossings;
use super::doubt;
use super::happening::happenings;
use super::sight::{Read, Sights};
use super::topology::Topology;
use super::{Crossing, Doubt, Timeline};
use crate::record::{ClockKind, Record};
use crate::time::LabTime;
use crate::wire::{Packet, decode};

/// Puts a record in order: what of the connection crossed the lab, in which role and how
/// far, and what else happened. Total; what it doesn't know, it says in
/// [`doubts`](Timeline::doubts) or by [`Reach::Unknown`](super::Reach::Unknown).
///
/// The connection is the first that the client opened to the server. Others, and all
/// else that was captured, are left out; [`others`](super::others()) counts them.
#[must_use]
pub fn timeline(record: &Record) -> Timeline {
    let read = read(record);
    assemble(record, sights(record, &read), &read)
}

/// Takes the record's frames apart.
pub(super) fn read(record: &Record) -> impl Fn(usize) -> Packet {
    |frame| match record.frames.get(frame) {
        Some(frame) => {
            let packet = decode(record.manifest.link(frame.vantage), &frame.octets, frame.wire_len);
            if is_spoilt(record, &packet) { Packet::Other("segment that was spoilt on its way") } else { packet }
        }
        None => Packet::Other("no such frame"),
    }
}

/// In a lab nothing leaves checksums to a device: one that is wrong means that a bit was
/// turned on the way, and that no receiver takes the segment.
fn is_spoilt(record: &Record, packet: &Packet) -> bool {
    let wrong = matches!(packet, Packet::Tcp(segment) if segment.checksum_ok == Some(false));
    wrong && record.manifest.clock != ClockKind::Capture
}

pub(super) fn sights(record: &Record, read: Read) -> Sights {
    let seen = record.frames.iter().map(|frame| (frame.vantage, frame.at));
    Sights::new(seen, |one, other| is_same(record, one, other), read)
}

/// Whether two frames are the same octets, and to be read alike.
fn is_same(record: &Record, one: usize, other: usize) -> bool {
    let (Some(one), Some(other)) = (record.frames.get(one), record.frames.get(other)) else { return false };
    let link = |vantage| record.manifest.link(vantage);
    one.wire_len == other.wire_len && one.octets == other.octets && link(one.vantage) == link(other.vantage)
}

/// The timeline of these sights, whatever the frames are read by.
pub(super) fn assemble(record: &Record, sights: Sights, read: Read) -> Timeline {
    let happenings = happenings(&record.events);
    let end = doubt::end(&record.events).unwrap_or_else(|| last_stamp(record));
    let (crossings, gaps) = cross(record, sights, read);
    let mut doubts = doubt::doubts(record, &happenings, &crossings);
    doubts.extend(gaps);
    Timeline { manifest: record.manifest.clone(), crossings, happenings, doubts, end }
}

fn cross(record: &Record, mut sights: Sights, read: Read) -> (Vec<Crossing>, Vec<Doubt>) {
    let (manifest, events) = (&record.manifest, &record.events);
    let coverage = Coverage::new(manifest.vantages.len(), events, &sights.list);
    let Some(connection) = Connection::find(manifest, events, &sights) else {
        return (Vec::new(), Vec::new());
    };
    connection.select(&mut sights);
    crossings(record, &Topology::new(manifest), &coverage, &connection, &sights, read)
}

fn last_stamp(record: &Record) -> LabTime {
    let frames = record.frames.iter().map(|frame| frame.at);
    frames.chain(record.events.iter().map(|event| event.at)).max().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Frame;
    use crate::timeline::fixture::Lab;

    #[test]
    fn only_equal_octets_of_one_length_are_the_same() {
        let mut record = Lab::switched().record;
        let frame = |octets: &[u8], wire_len| Frame { vantage: 0, at: LabTime::ZERO, wire_len, octets: octets.into() };
        record.frames = vec![frame(&[1, 2], 2), frame(&[1, 2], 2), frame(&[1, 3], 2), frame(&[1, 2], 60)];
        let like_the_first: Vec<usize> = (0..5).filter(|other| is_same(&record, 0, *other)).collect();
        assert_eq!(like_the_first, [0, 1]);
    }
}
