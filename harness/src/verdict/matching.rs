use super::align::Op;
use super::slot::{Fit, Kind, Moment, Slot, expand, visible};
use super::{Seen, SeenAs, conntrack, events, outcomes, quiet, segments};
use crate::ladder::{Expected, Ladder, Rung};
use crate::time::LabTime;
use crate::timeline::{Timeline, What};

/// Something seen that no slot accounts for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Extra {
    pub(super) seen: Seen,
    /// The slot after which it came.
    pub(super) after: Option<usize>,
}

/// Several reads that were added up for one line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Read {
    /// The last of them.
    pub(super) seen: Seen,
    /// Octets in all.
    pub(super) sum: u64,
    /// They are too few as yet, and more may come.
    pub(super) open: bool,
}

/// What was taken for what.
pub(super) struct Matching<'a> {
    pub(super) ladder: &'a Ladder,
    pub(super) timeline: &'a Timeline,
    /// Up to when nothing can be missing from the record.
    pub(super) end: LabTime,
    pub(super) slots: Vec<Slot>,
    /// One for each slot.
    pub(super) fits: Vec<Fit>,
    /// Segments that no line accounts for, as far as they are judged.
    pub(super) extras: Vec<Extra>,
    /// Errors of endpoints that no line accounts for, as far as they are judged.
    pub(super) errors: Vec<Extra>,
    /// What was read for lines about octets, as far as it was added up.
    pub(super) reads: Vec<Read>,
    /// How many segments were let through by `allow`.
    pub(super) allowed: usize,
}

impl<'a> Matching<'a> {
    pub(super) fn new(ladder: &'a Ladder, timeline: &'a Timeline, end: LabTime) -> Self {
        let slots = expand(ladder, timeline);
        let clock = timeline.manifest.clock;
        let kind = |slot: &Slot| ladder.rungs.get(slot.rung).is_some_and(|rung| visible(clock, &rung.what));
        let fits = slots.iter().map(|slot| if kind(slot) { Fit::Absent } else { Fit::Hidden }).collect();
        let mut matching = Self {
            ladder,
            timeline,
            end,
            slots,
            fits,
            extras: Vec::new(),
            errors: Vec::new(),
            reads: Vec::new(),
            allowed: 0,
        };
        segments::fit(&mut matching);
        outcomes::fit(&mut matching);
        events::fit(&mut matching);
        conntrack::fit(&mut matching);
        quiet::fit(&mut matching);
        matching.cut();
        matching
    }

