use serde::{Deserialize, Serialize};

/// What sock_diag(7) tells of a connection's socket, as far as a scenario can expect it:
/// also of one that no process holds any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SocketField {
    /// By the kernel's name without `TCP_` (include/net/tcp_states.h).
    State,
    /// Which timer runs, by ss(8)'s name; its `on` is `retransmit`.
    Timer,
}

/// A connection's socket neither listens nor, being in the kernel's tables, is closed.
const STATES: [&str; 10] = [
    "ESTABLISHED",
    "SYN_SENT",
    "SYN_RECV",
    "FIN_WAIT1",
    "FIN_WAIT2",
    "TIME_WAIT",
    "CLOSE_WAIT",
    "LAST_ACK",
    "CLOSING",
    SocketField::NONE,
];

/// By their numbers in `idiag_timer` (net/ipv4/inet_diag.c, `inet_sk_diag_fill`).
const TIMERS: [&str; 5] = [SocketField::NONE, "retransmit", "keepalive", "timewait", "persist"];

/// Other programs' and pages' words for them.
const ALIASES: [(&str, &str); 8] = [
    ("ESTAB", "ESTABLISHED"),
    ("CLOSED", SocketField::NONE),
    ("CLOSE", SocketField::NONE),
    ("UNCONN", SocketField::NONE),
    ("ON", "retransmit"),
    ("OFF", SocketField::NONE),
    ("PROBE0", "persist"),
    ("RTO", "retransmit"),
];

impl SocketField {
    /// No such socket, or no timer that runs.
    pub const NONE: &'static str = "none";

    /// What it is called in a line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::State => "state",
            Self::Timer => "timer",
        }
    }

    /// The one of this name.
    #[must_use]
    pub fn find(name: &str) -> Option<Self> {
        [Self::State, Self::Timer].into_iter().find(|field| field.name() == name)
    }

    /// All its values.
    #[must_use]
    pub fn values(self) -> &'static [&'static str] {
        match self {
            Self::State => &STATES,
            Self::Timer => &TIMERS,
        }
    }

    /// The value of this name.
    #[must_use]
    pub fn value(self, name: &str) -> Option<&'static str> {
        self.values().iter().copied().find(|value| *value == name)
    }

    /// The value that another spelling stands for: `FIN-WAIT-1`, `estab`, `on`.
    #[must_use]
    pub fn meant(self, text: &str) -> Option<&'static str> {
        let plain = |text: &str| -> String {
            text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect()
        };
        let wanted = plain(text);
        let alias = ALIASES.iter().find(|(alias, _)| *alias == wanted).and_then(|(_, value)| self.value(value));
        alias.or_else(|| self.values().iter().copied().find(|value| plain(value) == wanted))
    }

    /// The timer of this number; none for one that is not known here.
    #[must_use]
    pub fn timer(number: u8) -> Option<&'static str> {
        TIMERS.get(usize::from(number)).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_spellings_are_understood() {
        assert_eq!(SocketField::State.meant("FIN-WAIT-1"), Some("FIN_WAIT1"));
        assert_eq!(SocketField::State.meant("estab"), Some("ESTABLISHED"));
        assert_eq!(SocketField::State.meant("CLOSED"), Some("none"));
        assert_eq!(SocketField::Timer.meant("on"), Some("retransmit"));
        assert_eq!(SocketField::Timer.meant("time_wait"), Some("timewait"));
        assert_eq!(SocketField::Timer.meant("ESTAB"), None);
        assert_eq!(SocketField::State.meant("LISTEN"), None);
    }

    #[test]
    fn names_and_values_lead_back() {
        for field in [SocketField::State, SocketField::Timer] {
            assert_eq!(SocketField::find(field.name()), Some(field));
            assert!(field.values().iter().all(|value| field.value(value) == Some(*value)));
        }
        assert_eq!(SocketField::find("states"), None);
        assert_eq!(SocketField::timer(2), Some("keepalive"));
        assert_eq!(SocketField::timer(5), None);
    }
}
