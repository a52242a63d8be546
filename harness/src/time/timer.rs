use super::LabTime;
use serde::{Deserialize, Serialize};

/// The kernel's tick counter, `jiffies_64`.
pub type Jiffies = u64;

/// Where the running kernel's ticks lie in lab time: `jiffies` was reached at `at`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Phase {
    pub jiffies: Jiffies,
    pub at: LabTime,
}

/// The earliest and latest time at which something may happen, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Due {
    pub earliest: LabTime,
    pub latest: LabTime,
}

/// The width in ticks of the wheel's slots for a timer this many ticks away
/// (kernel/time/timer.c, `LVL_START`, `LVL_GRAN`).
#[must_use]
pub fn granularity(distance: Jiffies) -> Jiffies {
    let level = (0..8).find(|level| distance < 63 << (3 * level)).unwrap_or(8);
    1 << (3 * level)
}

/// The tick at which a timer for tick `expires`, armed when the wheel's clock was
/// `clock`, fires (kernel/time/timer.c, `calc_wheel_index`). The clock is the arming
/// tick in process and receive context, and one more inside a timer's own callback.
#[must_use]
pub fn fire(expires: Jiffies, clock: Jiffies) -> Jiffies {
    match expires.checked_sub(clock) {
        None => clock,
        Some(distance) => next_edge(expires, granularity(distance)),
    }
}

/// The first multiple of `width` after `tick`.
fn next_edge(tick: Jiffies, width: Jiffies) -> Jiffies {
    (tick / width).saturating_add(1).saturating_mul(width)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_begin_at_63_times_a_power_of_8() {
        let cases = [(0, 1), (62, 1), (63, 8), (503, 8), (504, 64), (4_031, 64), (4_032, 512), (1_800_000, 32_768)];
        for (distance, width) in cases {
            assert_eq!(granularity(distance), width, "{distance}");
        }
    }

    #[test]
    fn a_timer_is_late_by_at_most_a_slot_and_never_early() {
        for (ticks, width) in [(50, 1), (250, 8), (500, 8), (750, 64), (15_000, 512)] {
            let late = |now: u64| fire(now + ticks, now) - now - ticks;
            assert_eq!((0..4096).map(late).min(), Some(1), "{ticks}");
            assert_eq!((0..4096).map(late).max(), Some(width), "{ticks}");
        }
    }

    #[test]
    fn a_timer_of_the_past_fires_at_the_clock() {
        assert_eq!(fire(90, 100), 100);
        assert_eq!(fire(100, 100), 101);
    }

    #[test]
    fn re_armed_on_an_edge_it_is_a_whole_number_of_slots() {
        // HZ=250: 1, 2, 5, 10, 15, 30, 60 s become these many seconds.
        let cases = [(250, 1.024), (500, 2.016), (1250, 5.12), (2500, 10.24)];
        let longer = [(3750, 15.104), (7500, 30.72), (15_000, 61.44)];
        for (ticks, seconds) in cases.into_iter().chain(longer) {
            let edge = 1 << 30;
            let fired = fire(edge + ticks, edge + 1) - edge;
            assert!((fired as f64 * 0.004 - seconds).abs() < 1e-9, "{ticks} became {fired}");
        }
    }
}
