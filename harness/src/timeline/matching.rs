use super::passage::{Copies, Steps};
use crate::time::LabTime;

/// Several packets with one key. Their sights are matched vantage by vantage in the
/// direction of travel: each with the latest that is left of those before it, and none
/// overtakes another. So first in is first out; and if one of several is missing
/// downstream, it is the one that would have taken longest.
pub(super) struct Matching<'a> {
    steps: Steps<'a>,
    copies: Copies,
    passages: Vec<Open>,
}

/// A packet on its way.
struct Open {
    members: Vec<u32>,
    /// The latest of its sights, copies apart.
    last: u32,
    at: LabTime,
}

impl<'a> Matching<'a> {
    pub(super) fn new(steps: Steps<'a>, copies: Copies) -> Self {
        Self { steps, copies, passages: Vec::new() }
    }

    /// The passages of a key's steps, which are by time.
    pub(super) fn run(mut self, group: &mut [u32]) -> Vec<Vec<u32>> {
        let steps = self.steps;
        group.sort_by_key(|step| (steps.rank(*step), steps.vantage(*step)));
        for here in group.chunk_by(|a, b| steps.vantage(*a) == steps.vantage(*b)) {
            self.extend_at_one_vantage(here);
        }
        let by_time = |step: &u32| (steps.at(*step), steps.rank(*step));
        let sorted = |mut open: Open| {
            open.members.sort_by_key(by_time);
            open.members
        };
        self.passages.into_iter().map(sorted).collect()
    }

    /// `here` is in order of time.
    fn extend_at_one_vantage(&mut self, here: &[u32]) {
        let mut open: Vec<usize> = (0..self.passages.len()).collect();
        open.sort_by_key(|passage| self.passages[*passage].at);
        let mut fresh: Vec<Open> = Vec::new();
        let (steps, copies) = (self.steps, self.copies);
        for packet in here.chunk_by(|a, b| is_copy(steps, copies, *a, *b)).rev() {
            let Some(first) = packet.first().copied() else { continue };
            let is_later = |passage: &mut usize| self.passages[*passage].at > self.steps.at(first);
            while open.pop_if(is_later).is_some() {}
            let follows = |passage: &mut usize| self.steps.may_follow(self.passages[*passage].last, first);
            match open.pop_if(follows) {
                Some(passage) => self.passages[passage].extend(packet, self.steps),
                None => fresh.push(Open::new(packet, self.steps)),
            }
        }
        self.passages.extend(fresh.into_iter().rev());
    }
}

fn is_copy(steps: Steps, copies: Copies, one: u32, other: u32) -> bool {
    copies.is_some_and(|within| steps.is_unique(one) && steps.at(other).since(steps.at(one)) < within)
}

impl Open {
    fn new(packet: &[u32], steps: Steps) -> Self {
        let mut this = Self { members: Vec::new(), last: 0, at: LabTime(i64::MIN) };
        this.extend(packet, steps);
        this
    }

    fn extend(&mut self, packet: &[u32], steps: Steps) {
        self.members.extend(packet);
        // A copy may come after the original has gone on.
        if let Some(first) = packet.first().filter(|first| steps.at(**first) >= self.at) {
            (self.last, self.at) = (*first, steps.at(*first));
        }
    }
}
