use super::{Expected, Fate};
use crate::time::show_duration;

/// A line of `expect` in its normal form, without its conditions and without what
/// becomes of a segment: `a > b: PROBE`, `client: ECONNRESET`, `nat: entry deleted`,
/// `step: power_on`, `quiet: 5s`, `...`.
#[must_use]
pub fn rung_text(what: &Expected) -> String {
    match what {
        Expected::Anything => "...".to_owned(),
        _ => {
            let (key, value) = rung_words(what);
            format!("{key}: {value}")
        }
    }
}

/// What a rule's counter reads: `4 packets`.
#[must_use]
pub fn show_packets(count: u64) -> String {
    if count == 1 { "1 packet".to_owned() } else { format!("{count} packets") }
}

/// Whether two lines say the same, wherever they stand: the same text, and the same
/// fate of the segment.
#[must_use]
pub fn reads_alike(one: &Expected, other: &Expected) -> bool {
    fate_words(one) == fate_words(other) && rung_text(one) == rung_text(other)
}

/// `lost: true` or `lost_at: NODE`, as key and value.
pub(super) fn fate_words(what: &Expected) -> Option<(&'static str, &str)> {
    match what {
        Expected::Segment { fate: Fate::Lost, .. } => Some(("lost", "true")),
        Expected::Segment { fate: Fate::LostAt(node), .. } => Some(("lost_at", node.as_str())),
        _ => None,
    }
}

/// [`rung_text`] as key and value.
pub(super) fn rung_words(what: &Expected) -> (String, String) {
    match what {
        Expected::Segment { from, to, label, .. } => (format!("{} > {}", from.value, to.value), label.to_string()),
        Expected::Step(name) => ("step".to_owned(), name.value.clone()),
        Expected::Outcome { side, outcome } => (side.to_string(), outcome.to_string()),
        Expected::Conntrack { node, change } => (node.to_string(), change.to_string()),
        Expected::Option { side, option, value } => (side.to_string(), format!("{} {value}", option.value)),
        Expected::Sysctl { node, key, value } => (node.to_string(), format!("{} {value}", key.value)),
        Expected::Counter { node, counter, grown } => (node.to_string(), format!("{} +{grown}", counter.name())),
        Expected::Info { side, field, value } => (side.to_string(), format!("{} {value}", field.name)),
        Expected::Socket { side, field, value } => (side.to_string(), format!("{} {value}", field.name())),
        Expected::Packets { step, count } => (step.value.clone(), show_packets(*count)),
        Expected::Quiet(duration) => ("quiet".to_owned(), show_duration(*duration)),
        Expected::Anything => ("...".to_owned(), String::new()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::name::{Counter, Errno, Label, NodeName, Side, SocketField, TcpInfo};
    use crate::scenario::{EntryChange, Outcome};
    use crate::scenario::{Span, Spanned};
    use std::time::Duration;

    fn at<T>(value: T) -> Spanned<T> {
        Spanned::new(value, Span::default())
    }

    fn node(name: &str) -> Spanned<NodeName> {
        at(NodeName::new(name).unwrap())
    }

    #[test]
    fn alike_is_told_without_places() {
        let probe = |fate, column| {
            let from = Spanned::new(NodeName::new("a").unwrap(), Span { column, ..Span::default() });
            Expected::Segment { from, to: node("b"), label: Label::Probe, fate }
        };
        assert!(reads_alike(&probe(Fate::Lost, 1), &probe(Fate::Lost, 2)));
        assert!(!reads_alike(&probe(Fate::Lost, 1), &probe(Fate::Arrives, 1)));
        assert!(!reads_alike(&probe(Fate::LostAt(node("n")), 1), &probe(Fate::LostAt(node("m")), 1)));
    }

    #[test]
    fn every_kind_of_line_has_its_text() {
        let outcome = |outcome| Expected::Outcome { side: Side::Client, outcome };
        let cases = [
            (
                Expected::Segment { from: node("a"), to: node("b"), label: Label::Probe, fate: Fate::Lost },
                "a > b: PROBE",
            ),
            (Expected::Step(at("power_on#2".to_owned())), "step: power_on#2"),
            (outcome(Outcome::Errno(Errno(104))), "client: ECONNRESET"),
            (outcome(Outcome::Bytes(5)), "client: 5 bytes"),
            (outcome(Outcome::Bytes(1)), "client: 1 byte"),
            (outcome(Outcome::Exit(0)), "client: exit 0"),
            (outcome(Outcome::Prints("a \"b\"".to_owned())), r#"client: { prints: "a \"b\"" }"#),
            (Expected::Conntrack { node: node("nat"), change: EntryChange::Deleted }, "nat: entry deleted"),
            (
                Expected::Option { side: Side::Server, option: at("TCP_KEEPIDLE".to_owned()), value: 7000 },
                "server: TCP_KEEPIDLE 7000",
            ),
            (
                Expected::Sysctl {
                    node: node("a"),
                    key: at("net.ipv4.tcp_rmem".to_owned()),
                    value: "1 2 3".to_owned(),
                },
                "a: net.ipv4.tcp_rmem 1 2 3",
            ),
            (
                Expected::Counter { node: node("a"), counter: Counter::find("OutRsts").unwrap(), grown: 3 },
                "a: OutRsts +3",
            ),
            (
                Expected::Info { side: Side::Client, field: TcpInfo::find("probes").unwrap(), value: 2 },
                "client: probes 2",
            ),
            (
                Expected::Socket { side: Side::Server, field: SocketField::State, value: "FIN_WAIT1" },
                "server: state FIN_WAIT1",
            ),
            (Expected::Packets { step: at("drop#2".to_owned()), count: 4 }, "drop#2: 4 packets"),
            (Expected::Packets { step: at("outage".to_owned()), count: 1 }, "outage: 1 packet"),
            (Expected::Quiet(Duration::from_secs(5)), "quiet: 5s"),
            (Expected::Anything, "..."),
        ];
        for (what, text) in cases {
            assert_eq!(rung_text(&what), text);
        }
    }
}
