use super::draft::{Draft, fold};
use super::matching::Matching;
use super::segments::fate_agrees;
use super::words::{plural, show_crossing, show_fate, show_time};
use super::{FindingKind, Seen, SeenAs};
use crate::ladder::{Expected, Fate};
use crate::timeline::{Crossing, Reach};

/// Whether each segment got as far as expected.
pub(super) fn check(matching: &Matching<'_>) -> Vec<Draft> {
    let met = || (0..matching.slots.len()).filter_map(|slot| Some((slot, met_segment(matching, slot)?)));
    let wrong = met().filter_map(|(slot, (seen, crossing))| wrong(matching, slot, seen, crossing)).collect();
    let rung = |draft: &Draft| draft.finding.rung.map(|(rung, _)| rung);
    let mut drafts =
        fold(wrong, rung, |count, _| format!("So it went with {count} further repeat{} of it.", plural(count)));
    drafts.extend(unknown(
        matching,
        met().filter(|(_, (_, crossing))| crossing.reach == Reach::Unknown).map(|(slot, (seen, _))| (slot, seen)),
    ));
    drafts
}

fn met_segment<'a>(matching: &Matching<'a>, slot: usize) -> Option<(Seen, &'a Crossing)> {
    let seen = matching.fit(slot).met()?;
    let SeenAs::Crossing(index) = seen.what else { return None };
    Some((seen, matching.timeline.crossings.get(index)?))
}

fn wrong(matching: &Matching<'_>, slot: usize, seen: Seen, crossing: &Crossing) -> Option<Draft> {
    let rung = matching.rung(slot)?;
    let Expected::Segment { fate, .. } = &rung.what else { return None };
    if fate_agrees(fate, &crossing.reach) {
        return None;
    }
    let arrived = if crossing.reach == Reach::Arrived { ", and it arrived" } else { "" };
    let message = format!(
        "`{}` was expected, and `{}` was seen at {}{arrived}.",
        show_fate(rung),
        show_crossing(crossing),
        show_time(seen.at)
    );
    let mut draft = Draft::fail(FindingKind::WrongFate, message).on(matching, Some(slot)).seen(seen);
    draft.lost_frames_explain = !contradicts(matching, fate, crossing);
    Some(draft)
}

/// Whether the segment was seen where it should not have come. That it was *not* seen
/// somewhere may be the capture's fault.
fn contradicts(matching: &Matching<'_>, fate: &Fate, crossing: &Crossing) -> bool {
    let vantages = &matching.timeline.manifest.vantages;
    match (fate, &crossing.reach) {
        (Fate::Lost | Fate::LostAt(_), Reach::Arrived) => true,
        (Fate::LostAt(node), Reach::LostAt(_)) => {
            let here = |vantage: usize| vantages.get(vantage).is_some_and(|v| v.node == *node);
            crossing.sightings.iter().any(|sighting| here(sighting.vantage))
        }
        _ => false,
    }
}

/// Segments whose end the record does not show are one doubt together.
fn unknown(matching: &Matching<'_>, mut slots: impl Iterator<Item = (usize, Seen)>) -> Option<Draft> {
    let (slot, seen) = slots.next()?;
    let (slots, seen_too): (Vec<usize>, Vec<Seen>) = slots.unzip();
    let more = slots.len();
    let name = matching.rung(slot).map(show_fate).unwrap_or_default();
    let and_more = if more == 0 { String::new() } else { format!(" and {more} more") };
    let message = format!(
        "Whether `{name}` at {}{and_more} got where it should can't be told: the record has no vantage there.",
        show_time(seen.at)
    );
    let mut draft = Draft::doubt(message).on(matching, Some(slot)).seen(seen);
    draft.finding.more_rungs = slots.into_iter().filter_map(|slot| matching.name(slot)).collect();
    draft.finding.more_seen = seen_too;
    Some(draft)
}
