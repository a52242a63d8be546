use super::due::{Timing, deadline, timings};
use super::matching::Matching;
use super::slot::Fit;
use super::{Progress, SeenAs, State};
use crate::ladder::{Expected, Ladder};
use crate::time::LabTime;
use crate::timeline::Timeline;
use std::time::Duration;

/// What was captured may take so long to get here.
const DELIVERY: Duration = Duration::from_millis(250);

/// How far up the ladder a run is at `now`, from the record so far, and whether more may
/// be learnt by going on.
#[must_use]
pub fn progress(ladder: &Ladder, timeline: &Timeline, now: LabTime) -> Progress {
    let matching = Matching::new(ladder, timeline, now.max(timeline.end));
    Progress { met: met(&matching), state: state(&matching, now) }
}

fn met(matching: &Matching<'_>) -> Vec<u32> {
    let mut met = vec![0u32; matching.ladder.rungs.len()];
    for (slot, fit) in matching.slots.iter().zip(&matching.fits) {
        if let (Some(count), Fit::Met(_)) = (met.get_mut(slot.rung), fit) {
            *count = count.saturating_add(1);
        }
    }
    met
}

fn state(matching: &Matching<'_>, now: LabTime) -> State {
    let timings = timings(matching);
    if let Some(next) = next_open(matching, &timings) {
        let until = deadline(matching, &timings, next);
        let exact = matches!(matching.rung(next).map(|rung| &rung.what), Some(Expected::Quiet(_)));
        return State::Waiting { until: if exact { until } else { until + DELIVERY } };
    }
    let complete = matching.fits.iter().all(|fit| matches!(fit, Fit::Met(_) | Fit::Hidden));
    // What was seen to leave may not have arrived yet.
    let arrived = last_seen(matching) + matching.ladder.transit;
    let until = arrived + matching.ladder.settle;
    match (complete, matching.ladder.open_ended) {
        (true, true) if now >= arrived => State::Over,
        (true, true) => State::Settling { until: arrived },
        (true, false) => State::Settling { until },
        (false, _) if now < until => State::Waiting { until },
        (false, _) => State::Over,
    }
}

/// The first slot that may still be met. A reading is taken only once all before it is
/// met, so none comes after a slot that never will be.
fn next_open(matching: &Matching<'_>, timings: &[Timing]) -> Option<usize> {
    let mut given_up = false;
    (0..matching.slots.len()).find(|slot| {
        let reading = matches!(matching.rung(*slot).map(|rung| &rung.what), Some(Expected::Reading { .. }));
        let open = may_come(matching, timings, *slot) && !(reading && given_up);
        given_up |= !open && !matches!(matching.fit(*slot), Fit::Met(_) | Fit::Hidden);
        open
    })
}

fn last_seen(matching: &Matching<'_>) -> LabTime {
    let extras = matching.extras.iter().map(|extra| extra.seen.at);
    let seen = matching.fits.iter().filter_map(Fit::seen).map(|seen| seen.at);
    extras.chain(seen).max().unwrap_or(LabTime::ZERO)
}

/// Whether the slot is open, and nothing was seen yet that settles it.
fn may_come(matching: &Matching<'_>, timings: &[Timing], slot: usize) -> bool {
    let overtaken = || {
        let later = slot.saturating_add(1)..matching.slots.len();
        later.into_iter().any(|later| same_stream(matching, slot, later) && matching.fit(later).met().is_some())
    };
    match matching.fit(slot) {
        Fit::Absent => !overtaken(),
        Fit::Instead(seen) if matching.reads.iter().any(|read| read.seen == *seen && read.open) => !overtaken(),
        // Another label may yet prove to be something in between; another errno is final.
        Fit::Instead(seen) => {
            matches!(seen.what, SeenAs::Crossing(_))
                && matches!(timings.get(slot), Some(Timing::Due(_)))
                && !matches!(matching.rung(slot).map(|rung| &rung.what), Some(Expected::Quiet(_)))
                && !overtaken()
        }
        Fit::Met(_) | Fit::Displaced { .. } | Fit::Hidden => false,
    }
}

/// Whether the one must come before the other because they are seen by the same eyes.
fn same_stream(matching: &Matching<'_>, a: usize, b: usize) -> bool {
    let what = |slot| matching.rung(slot).map(|rung| &rung.what);
    match (what(a), what(b)) {
        (Some(Expected::Segment { .. }), Some(Expected::Segment { .. })) => true,
        (Some(Expected::Outcome { side: a, .. }), Some(Expected::Outcome { side: b, .. })) => a == b,
        (Some(Expected::Conntrack { node: a, .. }), Some(Expected::Conntrack { node: b, .. })) => a == b,
        _ => false,
    }
}
