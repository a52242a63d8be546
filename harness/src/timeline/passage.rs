use super::hash::Map;
use super::sight::{Key, Sight};
use super::topology::{Place, Topology};
use crate::name::Side;
use crate::time::LabTime;
use std::time::Duration;

/// The longest that a segment which looks like others of its connection may take from
/// one vantage to the next. A router may hold a packet while it resolves a neighbour;
/// a second RST of the same octets comes no sooner than a retransmission's time-out.
const LONGEST_HOP: Duration = Duration::from_secs(1);

/// An imported capture may hold one packet twice, as seen by two interfaces or hooks of
/// one host; so close together it is no second packet.
const TWICE: Duration = Duration::from_millis(1);

/// A sight of the connection.
#[derive(Debug, Clone, Copy)]
pub(super) struct Step {
    /// Index into the sights.
    pub(super) sight: usize,
    pub(super) vantage: usize,
    pub(super) at: LabTime,
    pub(super) key: Key,
    /// None off the way.
    pub(super) place: Option<Place>,
}

impl Step {
    /// The side it goes to.
    pub(super) fn toward(&self) -> Side {
        self.key.sender.other()
    }
}

/// The sights of one packet, by indices into the steps, in order of time.
pub(super) type Passage = Vec<usize>;

/// The steps of the connection's packets, by time.
pub(super) fn steps(
    topology: &Topology,
    sights: &[Sight],
    key: impl Fn(&Sight) -> Option<Key>,
) -> Vec<Step> {
    let step = |(index, sight): (usize, &Sight)| {
        let key = key(sight)?;
        let place = topology.place(key.sender.other(), sight.vantage);
        Some(Step { sight: index, vantage: sight.vantage, at: sight.at, key, place })
    };
    sights.iter().enumerate().filter_map(step).collect()
}

/// Gathers steps into passages. Steps of equal keys are matched vantage by vantage in
/// the direction of travel: each with the latest that is left of those before it, and
/// none overtakes another. So first in is first out, and if one of several is missing
/// downstream, it is the one that would have taken longest.
pub(super) fn passages(steps: &[Step], absorb_copies: bool) -> Vec<Passage> {
    let mut passages = Vec::with_capacity(steps.len() / 2);
    for mut group in groups(steps) {
        group.sort_by_key(|step| (steps[*step].at, rank(&steps[*step])));
        if is_one(steps, &group) {
            passages.push(group);
        } else {
            passages.extend(Matching::new(steps, absorb_copies).run(group));
        }
    }
    passages
}

/// Places in order, and what is off the way after them.
fn rank(step: &Step) -> (bool, Option<Place>) {
    (step.place.is_none(), step.place)
}

/// The steps of each key.
fn groups(steps: &[Step]) -> Vec<Vec<usize>> {
    let mut by_key: Map<Key, usize> = Map::default();
    by_key.reserve(steps.len() / 2);
    let mut groups: Vec<Vec<usize>> = Vec::with_capacity(steps.len() / 2);
    for (index, step) in steps.iter().enumerate() {
        let group = *by_key.entry(step.key).or_insert_with(|| {
            groups.push(Vec::with_capacity(4));
            groups.len() - 1
        });
        groups[group].push(index);
    }
    groups
}

/// The common case: every vantage once, each nearer to the destination than the last.
fn is_one(steps: &[Step], group: &[usize]) -> bool {
    group.windows(2).all(|pair| {
        let (one, next) = (&steps[pair[0]], &steps[pair[1]]);
        one.place.is_some() && one.place < next.place && may_follow(one, next.at)
    })
}

fn may_follow(step: &Step, at: LabTime) -> bool {
    step.at <= at && (step.key.is_strong() || at.since(step.at) <= LONGEST_HOP)
}

/// Several packets with one key.
struct Matching<'a> {
    steps: &'a [Step],
    absorb_copies: bool,
    passages: Vec<Passage>,
}

impl<'a> Matching<'a> {
    fn new(steps: &'a [Step], absorb_copies: bool) -> Self {
        Self { steps, absorb_copies, passages: Vec::new() }
    }

    fn run(mut self, mut group: Vec<usize>) -> Vec<Passage> {
        group.sort_by_key(|step| (rank(&self.steps[*step]), self.steps[*step].vantage));
        let steps = self.steps;
        for here in group.chunk_by(|a, b| steps[*a].vantage == steps[*b].vantage) {
            self.extend_at_one_vantage(here);
        }
        for passage in &mut self.passages {
            passage.sort_by_key(|step| (steps[*step].at, rank(&steps[*step])));
        }
        self.passages
    }

    /// `here` is in order of time.
    fn extend_at_one_vantage(&mut self, here: &[usize]) {
        let mut open: Vec<usize> = (0..self.passages.len()).collect();
        open.sort_by_key(|passage| self.last(*passage));
        let mut fresh: Vec<Passage> = Vec::new();
        for packet in self.packets(here).into_iter().rev() {
            let Some(first) = packet.first().map(|step| &self.steps[*step]) else { continue };
            while open.last().is_some_and(|passage| self.last(*passage) > Some(first.at)) {
                open.pop();
            }
            match open.pop_if(|passage| self.may_continue(*passage, first.at)) {
                Some(passage) => self.passages[passage].extend(packet),
                None => fresh.push(packet),
            }
        }
        self.passages.extend(fresh.into_iter().rev());
    }

    /// The sights of one vantage, those of one packet together.
    fn packets(&self, here: &[usize]) -> Vec<Passage> {
        let same = |a: &usize, b: &usize| {
            let (one, other) = (&self.steps[*a], &self.steps[*b]);
            self.absorb_copies && one.key.is_strong() && other.at.since(one.at) < TWICE
        };
        here.chunk_by(same).map(<[usize]>::to_vec).collect()
    }

    fn last_step(&self, passage: usize) -> Option<&Step> {
        let steps = self.passages.get(passage)?.iter().map(|step| &self.steps[*step]);
        steps.max_by_key(|step| step.at)
    }

    fn last(&self, passage: usize) -> Option<LabTime> {
        self.last_step(passage).map(|step| step.at)
    }

    fn may_continue(&self, passage: usize, at: LabTime) -> bool {
        self.last_step(passage).is_some_and(|step| may_follow(step, at))
    }
}