    pub(super) fn rung(&self, slot: usize) -> Option<&'a Rung> {
        self.slots.get(slot).and_then(|slot| self.ladder.rungs.get(slot.rung))
    }

    /// The rung and repeat of a slot, as findings name it.
    pub(super) fn name(&self, slot: usize) -> Option<(usize, u32)> {
        self.slots.get(slot).map(|slot| (slot.rung, slot.repeat))
    }

    pub(super) fn fit(&self, slot: usize) -> &Fit {
        self.fits.get(slot).unwrap_or(&Fit::Absent)
    }

    /// When the slot was met, if it was.
    pub(super) fn moment(&self, slot: usize) -> Option<Moment> {
        self.fit(slot).met().map(|seen| Moment::of(self.timeline, seen))
    }

    pub(super) fn is_kind(&self, slot: usize, kind: Kind) -> bool {
        self.slots.get(slot).is_some_and(|slot| slot.kind == kind)
    }

    /// Slots of one kind, hidden ones left out.
    pub(super) fn slots_of(&self, kind: Kind) -> Vec<usize> {
        let chosen = |slot: &usize| self.is_kind(*slot, kind) && *self.fit(*slot) != Fit::Hidden;
        (0..self.slots.len()).filter(chosen).collect()
    }

    /// Happenings of one kind, in order.
    pub(super) fn happenings(&self, wanted: impl Fn(&What) -> bool) -> Vec<usize> {
        let all = self.timeline.happenings.iter().enumerate();
        all.filter(|(_, happening)| wanted(&happening.what)).map(|(index, _)| index).collect()
    }

    pub(super) fn happening(&self, index: usize) -> Option<Seen> {
        let happening = self.timeline.happenings.get(index)?;
        Some(Seen { at: happening.at, what: SeenAs::Happening(index) })
    }

    pub(super) fn crossing(&self, index: usize) -> Option<Seen> {
        let crossing = self.timeline.crossings.get(index)?;
        Some(Seen { at: crossing.sent, what: SeenAs::Crossing(index) })
    }

    pub(super) fn set(&mut self, slot: usize, fit: Fit) {
        if let Some(place) = self.fits.get_mut(slot) {
            *place = fit;
        }
    }

    /// The nearest slot before this one that was met.
    pub(super) fn met_before(&self, slot: usize) -> Option<usize> {
        (0..slot).rev().find(|&earlier| self.fit(earlier).met().is_some())
    }

    /// The latest time of anything met.
    pub(super) fn last_met(&self) -> LabTime {
        self.last_met_of(|_| true)
    }

    fn last_met_of(&self, wanted: impl Fn(usize) -> bool) -> LabTime {
        let moments = (0..self.slots.len()).filter(|slot| wanted(*slot)).filter_map(|slot| self.moment(slot));
        moments.map(|moment| moment.at).max().unwrap_or(LabTime::ZERO)
    }

    /// When judging would have ended, had all readings been taken in their turn: that is the
    /// harness' affair, and a busy machine is late.
    pub(super) fn horizon_but_for_readings(&self) -> LabTime {
        match self.reached_the_end() {
            true => self.last_met_of(|slot| !self.is_reading(slot)) + self.ladder.settle,
            false => LabTime::FOREVER,
        }
    }

    pub(super) fn is_reading(&self, slot: usize) -> bool {
        matches!(self.rung(slot).map(|rung| &rung.what), Some(Expected::Reading { .. }))
    }

    /// Whether all that can be seen was met up to the last slot, as far as it bears on
    /// where judging ends.
    pub(super) fn reached_the_end(&self) -> bool {
        let visible = |slot: &usize| *self.fit(*slot) != Fit::Hidden;
        let last = (0..self.slots.len()).rev().find(visible);
        let settled = |slot: usize| match self.fit(slot) {
            Fit::Met(_) | Fit::Instead(_) | Fit::Hidden => true,
            _ => !self.is_kind(slot, Kind::Segment),
        };
        last.is_some_and(|slot| self.fit(slot).met().is_some()) && (0..self.slots.len()).all(settled)
    }

    /// Up to when what no line accounts for is a fault.
    pub(super) fn horizon(&self) -> LabTime {
        match (self.reached_the_end(), self.ladder.open_ended) {
            (false, _) => LabTime::FOREVER,
            (true, true) => self.last_met(),
            (true, false) => self.last_met() + self.ladder.settle,
        }
    }

    /// Leaves out what came after judging ended, and what already broke a silence:
    /// one cause, one finding.
    fn cut(&mut self) {
        let horizon = self.horizon();
        let broken = |fit: &Fit| if let Fit::Instead(seen) = fit { Some(*seen) } else { None };
        let told: Vec<Seen> = self.fits.iter().filter_map(broken).collect();
        self.extras.retain(|extra| extra.seen.at <= horizon && !told.contains(&extra.seen));
        self.errors.retain(|extra| extra.seen.at <= horizon);
    }

    /// Takes over an explanation of `items` by `slots`; `agrees` tells a met slot from
    /// one that got another thing. Returns what is nobody's.
    pub(super) fn take(
        &mut self,
        slots: &[usize],
        items: &[Seen],
        ops: &[Op],
        agrees: impl Fn(usize, usize) -> bool,
    ) -> Vec<Extra> {
        let moved = moved(ops, &agrees);
        let mut extras = Vec::new();
        let mut after = None;
        for op in ops {
            match *op {
                Op::Pair(i, j) => {
                    let (Some(&slot), Some(&seen)) = (slots.get(i), items.get(j)) else { continue };
                    self.set(slot, if agrees(i, j) { Fit::Met(seen) } else { Fit::Instead(seen) });
                    after = Some(slot);
                }
                Op::Missing(i) => {
                    let Some(moved) = moved.iter().find(|moved| moved.expected == i) else { continue };
                    let (Some(&slot), Some(&seen)) = (slots.get(i), items.get(moved.seen)) else { continue };
                    let Some(&around) = slots.get(moved.around) else { continue };
                    self.set(slot, Fit::Displaced { seen, around });
                }
                Op::Extra(j) => {
                    if moved.iter().any(|moved| moved.seen == j) {
                        continue;
                    }
                    extras.extend(items.get(j).map(|&seen| Extra { seen, after }));
                }
            }
        }
        extras
    }
}

/// Something that is missing in one place and too much in another.
struct Moved {
    expected: usize,
    seen: usize,
    /// The expected one that stands on the wrong side of it.
    around: usize,
}

/// More pairs than this are not looked through.
const MOST_PAIRS: usize = 1_000_000;

fn moved(ops: &[Op], agrees: &impl Fn(usize, usize) -> bool) -> Vec<Moved> {
    let place = |op: &(usize, &Op), missing: bool| match op.1 {
        Op::Missing(i) if missing => Some((op.0, *i)),
        Op::Extra(j) if !missing => Some((op.0, *j)),
        _ => None,
    };
    let missing: Vec<_> = ops.iter().enumerate().filter_map(|op| place(&op, true)).collect();
    let mut extra: Vec<_> = ops.iter().enumerate().filter_map(|op| place(&op, false)).collect();
    if missing.len().saturating_mul(extra.len()) > MOST_PAIRS {
        return Vec::new();
    }
    let mut moved = Vec::new();
    for (gap, expected) in missing {
        let found = extra.iter().enumerate().find_map(|(index, &(place, seen))| {
            let around = agrees(expected, seen).then(|| between(ops, gap, place)).flatten()?;
            Some((index, Moved { expected, seen, around }))
        });
        if let Some((index, found)) = found {
            extra.remove(index);
            moved.push(found);
        }
    }
    moved
}

/// The pair next to the gap on the way to where the missing one turned up.
fn between(ops: &[Op], gap: usize, place: usize) -> Option<usize> {
    let pair = |op: &Op| match op {
        Op::Pair(i, _) => Some(*i),
        _ => None,
    };
    if gap < place {
        ops.get(gap..place)?.iter().find_map(pair)
    } else {
        ops.get(place..gap)?.iter().rev().find_map(pair)
    }
}
