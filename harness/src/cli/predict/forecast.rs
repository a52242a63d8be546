use super::args::Settings;
use super::warnings::warnings;
use crate::time::Span;
use crate::time::keepalive::{Keepalive, ProbeTime, Timetable, answered_gap, one_loss_kills};
use crate::time::retransmit::Retransmission;
use std::time::Duration;

/// `net.ipv4.tcp_retries2`'s default.
pub(super) const RETRIES2: u32 = 15;

/// All that is told about some settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Forecast {
    pub settings: Settings,
    pub probes: Vec<ProbeTime>,
    /// How many are sent at least: fewer than all where the user timeout may strike.
    pub fewest: usize,
    pub death: Span,
    /// What the settings add up to, were timers exact.
    pub nominal: Duration,
    /// The time from one answered probe to the next.
    pub answered_every: Span,
    /// The end when data was written and is not acknowledged.
    pub in_flight: Span,
    /// Whether one lost probe can end a connection whose peer is well.
    pub one_loss_kills: bool,
    pub warnings: Vec<String>,
}

impl Forecast {
    pub(super) fn of(settings: &Settings) -> Self {
        let Settings { idle, interval, count, user_timeout, hz, .. } = *settings;
        let keepalive = Keepalive::new(hz, idle, interval, count, user_timeout);
        let timetable = Timetable::of(&keepalive);
        let retransmission = Retransmission::new(hz);
        let in_flight = match user_timeout {
            Some(limit) => retransmission.user_timeout(limit),
            None => retransmission.death(RETRIES2),
        };
        let mut forecast = Self {
            settings: *settings,
            fewest: timetable.fewest_probes(),
            death: timetable.death,
            nominal: nominal(settings),
            answered_every: answered_gap(&keepalive),
            in_flight: in_flight.after,
            one_loss_kills: one_loss_kills(&keepalive),
            probes: timetable.probes,
            warnings: Vec::new(),
        };
        forecast.warnings = warnings(&forecast);
        forecast
    }
}

/// Idle and as many intervals as it takes, at least one.
fn nominal(settings: &Settings) -> Duration {
    let intervals = match settings.user_timeout {
        None => u128::from(settings.count),
        Some(limit) => {
            let rest = limit.saturating_sub(settings.idle);
            rest.as_nanos().div_ceil(settings.interval.as_nanos().max(1)).max(1)
        }
    };
    settings.idle + settings.interval * u32::try_from(intervals).unwrap_or(u32::MAX)
}
