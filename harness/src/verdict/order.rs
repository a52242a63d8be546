use super::draft::{Draft, fold};
use super::matching::Matching;
use super::slot::{Fit, Kind, Moment};
use super::times::stalled;
use super::words::{plural, show_repeat, show_time};
use super::{FindingKind, Judgement, Seen, SeenAs};
use crate::ladder::{Expected, Outcome};
use crate::name::Side;
use crate::timeline::{Doubt, What};
use std::time::Duration;

/// Whether the rungs came in their order.
pub(super) fn check(matching: &Matching<'_>) -> Vec<Draft> {
    let mut drafts = displaced(matching);
    let same = |draft: &Draft| draft.finding.kind.clone();
    drafts.extend(fold(across(matching), same, |count, _| {
        format!("So did {count} further line{} or repeat{}.", plural(count), plural(count))
    }));
    drafts
}

/// Segments, or outcomes of a side, that came in another order than expected.
fn displaced(matching: &Matching<'_>) -> Vec<Draft> {
    let told = (0..matching.slots.len()).filter_map(|slot| {
        let Fit::Displaced { seen, around } = matching.fit(slot) else { return None };
        let other = matching.fit(*around).seen()?;
        let (early, late) =
            if slot < *around { ((*around, other), (slot, *seen)) } else { ((slot, *seen), (*around, other)) };
        out_of_order(matching, early, late)
    });
    told.collect()
}

/// `early` came before `late`, and should have come after it.
fn out_of_order(matching: &Matching<'_>, early: (usize, Seen), late: (usize, Seen)) -> Option<Draft> {
    let name = |slot: usize| Some(show_repeat(matching.rung(slot)?, matching.name(slot)?.1));
    let (after, _) = matching.name(late.0)?;
    let message = format!(
        "{} came at {}, before {} at {}, and should have come after it.",
        name(early.0)?,
        show_time(early.1.at),
        name(late.0)?,
        show_time(late.1.at),
    );
    Some(Draft::fail(FindingKind::OutOfOrder { after }, message).on(matching, Some(early.0)).seen(early.1))
}

/// Where a time was taken from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Source {
    /// Stamped by the kernel, or by the hand that did it.
    Exact,
    /// An endpoint's thread noticed it.
    Side(Side),
    /// A program's output, or a message from conntrack, read by another thread.
    Told,
}

const SOURCES: usize = 4;

impl Source {
    fn index(self) -> usize {
        match self {
            Self::Exact => 0,
            Self::Side(Side::Client) => 1,
            Self::Side(Side::Server) => 2,
            Self::Told => 3,
        }
    }
}

/// What two threads noticed within this time may have been in either order, and so may
/// what a program printed or conntrack told and what the kernel stamped.
pub(super) const NOTICE: Duration = Duration::from_millis(10);

/// How much earlier than its stamp the first may have been when compared with the second.
/// Stamps are never early. An endpoint's own thread is woken by what it notices, and its
/// stamp is compared as it is with segments and steps.
fn lateness(first: Source, second: Source) -> Duration {
    match (first, second) {
        (Source::Exact, _) | (Source::Side(_), Source::Exact) => Duration::ZERO,
        (Source::Side(a), Source::Side(b)) if a == b => Duration::ZERO,
        _ => NOTICE,
    }
}

fn source(matching: &Matching<'_>, slot: usize) -> Source {
    if matching.is_kind(slot, Kind::Segment) {
        return Source::Exact;
    }
    match matching.rung(slot).map(|rung| &rung.what) {
        Some(Expected::Outcome { outcome: Outcome::Prints(_), .. } | Expected::Conntrack { .. }) => Source::Told,
        Some(Expected::Outcome { side, .. }) => Source::Side(*side),
        _ => Source::Exact,
    }
}

/// Whether any slot was certainly over before one that stands before it had begun.
fn across(matching: &Matching<'_>) -> Vec<Draft> {
    let mut latest: [Option<(usize, Moment)>; SOURCES] = [None; SOURCES];
    let mut drafts = Vec::new();
    for slot in 0..matching.slots.len() {
        let (Some(moment), Some(seen)) = (matching.moment(slot), matching.fit(slot).met()) else { continue };
        let source = source(matching, slot);
        let blockers = latest.iter().flatten().filter(|(before, earlier)| {
            let allowed = lateness(self::source(matching, *before), source);
            moment.at < earlier.from - allowed && !both_segments(matching, *before, slot)
        });
        if let Some((before, earlier)) = blockers.max_by_key(|(_, earlier)| earlier.from) {
            drafts.extend(told(matching, (slot, seen), (*before, *earlier)));
        }
        if let Some(place) =
            latest.get_mut(source.index()).filter(|place| place.is_none_or(|(_, m)| m.from <= moment.from))
        {
            *place = Some((slot, moment));
        }
    }
    drafts
}

/// Segments are taken in the order in which they were sent.
fn both_segments(matching: &Matching<'_>, a: usize, b: usize) -> bool {
    let is_crossing = |slot| matches!(matching.fit(slot).met().map(|seen| seen.what), Some(SeenAs::Crossing(_)));
    is_crossing(a) && is_crossing(b)
}

fn told(matching: &Matching<'_>, early: (usize, Seen), late: (usize, Moment)) -> Option<Draft> {
    let seen = matching.fit(late.0).met()?;
    let mut draft = out_of_order(matching, early, (late.0, seen))?;
    if let Some(reason) = excuse(matching, early.1, late) {
        draft.excuse(&reason);
        debug_assert_eq!(draft.finding.judgement, Judgement::Inconclusive);
    }
    Some(draft)
}

/// Why the later one may only seem later.
fn excuse(matching: &Matching<'_>, early: Seen, late: (usize, Moment)) -> Option<String> {
    let seen = matching.fit(late.0).met()?;
    let SeenAs::Happening(index) = seen.what else { return None };
    let disorder = late.1.from.since(early.at);
    if stalled(matching.timeline, early.at, late.1.at) >= disorder {
        return Some(
            "But the machine stood still in between, so the later may have been noticed late: run it again.".to_owned(),
        );
    }
    let late_step = |wanted: usize| {
        let doubts = &matching.timeline.doubts;
        doubts.iter().any(|doubt| matches!(doubt, Doubt::LateStep { step, .. } if *step == wanted))
    };
    match matching.timeline.happenings.get(index)?.what {
        What::Reading { .. } => {
            Some("But a reading is taken when its turn is noticed, and this one was taken too late to tell.".to_owned())
        }
        What::Step { step, .. } if late_step(step) => Some("But the step was done later than planned.".to_owned()),
        _ => None,
    }
}
