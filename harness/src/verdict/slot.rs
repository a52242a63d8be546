use super::{Seen, SeenAs};
use crate::ladder::{Expected, Ladder, Rung};
use crate::record::ClockKind;
use crate::time::LabTime;
use crate::timeline::Timeline;

/// One repeat of one rung.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Slot {
    pub(super) rung: usize,
    pub(super) repeat: u32,
    pub(super) kind: Kind,
}

/// What a rung speaks of, as far as it matters who looks for it: kept with each slot, so
/// that none goes through all the rungs for its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Segment,
    Outcome,
    Conntrack,
    Quiet,
    /// A step or a reading.
    Event,
}

impl Kind {
    fn of(what: &Expected) -> Self {
        match what {
            Expected::Segment { .. } => Self::Segment,
            Expected::Outcome { .. } => Self::Outcome,
            Expected::Conntrack { .. } => Self::Conntrack,
            Expected::Quiet(_) => Self::Quiet,
            Expected::Step(_) | Expected::Reading { .. } => Self::Event,
        }
    }
}

/// What was found for a slot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fit {
    Met(Seen),
    /// Another thing came in its place: another label, another errno, a segment in a
    /// silence.
    Instead(Seen),
    /// It came, but not in its place relative to this slot.
    Displaced {
        seen: Seen,
        around: usize,
    },
    Absent,
    /// The record is of a kind that can't show it.
    Hidden,
}

impl Fit {
    pub(super) fn met(&self) -> Option<Seen> {
        match self {
            Self::Met(seen) => Some(*seen),
            _ => None,
        }
    }

    pub(super) fn seen(&self) -> Option<Seen> {
        match self {
            Self::Met(seen) | Self::Instead(seen) | Self::Displaced { seen, .. } => Some(*seen),
            Self::Absent | Self::Hidden => None,
        }
    }
}

/// When something was, at the earliest and at the latest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Moment {
    pub(super) from: LabTime,
    pub(super) at: LabTime,
}

impl Moment {
    pub(super) fn exactly(at: LabTime) -> Self {
        Self { from: at, at }
    }

    /// When `seen` was.
    pub(super) fn of(timeline: &Timeline, seen: Seen) -> Self {
        let exact = Self::exactly(seen.at);
        match seen.what {
            SeenAs::Happening(index) => {
                timeline.happenings.get(index).map_or(exact, |h| Self { from: h.from.min(h.at), at: h.at })
            }
            SeenAs::Crossing(_) | SeenAs::Silence => exact,
        }
    }
}

/// More repeats than a record has entries can't all be met: beyond that, one missing
/// slot says as much as a million.
const LEAST_CAP: usize = 1000;

/// All rungs' repeats in order.
pub(super) fn expand(ladder: &Ladder, timeline: &Timeline) -> Vec<Slot> {
    let cap = LEAST_CAP.max(timeline.crossings.len() + timeline.happenings.len() + 1);
    let cap = u32::try_from(cap).unwrap_or(u32::MAX);
    let repeats = |rung: &Rung| rung.times.clamp(1, cap);
    let rungs = ladder.rungs.iter().enumerate();
    let slots = rungs.flat_map(|(rung, r)| {
        let kind = Kind::of(&r.what);
        (0..repeats(r)).map(move |repeat| Slot { rung, repeat, kind })
    });
    slots.collect()
}

/// Whether a record of this kind can show what the rung speaks of.
pub(super) fn visible(clock: ClockKind, what: &Expected) -> bool {
    clock != ClockKind::Capture || matches!(what, Expected::Segment { .. } | Expected::Quiet(_))
}
