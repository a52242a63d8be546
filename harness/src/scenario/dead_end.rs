use serde::{Deserialize, Serialize};

/// A route that leads nowhere, by iproute2's word for its type (ip-route(8)).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DeadEnd {
    /// Lost without a word.
    Blackhole,
    /// Answered with ICMP host-unreachable.
    Unreachable,
    /// Answered with ICMP admin-prohibited.
    Prohibit,
    /// As if there were no route: answered with ICMP net-unreachable.
    Throw,
}

impl DeadEnd {
    pub const ALL: [Self; 4] = [Self::Blackhole, Self::Unreachable, Self::Prohibit, Self::Throw];

    /// The word that a scenario has for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Blackhole => "blackhole",
            Self::Unreachable => "unreachable",
            Self::Prohibit => "prohibit",
            Self::Throw => "throw",
        }
    }
}
