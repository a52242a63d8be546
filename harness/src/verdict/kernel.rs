use crate::record::ClockKind;
use crate::time::{Due, LabTime, Phase, show_duration};
use std::time::Duration;

/// How a kernel timer came to be armed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Armed {
    /// At `at`, by a segment's coming or a system call.
    Anywhere { at: LabTime },
    /// In its own callback, which ran at `at`; it had been set for `edge_of` if known.
    InCallback { at: LabTime, edge_of: Option<Duration> },
    /// Some time before, and at its end again for what was left since `at`.
    Lazy { at: LabTime },
}

pub(super) struct TimerDue {
    pub(super) due: Due,
    pub(super) reason: String,
}

/// A callback that runs so much late is nothing out of the ordinary.
const LATENESS: Duration = Duration::from_millis(10);

/// When a timer set to `set` may fire (kernel/time/timer.c, `calc_wheel_index`).
pub(super) fn timer_due(set: Duration, hz: u32, armed: Armed, _phase: Option<Phase>) -> TimerDue {
    let tick = tick(hz);
    let slot = granularity(set, hz);
    let width = times(tick, slot);
    let late = format!("timers fire on the edge of a {} slot", show_duration(width));
    match armed {
        Armed::InCallback { at, edge_of: Some(edge) } if granularity(edge, hz) >= slot => {
            let exact = times(tick, (jiffies(set, hz) + slot) / slot * slot);
            let earliest = at + set.max(exact.saturating_sub(LATENESS));
            let reason = format!("{} after the timer's last edge, for {late}", show_duration(exact));
            TimerDue { due: Due { earliest, latest: at + exact }, reason }
        }
        Armed::Anywhere { at } | Armed::InCallback { at, .. } | Armed::Lazy { at } => {
            let reason = format!("{} and up to {} more, for {late}", show_duration(set), show_duration(width));
            TimerDue { due: Due { earliest: at + set, latest: at + set + width }, reason }
        }
    }
}

/// How far a stamp may be off, on either side.
pub(super) fn slack(clock: ClockKind, hz: u32) -> Duration {
    match clock {
        ClockKind::Real | ClockKind::Capture => tick(hz) + LATENESS,
        ClockKind::Virtual => tick(hz),
    }
}

fn tick(hz: u32) -> Duration {
    Duration::from_nanos(1_000_000_000 / u64::from(hz.max(1)))
}

fn jiffies(set: Duration, hz: u32) -> u64 {
    let nanos = set.as_nanos().saturating_mul(u128::from(hz.max(1)));
    u64::try_from(nanos.div_ceil(1_000_000_000)).unwrap_or(u64::MAX / 2)
}

/// The width of a slot, in ticks.
fn granularity(set: Duration, hz: u32) -> u64 {
    let distance = jiffies(set, hz);
    (0..8).map(|level| 1u64 << (3 * level)).find(|width| distance < 63 * width).unwrap_or(1 << 24)
}

fn times(tick: Duration, count: u64) -> Duration {
    let nanos = tick.as_nanos().saturating_mul(u128::from(count));
    Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(set: u64, hz: u32, armed: Armed) -> (i64, i64) {
        let due = timer_due(Duration::from_secs(set), hz, armed, None).due;
        (due.earliest.0 / 1_000_000, due.latest.0 / 1_000_000)
    }

    #[test]
    fn anywhere_it_is_late_by_up_to_a_slot() {
        let at = LabTime::ZERO;
        assert_eq!(after(1, 250, Armed::Anywhere { at }), (1000, 1032));
        assert_eq!(after(5, 250, Armed::Lazy { at }), (5000, 5256));
        assert_eq!(after(7200, 100, Armed::Anywhere { at }), (7_200_000, 7_527_680));
    }

    #[test]
    fn from_an_edge_it_is_known() {
        let armed = |idle| Armed::InCallback { at: LabTime::ZERO, edge_of: Some(Duration::from_secs(idle)) };
        assert_eq!(after(1, 250, armed(1)).1, 1024);
        assert_eq!(after(2, 250, armed(2)).1, 2016);
        assert_eq!(after(75, 100, armed(7200)).1, 76_800);
        assert_eq!(after(3, 250, armed(1)), (3000, 3256), "the edge of a finer slot is none of a coarser");
    }
}
