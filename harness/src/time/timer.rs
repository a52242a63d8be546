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

/// The tick at which a timer for tick `expires`, armed when the wheel's clock was
/// `clock`, fires (kernel/time/timer.c, `calc_wheel_index`).
#[must_use]
pub fn fire(expires: Jiffies, clock: Jiffies) -> Jiffies {
    let distance = expires.saturating_sub(clock);
    let level = (0..8).find(|level| distance < 63 << (3 * level)).unwrap_or(8);
    let granularity = 1 << (3 * level);
    (expires / granularity + 1) * granularity
}
