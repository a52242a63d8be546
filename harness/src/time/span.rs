use super::{Due, Jiffies, LabTime, from_jiffies};
use std::fmt;
use std::time::Duration;

/// The earliest and latest time after some moment, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    pub earliest: Duration,
    pub latest: Duration,
}

/// When something comes after its cause, and the words that say why then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prediction {
    pub after: Span,
    pub reason: String,
}

impl Span {
    /// Counted from `moment`.
    #[must_use]
    pub fn from(self, moment: LabTime) -> Due {
        Due { earliest: moment + self.earliest, latest: moment + self.latest }
    }

    /// Whether `time` lies in it.
    #[must_use]
    pub fn contains(self, time: Duration) -> bool {
        (self.earliest..=self.latest).contains(&time)
    }

    /// What a firing `ticks` after the arming tick, at least and at most, means for a
    /// clock that saw the arming: it lay anywhere within its tick.
    pub(super) fn of_ticks(least: Jiffies, most: Jiffies, hz: u32) -> Self {
        Self { earliest: from_jiffies(least.saturating_sub(1), hz), latest: from_jiffies(most, hz) }
    }
}

/// `4.072 .. 4.104 s`
impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.3} .. {:.3} s", self.earliest.as_secs_f64(), self.latest.as_secs_f64())
    }
}
