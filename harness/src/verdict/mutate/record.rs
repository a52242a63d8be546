use super::octets::{other_flags, other_seq};
use crate::name::{Label, NodeName};
use crate::record::{EventKind, Frame, Record};
use crate::timeline::{Crossing, Timeline, timeline};
use crate::verdict::show_crossing;
use std::collections::BTreeSet;
use std::time::Duration;

/// Records that differ from this one in what was captured of one crossing, for every
/// crossing of its timeline.
#[must_use]
pub fn record_mutants(record: &Record, timeline: &Timeline) -> Vec<(String, Record)> {
    (0..timeline.crossings.len()).flat_map(|index| crossing_mutants(record, timeline, index)).collect()
}

/// The same for one crossing: gone (everywhere, or at one vantage of several), late (past
/// the next crossing, and by far), twice, with other flags (the checksum corrected, or
/// not), and with another SEQ where that gives a segment another role.
#[must_use]
pub fn crossing_mutants(record: &Record, timeline: &Timeline, index: usize) -> Vec<(String, Record)> {
    let Some(crossing) = timeline.crossings.get(index) else { return Vec::new() };
    let frames: BTreeSet<usize> = crossing.sightings.iter().map(|sighting| sighting.frame).collect();
    let each = |change: &dyn Fn(&Frame) -> Option<Frame>| changed(record, &frames, change);
    let mut mutants = vec![
        ("removed".to_owned(), each(&|_| None)),
        ("10 s late".to_owned(), each(&|frame| Some(later(frame, Duration::from_secs(10))))),
        ("twice".to_owned(), twice(record, &frames)),
    ];
    // What an ICMP error quotes of a segment may end before its flags, and is not read.
    if !matches!(crossing.label, Label::Icmp(_)) {
        mutants.push(("with other flags".to_owned(), each(&|frame| Some(other_flags(frame, true)))));
        let wrong = each(&|frame| Some(other_flags(frame, false)));
        mutants.push(("with other flags and a wrong checksum".to_owned(), wrong));
    }
    if let Some(past) = past_next(timeline, index) {
        mutants.push(("later than the next".to_owned(), each(&|frame| Some(later(frame, past)))));
    }
    let seqs = [-1, 1].map(|by| (format!("with SEQ {by:+}"), each(&|frame| Some(other_seq(frame, by)))));
    mutants.extend(seqs.into_iter().filter(|(_, mutant)| tells_another_story(timeline, mutant)));
    mutants.extend(unseen_at_one(record, crossing));
    let name = format!("crossing {index} `{}` at {}", show_crossing(crossing), crossing.sent);
    mutants.into_iter().map(|(what, record)| (format!("{name}: {what}"), record)).collect()
}

/// The record with some frames changed or left out.
fn changed(record: &Record, frames: &BTreeSet<usize>, change: &dyn Fn(&Frame) -> Option<Frame>) -> Record {
    let new = |(at, frame)| if frames.contains(&at) { change(frame) } else { Some(frame.clone()) };
    counted(Record { frames: record.frames.iter().enumerate().filter_map(new).collect(), ..record.clone() }, record)
}

/// What the captures say of their number goes along with the frames, or else that alone
/// would give every mutant away.
fn counted(mut mutant: Record, before: &Record) -> Record {
    let count = |record: &Record, of: usize| record.frames.iter().filter(|frame| frame.vantage == of).count() as u64;
    for vantage in 0..before.manifest.vantages.len() {
        let (old, new) = (count(before, vantage), count(&mutant, vantage));
        let last = mutant.events.iter_mut().rev().find_map(|event| match &mut event.kind {
            EventKind::CaptureEnded { vantage: of, received, .. } if *of == vantage => Some(received),
            _ => None,
        });
        last.into_iter().for_each(|received| *received = received.saturating_add(new).saturating_sub(old));
    }
    mutant
}

fn later(frame: &Frame, by: Duration) -> Frame {
    Frame { at: frame.at + by, ..frame.clone() }
}

fn twice(record: &Record, frames: &BTreeSet<usize>) -> Record {
    let copies = frames.iter().filter_map(|frame| record.frames.get(*frame));
    let copies = copies.map(|frame| later(frame, Duration::from_millis(1)));
    counted(Record { frames: record.frames.iter().cloned().chain(copies).collect(), ..record.clone() }, record)
}

/// How long until the next crossing has been seen for the last time.
fn past_next(timeline: &Timeline, index: usize) -> Option<Duration> {
    let (this, next) = (timeline.crossings.get(index)?, timeline.crossings.get(index.checked_add(1)?)?);
    let last = next.sightings.iter().map(|sighting| sighting.at).max().unwrap_or(next.sent);
    Some(last.since(this.sent).saturating_add(Duration::from_micros(50)))
}

/// Whether any segment has another role than before.
fn tells_another_story(before: &Timeline, mutant: &Record) -> bool {
    fn roles(timeline: &Timeline) -> Vec<(&NodeName, Label)> {
        timeline.crossings.iter().map(|crossing| (&crossing.from, crossing.label)).collect()
    }
    roles(before) != roles(&timeline(mutant))
}

/// Gone at one vantage, if others saw it: as if it had never come there, and as if it
/// had been lost on the way to the record.
fn unseen_at_one(record: &Record, crossing: &Crossing) -> Vec<(String, Record)> {
    let vantages: BTreeSet<usize> = crossing.sightings.iter().map(|sighting| sighting.vantage).collect();
    if vantages.len() < 2 {
        return Vec::new();
    }
    let unseen = |vantage: usize| {
        let there = crossing.sightings.iter().filter(|sighting| sighting.vantage == vantage);
        let frames = there.map(|sighting| sighting.frame).collect();
        let mutant = changed(record, &frames, &|_| None);
        let lost = Record { events: record.events.clone(), ..mutant.clone() };
        [(format!("unseen at vantage {vantage}"), mutant), (format!("lost from vantage {vantage}"), lost)]
    };
    vantages.into_iter().flat_map(unseen).collect()
}
