use super::{good, with};
use crate::name::{Errno, Label, Side, SocketField, Unreachable};
use crate::scenario::*;
use std::time::Duration;

/// The lines after the first, of a scenario with a nat in the middle.
fn lines(lines: &[&str]) -> Vec<Rung> {
    let text: String = lines.iter().map(|line| format!("\n  - {line}")).collect();
    let text = with(9, &format!("  - a > b: SYN{text}")).replace("sw: switch", "sw: nat");
    good(&text).expect.into_iter().skip(1).map(|rung| rung.value).collect()
}

fn line(text: &str) -> Rung {
    lines(&[text]).remove(0)
}

fn outcome(text: &str) -> Outcome {
    match line(&format!("client: {text}")).what {
        Expected::Outcome { side: Side::Client, outcome } => outcome,
        other => panic!("{other:?}"),
    }
}

const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

#[test]
fn segments_of_every_label() {
    for text in Label::all() {
        assert_eq!(line(&format!("b > a: {text}")).what.to_string(), format!("b > a: {text}"));
    }
    let Expected::Segment { label, .. } = line("sw>a: ICMP host-unreachable").what else { panic!() };
    assert_eq!(label, Label::Icmp(Unreachable::Host));
}

#[test]
fn what_becomes_of_a_segment() {
    let fate = |text: &str| match line(text).what {
        Expected::Segment { fate, .. } => fate,
        other => panic!("{other:?}"),
    };
    assert_eq!(fate("{ a > b: PSH, lost: true }"), Fate::Lost);
    assert_eq!(fate("{ a > b: PSH, lost: false }"), Fate::Arrives);
    let Fate::LostAt(node) = fate("{ a > b: PSH, lost_at: sw }") else { panic!() };
    assert_eq!(node.as_str(), "sw");
}

#[test]
fn conditions_in_braces_and_below() {
    let braces = line("{ a > b: PROBE, times: 9, every: 75s, after: 7200s, since: connect, lost: true, as: dead }");
    let below = line(
        "a > b: PROBE\n    times: 9\n    every: 75s\n    after: 7200s\n    since: connect\n    lost: true\n    as: dead",
    );
    for rung in [&braces, &below] {
        assert_eq!((rung.times, rung.every), (9, Some(When::Timer(seconds(75)))));
        assert_eq!(rung.when, Some(When::Timer(seconds(7200))));
        assert_eq!(rung.since.as_ref().map(|name| name.as_str()), Some("connect"));
        assert_eq!(rung.name.as_ref().map(|name| name.as_str()), Some("dead"));
    }
}

#[test]
fn times_are_timers_or_ranges() {
    let when = |text: &str| line(&format!("{{ a > b: ACK, {text} }}")).when;
    assert_eq!(when("after: 2s"), Some(When::Timer(seconds(2))));
    let range = When::Range(Duration::from_millis(1900), Duration::from_millis(2400));
    assert_eq!(when("after: 1.9s..2.4s"), Some(range));
    assert_eq!(when("after: 1.9s .. 2.4s"), Some(range));
    assert_eq!(when("within: 300ms"), Some(When::Range(Duration::ZERO, Duration::from_millis(300))));
    assert_eq!(when("lost: false"), None);
}

#[test]
fn times_count_from_named_lines_and_steps() {
    let rungs = lines(&["{ b > a: SYN/ACK, as: half }", "{ a > b: ACK, after: 1s, since: half }"]);
    assert_eq!(rungs[1].since.as_ref().map(|name| name.as_str()), Some("half"));
}

#[test]
fn what_an_application_sees() {
    assert_eq!(outcome("connected"), Outcome::Connected);
    assert_eq!(outcome("EOF"), Outcome::Eof);
    assert_eq!(outcome("alive"), Outcome::Alive);
    assert_eq!(outcome("ECONNRESET"), Outcome::Errno(Errno(104)));
    assert_eq!(outcome("5 bytes"), Outcome::Bytes(5));
    assert_eq!(outcome("1 byte"), Outcome::Bytes(1));
    assert_eq!(outcome("signal 9"), Outcome::Signal(9));
}

#[test]
fn what_a_program_does() {
    let text = with(5, "server: { on: b, run: [redis-server] }").replace(
        "  - a > b: SYN\n",
        "  - server: { prints: \"Ready to accept\" }\n  - server:\n      prints: 'x: y'\n    times: 2\n  - server: exit 0\n",
    );
    let outcomes: Vec<_> = good(&text).expect.iter().map(|rung| (rung.what.to_string(), rung.times)).collect();
    let expected =
        [("server: { prints: \"Ready to accept\" }", 1), ("server: { prints: \"x: y\" }", 2), ("server: exit 0", 1)];
    assert_eq!(outcomes, expected.map(|(text, times)| (text.to_owned(), times)));
}

#[test]
fn readings_of_options_and_sysctls() {
    let Expected::Option { side, option, value } = line("client: TCP_KEEPIDLE 7000").what else { panic!() };
    assert_eq!((side, option.as_str(), value), (Side::Client, "TCP_KEEPIDLE", 7000));
    let Expected::Sysctl { node, key, value } = line("a: net.ipv4.tcp_rmem 4096   131072 6291456").what else {
        panic!()
    };
    assert_eq!((node.as_str(), key.as_str(), value.as_str()), ("a", "net.ipv4.tcp_rmem", "4096 131072 6291456"));
}

#[test]
fn readings_of_sockets_and_of_rules() {
    let Expected::Socket { side, field, value } = line("server: state SYN_RECV").what else { panic!() };
    assert_eq!((side, field, value), (Side::Server, SocketField::State, "SYN_RECV"));
    let Expected::Socket { field, value, .. } = line("client: timer none").what else { panic!() };
    assert_eq!((field, value), (SocketField::Timer, "none"));
    let text = with(9, "  - outage: 12 packets\n  - reject#2: 1 packet")
        .replace("  - connect\n", "  - connect\n  - drop: b\n    as: outage\n  - reject: b\n  - reject: b\n");
    let counts: Vec<_> = good(&text).expect.iter().map(|rung| rung.what.to_string()).collect();
    assert_eq!(counts, ["outage: 12 packets", "reject#2: 1 packet"]);
}

#[test]
fn what_conntrack_says() {
    for (text, expected) in
        [("created", EntryChange::Created), ("updated", EntryChange::Updated), ("deleted", EntryChange::Deleted)]
    {
        let Expected::Conntrack { change, .. } = line(&format!("sw: entry {text}")).what else { panic!() };
        assert_eq!(change, expected);
    }
}

#[test]
fn steps_and_silence() {
    let Expected::Step(name) = line("step: connect").what else { panic!() };
    assert_eq!(name.as_str(), "connect");
    assert_eq!(line("quiet: 5s").what, Expected::Quiet(seconds(5)));
}

#[test]
fn anything_may_follow_the_dots_quoted_or_not() {
    for text in ["...", "'...'", "\"...\""] {
        assert_eq!(line(text).what, Expected::Anything, "{text}");
    }
}

#[test]
fn a_line_that_is_shown_reads_back() {
    for text in [
        "a > b: SYN/ACK",
        "step: connect",
        "client: 5 bytes",
        "server: EHOSTUNREACH",
        "sw: entry deleted",
        "quiet: 1.5s",
        "server: state FIN_WAIT2",
        "client: timer timewait",
    ] {
        assert_eq!(line(text).what.to_string(), text);
    }
}
