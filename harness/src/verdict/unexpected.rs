use super::draft::Draft;
use super::matching::{Extra, Matching};
use super::words::{show_crossing, show_happening, show_repeat, show_time};
use super::{FindingKind, SeenAs};
use crate::ladder::Expected;
use crate::timeline::{Crossing, What};

/// What came and is no line's: segments, and errors of endpoints.
pub(super) fn check(matching: &Matching<'_>) -> Vec<Draft> {
    let segments = groups(&matching.extras, |extra| crossing(matching, *extra).map(|c| (&c.from, &c.to, c.label)));
    let errors = groups(&matching.errors, |extra| what(matching, *extra));
    let segments = segments.iter().filter_map(|group| segment(matching, group));
    segments.chain(errors.iter().filter_map(|group| error(matching, group))).collect()
}

fn crossing<'a>(matching: &Matching<'a>, extra: Extra) -> Option<&'a Crossing> {
    match extra.seen.what {
        SeenAs::Crossing(index) => matching.timeline.crossings.get(index),
        _ => None,
    }
}

fn what<'a>(matching: &Matching<'a>, extra: Extra) -> Option<&'a What> {
    match extra.seen.what {
        SeenAs::Happening(index) => matching.timeline.happenings.get(index).map(|happening| &happening.what),
        _ => None,
    }
}

/// Equal ones that came in the same place, which has one cause.
fn groups<K: PartialEq>(extras: &[Extra], key: impl Fn(&Extra) -> K) -> Vec<Vec<Extra>> {
    let mut groups: Vec<Vec<Extra>> = Vec::new();
    // Only the groups of the place at hand can grow.
    let mut place = 0;
    for extra in extras {
        let here = groups.get(place..).unwrap_or_default();
        if here.first().and_then(|group| group.first()).is_some_and(|first| first.after != extra.after) {
            place = groups.len();
        }
        let mut here = groups.get_mut(place..).unwrap_or_default().iter_mut();
        match here.find(|group| group.first().is_some_and(|first| key(first) == key(extra))) {
            Some(group) => group.push(*extra),
            None => groups.push(vec![*extra]),
        }
    }
    groups
}

fn segment(matching: &Matching<'_>, group: &[Extra]) -> Option<Draft> {
    let first = group.first()?;
    let seen = crossing(matching, *first)?;
    let (after, place) = place(matching, *first, seen);
    let told = format!("`{}` at {} was not expected", show_crossing(seen), show_time(first.seen.at));
    Some(finish(FindingKind::Unexpected, group, format!("{told}{place}.")).on(matching, after.or(Some(0))))
}

/// The slot after which it came, and where that is in words.
fn place(matching: &Matching<'_>, extra: Extra, crossing: &Crossing) -> (Option<usize>, String) {
    let repeated = extra.after.filter(|slot| matching.rung(*slot).is_some_and(|rung| is_like(&rung.what, crossing)));
    let after = repeated.or_else(|| met_by(matching, extra));
    let Some((slot, rung)) = after.and_then(|slot| Some((slot, matching.rung(slot)?))) else {
        return (None, ": it came before anything that was".to_owned());
    };
    let name = show_repeat(rung, matching.name(slot).map_or(0, |(_, repeat)| repeat));
    let text = match repeated {
        Some(_) => format!(": it came once more than line {} says, after {name}", rung.line),
        None => format!(" after {name}, line {}", rung.line),
    };
    (after, text)
}

fn is_like(what: &Expected, crossing: &Crossing) -> bool {
    matches!(what, Expected::Segment { from, to, label, .. }
        if (from, to, *label) == (&crossing.from, &crossing.to, crossing.label))
}

/// The last slot met by then, before the next segment of the ladder.
fn met_by(matching: &Matching<'_>, extra: Extra) -> Option<usize> {
    let first = extra.after.map_or(0, |slot| slot + 1);
    let is_segment =
        |slot: &usize| matches!(matching.rung(*slot).map(|rung| &rung.what), Some(Expected::Segment { .. }));
    let others = (first..matching.slots.len()).take_while(|slot| !is_segment(slot));
    let met = |slot: &usize| matching.moment(*slot).is_some_and(|moment| moment.from <= extra.seen.at);
    others.filter(met).last().or(extra.after)
}

fn error(matching: &Matching<'_>, group: &[Extra]) -> Option<Draft> {
    let first = group.first()?;
    let told = show_happening(what(matching, *first)?);
    let message = format!("`{told}` at {} was not expected: no line tells of that error.", show_time(first.seen.at));
    Some(finish(FindingKind::UnexpectedError, group, message).on(matching, first.after.or(Some(0))))
}

fn finish(kind: FindingKind, group: &[Extra], message: String) -> Draft {
    let draft = Draft::fail(kind, message);
    let (Some(first), Some(last)) = (group.first(), group.last()) else { return draft };
    let mut draft = draft.seen(first.seen);
    draft.finding.more_seen = group.iter().skip(1).map(|extra| extra.seen).collect();
    match group.len() - 1 {
        0 => draft,
        more => draft.also(&format!("{more} more like it came, the last at {}.", show_time(last.seen.at))),
    }
}
