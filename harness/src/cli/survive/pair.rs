use crate::preset::{Keepalive, Middlebox, OnExpiry, Program};
use crate::time::show_duration;
use std::time::Duration;

/// Linux's own values where a program sets none (ip-sysctl).
const SYSTEM: (u16, u16, u8) = (7200, 75, 9);
/// A connection is left idle for so many times the middlebox's time-out.
const TIMES: u32 = 3;

/// The client of a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Client {
    pub(super) preset: Option<&'static Program>,
    /// In the preset's stead.
    pub(super) keepalive: Option<Keepalive>,
    pub(super) user_timeout: Option<Duration>,
}

/// A client and the middlebox before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Question {
    pub(super) client: Client,
    pub(super) through: &'static Middlebox,
    /// How long the connection is left idle, if not by the middlebox's time-out.
    pub(super) idle: Option<Duration>,
}

impl Client {
    pub(super) fn name(&self) -> &'static str {
        self.preset.map_or("a client", |preset| preset.name)
    }

    pub(super) fn keepalive(&self) -> Keepalive {
        self.keepalive.or(self.preset.map(|preset| preset.keepalive)).unwrap_or(Keepalive::Off)
    }

    pub(super) fn user_timeout(&self) -> Option<Duration> {
        self.user_timeout.or(self.preset.and_then(|preset| preset.user_timeout))
    }

    /// What it does, in short: `keepalive 15/15/3, user timeout 30s`.
    pub(super) fn settings(&self) -> String {
        let keepalive = match self.keepalive() {
            Keepalive::Off => "keepalive off".to_owned(),
            on => format!("keepalive {on}"),
        };
        match self.user_timeout() {
            Some(time) => format!("{keepalive}, user timeout {}", show_duration(time)),
            None => keepalive,
        }
    }

    /// The numbers that count, with the system's where it sets none.
    fn numbers(&self) -> Option<(u16, u16, u8)> {
        let Keepalive::On { idle, interval, count } = self.keepalive() else { return None };
        Some((idle.unwrap_or(SYSTEM.0), interval.unwrap_or(SYSTEM.1), count.unwrap_or(SYSTEM.2)))
    }

    /// When a dead peer is noticed, by the settings alone; never without keepalive.
    pub(super) fn nominal(&self) -> Option<Duration> {
        let (idle, interval, count) = self.numbers()?;
        Some(Duration::from_secs(u64::from(idle) + u64::from(interval) * u64::from(count)))
    }
}

impl Question {
    pub(super) fn idle(&self) -> Duration {
        self.idle.unwrap_or(self.through.idle_timeout * TIMES)
    }

    /// Whether its first probe comes when the middlebox has long answered for the peer.
    pub(super) fn is_reset(&self) -> bool {
        let first = self.client.numbers().map(|(idle, ..)| Duration::from_secs(idle.into()));
        self.through.on_expiry == OnExpiry::ResetToSender
            && first.is_some_and(|first| first > self.through.idle_timeout)
    }

    /// Questions with the same key have the same runs.
    pub(super) fn key(&self) -> (Keepalive, Option<Duration>, Duration, OnExpiry, bool) {
        let through = self.through;
        (self.client.keepalive(), self.client.user_timeout(), through.idle_timeout, through.on_expiry, through.loose)
    }
}
