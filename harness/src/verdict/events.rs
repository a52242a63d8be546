use super::Seen;
use super::matching::Matching;
use super::slot::{Fit, Kind};
use crate::ladder::{Expected, Outcome};
use crate::timeline::What;
use std::collections::BTreeMap;

/// Takes steps, readings and printed lines for the ladder's lines about them. None of
/// them has to be named, so the next that agrees is taken.
pub(super) fn fit(matching: &mut Matching<'_>) {
    let mut printed = BTreeMap::new();
    for slot in 0..matching.slots.len() {
        if matching.is_kind(slot, Kind::Segment) || *matching.fit(slot) == Fit::Hidden {
            continue;
        }
        let fit = match matching.rung(slot).map(|rung| &rung.what) {
            Some(Expected::Step(step)) => found(matching, slot, |what| is_step(what, *step)).map(Fit::Met),
            Some(Expected::Reading { value }) => reading(matching, slot, value),
            Some(Expected::Outcome { side, outcome: Outcome::Prints(text) }) => {
                let next = printed.entry(*side).or_insert(0);
                let is_next =
                    |what: &What| matches!(what, What::Printed { side: on, line } if on == side && line.contains(text));
                let index = matching.happenings(is_next).into_iter().find(|index| index >= next);
                *next = index.map_or(*next, |index| index + 1);
                index.and_then(|index| matching.happening(index)).map(Fit::Met)
            }
            _ => None,
        };
        if let Some(fit) = fit {
            matching.set(slot, fit);
        }
    }
}

fn is_step(what: &What, wanted: usize) -> bool {
    matches!(what, What::Step { step, .. } if *step == wanted)
}

/// The happening of this kind for this repeat of the rung.
fn found(matching: &Matching<'_>, slot: usize, wanted: impl Fn(&What) -> bool) -> Option<Seen> {
    let repeat = usize::try_from(matching.name(slot)?.1).ok()?;
    let index = *matching.happenings(wanted).get(repeat)?;
    matching.happening(index)
}

fn reading(matching: &Matching<'_>, slot: usize, expected: &str) -> Option<Fit> {
    let (wanted, _) = matching.name(slot)?;
    let of_rung = |what: &What| matches!(what, What::Reading { rung, .. } if *rung == wanted);
    let seen = found(matching, slot, of_rung)?;
    let super::SeenAs::Happening(index) = seen.what else { return None };
    match &matching.timeline.happenings.get(index)?.what {
        What::Reading { value: Ok(value), .. } if same_text(value, expected) => Some(Fit::Met(seen)),
        _ => Some(Fit::Instead(seen)),
    }
}

/// Sysctls part their fields by tabs or blanks.
fn same_text(a: &str, b: &str) -> bool {
    a.split_whitespace().eq(b.split_whitespace())
}
