use super::Seen;
use super::align::{Costs, align};
use super::matching::Matching;
use super::slot::Kind;
use crate::ladder::{Expected, Fate, Ladder, Rung};
use crate::timeline::{Crossing, Reach};

/// Takes crossings for the ladder's segments: strictly in order, the best explanation
/// of all differences at once.
pub(super) fn fit(matching: &mut Matching<'_>) {
    let slots = matching.slots_of(Kind::Segment);
    let rungs: Vec<&Rung> = slots.iter().filter_map(|&slot| matching.rung(slot)).collect();
    let crossings = &matching.timeline.crossings;
    let items: Vec<Seen> = (0..crossings.len()).filter_map(|index| matching.crossing(index)).collect();
    let costs = Segments { ladder: matching.ladder, rungs, crossings };
    let ops = align(&costs, slots.len(), items.len());
    let extras = matching.take(&slots, &items, &ops, |i, j| costs.same(i, j));
    let all = extras.len();
    matching.extras = extras.into_iter().filter(|extra| !allowed(matching, extra.seen)).collect();
    matching.allowed = all - matching.extras.len();
}

fn allowed(matching: &Matching<'_>, seen: Seen) -> bool {
    let super::SeenAs::Crossing(index) = seen.what else { return false };
    let label = matching.timeline.crossings.get(index).map(|crossing| crossing.label);
    label.is_some_and(|label| matching.ladder.allow.contains(&label))
}

/// Whether the segment's way ended as the rung says; unknown ends agree with anything
/// here, for they are told elsewhere.
pub(super) fn fate_agrees(fate: &Fate, reach: &Reach) -> bool {
    match (fate, reach) {
        (Fate::Arrives, Reach::Arrived) | (Fate::Lost, Reach::LostAt(_)) | (_, Reach::Unknown) => true,
        (Fate::LostAt(expected), Reach::LostAt(seen)) => expected == seen,
        _ => false,
    }
}

struct Segments<'a> {
    ladder: &'a Ladder,
    rungs: Vec<&'a Rung>,
    crossings: &'a [Crossing],
}

/// One segment too few or too many.
const WHOLE: u32 = 10;
/// The right direction, another label: nearer than one too few and one too many.
const RELABELLED: u32 = 15;
/// The right segment with another end: of several equal ones, the one that ended as
/// expected is taken.
const OTHER_FATE: u32 = 3;

impl Segments<'_> {
    fn same(&self, expected: usize, seen: usize) -> bool {
        matches!(self.pair(expected, seen), Some(cost) if cost < RELABELLED)
    }
}

impl Costs for Segments<'_> {
    fn missing(&self, _: usize) -> u32 {
        WHOLE
    }

    fn extra(&self, seen: usize) -> u32 {
        let allowed = self.crossings.get(seen).is_some_and(|crossing| self.ladder.allow.contains(&crossing.label));
        if allowed { 0 } else { WHOLE }
    }

    fn pair(&self, expected: usize, seen: usize) -> Option<u32> {
        let crossing = self.crossings.get(seen)?;
        let Expected::Segment { from, to, label, fate } = &self.rungs.get(expected)?.what else {
            return None;
        };
        if *from != crossing.from || *to != crossing.to {
            return None;
        }
        match (*label == crossing.label, fate_agrees(fate, &crossing.reach)) {
            (true, true) => Some(0),
            (true, false) => Some(OTHER_FATE),
            (false, _) => Some(RELABELLED),
        }
    }
}
