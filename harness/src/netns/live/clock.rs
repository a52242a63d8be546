use crate::time::LabTime;
use nix::time::{ClockId, clock_gettime};

/// A run's clock: CLOCK_REALTIME since the run began, the clock by which the kernel
/// stamps captured frames, so that all of a record goes by one clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Clock {
    began_unix_ns: i64,
    /// CLOCK_REALTIME less CLOCK_MONOTONIC when the run began.
    offset_ns: i64,
}

impl Clock {
    /// Lab time zero is now.
    pub(crate) fn start() -> Self {
        let offset_ns = offset();
        Self { began_unix_ns: read(ClockId::CLOCK_REALTIME), offset_ns }
    }

    pub(crate) fn now(&self) -> LabTime {
        self.at_realtime(read(ClockId::CLOCK_REALTIME))
    }

    /// `unix_ns` nanoseconds of CLOCK_REALTIME as lab time.
    pub(crate) fn at_realtime(&self, unix_ns: i64) -> LabTime {
        LabTime(unix_ns.saturating_sub(self.began_unix_ns))
    }

    /// `ns` of CLOCK_MONOTONIC as lab time, by the clocks' offset when the run began.
    pub(crate) fn at_monotonic(&self, ns: i64) -> LabTime {
        self.at_realtime(ns.saturating_add(self.offset_ns))
    }

    /// Lab time zero in ns of Unix time.
    pub(crate) fn began_unix_ns(&self) -> u64 {
        u64::try_from(self.began_unix_ns).unwrap_or(0)
    }

    /// By how many ns CLOCK_REALTIME was set since the run began; readings of the two
    /// clocks lie some 100 ns apart, so a small number is none.
    pub(crate) fn step(&self) -> i64 {
        offset() - self.offset_ns
    }
}

/// ns of CLOCK_MONOTONIC.
pub(crate) fn monotonic() -> i64 {
    read(ClockId::CLOCK_MONOTONIC)
}

/// CLOCK_REALTIME less CLOCK_MONOTONIC. Of a few tries the one that was disturbed
/// least: a thread may lose its CPU between two readings.
fn offset() -> i64 {
    let tries = (0..5).map(|_| {
        let before = monotonic();
        let real = read(ClockId::CLOCK_REALTIME);
        let after = monotonic();
        (after - before, real - before - (after - before) / 2)
    });
    tries.min().map_or(0, |(_, offset)| offset)
}

/// Zero where the clock can't be read, which Linux knows no case of for these clocks.
fn read(clock: ClockId) -> i64 {
    clock_gettime(clock).map_or(0, |t| t.tv_sec() * 1_000_000_000 + t.tv_nsec())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn it_goes_by_both_clocks() {
        let clock = Clock::start();
        std::thread::sleep(Duration::from_millis(20));
        let now = clock.now();
        assert!(now.0 >= 20_000_000, "{now:?}");
        assert!((clock.at_monotonic(monotonic()).0 - clock.now().0).abs() < 1_000_000);
        assert_eq!(clock.at_realtime(i64::try_from(clock.began_unix_ns()).unwrap()), LabTime::ZERO);
    }

    #[test]
    fn an_untouched_clock_has_no_step() {
        let clock = Clock::start();
        std::thread::sleep(Duration::from_millis(50));
        assert!(clock.step().abs() < 100_000, "{}", clock.step());
        let set = Clock { offset_ns: clock.offset_ns - 5_000_000, ..clock };
        assert!((set.step() - 5_000_000).abs() < 100_000);
    }
}
