use super::draft::Draft;
use super::due::{Timing, deadline};
use super::matching::Matching;
use super::slot::Fit;
use super::words::{show_due, show_repeat, show_time};
use super::{FindingKind, Judgement};
use crate::ladder::Expected;

/// What did not come. All that is missing in one place has one cause, and makes one
/// finding: on the first of it.
pub(super) fn check(matching: &Matching<'_>, timings: &[Timing]) -> Vec<Draft> {
    let absent = (0..matching.slots.len()).filter(|slot| is_absent(matching, *slot)).collect();
    let last = (0..matching.slots.len()).rev().find(|slot| matching.fit(*slot).seen().is_some());
    let mut drafts = unread(matching);
    for place in places(matching, absent) {
        let passed_over = place.first().copied() < last;
        let draft =
            if passed_over { passed_over_at(matching, timings, &place) } else { at_the_end(matching, timings, &place) };
        let more = place.iter().skip(1).filter_map(|slot| matching.name(*slot)).collect();
        drafts.extend(draft.map(|draft| and_more(draft, more)));
    }
    drafts
}

/// Missing slots parted by those that were seen.
fn places(matching: &Matching<'_>, absent: Vec<usize>) -> Vec<Vec<usize>> {
    let mut places: Vec<Vec<usize>> = Vec::new();
    for slot in absent {
        let seen_since = |before: usize| (before..slot).any(|between| matching.fit(between).seen().is_some());
        match places.last_mut() {
            Some(place) if place.last().is_some_and(|before| !seen_since(*before)) => place.push(slot),
            _ => places.push(vec![slot]),
        }
    }
    places
}

fn and_more(mut draft: Draft, more: Vec<(usize, u32)>) -> Draft {
    let count = more.len();
    draft.finding.more_rungs = more;
    match count {
        0 => draft,
        1 => draft.also("Nor did the one after it."),
        more => draft.also(&format!("Nor did the {more} after it.")),
    }
}

fn is_absent(matching: &Matching<'_>, slot: usize) -> bool {
    *matching.fit(slot) == Fit::Absent && !matching.is_reading(slot)
}

fn is_segment(matching: &Matching<'_>, slot: usize) -> bool {
    matches!(matching.rung(slot).map(|rung| &rung.what), Some(Expected::Segment { .. }))
}

/// It did not come, and something after it did: waiting longer would not have helped.
fn passed_over_at(matching: &Matching<'_>, timings: &[Timing], place: &[usize]) -> Option<Draft> {
    let first = *place.first()?;
    let mut draft = Draft::fail(FindingKind::Missing, format!("{}.", did_not_come(matching, timings, first)));
    draft.lost_frames_explain = place.iter().all(|slot| is_segment(matching, *slot));
    let next = (first..matching.slots.len()).find_map(|later| matching.fit(later).seen());
    draft.when = next.map_or(draft.when, |seen| seen.at);
    Some(draft.on(matching, Some(first)))
}

fn did_not_come(matching: &Matching<'_>, timings: &[Timing], slot: usize) -> String {
    let Some(rung) = matching.rung(slot) else { return String::new() };
    let name = show_repeat(rung, matching.name(slot).map_or(0, |(_, repeat)| repeat));
    match timings.get(slot) {
        Some(Timing::Due(due)) => {
            format!("{name} did not come; it was due at {} ({})", show_due(due.due.due), due.due.reason)
        }
        _ => format!("{name} did not come"),
    }
}

fn at_the_end(matching: &Matching<'_>, timings: &[Timing], tail: &[usize]) -> Option<Draft> {
    let first = *tail.first()?;
    let overdue = |slot: &usize| deadline(matching, timings, *slot) <= matching.end;
    let late: Vec<usize> = tail.iter().copied().filter(overdue).collect();
    let judgement = if late.is_empty() { Judgement::Inconclusive } else { Judgement::Fail };
    let end = show_time(matching.end);
    let told = did_not_come(matching, timings, first);
    let message = match judgement {
        Judgement::Fail => format!("{told}, and the record goes on to {end}."),
        _ => format!("{told} before the record ends at {end}: it might have come later."),
    };
    let mut draft = Draft::new(judgement, FindingKind::Missing, message).on(matching, Some(first));
    draft.lost_frames_explain = late.iter().all(|slot| is_segment(matching, *slot));
    Some(draft)
}

/// A reading is taken when all rungs before are met: if they were and this was not, the
/// harness failed, and not what is tested.
fn unread(matching: &Matching<'_>) -> Vec<Draft> {
    let unread = |slot: &usize| {
        let reached = (0..*slot).all(|before| matching.fit(before).met().is_some());
        matching.is_reading(*slot) && *matching.fit(*slot) == Fit::Absent && reached
    };
    let slots = (0..matching.slots.len()).filter(unread);
    let told = slots.filter_map(|slot| {
        let name = show_repeat(matching.rung(slot)?, matching.name(slot)?.1);
        Some(Draft::doubt(format!("{name} was not read, though its turn came: run it again.")).on(matching, Some(slot)))
    });
    told.collect()
}
