use crate::time::{Jiffies, Span, fire, from_jiffies, granularity, to_jiffies};
use std::time::Duration;

/// How far the kernel's millisecond stamps of two firings may be apart from the time
/// between them.
const STAMP_ERRORS: [i128; 3] = [-1_000_000, 0, 1_000_000];

/// A retransmission timer that runs in its own callback, with the clock its limit is
/// measured by.
#[derive(Debug, Clone, Copy)]
pub(super) struct Backoff {
    pub hz: u32,
    /// The tick of the last firing.
    pub now: Jiffies,
    /// `retrans_stamp`: the tick that a limit in time counts from.
    pub since: Jiffies,
    /// The next retransmission time-out, in ticks.
    pub rto: Jiffies,
    pub rto_max: Jiffies,
    pub user_timeout: Option<Duration>,
    /// What the elapsed time is misread by, in ns.
    pub error: i128,
}

impl Backoff {
    /// Runs until the next firing.
    pub(super) fn wait(&mut self) {
        let ticks = self.clamped();
        self.now = fire(self.now + ticks, self.now + 1);
    }

    /// Passes over time-outs that are all alike, while `limit` is far off: a user
    /// timeout may be days.
    pub(super) fn skip_towards(&mut self, limit: Duration) {
        let on_edge = self.now.is_multiple_of(granularity(self.rto.saturating_sub(1)));
        if self.rto < self.rto_max || !on_edge {
            return;
        }
        let step = fire(self.now + self.rto, self.now + 1) - self.now;
        let left = to_jiffies(limit, self.hz).saturating_sub(self.now - self.since);
        self.now += (left / step).saturating_sub(2) * step;
    }

    pub(super) fn double(&mut self) {
        self.rto = (self.rto * 2).min(self.rto_max);
    }

    /// Whether `limit` is over since `since`.
    pub(super) fn over(&self, limit: Duration) -> bool {
        self.elapsed() >= i128::try_from(limit.as_nanos()).unwrap_or(i128::MAX)
    }

    fn elapsed(&self) -> i128 {
        let elapsed = from_jiffies(self.now - self.since, self.hz).as_nanos();
        i128::try_from(elapsed).unwrap_or(i128::MAX) + self.error
    }

    /// The time-out, cut to end with the user timeout (`tcp_clamp_rto_to_user_timeout`).
    fn clamped(&self) -> Jiffies {
        let Some(limit) = self.user_timeout else { return self.rto };
        let left = i128::try_from(limit.as_nanos()).unwrap_or(i128::MAX) - self.elapsed();
        match u64::try_from(left) {
            Ok(left) if left > 0 => self.rto.min(to_jiffies(Duration::from_nanos(left), self.hz)),
            _ if left > 0 => self.rto,
            _ => 1,
        }
    }
}

/// The time that so many retries stand for, the first time-out being `base` ticks
/// (`tcp_model_timeout`).
pub(super) fn model_timeout(retries: u32, base: Jiffies, rto_max: Jiffies, hz: u32) -> Duration {
    let doublings = (rto_max / base.max(1)).max(1).ilog2();
    let doubled = ((2 << retries.min(doublings)) - 1) * base;
    let linear = Jiffies::from(retries.saturating_sub(doublings)).saturating_mul(rto_max);
    from_jiffies(doubled.saturating_add(linear), hz)
}

/// The firings, counted from the start, over every position of the start on the timer
/// wheel (as timers up to `longest` ticks see it) and every misreading of the clock;
/// `run` gives them for one.
pub(super) fn over_phases(longest: Jiffies, hz: u32, run: impl Fn(Jiffies, i128) -> Vec<Jiffies>) -> Vec<Span> {
    let mut bounds: Vec<(Jiffies, Jiffies)> = Vec::new();
    let period = granularity(longest);
    for start in period * 64..period * 65 {
        for error in STAMP_ERRORS {
            let firings = run(start, error);
            for (bound, at) in bounds.iter_mut().zip(&firings) {
                *bound = (bound.0.min(at - start), bound.1.max(at - start));
            }
            let known = bounds.len();
            bounds.extend(firings.iter().skip(known).map(|at| (at - start, at - start)));
        }
    }
    bounds.into_iter().map(|(least, most)| Span::of_ticks(least, most, hz)).collect()
}
