use super::{Due, Jiffies, LabTime, Phase, fire, from_jiffies, granularity, to_jiffies};
use std::ops::RangeInclusive;
use std::time::Duration;

/// How and when a timer was armed, as far as a capture tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Armed {
    /// From process or receive context, at any point of a tick: the first probe's timer.
    Anywhere { at: LabTime },
    /// By a timer's own callback, such as the next probe's timer by the last probe's.
    InCallback {
        /// The stamp of what the callback sent.
        at: LabTime,
        /// What the timer that fired then was set for, if it was set for that in one
        /// go; None if it was a remainder, or isn't known.
        edge_of: Option<Duration>,
    },
    /// The kernel left the timer as it was, and re-checked when it fired: it counts from
    /// the last activity, `at`, though it was armed at another moment.
    Lazy { at: LabTime },
}

/// What is known of where the kernel's ticks lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ticks {
    Unknown,
    /// And a stamp may be of the tick before or after the one that it lies in.
    Near(Phase),
    /// And what a tick does is stamped within it: computing takes no time.
    Exact(Phase),
}

/// When a timer may fire, and the words that say why then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimerDue {
    /// Of the firing itself: a stamp may be off by some [`Slack`](super::Slack) more.
    pub due: Due,
    pub reason: String,
}

/// When a timer set for `set` fires at `hz` ticks a second. The bounds are as near as
/// what is known allows, and the kernel can't go beyond them.
#[must_use]
pub fn due(set: Duration, hz: u32, armed: Armed, ticks: Ticks) -> TimerDue {
    let timer = Timer::new(set, hz);
    match ticks {
        Ticks::Unknown => timer.of_unknown_phase(armed),
        Ticks::Near(phase) => timer.of_known_phase(armed, phase, 1),
        Ticks::Exact(phase) => timer.of_known_phase(armed, phase, 0),
    }
}

struct Timer {
    hz: u32,
    ticks: Jiffies,
    /// "a 1 s timer is 250 ticks at HZ=250"
    intro: String,
}

impl Timer {
    fn new(set: Duration, hz: u32) -> Self {
        let ticks = to_jiffies(set, hz);
        let name = if set.subsec_nanos() == 0 { format!("{} s", set.as_secs()) } else { super::show_duration(set) };
        Self { hz, ticks, intro: format!("a {name} timer is {ticks} ticks at HZ={hz}") }
    }

    fn of_unknown_phase(&self, armed: Armed) -> TimerDue {
        let ticks = self.ticks;
        let slot = granularity(ticks);
        let slots = format!("{}; its slot is {slot} ticks ({})", self.intro, millis(slot, self.hz));
        match armed {
            Armed::Anywhere { at } => {
                let reason = format!("{slots}, so it fires {} after it was armed", self.between(ticks, ticks + slot));
                self.relative(at, ticks, ticks + slot, reason)
            }
            // A firing of the armed timer that finds the connection idle for just long
            // enough sends at once: up to a tick less than the time set, by the stamps.
            Armed::Lazy { at } => {
                let span = self.between(ticks, ticks + slot);
                let reason = format!("{slots}, and it counts from the last activity, so it fires {span} after that");
                self.relative(at, ticks.saturating_sub(1), ticks + slot, reason)
            }
            Armed::InCallback { at, edge_of } => self.re_armed(at, self.edge(edge_of)),
        }
    }

    /// Armed on a multiple of `edge` ticks.
    fn re_armed(&self, at: LabTime, edge: Jiffies) -> TimerDue {
        let slot = granularity(self.ticks.saturating_sub(1));
        let base = self.ticks - self.ticks % edge;
        let (least, most) = (base + edge, base + slot);
        let reason = if least == most {
            let span = seconds(most, self.hz);
            format!("{}; re-armed on an edge of {slot}-tick slots, it fires {most} ticks ({span}) later", self.intro)
        } else {
            let width = millis(slot, self.hz);
            let span = self.between(least, most);
            format!("{}; its slot is {slot} ticks ({width}), so re-armed by a timer it fires {span} later", self.intro)
        };
        self.relative(at, least, most, reason)
    }

    /// Stamps may be `off` by so many ticks.
    fn of_known_phase(&self, armed: Armed, phase: Phase, off: Jiffies) -> TimerDue {
        let near = |at| near(phase.jiffies_at(at, self.hz), off);
        let (at, ticks) = match armed {
            Armed::Anywhere { at } => (at, self.span(near(at), 0)),
            Armed::InCallback { at, edge_of } => {
                let all = near(at);
                let edge = self.edge(edge_of);
                let on_edge = all.clone().find(|tick| edge > 1 && tick % edge == 0);
                (at, self.span(on_edge.map_or(all, |tick| tick..=tick), 1))
            }
            Armed::Lazy { at } => {
                let last = near(at);
                (at, last.start() + self.ticks..=fire(last.end() + self.ticks, *last.end()))
            }
        };
        let due = Due { earliest: phase.edge(*ticks.start(), self.hz), latest: phase.edge(*ticks.end(), self.hz) };
        TimerDue { due, reason: self.edge_reason(at, due) }
    }

    /// The firings of timers armed in these ticks, the wheel's clock being `ahead`.
    fn span(&self, armed: RangeInclusive<Jiffies>, ahead: Jiffies) -> RangeInclusive<Jiffies> {
        let fired = |tick: &Jiffies| fire(tick + self.ticks, tick + ahead);
        fired(armed.start())..=fired(armed.end())
    }

    fn edge_reason(&self, at: LabTime, due: Due) -> String {
        let (first, last) = (due.earliest.since(at).as_secs_f64(), due.latest.since(at).as_secs_f64());
        let edges = if due.earliest == due.latest { "slot's edge" } else { "slots' edges" };
        let span =
            if due.earliest == due.latest { format!("{first:.3} s") } else { format!("{first:.3} to {last:.3} s") };
        format!("{}; where the ticks lie is known, and the {edges} {span} on", self.intro)
    }

    /// The width of the slots on whose edge a timer set for `edge_of` fires, at most
    /// that of this one's.
    fn edge(&self, edge_of: Option<Duration>) -> Jiffies {
        let fired = edge_of.map_or(1, |set| granularity(to_jiffies(set, self.hz).saturating_sub(1)));
        fired.min(granularity(self.ticks.saturating_sub(1)))
    }

    fn relative(&self, at: LabTime, least: Jiffies, most: Jiffies, reason: String) -> TimerDue {
        let due = Due { earliest: at + from_jiffies(least, self.hz), latest: at + from_jiffies(most, self.hz) };
        TimerDue { due, reason }
    }

    fn between(&self, least: Jiffies, most: Jiffies) -> String {
        format!("{} to {}", seconds(least, self.hz).trim_end_matches(" s"), seconds(most, self.hz))
    }
}

/// The ticks in which the kernel can have run what was stamped in this one.
fn near(tick: Jiffies, off: Jiffies) -> RangeInclusive<Jiffies> {
    tick.saturating_sub(off)..=tick + off
}

fn seconds(ticks: Jiffies, hz: u32) -> String {
    format!("{:.3} s", from_jiffies(ticks, hz).as_secs_f64())
}

fn millis(ticks: Jiffies, hz: u32) -> String {
    let millis = from_jiffies(ticks, hz).as_secs_f64() * 1e3;
    if millis < 10_000.0 { format!("{millis:.0} ms") } else { format!("{:.1} s", millis / 1e3) }
}

#[cfg(test)]
#[path = "due_tests.rs"]
mod tests;
