use crate::time::{parse_duration, show_duration};
use std::fmt;
use std::io;
use std::time::Duration;

/// Show when the kernel probes an idle connection, and when it gives up.
#[derive(Debug, Clone, PartialEq, Eq, clap::Args)]
pub struct Predict {
    /// TCP_KEEPIDLE: how long a connection is idle before the first probe.
    #[arg(long, value_name = "TIME", default_value = "2h", value_parser = parse_duration)]
    pub idle: Duration,
    /// TCP_KEEPINTVL: the time between unanswered probes.
    #[arg(long, value_name = "TIME", default_value = "75s", value_parser = parse_duration)]
    pub interval: Duration,
    /// TCP_KEEPCNT: the unanswered probes that end a connection.
    #[arg(long, value_name = "N", default_value_t = 9)]
    pub count: u32,
    /// TCP_USER_TIMEOUT, which takes the count's place.
    #[arg(long, value_name = "TIME", value_parser = parse_duration)]
    pub user_timeout: Option<Duration>,
    /// The kernel's ticks a second [default: this machine's, or 250].
    #[arg(long, value_name = "HZ")]
    pub hz: Option<u32>,
    /// Write JSON.
    #[arg(long)]
    pub json: bool,
}

/// Why there is no timetable.
#[derive(Debug, thiserror::Error)]
pub enum PredictError {
    #[error("{}", lines(.0))]
    Invalid(Vec<Invalid>),
    #[error("can't write the timetable: {0}")]
    Write(#[from] io::Error),
}

/// A value that the kernel would refuse (net/ipv4/tcp.c, `tcp_sock_set_keepidle` and
/// the like; include/linux/jiffies.h for HZ).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Invalid {
    #[error("--{option} {}: write whole seconds from 1 to 32767", show_duration(*.value))]
    Seconds { option: &'static str, value: Duration },
    #[error("--count {0}: write a number from 1 to 127")]
    Count(u32),
    #[error("--user-timeout {}: write whole milliseconds up to 2147483647 (24 days)", show_duration(*.0))]
    UserTimeout(Duration),
    #[error("--hz {0}: write a number from 12 to 12287; kernels are built with 100, 250, 300 or 1000")]
    Hz(u32),
}

/// Settings that the kernel takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Settings {
    pub idle: Duration,
    pub interval: Duration,
    pub count: u32,
    /// Never zero.
    pub user_timeout: Option<Duration>,
    pub hz: u32,
    /// The tick rate is a guess.
    pub hz_assumed: bool,
}

/// What most distributions build their kernels with.
const USUAL_HZ: u32 = 250;

impl Predict {
    /// # Errors
    /// Every value that is out of its range.
    pub(super) fn check(&self) -> Result<Settings, PredictError> {
        let hz = self.hz.unwrap_or(USUAL_HZ);
        let seconds = |option, value: Duration| {
            let whole = value.subsec_nanos() == 0 && (1..=32_767).contains(&value.as_secs());
            (!whole).then_some(Invalid::Seconds { option, value })
        };
        let millis =
            |value: &Duration| value.subsec_nanos().is_multiple_of(1_000_000) && value.as_millis() <= i32::MAX as u128;
        let invalid = [
            seconds("idle", self.idle),
            seconds("interval", self.interval),
            (!(1..=127).contains(&self.count)).then_some(Invalid::Count(self.count)),
            self.user_timeout.filter(|value| !millis(value)).map(Invalid::UserTimeout),
            (!(12..=12_287).contains(&hz)).then_some(Invalid::Hz(hz)),
        ];
        let invalid: Vec<_> = invalid.into_iter().flatten().collect();
        if !invalid.is_empty() {
            return Err(PredictError::Invalid(invalid));
        }
        let user_timeout = self.user_timeout.filter(|value| !value.is_zero());
        let Self { idle, interval, count, .. } = *self;
        Ok(Settings { idle, interval, count, user_timeout, hz, hz_assumed: self.hz.is_none() })
    }
}

fn lines<T: fmt::Display>(errors: &[T]) -> String {
    errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}
