use super::happening::by_time;
use super::{Crossing, Doubt, Happening, What};
use crate::record::{ClockKind, EndReason, Event, EventKind, Record};
use crate::time::LabTime;
use std::collections::HashSet;
use std::time::Duration;

/// A step that begins later than this after its time shows a machine that did not do
/// what the script says. Less is no matter: rungs are timed from when a step was applied.
const LATEST_STEP: Duration = Duration::from_millis(500);

/// Clocks are slewed by less than this; more is a step, and stamps before and after it
/// can't be compared.
const LEAST_CLOCK_STEP: u64 = 1_000_000;

/// What the record says of itself that makes it doubtful. Gaps are found elsewhere.
pub(super) fn doubts(record: &Record, happenings: &[Happening], crossings: &[Crossing]) -> Vec<Doubt> {
    let mut doubts: Vec<Doubt> = by_time(&record.events).into_iter().filter_map(doubt).collect();
    doubts.extend(late_steps(happenings, &faults(&record.events), crossings));
    doubts.extend(stalls(&record.events));
    if record.manifest.clock != ClockKind::Capture {
        doubts.extend(unfinished(record));
        if end(&record.events).is_none() {
            doubts.push(Doubt::Truncated);
        }
    }
    doubts
}

/// When the record was complete, if it was.
pub(super) fn end(events: &[Event]) -> Option<LabTime> {
    let ends = events.iter().filter(|event| matches!(event.kind, EventKind::Ended { .. }));
    ends.map(|event| event.at).max()
}

fn doubt(event: &Event) -> Option<Doubt> {
    match event.kind.clone() {
        EventKind::CaptureEnded { vantage, dropped, .. } if dropped > 0 => {
            Some(Doubt::FramesDropped { vantage, dropped })
        }
        EventKind::CaptureFailed { vantage, error } => Some(Doubt::CaptureFailed { vantage, error }),
        EventKind::ConntrackLost { node } => Some(Doubt::ConntrackLost { node }),
        EventKind::ClockStep { nanoseconds } if nanoseconds.unsigned_abs() > LEAST_CLOCK_STEP => {
            Some(Doubt::ClockStep { nanoseconds })
        }
        EventKind::StepFailed { step, error } => Some(Doubt::StepFailed { step, error }),
        EventKind::Ended { reason: EndReason::Interrupted } => Some(Doubt::Interrupted),
        EventKind::Ended { reason: EndReason::Broken(why) } => Some(Doubt::Broken(why)),
        _ => None,
    }
}

/// The steps that change what becomes of segments.
fn faults(events: &[Event]) -> HashSet<usize> {
    let fault = |event: &Event| match event.kind {
        EventKind::StepBegun { step, fault: true, .. } => Some(step),
        _ => None,
    };
    events.iter().filter_map(fault).collect()
}

/// Steps that began late, and faults that took long to be in force while segments were
/// under way: what became of those was left to chance.
fn late_steps(happenings: &[Happening], faults: &HashSet<usize>, crossings: &[Crossing]) -> Vec<Doubt> {
    let late = |happening: &Happening| match happening.what {
        What::Step { step, planned, .. } => {
            let (begun, applied) = (happening.from, happening.at);
            let sent = |from: LabTime| crossings.iter().any(|c| (from..applied).contains(&c.sent));
            let slow = faults.contains(&step) && applied.since(planned) > LATEST_STEP && sent(planned);
            (begun.since(planned) > LATEST_STEP || slow).then_some(Doubt::LateStep { step, planned, applied })
        }
        _ => None,
    };
    happenings.iter().filter_map(late).collect()
}

/// Stalls of several processors at one time are one.
fn stalls(events: &[Event]) -> Vec<Doubt> {
    let mut spans: Vec<(LabTime, LabTime)> = Vec::new();
    spans.extend(events.iter().filter_map(|event| match event.kind {
        EventKind::Stall { from, .. } => Some((from.min(event.at), event.at)),
        _ => None,
    }));
    spans.sort_unstable();
    let mut merged: Vec<(LabTime, LabTime)> = Vec::new();
    for (from, until) in spans {
        match merged.last_mut().filter(|last| from <= last.1) {
            Some(last) => last.1 = last.1.max(until),
            None => merged.push((from, until)),
        }
    }
    merged.into_iter().map(|(from, until)| Doubt::Stall { from, until }).collect()
}

/// A vantage's captures tell how many frames they handed over. Fewer in the record are
/// frames lost on the way; more are of a capture whose end was not told.
fn unfinished(record: &Record) -> impl Iterator<Item = Doubt> {
    let vantages = record.manifest.vantages.len();
    let mut frames = vec![0u64; vantages];
    for frame in &record.frames {
        frames.get_mut(frame.vantage).into_iter().for_each(|count| *count += 1);
    }
    let mut told = vec![Told::Nothing; vantages];
    for event in &record.events {
        let (vantage, new) = match event.kind {
            EventKind::CaptureEnded { vantage, received, dropped: 0 } => (vantage, Told::Received(received)),
            EventKind::CaptureEnded { vantage, .. } | EventKind::CaptureFailed { vantage, .. } => {
                (vantage, Told::Flawed)
            }
            _ => continue,
        };
        told.get_mut(vantage).into_iter().for_each(|told| *told = told.and(new));
    }
    let vantages = frames.into_iter().zip(told).enumerate();
    vantages.filter_map(|(vantage, (frames, told))| match told {
        Told::Nothing => Some(Doubt::CaptureUnfinished { vantage }),
        Told::Received(received) if frames > received => Some(Doubt::CaptureUnfinished { vantage }),
        Told::Received(received) if frames < received => {
            Some(Doubt::FramesDropped { vantage, dropped: received - frames })
        }
        Told::Received(_) | Told::Flawed => None,
    })
}

/// What the ends of all captures of a vantage told together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Told {
    Nothing,
    /// None of them dropped any.
    Received(u64),
    /// One broke, or dropped some: there is a doubt already.
    Flawed,
}

impl Told {
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Nothing, other) | (other, Self::Nothing) => other,
            (Self::Received(a), Self::Received(b)) => Self::Received(a.saturating_add(b)),
            _ => Self::Flawed,
        }
    }
}
