use super::slot::Moment;
use super::words::show_time;
use crate::time::{self, Armed, Slack, Ticks, show_duration};
use std::fmt;
use std::time::Duration;

/// Why a due time is what it is: what it counts from, by what, and what the clock is
/// allowed. Put into words only where it is shown, for of a long run few are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reason {
    pub(super) anchor: Moment,
    pub(super) cause: Cause,
    pub(super) allowed: Slack,
}

/// What a time is counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cause {
    /// The scenario gives the time itself.
    Range(Duration, Duration),
    Conntrack {
        set: Duration,
        tick: Duration,
    },
    Kernel {
        set: Duration,
        hz: u32,
        armed: Armed,
        ticks: Ticks,
    },
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { anchor, cause, allowed } = self;
        f.write_str("counted from ")?;
        if anchor.from != anchor.at {
            write!(f, "{}..", show_time(anchor.from))?;
        }
        write!(f, "{}: {cause}; ", show_time(anchor.at))?;
        if allowed.early.is_zero() {
            let tick = allowed.late.saturating_add(Duration::from_nanos(1));
            return write!(f, "it is stamped within its tick of {}", show_duration(tick));
        }
        write!(f, "the clock is allowed {}", show_duration(allowed.late))
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Range(low, high) => write!(f, "{}..{}", show_duration(low), show_duration(high)),
            Self::Conntrack { set, tick } => {
                let [set, tick] = [set, tick].map(show_duration);
                write!(f, "{set} by conntrack, which counts in ticks of {tick}")
            }
            Self::Kernel { set, hz, armed, ticks } => f.write_str(&time::due(set, hz, armed, ticks).reason),
        }
    }
}
