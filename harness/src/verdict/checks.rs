use super::draft::{Draft, fold};
use super::matching::Matching;
use super::slot::Fit;
use super::words::{plural, show_crossing, show_happening, show_repeat, show_time};
use super::{FindingKind, Judgement, Seen, SeenAs};
use crate::ladder::{Expected, Outcome};
use crate::time::show_duration;
use crate::timeline::What;

/// Slots that got another thing in their place.
pub(super) fn instead(matching: &Matching<'_>) -> Vec<Draft> {
    let drafts = (0..matching.slots.len()).filter_map(|slot| {
        let Fit::Instead(seen) = matching.fit(slot) else { return None };
        let draft = match seen.what {
            SeenAs::Crossing(index) => crossing(matching, slot, *seen, index),
            SeenAs::Happening(index) => happening(matching, slot, *seen, index),
            SeenAs::Silence => None,
        }?;
        Some(draft.on(matching, Some(slot)).seen(*seen))
    });
    let same = |draft: &Draft| (draft.finding.rung.map(|(rung, _)| rung), draft.finding.kind.clone());
    fold(drafts.collect(), same, |count, _| format!("So it went with {count} further repeat{} of it.", plural(count)))
}

fn crossing(matching: &Matching<'_>, slot: usize, seen: Seen, index: usize) -> Option<Draft> {
    let rung = matching.rung(slot)?;
    let crossing = matching.timeline.crossings.get(index)?;
    let (told, at) = (show_crossing(crossing), show_time(seen.at));
    if let Expected::Quiet(length) = rung.what {
        let begin = show_time(super::quiet::begin(matching, slot));
        let length = show_duration(length);
        let message = format!("It should have been quiet for {length} from {begin} on, and `{told}` came at {at}.");
        return Some(Draft::fail(FindingKind::NotQuiet, message));
    }
    let name = show_repeat(rung, matching.name(slot)?.1);
    let message = format!("{name} was expected, and `{told}` came in its place at {at}.");
    Some(Draft::fail(FindingKind::WrongLabel { seen: crossing.label }, message))
}

fn happening(matching: &Matching<'_>, slot: usize, seen: Seen, index: usize) -> Option<Draft> {
    let rung = matching.rung(slot)?;
    let name = show_repeat(rung, matching.name(slot)?.1);
    let what = &matching.timeline.happenings.get(index)?.what;
    let at = show_time(seen.at);
    Some(match what {
        What::Reading { value: Err(error), .. } => {
            let message = format!("{name} could not be read at {at}: {error}.");
            Draft::new(Judgement::Inconclusive, FindingKind::WrongReading, message)
        }
        What::Reading { value: Ok(value), .. } => {
            Draft::fail(FindingKind::WrongReading, format!("{name} was expected, and {value:?} was read at {at}."))
        }
        _ => {
            let message = format!("{name} was expected, and `{}` was seen at {at}.", told(matching, seen, what));
            Draft::fail(FindingKind::WrongOutcome, message)
        }
    })
}

/// As lines speak of it: several reads count as one.
fn told(matching: &Matching<'_>, seen: Seen, what: &What) -> String {
    match (what, matching.reads.iter().find(|read| read.seen == seen)) {
        (What::Outcome { side, .. }, Some(read)) => format!("{side}: {}", Outcome::Bytes(read.sum)),
        _ => show_happening(what),
    }
}
