//! Which keepalive settings are tried: chosen by rule, for one tick frequency.

use std::time::Duration;

/// In whole seconds but for the user timeout, which is in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Setting {
    pub idle: u64,
    pub interval: u64,
    pub count: u32,
    pub user_timeout: Option<u64>,
}

/// The longest time that a setting may ask for: a guest's day is cheap, but not each wake-up.
const LONGEST_IDLE: u64 = 3 * 3600;
const LONGEST_INTERVAL: u64 = 75;

/// So many are drawn beside those at the edges.
const DRAWN: usize = 150;

/// Half of them with a user timeout.
pub fn settings(hz: u32) -> Vec<Setting> {
    let drawn = Chance(u64::from(hz)).spread(DRAWN);
    edges(hz).into_iter().chain(drawn).enumerate().map(|(index, setting)| with_timeout(index, setting)).collect()
}

/// Idle and interval below, at and above the first times of each level of the timer wheel,
/// 63 * 8^n ticks (kernel/time/timer.c, `LVL_START`).
fn edges(hz: u32) -> Vec<Setting> {
    let starts = (0..6).map(|level| (63 << (3 * level)) / u64::from(hz));
    let around = |start: u64| [start.saturating_sub(1), start, start + 1, start + 2];
    let mut seconds: Vec<u64> = starts.flat_map(around).filter(|second| (1..=LONGEST_IDLE).contains(second)).collect();
    seconds.dedup();
    let intervals: Vec<u64> = seconds.iter().copied().filter(|second| *second <= LONGEST_INTERVAL).collect();
    let pair = |(index, &idle): (usize, &u64)| {
        let one =
            |interval: &u64| Setting { idle, interval: *interval, count: 2 + (index % 3) as u32, user_timeout: None };
        let offset = index % 3;
        intervals.iter().skip(offset).step_by(3).map(one).collect::<Vec<_>>()
    };
    seconds.iter().enumerate().flat_map(pair).collect()
}

/// A user timeout that ends it at the first, second or third check after a probe.
fn with_timeout(index: usize, setting: Setting) -> Setting {
    let Setting { idle, interval, .. } = setting;
    let intervals = (index / 2 % 3) as u64;
    // Not a whole second, so that it falls between two checks.
    let timeout = (idle + interval * intervals) * 1000 + 137;
    Setting { user_timeout: (index % 2 == 1).then_some(timeout), ..setting }
}

impl Setting {
    pub fn name(&self) -> String {
        let timeout = self.user_timeout.map(|timeout| format!("-{timeout}ms")).unwrap_or_default();
        format!("{}-{}-{}{timeout}", self.idle, self.interval, self.count)
    }

    pub fn user_timeout(&self) -> Option<Duration> {
        self.user_timeout.map(Duration::from_millis)
    }
}

/// Numbers that look like chance and are the same each time (Marsaglia's xorshift64*).
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33
    }

    /// From 1 to `most`, each power of two as likely as the next.
    fn up_to(&mut self, most: u64) -> u64 {
        let below = 1 << (self.next() % u64::from(most.ilog2() + 2));
        1 + self.next() % most.min(below)
    }

    fn spread(mut self, count: usize) -> Vec<Setting> {
        let mut one = || Setting {
            idle: self.up_to(LONGEST_IDLE),
            interval: self.up_to(LONGEST_INTERVAL),
            count: 1 + (self.next() % 9) as u32,
            user_timeout: None,
        };
        (0..count).map(|_| one()).collect()
    }
}
