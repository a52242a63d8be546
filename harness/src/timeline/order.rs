use super::passage::Passages;
use super::sight::Sight;
use std::collections::VecDeque;
use std::ops::Range;

/// The order in which the steps happened. That of time; but in virtual time a packet can
/// be everywhere at once, and its answer too: then each vantage's own order holds, and a
/// packet is at one vantage before it is at the next.
pub(super) fn order(sights: &[Sight], passages: &Passages) -> Vec<u32> {
    let mut before = vec![NONE; sights.len()];
    for passage in passages.iter() {
        for pair in passage.windows(2) {
            before[pair[1] as usize] = pair[0];
        }
    }
    let list = Vec::with_capacity(sights.len());
    let mut order = Order { sights, before, done: vec![false; sights.len()], list };
    let mut next = 0;
    for moment in sights.chunk_by(|a, b| a.at == b.at) {
        let end = next + moment.len() as u32;
        while next < end && !order.waits(next) {
            order.take(next);
            next += 1;
        }
        order.untangle(next..end);
        next = end;
    }
    order.list
}

/// No step is before a packet's first.
const NONE: u32 = u32::MAX;

struct Order<'a> {
    sights: &'a [Sight],
    /// The step of the same packet before each.
    before: Vec<u32>,
    done: Vec<bool>,
    list: Vec<u32>,
}

/// The steps of one moment at one vantage.
type Queue = (u32, VecDeque<u32>);

impl Order<'_> {
    fn take(&mut self, step: u32) {
        self.done[step as usize] = true;
        self.list.push(step);
    }

    /// Merges the vantages' queues of one moment, or what is left of it from the first
    /// step on that stands too early in the record.
    fn untangle(&mut self, moment: Range<u32>) {
        let mut queues: Vec<Queue> = Vec::new();
        for step in moment {
            let vantage = self.sights[step as usize].vantage;
            match queues.iter_mut().find(|(of, _)| *of == vantage) {
                Some((_, queue)) => queue.push_back(step),
                None => queues.push((vantage, VecDeque::from([step]))),
            }
        }
        while let Some(queue) = self.next(&queues) {
            if let Some(step) = queues.get_mut(queue).and_then(|(_, queue)| queue.pop_front()) {
                self.take(step);
            }
        }
    }

    /// The queue whose head comes next: of those that wait for nothing, the first in the
    /// record; or else, against all reason, the first in the record.
    fn next(&self, queues: &[Queue]) -> Option<usize> {
        let heads = queues.iter().enumerate();
        let heads = heads.filter_map(|(i, (_, queue))| Some((i, *queue.front()?)));
        heads.min_by_key(|(_, step)| (self.waits(*step), *step)).map(|(queue, _)| queue)
    }

    fn waits(&self, step: u32) -> bool {
        let before = self.before[step as usize];
        before != NONE && !self.done[before as usize]
    }
}
