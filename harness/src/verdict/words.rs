use crate::ladder::{Expected, Fate, Rung};
use crate::time::{Due, LabTime};
use crate::timeline::{Crossing, Reach, What};

/// `a > b: PROBE`, with its end unless it arrived: `a > b: PROBE, lost at nat`.
#[must_use]
pub fn show_crossing(crossing: &Crossing) -> String {
    let end = match &crossing.reach {
        Reach::Arrived => String::new(),
        Reach::LostAt(node) => format!(", lost at {node}"),
        Reach::Unknown => ", its end not seen".to_owned(),
    };
    format!("{} > {}: {}{end}", crossing.from, crossing.to, crossing.label)
}

/// The rung in the notation of [`show_crossing`], with its expected end.
#[must_use]
pub fn show_fate(rung: &Rung) -> String {
    let end = match &rung.what {
        Expected::Segment { fate: Fate::Lost, .. } => ", lost".to_owned(),
        Expected::Segment { fate: Fate::LostAt(node), .. } => format!(", lost at {node}"),
        _ => String::new(),
    };
    format!("{}{end}", rung.text)
}

/// The rung, and which of its repeats: `` `a > b: PROBE` (2 of 3) ``.
#[must_use]
pub fn show_repeat(rung: &Rung, repeat: u32) -> String {
    match rung.times {
        0 | 1 => format!("`{}`", rung.text),
        times => format!("`{}` ({} of {times})", rung.text, repeat.saturating_add(1)),
    }
}

/// A happening in the notation of the ladder's lines.
#[must_use]
pub fn show_happening(what: &What) -> String {
    match what {
        What::Step { name, .. } => format!("step: {name}"),
        What::StepFailed { step, error } => format!("step {} failed: {error}", step.saturating_add(1)),
        What::Outcome { side, outcome } => format!("{side}: {outcome}"),
        What::Printed { side, line } => format!("{side} prints {line:?}"),
        What::Conntrack { node, change, .. } => format!("{node}: {change}"),
        What::Reading { value: Ok(value), .. } => format!("reading: {value}"),
        What::Reading { value: Err(error), .. } => format!("reading failed: {error}"),
        What::FaultCounter { step, packets } => {
            format!("the fault of step {} matched {packets} packets", step.saturating_add(1))
        }
    }
}

/// Seconds with as many places as it takes: milliseconds, or microseconds where the
/// time is no whole number of milliseconds.
#[must_use]
pub fn show_time(at: LabTime) -> String {
    if at.0 % 1_000_000 == 0 { at.to_string() } else { format!("{:.6}", at.seconds()) }
}

/// `1.000..1.036 s`
#[must_use]
pub fn show_due(due: Due) -> String {
    format!("{}..{} s", due.earliest, due.latest)
}

/// `s` unless there is one.
pub(super) fn plural(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}
