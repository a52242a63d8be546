use super::ladder::{other_outcome, other_reading};
use crate::ladder::{Anchor, Expected, Ladder, Outcome};
use crate::record::{EndReason, Event, EventKind, Record};
use std::time::Duration;

/// A record with one thing changed, and what that is.
type Mutant = (String, Record);

/// Far more than any due time spans.
const FAR: Duration = Duration::from_secs(1000);

/// Records in which something else happened: each outcome, printed line, reading and
/// conntrack event that the ladder names gone, or another; each step later, and each step
/// that the ladder counts from, or has after something else, sooner.
#[must_use]
pub fn event_mutants(record: &Record, ladder: &Ladder) -> Vec<Mutant> {
    let mut mutants = Vec::new();
    for (index, event) in record.events.iter().enumerate() {
        let mut with = |what: &str, kind: Option<EventKind>| {
            mutants.push((format!("event {index} {}: {what}", name(event)), replaced(record, index, kind)));
        };
        match &event.kind {
            EventKind::Outcome { side, outcome } if names_outcome(ladder, event) => {
                with("removed", None);
                let other = other_outcome(outcome);
                other
                    .into_iter()
                    .for_each(|outcome| with("another", Some(EventKind::Outcome { side: *side, outcome })));
            }
            EventKind::Printed { side, .. } if names_outcome(ladder, event) => {
                with("removed", None);
                with("another", Some(EventKind::Printed { side: *side, line: String::new() }));
            }
            EventKind::Reading { rung, begun, value } => {
                with("removed", None);
                let value = other_reading(value);
                with("another", Some(EventKind::Reading { rung: *rung, begun: *begun, value }));
            }
            EventKind::Conntrack { node, change, .. }
                if ladder
                    .rungs
                    .iter()
                    .any(|rung| rung.what == Expected::Conntrack { node: node.clone(), change: *change }) =>
            {
                with("removed", None)
            }
            EventKind::StepBegun { step, .. } => mutants.extend(moved(record, ladder, *step)),
            _ => {}
        }
    }
    mutants
}

/// Records that can't be trusted: captures that lost frames, broke or did not end, events
/// that were lost, steps and readings that failed, clocks that were set, a run that did
/// not end well.
#[must_use]
pub fn doubt_mutants(record: &Record) -> Vec<Mutant> {
    let mut mutants = Vec::new();
    for (index, event) in record.events.iter().enumerate() {
        let error = || "it did not work".to_owned();
        let mut with = |what: &str, kind: Option<EventKind>| {
            mutants.push((format!("event {index} {}: {what}", name(event)), replaced(record, index, kind)));
        };
        match event.kind {
            EventKind::CaptureEnded { vantage, received, .. } => {
                with("with drops", Some(EventKind::CaptureEnded { vantage, received, dropped: 1 }));
                with("failed", Some(EventKind::CaptureFailed { vantage, error: error() }));
                with("removed", None);
            }
            EventKind::Ended { .. } => {
                with("removed", None);
                with("interrupted", Some(EventKind::Ended { reason: EndReason::Interrupted }));
                with("broken", Some(EventKind::Ended { reason: EndReason::Broken(error()) }));
            }
            EventKind::StepApplied { step } => with("failed", Some(EventKind::StepFailed { step, error: error() })),
            EventKind::Reading { rung, .. } => with("failed", Some(EventKind::ReadingFailed { rung, error: error() })),
            _ => {}
        }
    }
    let nodes = record.manifest.nodes.iter().map(|node| EventKind::ConntrackLost { node: node.name.clone() });
    let more = nodes.chain([EventKind::ClockStep { nanoseconds: 1_000_000_000 }]);
    mutants.extend(more.map(|kind| added(record, kind)));
    mutants
}

/// What the event is, for a person.
fn name(event: &Event) -> String {
    match &event.kind {
        EventKind::Outcome { side, outcome } => format!("`{side}: {outcome}`"),
        EventKind::Printed { side, line } => format!("`{side}: prints {line}`"),
        EventKind::Reading { rung, value, .. } => format!("reading of rung {rung}, {value:?}"),
        EventKind::Conntrack { node, change, .. } => format!("`{node}: entry {change:?}`"),
        EventKind::StepBegun { step, .. } | EventKind::StepApplied { step } => format!("step {step}"),
        EventKind::CaptureEnded { vantage, .. } => format!("end of capture {vantage}"),
        EventKind::Ended { .. } => "end of the run".to_owned(),
        other => format!("{other:?}"),
    }
}

fn replaced(record: &Record, at: usize, kind: Option<EventKind>) -> Record {
    let mut record = record.clone();
    match (kind, record.events.get_mut(at)) {
        (Some(kind), Some(event)) => event.kind = kind,
        (None, Some(_)) => drop(record.events.remove(at)),
        _ => {}
    }
    record
}

fn added(record: &Record, kind: EventKind) -> Mutant {
    let at = record.events.first().map(|event| event.at).unwrap_or_default();
    let name = format!("{kind:?}");
    let mut record = record.clone();
    record.events.insert(0, Event::new(at, kind));
    (name, record)
}

/// Whether a line of the ladder can have been about this.
fn names_outcome(ladder: &Ladder, event: &Event) -> bool {
    ladder.rungs.iter().any(|rung| match (&rung.what, &event.kind) {
        (Expected::Outcome { side, outcome: Outcome::Prints(text) }, EventKind::Printed { side: on, line }) => {
            side == on && line.contains(text)
        }
        (
            Expected::Outcome { side, outcome: Outcome::Bytes(_) },
            EventKind::Outcome { side: on, outcome: Outcome::Bytes(_) },
        ) => side == on,
        (Expected::Outcome { side, outcome }, EventKind::Outcome { side: on, outcome: seen }) => {
            (side, outcome) == (on, seen)
        }
        _ => false,
    })
}

/// The step much later than planned, and, if the ladder says when it came, much sooner.
fn moved(record: &Record, ladder: &Ladder, step: usize) -> Vec<Mutant> {
    let of_step = |kind: &EventKind| match kind {
        EventKind::StepBegun { step: of, .. } | EventKind::StepApplied { step: of } => *of == step,
        _ => false,
    };
    let with = |what: &str, sign: i64| {
        let mut record = record.clone();
        for event in record.events.iter_mut().filter(|event| of_step(&event.kind)) {
            event.at.0 += sign * FAR.as_nanos() as i64;
        }
        (format!("step {step} {what}"), record)
    };
    // Nothing says when the first of all lines comes.
    let after_others = ladder.rungs.iter().skip(1).any(|rung| rung.what == Expected::Step(step));
    let counted = after_others || ladder.rungs.iter().any(|rung| rung.since == Anchor::Step(step));
    let sooner = counted.then(|| with("much sooner", -1));
    [with("much later", 1)].into_iter().chain(sooner).collect()
}
