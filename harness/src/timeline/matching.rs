use super::passage::Steps;
use crate::time::LabTime;
use std::time::Duration;

/// An imported capture may hold one packet twice, as seen by two interfaces or hooks of
/// one host; so close together it is no second packet.
const TWICE: Duration = Duration::from_millis(1);

/// Several packets with one key. Their sights are matched vantage by vantage in the
/// direction of travel: each with the latest that is left of those before it, and none
/// overtakes another. So first in is first out; and if one of several is missing
/// downstream, it is the one that would have taken longest.
pub(super) struct Matching<'a> {
    steps: Steps<'a>,
    absorb_copies: bool,
    passages: Vec<Open>,
}

/// A packet on its way.
struct Open {
    members: Vec<u32>,
    /// The latest of its sights.
    last: u32,
    at: LabTime,
}

impl<'a> Matching<'a> {
    pub(super) fn new(steps: Steps<'a>, absorb_copies: bool) -> Self {
        Self { steps, absorb_copies, passages: Vec::new() }
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
        let (steps, absorbs) = (self.steps, self.absorb_copies);
        for packet in here.chunk_by(|a, b| absorbs && is_copy(steps, *a, *b)).rev() {
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

fn is_copy(steps: Steps, one: u32, other: u32) -> bool {
    steps.is_unique(one) && steps.at(other).since(steps.at(one)) < TWICE
}

impl Open {
    fn new(packet: &[u32], steps: Steps) -> Self {
        let mut this = Self { members: Vec::new(), last: 0, at: LabTime(i64::MIN) };
        this.extend(packet, steps);
        this
    }

    fn extend(&mut self, packet: &[u32], steps: Steps) {
        for step in packet {
            self.members.push(*step);
            if steps.at(*step) >= self.at {
                (self.last, self.at) = (*step, steps.at(*step));
            }
        }
    }
}
