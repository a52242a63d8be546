use super::{Happening, What};
use crate::plan::STRANGERS;
use crate::record::{Event, EventKind};
use crate::time::LabTime;
use std::collections::HashMap;

/// What the events tell of steps, outcomes, tables and readings, by time.
pub(super) fn happenings(events: &[Event]) -> Vec<Happening> {
    let mut begun: HashMap<usize, (LabTime, &str, LabTime)> = HashMap::new();
    let mut happenings = Vec::new();
    for event in by_time(events) {
        if let EventKind::StepBegun { step, name, planned, .. } = &event.kind {
            begun.insert(*step, (event.at, name, *planned));
        } else if let Some((from, what)) = what(event, &begun) {
            happenings.push(Happening { from, at: event.at, what });
        }
    }
    happenings
}

/// Events in order of time; those of one time as they stand in the record.
pub(super) fn by_time(events: &[Event]) -> Vec<&Event> {
    let mut sorted: Vec<&Event> = events.iter().collect();
    sorted.sort_by_key(|event| event.at);
    sorted
}

type Begun<'a> = HashMap<usize, (LabTime, &'a str, LabTime)>;

fn what(event: &Event, begun: &Begun) -> Option<(LabTime, What)> {
    let mut from = event.at;
    let what = match event.kind.clone() {
        EventKind::StepApplied { step } => {
            let (start, name, planned) = begun.get(&step).copied().unwrap_or((from, "", from));
            from = start;
            What::Step { step, name: name.to_owned(), planned }
        }
        EventKind::StepFailed { step, error } => {
            from = begun.get(&step).map_or(from, |(start, ..)| *start);
            What::StepFailed { step, error }
        }
        EventKind::Outcome { side, outcome } => What::Outcome { side, outcome },
        EventKind::Printed { side, line } => What::Printed { side, line },
        // Of nobody in the lab.
        EventKind::Conntrack { entry, .. } if STRANGERS.contains(&entry.original.source.ip()) => return None,
        EventKind::Conntrack { node, change, entry } => What::Conntrack { node, change, entry },
        EventKind::Reading { rung, begun, value } => {
            from = begun.min(from);
            What::Reading { rung, value: Ok(value) }
        }
        EventKind::ReadingFailed { rung, error } => What::Reading { rung, value: Err(error) },
        EventKind::FaultCounter { step, packets } => What::FaultCounter { step, packets },
        EventKind::StepBegun { .. }
        | EventKind::Sample { .. }
        | EventKind::Stall { .. }
        | EventKind::ClockStep { .. }
        | EventKind::CaptureEnded { .. }
        | EventKind::CaptureFailed { .. }
        | EventKind::ConntrackLost { .. }
        | EventKind::Ended { .. } => return None,
    };
    Some((from, what))
}
