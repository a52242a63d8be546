use super::{Event, EventKind, Frame, Manifest, Record};
use crate::wire::{Packet, decode};
use std::collections::HashMap;
use std::net::SocketAddr;

/// The connections of a record, each as a record of its own that holds no other. It can grow
/// with the whole.
#[derive(Debug)]
pub struct Views {
    views: Vec<View>,
    /// By the servers' addresses, own and forwarded; each has a port of its own, at least on
    /// its node.
    servers: HashMap<SocketAddr, usize>,
    /// By that port alone, for addresses change on the way.
    ports: HashMap<u16, usize>,
    /// How much of the whole is in the views.
    events: usize,
    frames: usize,
}

/// One connection of a record.
#[derive(Debug, Clone)]
pub struct View {
    pub record: Record,
    /// Which frames of the whole record those of `record` are.
    pub frames: Vec<usize>,
    /// Something came since [`Views::take`] was last called.
    pub grown: bool,
    /// For each vantage, its frames that are not here and that no count was lessened by yet.
    elsewhere: Vec<u64>,
}

impl View {
    /// Of a record with one connection: all of it.
    #[must_use]
    pub fn whole(record: Record) -> Self {
        let frames = (0..record.frames.len()).collect();
        Self { record, frames, grown: true, elsewhere: Vec::new() }
    }

    /// A capture's count of its frames becomes that of those which are here.
    fn lessen(&mut self, kind: &mut EventKind) {
        if let EventKind::CaptureEnded { vantage, received, .. } = kind
            && let Some(elsewhere) = self.elsewhere.get_mut(*vantage)
        {
            let those = (*elsewhere).min(*received);
            *elsewhere -= those;
            *received -= those;
        }
    }
}

impl Views {
    /// Those of a record that has not begun.
    #[must_use]
    pub fn new(manifest: &Manifest) -> Self {
        let first = (manifest.client.clone(), manifest.server.clone());
        let all: Vec<_> = std::iter::once(first).chain(manifest.further.iter().cloned()).collect();
        let server = |(index, (_, server)): (usize, &(_, super::EndpointInfo))| {
            let addresses = [Some(server.address), server.forwarded].into_iter().flatten();
            let port = server.port;
            addresses.filter_map(move |address| Some((SocketAddr::new(address, port?), index)))
        };
        let servers: HashMap<SocketAddr, usize> = all.iter().enumerate().flat_map(server).collect();
        let ports = servers.iter().map(|(address, index)| (address.port(), *index)).collect();
        let view = |(client, server)| View {
            record: Record {
                manifest: Manifest { client, server, further: Vec::new(), ..manifest.clone() },
                events: Vec::new(),
                frames: Vec::new(),
            },
            frames: Vec::new(),
            grown: true,
            elsewhere: vec![0; manifest.vantages.len()],
        };
        Self { views: all.into_iter().map(view).collect(), servers, ports, events: 0, frames: 0 }
    }

    /// Those of a whole record.
    #[must_use]
    pub fn of(record: &Record) -> Vec<View> {
        let mut views = Self::new(&record.manifest);
        views.take(record);
        views.views
    }

    /// Takes in what `record` has got since the last call. Gives all views.
    pub fn take(&mut self, record: &Record) -> &mut [View] {
        self.views.iter_mut().for_each(|view| view.grown = false);
        // Before the events: one of them tells how many frames there were.
        for (index, frame) in record.frames.iter().enumerate().skip(self.frames) {
            self.frame(index, frame, record);
        }
        for event in record.events.get(self.events..).unwrap_or_default() {
            self.event(event);
        }
        (self.events, self.frames) = (record.events.len(), record.frames.len());
        &mut self.views
    }

    fn event(&mut self, event: &Event) {
        let own = match &event.kind {
            EventKind::Outcome { .. }
            | EventKind::Sample { .. }
            | EventKind::Printed { .. }
            | EventKind::Reading { .. }
            | EventKind::ReadingFailed { .. } => Some(event.connection),
            EventKind::Conntrack { entry, .. } => {
                let original = &entry.original;
                self.of_ends(original.source, original.destination)
            }
            _ => None,
        };
        for (_, view) in self.views.iter_mut().enumerate().filter(|(index, _)| own.is_none_or(|own| own == *index)) {
            let mut event = Event { connection: 0, ..event.clone() };
            view.lessen(&mut event.kind);
            // What is judged by nobody brings nobody on.
            view.grown |= !event.kind.is_sample();
            view.record.events.push(event);
        }
    }

