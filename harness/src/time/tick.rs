use super::{Jiffies, LabTime, Phase};
use std::time::Duration;

const SECOND: u64 = 1_000_000_000;

/// How late a timer's softirq may run on a machine that is merely busy: up to 2 ms go
/// to other softirqs before the rest is left to ksoftirqd (kernel/softirq.c,
/// `MAX_SOFTIRQ_TIME`), which then waits for its turn as a task among others, 3 ms by
/// the scheduler's default on 8 processors (kernel/sched/fair.c, `base_slice`).
pub const SOFTIRQ_DEFERRAL: Duration = Duration::from_millis(5);

/// Tick counts are kept below this, so that sums of a few can't overflow.
const MOST: Jiffies = 1 << 62;

/// One tick at `hz` ticks a second, in whole nanoseconds as the kernel keeps it
/// (include/vdso/jiffies.h, `TICK_NSEC`).
#[must_use]
pub fn tick(hz: u32) -> Duration {
    Duration::from_nanos(tick_nanos(hz))
}

/// Ticks in `duration`, rounded up: exact for the whole seconds of TCP_KEEPIDLE and
/// TCP_KEEPINTVL, and as `msecs_to_jiffies` has it for TCP_USER_TIMEOUT
/// (kernel/time/time.c). At most 2^62.
#[must_use]
pub fn to_jiffies(duration: Duration, hz: u32) -> Jiffies {
    let ticks = (duration.as_nanos() * u128::from(hz)).div_ceil(u128::from(SECOND));
    Jiffies::try_from(ticks).map_or(MOST, |ticks| ticks.min(MOST))
}

/// How long so many ticks take; 584 years at most.
#[must_use]
pub fn from_jiffies(jiffies: Jiffies, hz: u32) -> Duration {
    Duration::from_nanos(jiffies.saturating_mul(tick_nanos(hz)))
}

/// How far a stamp may lie before and after a due time and still be of a timer that
/// fired then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slack {
    pub early: Duration,
    pub late: Duration,
}

impl Slack {
    /// Of a clock that goes on by itself: a tick for each of the two stamps, and
    /// [`SOFTIRQ_DEFERRAL`].
    #[must_use]
    pub fn usual(hz: u32) -> Self {
        Self::both(2 * tick(hz) + SOFTIRQ_DEFERRAL)
    }

    /// Where computing takes no time, for what is not known to begin with a tick.
    #[must_use]
    pub fn jumping(hz: u32) -> Self {
        Self::both(tick(hz))
    }

    /// Where computing takes no time, and the tick of a firing is known: timers run as
    /// their tick begins, and what they do is stamped before the next.
    #[must_use]
    pub fn exact(hz: u32) -> Self {
        Self { early: Duration::ZERO, late: tick(hz).saturating_sub(Duration::from_nanos(1)) }
    }

    fn both(slack: Duration) -> Self {
        Self { early: slack, late: slack }
    }
}

impl Phase {
    /// The tick counter's value at `at`; 0 for times before the counter
    /// began, and at most 2^62.
    #[must_use]
    pub fn jiffies_at(self, at: LabTime, hz: u32) -> Jiffies {
        let elapsed = i128::from(at.0) - i128::from(self.at.0);
        let ticks = elapsed.div_euclid(i128::from(tick_nanos(hz)));
        let jiffies = (i128::from(self.jiffies) + ticks).clamp(0, i128::from(MOST));
        Jiffies::try_from(jiffies).unwrap_or(MOST)
    }

    /// When the tick counter reaches `jiffies`.
    #[must_use]
    pub fn edge(self, jiffies: Jiffies, hz: u32) -> LabTime {
        let ticks = i128::from(jiffies) - i128::from(self.jiffies);
        let nanos = i128::from(self.at.0) + ticks * i128::from(tick_nanos(hz));
        LabTime(i64::try_from(nanos).unwrap_or(if ticks < 0 { i64::MIN } else { i64::MAX }))
    }
}

fn tick_nanos(hz: u32) -> u64 {
    let hz = u64::from(hz.max(1));
    (SECOND + hz / 2) / hz
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_exact_and_milliseconds_round_up() {
        assert_eq!(to_jiffies(Duration::from_secs(7200), 250), 1_800_000);
        assert_eq!(to_jiffies(Duration::from_millis(2500), 250), 625);
        assert_eq!(to_jiffies(Duration::from_millis(2501), 250), 626);
        assert_eq!(to_jiffies(Duration::from_millis(10), 300), 3);
        assert_eq!(to_jiffies(Duration::from_millis(11), 300), 4);
    }

    #[test]
    fn ticks_are_what_the_kernel_calls_them() {
        for (hz, nanos) in [(100, 10_000_000), (250, 4_000_000), (300, 3_333_333), (1000, 1_000_000)] {
            assert_eq!(tick(hz), Duration::from_nanos(nanos), "{hz}");
            assert_eq!(from_jiffies(7, hz), Duration::from_nanos(7 * nanos), "{hz}");
        }
    }

    #[test]
    fn a_tick_lasts_from_its_edge_to_the_next() {
        let phase = Phase { jiffies: 1000, at: LabTime(1_500_000) };
        for jiffies in [998, 999, 1000, 1001, 5000] {
            let edge = phase.edge(jiffies, 250);
            assert_eq!(phase.jiffies_at(edge, 250), jiffies);
            assert_eq!(phase.jiffies_at(LabTime(edge.0 + 3_999_999), 250), jiffies);
            assert_eq!(phase.jiffies_at(LabTime(edge.0 - 1), 250), jiffies - 1);
        }
    }

    #[test]
    fn extremes_neither_wrap_nor_panic() {
        let phase = Phase { jiffies: 5, at: LabTime::ZERO };
        assert_eq!(phase.jiffies_at(LabTime(i64::MIN), 1000), 0);
        assert_eq!(phase.edge(Jiffies::MAX, 100), LabTime::FOREVER);
        assert_eq!(tick(0), Duration::from_secs(1));
        assert_eq!(from_jiffies(Jiffies::MAX, 1), Duration::from_nanos(u64::MAX));
    }

    #[test]
    fn slack_is_stated() {
        let (millis, none) = (Duration::from_millis, Duration::ZERO);
        assert_eq!(Slack::usual(250), Slack { early: millis(13), late: millis(13) });
        assert_eq!(Slack::jumping(250), Slack { early: millis(4), late: millis(4) });
        assert_eq!(Slack::exact(250), Slack { early: none, late: Duration::from_nanos(3_999_999) });
    }
}
