use super::wording::rung_text;
use super::{EntryChange, Expected, Outcome, Role, When};
use crate::time::show_duration;
use std::fmt;

impl Role {
    /// The word that a scenario has for it.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Host => "host",
            Self::Switch => "switch",
            Self::Router => "router",
            Self::Nat(_) => "nat",
        }
    }
}

/// The line in its normal form, without its conditions: `a > b: PROBE`.
impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&rung_text(self))
    }
}

/// As a scenario writes it: `ECONNRESET`, `5 bytes`, `{ prints: "text" }`.
impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connected => f.write_str("connected"),
            Self::Bytes(1) => f.write_str("1 byte"),
            Self::Bytes(count) => write!(f, "{count} bytes"),
            Self::Eof => f.write_str("EOF"),
            Self::Errno(errno) => write!(f, "{errno}"),
            Self::Alive => f.write_str("alive"),
            Self::Exit(status) => write!(f, "exit {status}"),
            Self::Signal(signal) => write!(f, "signal {signal}"),
            Self::Prints(text) => write!(f, "{{ prints: {text:?} }}"),
        }
    }
}

/// As a scenario writes it: `entry created`.
impl fmt::Display for EntryChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Created => "entry created",
            Self::Updated => "entry updated",
            Self::Deleted => "entry deleted",
        })
    }
}

/// As a scenario writes it: `2s` or `1s 900ms..2s`.
impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Timer(timer) => f.write_str(&show_duration(*timer)),
            Self::Range(low, high) => write!(f, "{}..{}", show_duration(*low), show_duration(*high)),
        }
    }
}
