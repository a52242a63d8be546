use super::align::{Costs, align};
use super::matching::{Extra, Matching, Read};
use super::slot::Kind;
use super::{Seen, SeenAs};
use crate::ladder::{Expected, Outcome};
use crate::name::Side;
use crate::timeline::What;

/// Takes what each endpoint saw for the ladder's lines about it, in order.
pub(super) fn fit(matching: &mut Matching<'_>) {
    for side in [Side::Client, Side::Server] {
        let mut slots = matching.slots_of(Kind::Outcome);
        slots.retain(|&slot| matching.rung(slot).is_some_and(|rung| is_of(&rung.what, side)));
        let expected: Vec<&Outcome> = slots.iter().filter_map(|&slot| outcome_of(matching, slot)).collect();
        let (items, open) = items(matching, side, &expected);
        matching.reads.extend(reads(&items, open));
        let seen: Vec<Seen> = items.iter().map(|item| item.seen).collect();
        let costs = Outcomes { expected, seen: items };
        let ops = align(&costs, slots.len(), seen.len());
        let extras = matching.take(&slots, &seen, &ops, |i, j| costs.pair(i, j) == Some(0));
        let errors: Vec<Extra> = extras.into_iter().filter(|extra| is_error(matching, extra.seen)).collect();
        let placed = errors.into_iter().map(|extra| Extra { after: met_by(matching, extra.seen), ..extra });
        let placed: Vec<Extra> = placed.collect();
        matching.errors.extend(placed);
    }
}

fn is_of(what: &Expected, wanted: Side) -> bool {
    matches!(what, Expected::Outcome { side, outcome } if *side == wanted && !matches!(outcome, Outcome::Prints(_)))
}

fn outcome_of<'a>(matching: &Matching<'a>, slot: usize) -> Option<&'a Outcome> {
    match &matching.rung(slot)?.what {
        Expected::Outcome { outcome, .. } => Some(outcome),
        _ => None,
    }
}

/// An outcome that has to be named in the ladder.
pub(super) fn must_be_named(outcome: &Outcome) -> bool {
    match outcome {
        Outcome::Errno(_) | Outcome::Signal(_) => true,
        Outcome::Exit(status) => *status != 0,
        _ => false,
    }
}

fn is_error(matching: &Matching<'_>, seen: Seen) -> bool {
    let SeenAs::Happening(index) = seen.what else { return false };
    let what = matching.timeline.happenings.get(index).map(|happening| &happening.what);
    matches!(what, Some(What::Outcome { outcome, .. }) if must_be_named(outcome))
}

/// The last slot in the ladder's order that had been met by then.
fn met_by(matching: &Matching<'_>, seen: Seen) -> Option<usize> {
    let met = |slot: &usize| matching.moment(*slot).is_some_and(|moment| moment.from <= seen.at);
    (0..matching.slots.len()).rev().find(met)
}

/// One outcome as lines speak of it: octets are added up.
struct Item {
    outcome: Outcome,
    seen: Seen,
}

/// The side's outcomes, with reads added up until each `N bytes` line has its number:
/// how the stream was cut into reads says nothing.
///
/// The second is the place of a sum that is still too small.
fn items(matching: &Matching<'_>, wanted: Side, expected: &[&Outcome]) -> (Vec<Item>, Option<usize>) {
    let mut sums = expected.iter().filter_map(|outcome| match outcome {
        Outcome::Bytes(count) => Some(*count),
        _ => None,
    });
    let (mut goal, mut sum) = (sums.next(), 0u64);
    let mut items: Vec<Item> = Vec::new();
    let mut begun = None;
    for index in matching.happenings(|what| matches!(what, What::Outcome { side, .. } if *side == wanted)) {
        let Some(seen) = matching.happening(index) else { continue };
        let Some(What::Outcome { outcome, .. }) = matching.timeline.happenings.get(index).map(|h| &h.what) else {
            continue;
        };
        let Outcome::Bytes(count) = outcome else {
            items.push(Item { outcome: outcome.clone(), seen });
            continue;
        };
        let Some(number) = goal else { continue };
        sum = sum.saturating_add(*count);
        let place = *begun.get_or_insert(items.len());
        match items.get_mut(place) {
            Some(item) if item.outcome_is_bytes() => *item = Item { outcome: Outcome::Bytes(sum), seen },
            _ => items.insert(place.min(items.len()), Item { outcome: Outcome::Bytes(sum), seen }),
        }
        if sum >= number {
            (goal, sum, begun) = (sums.next(), 0, None);
        }
    }
    (items, begun)
}

/// What was added up. More may come for the sum at `open`, unless the connection or the
/// program came to its end since.
fn reads(items: &[Item], open: Option<usize>) -> Vec<Read> {
    let is_end = |item: &Item| !matches!(item.outcome, Outcome::Bytes(_) | Outcome::Connected);
    let ended = |place: usize| items.iter().skip(place).any(is_end);
    let read = |(place, item): (usize, &Item)| match item.outcome {
        Outcome::Bytes(sum) => Some(Read { seen: item.seen, sum, open: open == Some(place) && !ended(place) }),
        _ => None,
    };
    items.iter().enumerate().filter_map(read).collect()
}

impl Item {
    fn outcome_is_bytes(&self) -> bool {
        matches!(self.outcome, Outcome::Bytes(_))
    }
}

struct Outcomes<'a> {
    expected: Vec<&'a Outcome>,
    seen: Vec<Item>,
}

impl Costs for Outcomes<'_> {
    fn missing(&self, _: usize) -> u32 {
        10
    }

    /// Only `connected` may be passed over before all else is weighed.
    fn extra(&self, seen: usize) -> u32 {
        match self.seen.get(seen).map(|item| &item.outcome) {
            Some(outcome) if must_be_named(outcome) => 10,
            Some(Outcome::Connected) | None => 0,
            Some(_) => 1,
        }
    }

    /// One end of a connection for another, or another number of octets: nearer than
    /// one too few and one too many.
    fn pair(&self, expected: usize, seen: usize) -> Option<u32> {
        let (expected, seen) = (*self.expected.get(expected)?, &self.seen.get(seen)?.outcome);
        if expected == seen {
            return Some(0);
        }
        match (expected, seen) {
            (Outcome::Bytes(_), Outcome::Bytes(_)) => Some(8),
            (Outcome::Bytes(_), _) | (_, Outcome::Bytes(_) | Outcome::Connected) => None,
            (_, Outcome::Eof | Outcome::Exit(0)) => (*expected != Outcome::Connected).then_some(8),
            _ => Some(15),
        }
    }
}