    fn frame(&mut self, index: usize, frame: &Frame, record: &Record) {
        let packet = decode(record.manifest.link(frame.vantage), &frame.octets, frame.wire_len);
        let ends = match &packet {
            Packet::Tcp(segment) => Some((segment.source, segment.destination)),
            Packet::Icmp(icmp) => Some((icmp.quoted_source, icmp.quoted_destination)),
            Packet::Neighbour | Packet::Other(_) => None,
        };
        let own = ends.and_then(|(source, destination)| self.of_ends(source, destination));
        // What belongs to no connection is in the whole record, and nobody asks for it here.
        for (number, view) in self.views.iter_mut().enumerate() {
            if own == Some(number) {
                view.record.frames.push(frame.clone());
                view.frames.push(index);
                view.grown = true;
            } else if let Some(count) = view.elsewhere.get_mut(frame.vantage) {
                *count += 1;
            }
        }
    }

    fn of_ends(&self, source: SocketAddr, destination: SocketAddr) -> Option<usize> {
        let by_address = [destination, source].into_iter().find_map(|end| self.servers.get(&end));
        let by_port = || [destination, source].into_iter().find_map(|end| self.ports.get(&end.port()));
        by_address.or_else(by_port).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ladder::Outcome;
    use crate::name::Side;
    use crate::record::{EndpointInfo, load};
    use crate::time::LabTime;
    use std::path::Path;

    /// A recorded run, and as a second connection the same once more, to port 5051.
    fn two() -> Record {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/records/dead-peer-drop");
        let mut record = load(&folder).unwrap();
        record.events.clear();
        let port = 5050_u16.to_be_bytes();
        record.frames.retain(|frame| *frame != renamed(frame, port, [0; 2]));
        let other = |info: &EndpointInfo, port| EndpointInfo { port, ..info.clone() };
        let (client, server) = (other(&record.manifest.client, None), other(&record.manifest.server, Some(5051)));
        record.manifest.further = vec![(client, server)];
        // The same segments with another server port, at its place behind the headers.
        let again: Vec<Frame> =
            record.frames.iter().map(|frame| renamed(frame, port, 5051_u16.to_be_bytes())).collect();
        record.frames.extend(again);
        record
    }

    fn renamed(frame: &Frame, from: [u8; 2], to: [u8; 2]) -> Frame {
        let mut frame = frame.clone();
        for at in [34, 36] {
            if frame.octets[at..at + 2] == from {
                frame.octets[at..at + 2].copy_from_slice(&to);
            }
        }
        frame
    }

    #[test]
    fn each_has_its_own_frames_and_outcomes_and_what_is_about_all() {
        let mut record = two();
        let half = record.frames.len() / 2;
        let outcome = EventKind::Outcome { side: Side::Client, outcome: Outcome::Connected };
        record.events.push(Event { connection: 1, ..Event::new(LabTime(5), outcome.clone()) });
        record.events.push(Event::new(LabTime(6), EventKind::ClockStep { nanoseconds: 1 }));
        let ended = EventKind::CaptureEnded { vantage: 0, received: 100, dropped: 0 };
        record.events.push(Event::new(LabTime(7), ended));
        let views = Views::of(&record);
        assert_eq!(views[0].frames, (0..half).collect::<Vec<_>>());
        assert_eq!(views[1].frames, (half..2 * half).collect::<Vec<_>>());
        assert_eq!(views[1].record.manifest.server.port, Some(5051));
        let of = |view: &View| view.record.events.iter().filter(|event| event.kind == outcome).count();
        assert_eq!([of(&views[0]), of(&views[1])], [0, 1]);
        let stepped = |view: &View| view.record.events.iter().any(|e| matches!(e.kind, EventKind::ClockStep { .. }));
        assert!(stepped(&views[0]) && stepped(&views[1]));
        // Of the frames at that vantage each has half.
        let there = record.frames.iter().filter(|frame| frame.vantage == 0).count() as u64;
        let ended = |view: &View| match view.record.events.last().map(|event| &event.kind) {
            Some(EventKind::CaptureEnded { received, .. }) => *received,
            other => panic!("{other:?}"),
        };
        assert_eq!([ended(&views[0]), ended(&views[1])], [100 - there / 2; 2]);
    }

    #[test]
    fn they_grow_with_the_whole() {
        let whole = two();
        let mut growing = Record { events: Vec::new(), frames: Vec::new(), ..whole.clone() };
        let mut views = Views::new(&whole.manifest);
        views.take(&growing);
        growing.frames.push(whole.frames[0].clone());
        let grown: Vec<bool> = views.take(&growing).iter().map(|view| view.grown).collect();
        assert_eq!(grown, [true, false]);
        growing.frames = whole.frames.clone();
        let at_last: Vec<usize> = views.take(&growing).iter().map(|view| view.record.frames.len()).collect();
        assert_eq!(at_last, [whole.frames.len() / 2; 2]);
    }
}
