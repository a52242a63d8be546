//! Whatever the record holds, the timeline is made, and loses no frame.

use super::fixture::{CLIENT, ISN, Lab, OUTSIDE, SERVER, Seen, a, socket};
use super::*;
use crate::ladder::EntryChange;
use crate::plan::NodeKind;
use crate::record::{ClockKind, EventKind, Frame};
use crate::time::LabTime;
use crate::wire::{Flags, Packet, Seq};
use proptest::prelude::*;

fn packet() -> impl Strategy<Value = Packet> {
    let addresses = prop::sample::select(vec![socket(CLIENT), socket(SERVER), socket(OUTSIDE)]);
    let seq = prop_oneof![0_u32..8, Just(u32::MAX), any::<u32>()];
    let numbers = (seq.clone(), seq, prop_oneof![0_u32..3, Just(u32::MAX)], 0_u16..2);
    (addresses.clone(), addresses, any::<u8>(), numbers, 0_u16..3).prop_map(
        |(source, destination, flags, (seq, ack, len, window), id)| {
            let mut segment = a("S", 0, 0, 0).segment;
            (segment.source, segment.destination) = (source, destination);
            segment.flags = Flags(flags);
            segment.seq = Seq(ISN[0].wrapping_add(seq));
            segment.ack = Seq(ISN[0].wrapping_add(ack));
            (segment.len, segment.window, segment.ip_id) = (len, window, Some(id));
            Packet::Tcp(segment)
        },
    )
}

fn time() -> impl Strategy<Value = LabTime> {
    prop_oneof![0_i64..5, 0_i64..3_000_000_000, any::<i64>()].prop_map(LabTime)
}

fn event() -> impl Strategy<Value = (u8, LabTime, usize)> {
    (any::<u8>(), time(), 0_usize..6)
}

fn add(lab: &mut Lab, (kind, at, n): (u8, LabTime, usize)) {
    let kind = match kind % 8 {
        0 => EventKind::CaptureEnded { vantage: n, received: 0, dropped: 1 },
        1 => EventKind::CaptureFailed { vantage: n, error: String::new() },
        2 => EventKind::StepBegun { step: n, name: "x".into(), planned: at, fault: false },
        3 => EventKind::StepApplied { step: n },
        4 => EventKind::Stall { from: LabTime(at.0.wrapping_mul(3)), cpu: 0 },
        5 => EventKind::Ended { reason: crate::record::EndReason::Complete },
        6 => return lab.entry(at.0 / 1_000_000, EntryChange::Created),
        _ => return lab.entry(at.0 / 1_000_000, EntryChange::Deleted),
    };
    lab.record.events.push(crate::record::Event::new(at, kind));
}

fn lab() -> impl Strategy<Value = Lab> {
    let kinds = vec![NodeKind::Switch, NodeKind::Router, NodeKind::Nat];
    let sights = prop::collection::vec((0_usize..6, time(), packet()), 0..40);
    let events = prop::collection::vec(event(), 0..10);
    (prop::sample::select(kinds), any::<bool>(), sights, events).prop_map(|(kind, imported, sights, events)| {
        let mut lab = Lab::new("m", kind);
        if imported {
            lab.record.manifest.clock = ClockKind::Capture;
        }
        let seen = |(vantage, at, packet)| Seen { vantage, at, packet };
        lab.sights = sights.into_iter().map(seen).collect();
        events.into_iter().for_each(|event| add(&mut lab, event));
        lab
    })
}

proptest! {
    #[test]
    fn each_frame_of_the_connection_has_one_crossing(lab in lab()) {
        let timeline = lab.timeline();
        let mut frames: Vec<usize> =
            timeline.crossings.iter().flat_map(|c| c.sightings.iter().map(|s| s.frame)).collect();
        let all = frames.len();
        frames.sort_unstable();
        frames.dedup();
        prop_assert_eq!(frames.len(), all);
        let (manifest, events) = (&lab.record.manifest, &lab.record.events);
        let mut sights = lab.taken_apart();
        let count = super::connection::Connection::find(manifest, events, &sights).map_or(0, |ours| {
            ours.select(&mut sights);
            sights.list.len()
        });
        prop_assert_eq!(all, count);
    }

    #[test]
    fn crossings_and_sightings_come_by_time(lab in lab()) {
        let timeline = lab.timeline();
        prop_assert!(timeline.crossings.is_sorted_by_key(|crossing| crossing.sent));
        for crossing in &timeline.crossings {
            prop_assert!(crossing.sightings.is_sorted_by_key(|sighting| sighting.at));
            prop_assert_eq!(Some(crossing.sent), crossing.sightings.first().map(|s| s.at));
        }
        prop_assert!(timeline.happenings.is_sorted_by_key(|happening| happening.at));
    }

    #[test]
    fn any_octets_will_do(octets in prop::collection::vec(any::<u8>(), 0..80), at in time(), vantage in 0_usize..9) {
        let mut lab = Lab::switched();
        lab.record.frames.push(Frame { vantage, at, wire_len: 60, octets });
        let _ = timeline(&lab.record);
        let _ = others(&lab.record);
    }
}
