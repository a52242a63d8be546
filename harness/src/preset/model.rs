use std::fmt;
use std::time::Duration;

/// Where a value was read, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Source {
    /// A URL, or the name of a document.
    pub at: &'static str,
    /// The day, or the year where no more is known: `2026-11-23`, `2026`.
    pub checked_on: &'static str,
}

/// A box on the way that remembers connections, and forgets idle ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Middlebox {
    /// As scenarios and commands call it.
    pub name: &'static str,
    pub about: &'static str,
    /// How long an idle connection is remembered, by default.
    pub idle_timeout: Duration,
    pub on_expiry: OnExpiry,
    /// Whether a keepalive probe counts as traffic.
    pub probes_refresh: bool,
    /// Whether a connection that was forgotten is taken up again in mid-stream.
    pub loose: bool,
    pub build: Build,
    pub source: Source,
}

/// What becomes of a connection that the box has forgotten.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum OnExpiry {
    /// What comes then is dropped without a word.
    Silent,
    /// Whoever sends next is answered with RST; the other side learns nothing.
    ResetToSender,
    /// Both sides are sent RST at once.
    ResetToBoth,
    /// It is a proxy with a connection to each side, and closes both.
    CloseBoth,
}

impl fmt::Display for OnExpiry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Silent => "drops in silence",
            Self::ResetToSender => "resets the sender",
            Self::ResetToBoth => "resets both sides at once",
            Self::CloseBoth => "closes both sides at once",
        })
    }
}

/// Whether the lab can do what the box does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Build {
    /// As a NAT of the lab, by conntrack's settings and one rule.
    Lab,
    /// Not so; why.
    Not(&'static str),
}

/// A program, or the library that opens its connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Program {
    pub name: &'static str,
    pub about: &'static str,
    pub keepalive: Keepalive,
    /// TCP_USER_TIMEOUT, if it sets it.
    pub user_timeout: Option<Duration>,
    pub source: Source,
}

/// SO_KEEPALIVE and its numbers in seconds, as a program sets them; `None` is what the
/// system's sysctls say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keepalive {
    Off,
    On { idle: Option<u16>, interval: Option<u16>, count: Option<u8> },
}

/// `300/100/3`, with `-` for what is left to the system; `off`.
impl fmt::Display for Keepalive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::On { idle, interval, count } = self else { return f.write_str("off") };
        let number = |n: Option<u16>| n.map_or_else(|| "-".to_owned(), |n| n.to_string());
        write!(f, "{}/{}/{}", number(*idle), number(*interval), number(count.map(u16::from)))
    }
}
