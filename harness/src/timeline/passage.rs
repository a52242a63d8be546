use super::hash::Map;
use super::matching::Matching;
use super::sight::{Key, Sight};
use super::topology::{Place, Topology};
use crate::record::{ClockKind, Manifest};
use crate::time::LabTime;
use std::time::Duration;

/// The longest that a packet which looks like others of its connection may take from
/// one vantage to the next. A router may hold a packet while it resolves a neighbour;
/// a second RST of the same octets comes no sooner than a retransmission's time-out.
const LONGEST_HOP: Duration = Duration::from_secs(1);

/// A packet may be seen again at one vantage within so long; none: it is not.
pub(super) type Copies = Option<Duration>;

/// An imported capture may hold one packet twice, as seen by two interfaces or hooks of
/// one host; so close together it is no second packet.
const TWICE: Duration = Duration::from_millis(1);

/// Which sights of one packet are copies, in a record of this kind.
pub(super) fn copies(manifest: &Manifest) -> Copies {
    match manifest.clock {
        ClockKind::Capture => Some(TWICE),
        _ => manifest.copies.then_some(LONGEST_HOP),
    }
}

/// The sights of the connection's packets, packet by packet.
#[derive(Debug, Default)]
pub(super) struct Passages {
    /// Indices of sights: each packet's in order of time.
    members: Vec<u32>,
    /// Where each packet's begin.
    starts: Vec<usize>,
}

/// Sights, and where their vantages are.
#[derive(Clone, Copy)]
pub(super) struct Steps<'a> {
    pub(super) sights: &'a [Sight],
    pub(super) topology: &'a Topology,
}

impl Steps<'_> {
    pub(super) fn at(&self, step: u32) -> LabTime {
        self.sights[step as usize].at
    }

    pub(super) fn vantage(&self, step: u32) -> u32 {
        self.sights[step as usize].vantage
    }

    pub(super) fn place(&self, step: u32) -> Option<Place> {
        let sight = &self.sights[step as usize];
        self.topology.place(sight.toward(), sight.vantage())
    }

    /// Places in order, and what is off the way after them.
    pub(super) fn rank(&self, step: u32) -> (bool, Option<Place>) {
        let place = self.place(step);
        (place.is_none(), place)
    }

    pub(super) fn is_unique(&self, step: u32) -> bool {
        self.sights[step as usize].head.is_unique()
    }

    /// Whether the packet seen in one step can be the one seen in the next.
    pub(super) fn may_follow(&self, one: u32, next: u32) -> bool {
        let (before, after) = (self.at(one), self.at(next));
        before <= after && (self.is_unique(one) || after.since(before) <= LONGEST_HOP)
    }
}

impl Passages {
    /// Gathers the sights of each packet.
    pub(super) fn new(steps: Steps, copies: Copies) -> Self {
        let mut groups = Groups::new(steps.sights);
        let mut this = Self { members: Vec::with_capacity(steps.sights.len()), starts: Vec::new() };
        this.starts.reserve(groups.ends.len());
        let mut start = 0;
        for end in groups.ends {
            let group = &mut groups.members[start..end];
            if is_one(steps, group) {
                this.push(group);
            } else {
                group.sort_by_key(|step| (steps.at(*step), steps.rank(*step)));
                for passage in Matching::new(steps, copies).run(group) {
                    this.push(&passage);
                }
            }
            start = end;
        }
        this
    }

    fn push(&mut self, passage: &[u32]) {
        self.starts.push(self.members.len());
        self.members.extend(passage);
    }

    pub(super) fn len(&self) -> usize {
        self.starts.len()
    }

    pub(super) fn get(&self, passage: usize) -> &[u32] {
        let start = self.starts.get(passage).copied().unwrap_or(self.members.len());
        let end = self.starts.get(passage + 1).copied().unwrap_or(self.members.len());
        &self.members[start..end]
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &[u32]> {
        (0..self.len()).map(|passage| self.get(passage))
    }
}

/// The common case: every vantage once, each nearer to the destination than the last.
fn is_one(steps: Steps, group: &[u32]) -> bool {
    group.windows(2).all(|pair| {
        let (one, next) = (pair[0], pair[1]);
        let place = steps.place(one);
        place.is_some() && place < steps.place(next) && steps.may_follow(one, next)
    })
}

/// The sights of each key, by time.
struct Groups {
    members: Vec<u32>,
    /// Where each group ends.
    ends: Vec<usize>,
}

impl Groups {
    fn new(sights: &[Sight]) -> Self {
        let mut by_key: Map<Key, u32> = Map::default();
        by_key.reserve(sights.len() / 4);
        let mut counts: Vec<usize> = Vec::with_capacity(sights.len() / 4);
        // A packet's sights mostly come one after another.
        let mut last: Option<(Key, u32)> = None;
        let count = |sight: &Sight| {
            let (key, fresh) = (sight.key(), counts.len());
            let group = match last {
                Some((same, group)) if same == key => group,
                _ => *by_key.entry(key).or_insert(fresh as u32),
            };
            if group as usize == fresh {
                counts.push(0);
            }
            counts[group as usize] += 1;
            last = Some((key, group));
            group
        };
        let group_of: Vec<u32> = sights.iter().map(count).collect();
        Self::fill(&group_of, counts)
    }

    fn fill(group_of: &[u32], mut counts: Vec<usize>) -> Self {
        let mut total = 0;
        for count in &mut counts {
            total += std::mem::replace(count, total);
        }
        let mut members = vec![0; group_of.len()];
        for (step, group) in (0_u32..).zip(group_of) {
            let next = &mut counts[*group as usize];
            members[*next] = step;
            *next += 1;
        }
        Self { members, ends: counts }
    }
}
