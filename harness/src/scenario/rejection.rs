use serde::{Deserialize, Serialize};

/// What a `reject` answers with, by nft's and iptables' terms (nft(8), reject). An ICMP
/// kind is a code of destination unreachable: here those of IPv4.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rejection {
    TcpReset,
    /// Code 3.
    #[default]
    PortUnreachable,
    /// Code 1.
    HostUnreachable,
    /// Code 0.
    NetUnreachable,
    /// Code 0, by the name that ICMPv6 has for it.
    NoRoute,
    /// Code 2.
    ProtoUnreachable,
    /// Code 13.
    AdminProhibited,
    /// Code 10.
    HostProhibited,
    /// Code 9.
    NetProhibited,
}

impl Rejection {
    pub const ALL: [Self; 9] = [
        Self::TcpReset,
        Self::PortUnreachable,
        Self::HostUnreachable,
        Self::NetUnreachable,
        Self::NoRoute,
        Self::ProtoUnreachable,
        Self::AdminProhibited,
        Self::HostProhibited,
        Self::NetProhibited,
    ];

    /// The word that a scenario has for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::TcpReset => "tcp-reset",
            Self::PortUnreachable => "port-unreachable",
            Self::HostUnreachable => "host-unreachable",
            Self::NetUnreachable => "net-unreachable",
            Self::NoRoute => "no-route",
            Self::ProtoUnreachable => "proto-unreachable",
            Self::AdminProhibited => "admin-prohibited",
            Self::HostProhibited => "host-prohibited",
            Self::NetProhibited => "net-prohibited",
        }
    }

    /// The same under IPv6, by nft's term: a code of ICMPv6 destination unreachable
    /// (RFC 4443 §3.1). None if that has no such code.
    #[must_use]
    pub const fn icmpv6(self) -> Option<&'static str> {
        match self {
            Self::TcpReset => Some("tcp reset"),
            Self::PortUnreachable => Some("port-unreachable"),
            Self::HostUnreachable => Some("addr-unreachable"),
            Self::NetUnreachable | Self::NoRoute => Some("no-route"),
            Self::AdminProhibited => Some("admin-prohibited"),
            Self::ProtoUnreachable | Self::HostProhibited | Self::NetProhibited => None,
        }
    }
}
