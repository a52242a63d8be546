use super::{Fired, Keepalive, KeepaliveTimer, Path};
use crate::time::Jiffies;
use std::ops::Range;

/// What a connection meets, in ticks of the same counter as its timer's.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Traffic {
    /// When data or ACKs came in, other than answers to probes; in order.
    pub heard: Vec<Jiffies>,
    /// While data was unacknowledged or unsent.
    pub in_flight: Vec<Range<Jiffies>>,
    /// While probes sent are answered, within the same tick.
    pub answered: Vec<Range<Jiffies>>,
    /// While the local device refuses to send.
    pub refused: Vec<Range<Jiffies>>,
}

/// One firing of the timer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Firing {
    pub at: Jiffies,
    pub what: Fired,
}

/// Every firing of a timer armed in tick `armed`, up to the reset or to tick `until`.
#[must_use]
pub fn simulate(settings: Keepalive, armed: Jiffies, traffic: &Traffic, until: Jiffies) -> Vec<Firing> {
    let mut timer = KeepaliveTimer::armed(settings, armed);
    let mut heard = traffic.heard.iter().copied().peekable();
    let mut firings = Vec::new();
    while timer.fires_at() <= until {
        let at = timer.fires_at();
        // Timers run as a tick begins: what came in that tick came after.
        while let Some(tick) = heard.next_if(|&tick| tick < at) {
            timer.hear(tick);
        }
        let what = timer.fire(traffic.path(at));
        firings.push(Firing { at, what });
        if what == Fired::Probe && within(&traffic.answered, at) {
            timer.hear(at);
        }
        if what == Fired::Reset {
            break;
        }
    }
    firings
}

impl Traffic {
    /// A peer that answers every probe, and nothing else.
    #[must_use]
    pub fn all_answered() -> Self {
        Self { answered: std::iter::once(0..Jiffies::MAX).collect(), ..Self::default() }
    }

    fn path(&self, at: Jiffies) -> Path {
        if within(&self.in_flight, at) {
            Path::InFlight
        } else if within(&self.refused, at) {
            Path::Refuses
        } else {
            Path::Clear
        }
    }
}

fn within(ranges: &[Range<Jiffies>], at: Jiffies) -> bool {
    ranges.iter().any(|range| range.contains(&at))
}
