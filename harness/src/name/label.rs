use serde::{Deserialize, Serialize};
use std::fmt;

/// What a segment is called on a ladder: its role in the connection.
///
/// Roles come from the state of the flow, never from the octets alone: a keepalive
/// probe and a zero-window probe can be the same octets (Linux `tcp_write_wakeup`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "&'static str", try_from = "String")]
pub enum Label {
    /// SYN without ACK (RFC 9293 §3.5).
    Syn,
    /// SYN with ACK.
    SynAck,
    /// An ACK without data that has none of the roles below.
    Ack,
    /// A segment with new data, whether or not its PSH bit is set.
    Psh,
    /// FIN, with or without data.
    Fin,
    /// RST, with or without ACK.
    Rst,
    /// A keepalive probe: SEQ = SND.NXT-1, 0 or 1 octet, window not closed
    /// (RFC 9293 §3.8.4, RFC 1122 §4.2.3.6).
    Probe,
    /// The answer to a keepalive probe.
    ProbeAck,
    /// Data, SYN or FIN sent before with the same sequence numbers.
    Retransmit,
    /// A zero-window probe (RFC 9293 §3.8.6.1).
    WindowProbe,
    /// An ACK that opens the window and acknowledges nothing new.
    WindowUpdate,
    /// A duplicate ACK (RFC 5681 §2) that answers no probe.
    DupAck,
    /// ICMP destination unreachable that quotes a segment of the connection, by its
    /// code as in icmp(7) and RFC 792; of ICMPv6 (RFC 4443 §3.1, §3.2) by IPv4's name for it.
    Icmp(Unreachable),
}

/// The codes of ICMP destination unreachable that a stack or a filter sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unreachable {
    Network,
    Host,
    Protocol,
    Port,
    FragmentationNeeded,
    AdminProhibited,
    Other,
}

const UNREACHABLE: [(Unreachable, &str); 7] = [
    (Unreachable::Network, "ICMP net-unreachable"),
    (Unreachable::Host, "ICMP host-unreachable"),
    (Unreachable::Protocol, "ICMP proto-unreachable"),
    (Unreachable::Port, "ICMP port-unreachable"),
    (Unreachable::FragmentationNeeded, "ICMP frag-needed"),
    (Unreachable::AdminProhibited, "ICMP admin-prohibited"),
    (Unreachable::Other, "ICMP unreachable"),
];

const TCP: [(Label, &str); 12] = [
    (Label::Syn, "SYN"),
    (Label::SynAck, "SYN/ACK"),
    (Label::Ack, "ACK"),
    (Label::Psh, "PSH"),
    (Label::Fin, "FIN"),
    (Label::Rst, "RST"),
    (Label::Probe, "PROBE"),
    (Label::ProbeAck, "PROBE/ACK"),
    (Label::Retransmit, "RETRANSMIT"),
    (Label::WindowProbe, "WINDOW-PROBE"),
    (Label::WindowUpdate, "WINDOW-UPDATE"),
    (Label::DupAck, "DUP-ACK"),
];

impl Label {
    /// The label as it stands in a scenario.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        let tcp = TCP.iter().find(|(label, _)| *label == self).map(|(_, text)| *text);
        tcp.or_else(|| UNREACHABLE.iter().find(|(code, _)| Self::Icmp(*code) == self).map(|(_, text)| *text))
            .unwrap_or("ICMP unreachable")
    }

    /// The label that `text` names, if any; case matters.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let tcp = TCP.iter().find(|(_, name)| *name == text).map(|(label, _)| *label);
        tcp.or_else(|| UNREACHABLE.iter().find(|(_, name)| *name == text).map(|(code, _)| Self::Icmp(*code)))
    }

    /// All labels' texts, for suggestions and the schema.
    pub fn all() -> impl Iterator<Item = &'static str> {
        TCP.iter().map(|(_, text)| *text).chain(UNREACHABLE.iter().map(|(_, text)| *text))
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl From<Label> for &'static str {
    fn from(label: Label) -> Self {
        label.as_str()
    }
}

impl TryFrom<String> for Label {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text).ok_or_else(|| format!("unknown label `{text}`"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_label_reads_back() {
        for text in Label::all() {
            assert_eq!(Label::parse(text).map(Label::as_str), Some(text));
        }
    }

    #[test]
    fn other_texts_are_no_label() {
        assert_eq!(Label::parse("syn"), None);
        assert_eq!(Label::parse("ICMP"), None);
    }
}
