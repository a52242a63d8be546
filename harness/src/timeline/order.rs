use super::passage::{Passage, Step};
use std::collections::VecDeque;

/// The order in which the steps happened. That of time; but in virtual time a packet can
/// be everywhere at once, and its answer too: then each vantage's own order holds, and a
/// packet is at one vantage before it is at the next.
pub(super) fn order(steps: &[Step], passages: &[Passage]) -> Vec<usize> {
    let mut before = vec![None; steps.len()];
    for passage in passages {
        for pair in passage.windows(2) {
            before[pair[1]] = Some(pair[0]);
        }
    }
    let mut order = Order { steps, before, done: vec![false; steps.len()], list: Vec::new() };
    order.list.reserve(steps.len());
    let mut next = 0;
    for moment in steps.chunk_by(|a, b| a.at == b.at) {
        match moment.len() {
            1 => order.take(next),
            len => order.untangle(next..next + len),
        }
        next += moment.len();
    }
    order.list
}

struct Order<'a> {
    steps: &'a [Step],
    /// The step of the same packet before each.
    before: Vec<Option<usize>>,
    done: Vec<bool>,
    list: Vec<usize>,
}

impl Order<'_> {
    fn take(&mut self, step: usize) {
        self.done[step] = true;
        self.list.push(step);
    }

    /// Merges the vantages' queues of one moment.
    fn untangle(&mut self, moment: std::ops::Range<usize>) {
        let mut queues: Vec<(usize, VecDeque<usize>)> = Vec::new();
        for step in moment {
            let vantage = self.steps[step].vantage;
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
    fn next(&self, queues: &[(usize, VecDeque<usize>)]) -> Option<usize> {
        let heads = queues.iter().enumerate().filter_map(|(i, (_, queue))| Some((i, *queue.front()?)));
        let waits = |step: usize| self.before[step].is_some_and(|before| !self.done[before]);
        heads.min_by_key(|(_, step)| (waits(*step), *step)).map(|(queue, _)| queue)
    }
}
