use crate::time::{Jiffies, fire, to_jiffies};
use std::time::Duration;

/// The numbers that rule a connection's keepalive timer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keepalive {
    /// Ticks a second.
    pub hz: u32,
    /// TCP_KEEPIDLE, in ticks.
    pub idle: Jiffies,
    /// TCP_KEEPINTVL, in ticks.
    pub interval: Jiffies,
    /// TCP_KEEPCNT
    pub count: u32,
    /// TCP_USER_TIMEOUT, in ticks; None if it is off.
    pub user_timeout: Option<Jiffies>,
}

impl Keepalive {
    /// A user timeout of zero is none, as in tcp(7).
    #[must_use]
    pub fn new(hz: u32, idle: Duration, interval: Duration, count: u32, user_timeout: Option<Duration>) -> Self {
        let ticks = |duration| to_jiffies(duration, hz);
        let user_timeout = user_timeout.map(ticks).filter(|&ticks| ticks > 0);
        Self { hz, idle: ticks(idle), interval: ticks(interval), count, user_timeout }
    }

    /// Whether a tick that finds the connection idle for `elapsed` gives it up. A user
    /// timeout takes the count's place.
    fn gives_up(&self, elapsed: Jiffies, unanswered: u32) -> bool {
        match self.user_timeout {
            Some(limit) => elapsed >= limit && unanswered > 0,
            None => unanswered >= self.count,
        }
    }
}

/// The state of the send path when the timer fires.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Path {
    /// Nothing is unacknowledged or unsent.
    Clear,
    /// Data is unacknowledged or unsent: keepalive waits.
    InFlight,
    /// The local device refuses the probe: it is tried again in half a second, and
    /// doesn't count.
    Refuses,
    /// The application is in a call on the socket: tried again in a twentieth of a second.
    Locked,
}

/// What a firing did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fired {
    /// It only armed the timer again.
    Waited,
    Probe,
    /// RST and ETIMEDOUT. The timer is off.
    Reset,
}

/// One connection's keepalive timer, driven from tick to tick.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeepaliveTimer {
    settings: Keepalive,
    fires_at: Jiffies,
    heard: Jiffies,
    unanswered: u32,
}

impl KeepaliveTimer {
    /// Armed in tick `at`, in which the connection was established (or, on an idle one,
    /// SO_KEEPALIVE was set and something was last heard).
    #[must_use]
    pub fn armed(settings: Keepalive, at: Jiffies) -> Self {
        Self { settings, fires_at: fire(at.saturating_add(settings.idle), at), heard: at, unanswered: 0 }
    }

    /// The tick at which it fires next.
    #[must_use]
    pub fn fires_at(&self) -> Jiffies {
        self.fires_at
    }

    /// Probes that nothing was heard after (`tcpi_probes`).
    #[must_use]
    pub fn unanswered(&self) -> u32 {
        self.unanswered
    }

    /// Data or an ACK came in tick `at`. The timer is left as it is: it will re-check.
    pub fn hear(&mut self, at: Jiffies) {
        self.heard = self.heard.max(at);
        self.unanswered = 0;
    }

    /// Fires, and arms itself again unless it gave up.
    pub fn fire(&mut self, path: Path) -> Fired {
        let Keepalive { hz, idle, interval, .. } = self.settings;
        let hz = Jiffies::from(hz);
        let elapsed = self.fires_at.saturating_sub(self.heard);
        match path {
            Path::Locked => self.again(hz / 20, Fired::Waited),
            Path::InFlight => self.again(idle, Fired::Waited),
            _ if elapsed < idle => self.again(idle - elapsed, Fired::Waited),
            _ if self.settings.gives_up(elapsed, self.unanswered) => Fired::Reset,
            Path::Refuses => self.again(hz / 2, Fired::Waited),
            Path::Clear => {
                self.unanswered = self.unanswered.saturating_add(1);
                self.again(interval, Fired::Probe)
            }
        }
    }

    /// Arms it again from its own callback, where the wheel's clock is a tick ahead.
    fn again(&mut self, ticks: Jiffies, fired: Fired) -> Fired {
        self.fires_at = fire(self.fires_at.saturating_add(ticks), self.fires_at.saturating_add(1));
        fired
    }
}
