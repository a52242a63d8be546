use super::backoff::{Backoff, model_timeout, over_phases};
use crate::time::{Jiffies, Prediction, Span, fire, to_jiffies};
use std::time::Duration;

/// What was written at once into an idle connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FirstFlight {
    /// One segment: the tail loss probe comes a whole time-out later.
    One,
    /// Several: it comes after two round trips.
    Several,
}

/// A connection with data in flight whose peer fell silent, on a path whose round trip
/// is much shorter than a tick.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retransmission {
    /// Ticks a second.
    pub hz: u32,
    /// net.ipv4.tcp_rto_max_ms, or TCP_RTO_MAX_MS.
    pub rto_max: Duration,
    pub flight: FirstFlight,
}

/// `TCP_RTO_MIN` (include/net/tcp.h).
const RTO_MIN: Duration = Duration::from_millis(200);

/// `TCP_TIMEOUT_MIN` (include/net/tcp.h), in ticks, and one for a round trip of none.
const SHORT_PROBE: Jiffies = 3;

/// What ends a connection.
#[derive(Clone, Copy)]
enum Limit {
    Retries(u32),
    UserTimeout(Duration),
}

impl Retransmission {
    /// With the kernel's default of at most 120 s between retransmissions, and one segment.
    #[must_use]
    pub fn new(hz: u32) -> Self {
        Self { hz, rto_max: Duration::from_secs(120), flight: FirstFlight::One }
    }

    /// The end by net.ipv4.tcp_retries2, counted from the write. The number is no count
    /// but stands for a time (`tcp_model_timeout`).
    #[must_use]
    pub fn death(&self, retries2: u32) -> Prediction {
        let allowed = self.model(retries2).as_secs_f64();
        let reason = format!(
            "tcp_retries2 = {retries2} stands for {allowed:.1} s from the first retransmission by time-out, \
             and the first time-out after that ends the connection"
        );
        Prediction { after: self.end(Limit::Retries(retries2)), reason }
    }

    /// The end by TCP_USER_TIMEOUT, counted from the write; it takes tcp_retries2's place.
    #[must_use]
    pub fn user_timeout(&self, limit: Duration) -> Prediction {
        let first = self.retransmissions(1).pop().map_or(0.0, |span| span.latest.as_secs_f64());
        let reason = format!(
            "with data in flight a user timeout counts from the first retransmission by time-out, \
             {first:.1} s after the write"
        );
        Prediction { after: self.end(Limit::UserTimeout(limit)), reason }
    }

    /// The first `count` retransmissions by time-out, counted from the write. A tail loss
    /// probe comes before them, and isn't among them.
    #[must_use]
    pub fn retransmissions(&self, count: u32) -> Vec<Span> {
        over_phases(self.rto_max(), self.hz, |start, error| {
            let mut backoff = self.first(start, error, None);
            let firing = |backoff: &mut Backoff| {
                let at = backoff.now;
                backoff.double();
                backoff.wait();
                at
            };
            (0..count).map(|_| firing(&mut backoff)).collect()
        })
    }

    fn end(&self, limit: Limit) -> Span {
        let spans = over_phases(self.rto_max(), self.hz, |start, error| vec![self.run(limit, start, error)]);
        spans.first().copied().unwrap_or(Span { earliest: Duration::ZERO, latest: Duration::ZERO })
    }

    /// The tick of the end, for a write in tick `start`.
    fn run(&self, limit: Limit, start: Jiffies, error: i128) -> Jiffies {
        let (allowed, user_timeout) = match limit {
            Limit::Retries(retries2) => (self.model(retries2), None),
            Limit::UserTimeout(limit) => (limit, Some(limit)),
        };
        let mut backoff = self.first(start, error, user_timeout);
        loop {
            backoff.double();
            backoff.skip_towards(allowed);
            backoff.wait();
            if backoff.over(allowed) {
                return backoff.now;
            }
        }
    }

    /// At the first retransmission by time-out, which no limit prevents. The tail loss
    /// probe before it starts the time-out again.
    fn first(&self, start: Jiffies, error: i128, user_timeout: Option<Duration>) -> Backoff {
        let rto = to_jiffies(RTO_MIN, self.hz) + 1;
        let probe = match self.flight {
            FirstFlight::One => rto,
            FirstFlight::Several => SHORT_PROBE,
        };
        let probed = fire(start + probe, start);
        let now = fire(probed + rto, probed + 1);
        Backoff { hz: self.hz, now, since: now, rto, rto_max: self.rto_max(), user_timeout, error }
    }

    fn model(&self, retries2: u32) -> Duration {
        model_timeout(retries2, to_jiffies(RTO_MIN, self.hz), self.rto_max(), self.hz)
    }

    fn rto_max(&self) -> Jiffies {
        to_jiffies(self.rto_max, self.hz).max(1)
    }
}
