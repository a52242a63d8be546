use super::backoff::{Backoff, model_timeout, over_phases};
use crate::time::{Jiffies, Prediction, Span, fire};
use std::time::Duration;

/// What rules the retransmission of a SYN that nobody answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Syn {
    /// Ticks a second.
    pub hz: u32,
    /// net.ipv4.tcp_syn_retries, or TCP_SYNCNT.
    pub retries: u32,
    /// net.ipv4.tcp_syn_linear_timeouts; 0 on kernels before 6.5, which have none.
    pub linear: u32,
    /// TCP_USER_TIMEOUT
    pub user_timeout: Option<Duration>,
}

/// Every SYN and the end of an attempt to connect, counted from connect(2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SynTimetable {
    /// The first is at once. With a user timeout the last may not be sent, as the ticks
    /// happen to lie.
    pub sent: Vec<Span>,
    /// ETIMEDOUT
    pub end: Prediction,
}

/// `TCP_RTO_MAX` (include/net/tcp.h), in seconds. `TCP_TIMEOUT_INIT` is one second.
const RTO_MAX: u64 = 120;

impl Syn {
    /// The kernel's defaults since 6.5: 6 retries and 4 linear time-outs.
    #[must_use]
    pub fn new(hz: u32) -> Self {
        Self { hz, retries: 6, linear: 4, user_timeout: None }
    }

    /// The timetable over every position of connect(2) on the timer wheel.
    #[must_use]
    pub fn timetable(&self) -> SynTimetable {
        let now = Span { earliest: Duration::ZERO, latest: Duration::ZERO };
        let retransmitted = over_phases(self.rto_max(), self.hz, |start, error| self.run(start, error).0);
        let end = over_phases(self.rto_max(), self.hz, |start, error| vec![self.run(start, error).1]);
        let after = end.first().copied().unwrap_or(now);
        let sent = std::iter::once(now).chain(retransmitted).collect();
        SynTimetable { sent, end: Prediction { after, reason: self.reason() } }
    }

    fn reason(&self) -> String {
        match self.user_timeout.filter(|limit| !limit.is_zero()) {
            Some(limit) => format!("a user timeout of {} s counts from connect()", limit.as_secs_f64()),
            None => format!(
                "tcp_syn_retries = {} stands for {:.0} s or, with {} linear time-outs, for {} SYNs again, \
                 whichever comes first; the next time-out ends the attempt",
                self.retries,
                self.model().as_secs_f64(),
                self.linear,
                self.retries.saturating_add(self.linear),
            ),
        }
    }

    /// The ticks of all retransmissions, and of the end.
    fn run(&self, start: Jiffies, error: i128) -> (Vec<Jiffies>, Jiffies) {
        let user_timeout = self.user_timeout.filter(|limit| !limit.is_zero());
        let limit = user_timeout.unwrap_or_else(|| self.model());
        let mut backoff = self.backoff(start, error, user_timeout);
        let mut sent = Vec::new();
        while !self.ends(sent.len(), &backoff, limit) {
            sent.push(backoff.now);
            if sent.len() > self.linear as usize {
                backoff.double();
            }
            backoff.wait();
        }
        (sent, backoff.now)
    }

    /// At the first time-out. Without a retransmission no limit in time has a start.
    fn ends(&self, retransmitted: usize, backoff: &Backoff, limit: Duration) -> bool {
        let most = self.retries.saturating_add(self.linear) as usize;
        retransmitted >= most || (retransmitted > 0 && backoff.over(limit))
    }

    fn backoff(&self, start: Jiffies, error: i128, user_timeout: Option<Duration>) -> Backoff {
        let rto = Jiffies::from(self.hz);
        let now = fire(start + rto, start);
        Backoff { hz: self.hz, now, since: start, rto, rto_max: self.rto_max(), user_timeout, error }
    }

    fn model(&self) -> Duration {
        model_timeout(self.retries, Jiffies::from(self.hz), self.rto_max(), self.hz)
    }

    fn rto_max(&self) -> Jiffies {
        Jiffies::from(self.hz) * RTO_MAX
    }
}
