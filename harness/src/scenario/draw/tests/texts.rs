use crate::name::{Errno, Label, NodeName, Side};
use crate::scenario::{
    Action, Clock, DeadEnd, Endpoint, EntryChange, Expected, Family, Fate, FilterTool, Hook, Impair, Impairment,
    Keepalive, Link, Nat, Neighbours, Node, OnUnknown, Only, Outcome, PowerOn, Rejection, Role, Route, Rung, Scenario,
    Selection, Source, Span, Spanned, Step, TcpFlag, When, draw,
};
use std::time::Duration;

fn at<T>(value: T) -> Spanned<T> {
    Spanned::new(value, Span::default())
}

fn text(text: &str) -> Spanned<String> {
    at(text.to_owned())
}

fn node(name: &str) -> Spanned<NodeName> {
    at(NodeName::new(name).unwrap())
}

const SECOND: Duration = Duration::from_secs(1);

fn rung(what: Expected) -> Rung {
    Rung { what, name: None, times: 1, every: None, when: None, since: None }
}

fn segment(label: Label, fate: Fate) -> Expected {
    Expected::Segment { from: node("a"), to: node("b"), label, fate }
}

fn outcome(outcome: Outcome) -> Rung {
    rung(Expected::Outcome { side: Side::Client, outcome })
}

fn program(outcome: Outcome) -> Rung {
    rung(Expected::Outcome { side: Side::Server, outcome })
}

fn endpoint(on: &str) -> Endpoint {
    Endpoint {
        on: node(on),
        port: None,
        keepalive: Keepalive::Off,
        user_timeout: None,
        options: Vec::new(),
        run: None,
        as_root: false,
        reads: true,
        accepts: true,
        backlog: None,
    }
}

fn nodes() -> Vec<Node> {
    let nat = Nat {
        toward: Some(node("gw")),
        loose: Some(false),
        drop_invalid: true,
        established_timeout: Some(10 * SECOND),
        timeouts: vec![(text("tcp_timeout_unacknowledged"), 5 * SECOND)],
        on_unknown: OnUnknown::Reset,
        forward: vec![(at(5050), node("b"))],
    };
    let plain = |name, role| Node {
        name: node(name),
        role,
        sysctls: Vec::new(),
        routes: Vec::new(),
        neighbours: Neighbours::default(),
    };
    let set = vec![(text("net.ipv4.tcp_keepalive_time"), text("7000")), (text("net.ipv4.tcp_rmem"), text("1 2 3"))];
    let asks =
        Neighbours { reachable: Some(SECOND / 2), delay: Some(SECOND), retransmit: Some(SECOND / 5), permanent: true };
    vec![
        Node { sysctls: set, ..plain("a", Role::Host) },
        plain("sw", Role::Switch),
        Node { routes: vec![(DeadEnd::Blackhole, node("b")), (DeadEnd::Throw, node("a"))], ..plain("r", Role::Router) },
        plain("gw", Role::Nat(Nat::default())),
        plain("nat", Role::Nat(nat)),
        Node { neighbours: asks, ..plain("b", Role::Host) },
    ]
}

fn hole() -> Selection {
    Selection {
        on: node("b"),
        hook: Hook::Input,
        from: None,
        flags: Vec::new(),
        only: None,
        next: None,
        share: None,
        lasts: None,
        via: FilterTool::Any,
    }
}

fn slow() -> Impairment {
    Impairment { delay: Some(SECOND / 10), loss: Some(505), rate: Some(64_000), ..Impairment::default() }
}

fn impair(both: bool, how: Impairment, lasts: Option<Duration>) -> Step {
    Step {
        action: Action::Impair(Impair { of: node("a"), toward: node("sw"), both, how, lasts }),
        name: None,
        of: None,
    }
}

fn full_reject() -> Selection {
    Selection { on: node("a"), only: Some(Only::Answers), lasts: Some(SECOND), ..hole() }
}

fn steps() -> Vec<Step> {
    let full = Selection {
        on: node("nat"),
        hook: Hook::Forward,
        from: Some(Side::Client),
        flags: vec![TcpFlag::Ack, TcpFlag::Psh],
        only: Some(Only::Probes),
        next: Some(1),
        share: Some(505),
        lasts: Some(10 * SECOND),
        via: FilterTool::Nft,
    };
    let waited = Rung { times: 2, ..rung(segment(Label::Probe, Fate::Arrives)) };
    let step = |action| Step { action, name: None, of: None };
    let named = |action, name| Step { action, name: Some(text(name)), of: None };
    vec![
        named(Action::Connect, "open"),
        step(Action::Send { from: Side::Client, bytes: 5 }),
        step(Action::Read { on: Side::Client, bytes: None }),
        step(Action::Read { on: Side::Client, bytes: Some(5) }),
        step(Action::Shutdown { from: Side::Client }),
        step(Action::Close { from: Side::Client }),
        step(Action::Wait(Duration::from_secs(7875))),
        step(Action::WaitFor(at(waited))),
        step(Action::PowerOff(node("b"))),
        named(Action::PowerOn(PowerOn::plain(node("b"))), "back"),
        step(Action::PowerOff(node("b"))),
        step(Action::PowerOn(PowerOn { new_mac: true, listens: true, ..PowerOn::plain(node("b")) })),
        step(Action::LinkDown { of: node("b"), toward: node("nat") }),
        step(Action::LinkUp { of: node("b"), toward: node("nat") }),
        named(Action::Drop(full), "hole"),
        step(Action::Drop(hole())),
        step(Action::Reject { what: full_reject(), with: Rejection::NoRoute }),
        step(Action::Reject { what: hole(), with: Rejection::PortUnreachable }),
        impair(true, slow(), None),
        impair(false, Impairment { jitter: Some(SECOND / 10), ..slow() }, Some(SECOND)),
        step(Action::Route(Route { on: node("r"), kind: DeadEnd::Prohibit, to: node("b"), lasts: Some(SECOND) })),
        step(Action::Undo(text("drop"))),
        step(Action::FlushNat(node("nat"))),
        step(Action::TakePort { on: node("nat"), port: 40000 }),
        step(Action::FlushNeighbours(node("a"))),
        step(Action::Kill(Side::Server)),
        step(Action::Kill(Side::Server)),
        step(Action::Freeze(Side::Server)),
        step(Action::Thaw(Side::Server)),
        step(Action::Sysctl { on: node("a"), key: text("net.ipv4.tcp_keepalive_time"), value: text("7000") }),
        step(Action::Sockopt { on: Side::Client, option: text("TCP_KEEPIDLE"), value: 10 }),
    ]
}

fn expect() -> Vec<Rung> {
    let timed = Rung {
        times: 9,
        every: Some(When::Timer(75 * SECOND)),
        when: Some(When::Timer(7200 * SECOND)),
        since: Some(text("back")),
        name: Some(text("probes")),
        ..rung(segment(Label::Probe, Fate::Lost))
    };
    let ranged = When::Range(Duration::from_millis(1900), Duration::from_millis(2400));
    let within = When::Range(Duration::ZERO, Duration::from_millis(300));
    vec![
        rung(segment(Label::SynAck, Fate::Arrives)),
        timed,
        Rung { when: Some(ranged), ..rung(segment(Label::Psh, Fate::LostAt(node("nat")))) },
        rung(Expected::Step(text("kill#2"))),
        outcome(Outcome::Connected),
        Rung { when: Some(within), ..outcome(Outcome::Errno(Errno(104))) },
        outcome(Outcome::Bytes(5)),
        outcome(Outcome::Eof),
        outcome(Outcome::Alive),
        program(Outcome::Exit(0)),
        program(Outcome::Signal(9)),
        program(Outcome::Prints("it said: \"no\"".to_owned())),
        rung(Expected::Conntrack { node: node("nat"), change: EntryChange::Created }),
        rung(Expected::Option { side: Side::Client, option: text("TCP_KEEPIDLE"), value: 7000 }),
        rung(Expected::Sysctl { node: node("a"), key: text("net.ipv4.tcp_keepalive_time"), value: "7000".to_owned() }),
        rung(Expected::Quiet(5 * SECOND)),
        rung(Expected::Anything),
    ]
}

/// A scenario with every form in it, sensible or not.
pub(super) fn everything() -> Scenario {
    let client = Endpoint {
        port: Some(40000),
        keepalive: Keepalive::On { idle: Some(7200), interval: Some(75), count: Some(9) },
        user_timeout: Some(Duration::from_millis(1500)),
        options: vec![(text("TCP_NODELAY"), 1)],
        reads: false,
        ..endpoint("a")
    };
    let server = Endpoint {
        run: Some(vec![text("server"), text("--port={server.port}"), text("true")]),
        as_root: true,
        ..endpoint("b")
    };
    let link = |one, other, mtu| at(Link { ends: [node(one), node(other)], mtu, impairment: Impairment::default() });
    Scenario {
        connection: None,
        further: Vec::new(),
        source: Source { path: "x.yaml".to_owned(), text: "".into() },
        title: "All: of it".to_owned(),
        about: "Why it is here.\n\nAnd more: much.\n".to_owned(),
        clock: Clock::Virtual,
        family: Family::Ipv4,
        nodes: nodes().into_iter().map(at).collect(),
        links: vec![
            link("a", "sw", None),
            link("sw", "nat", None),
            link("nat", "b", Some(1400)),
            link("nat", "gw", None),
            at(Link { impairment: slow(), ..link("gw", "r", None).value }),
        ],
        client: at(client),
        server: at(server),
        steps: steps().into_iter().map(at).collect(),
        expect: expect().into_iter().map(at).collect(),
        allow: vec![Label::Ack, Label::Rst],
        settle: 2 * SECOND,
        patience: 60 * SECOND,
    }
}

#[test]
fn every_form_in_full() {
    assert_eq!(draw::full(&everything()), FULL);
}

#[test]
fn keepalive_with_the_kernels_numbers() {
    let mut scenario = everything();
    scenario.client.value.keepalive = Keepalive::On { idle: None, interval: None, count: None };
    assert!(draw::full(&scenario).contains("client: { on: a, port: 40000, keepalive: true, "));
}

#[test]
fn the_full_form_is_yaml() {
    let value: serde_json::Value = serde_saphyr::from_str(FULL).unwrap();
    let field = |path: &str| value.pointer(path).cloned().unwrap_or_default();
    assert_eq!(field("/title"), "All: of it");
    assert_eq!(field("/about"), everything().about);
    assert_eq!(field("/nodes/nat/conntrack/established_timeout"), "10s");
    assert_eq!(field("/server/run/1"), "--port={server.port}");
    assert_eq!(field("/server/run/2"), "true");
    assert_eq!(field("/steps/7/wait_for/a > b"), "PROBE");
    assert_eq!(field("/steps/0/as"), "open");
    assert_eq!(field("/steps/14/drop/share"), "50.5%");
    assert_eq!(field("/expect/0/a > b"), "SYN/ACK");
    assert_eq!(field("/expect/1/after"), "2h");
    assert_eq!(field("/expect/3/step"), "kill#2");
    assert_eq!(field("/expect/11/server/prints"), "it said: \"no\"");
    assert_eq!(field("/expect/16"), "...");
}

#[test]
fn a_figure_form_is_yaml() {
    use crate::scenario::figure::samples::{parts, samples, scenario};
    for sample in samples() {
        let text = draw::figure(&scenario(&parts(sample.figure))).unwrap();
        let value: serde_json::Value = serde_saphyr::from_str(&text).unwrap();
        assert!(value.pointer("/figure").is_some_and(|figure| figure.as_str().is_some_and(|f| f.contains("SYN"))));
    }
}

#[test]
fn odd_texts_survive() {
    for odd in [
        "",
        " ",
        "null",
        "- a",
        "# a",
        "a: b",
        "a\nb",
        "\na\n",
        "a\n  b",
        "tab\there",
        "\u{85}x",
        "é, ü",
        "'",
        "\"",
        "{a}",
        "1.0",
    ] {
        let scenario = Scenario { title: odd.to_owned(), about: odd.to_owned(), ..everything() };
        let text = draw::full(&scenario);
        let value: serde_json::Value =
            serde_saphyr::from_str(&text).unwrap_or_else(|error| panic!("{odd:?}: {error}\n{text}"));
        let read = |key: &str| {
            value.get(key).map(|v| v.as_str().map_or_else(|| v.to_string(), str::to_owned)).unwrap_or_default()
        };
        assert_eq!((read("title"), read("about")), (odd.to_owned(), odd.to_owned()), "{text}");
    }
}

const FULL: &str = r#"title: "All: of it"
about: |
  Why it is here.

  And more: much.
clock: virtual
nodes:
  a: { role: host, sysctl: { net.ipv4.tcp_keepalive_time: 7000, net.ipv4.tcp_rmem: 1 2 3 } }
  sw: switch
  r: { role: router, routes: [{ blackhole: b }, { throw: a }] }
  gw: nat
  nat: { role: nat, toward: gw, conntrack: { loose: false, drop_invalid: true, established_timeout: 10s, tcp_timeout_unacknowledged: 5s }, on_unknown: reset, forward: { 5050: b } }
  b: { role: host, neighbours: { reachable: 500ms, delay: 1s, retransmit: 200ms, permanent: true } }
links:
  - a -- sw
  - sw -- nat
  - { between: [nat, b], mtu: 1400 }
  - nat -- gw
  - { between: [gw, r], delay: 100ms, loss: 50.5%, rate: 64kbit }
client: { on: a, port: 40000, keepalive: { idle: 7200s, interval: 75s, count: 9 }, user_timeout: 1.5s, TCP_NODELAY: 1, reads: false }
server: { on: b, run: [server, "--port={server.port}", "true"], as_root: true }
steps:
  - { connect: null, as: open }
  - send: { from: client, bytes: 5 }
  - read: { on: client }
  - read: { on: client, bytes: 5 }
  - shutdown: client
  - close: client
  - wait: 2h 11m 15s
  - wait_for: { a > b: PROBE, times: 2 }
  - power_off: b
  - { power_on: b, as: back }
  - power_off: b
  - power_on: { node: b, mac: new, listen: true }
  - link_down: b -- nat
  - link_up: b -- nat
  - { drop: { on: nat, hook: forward, from: client, flags: [ACK, PSH], only: probes, next: 1, share: 50.5%, for: 10s, via: nft }, as: hole }
  - drop: { on: b, hook: input }
  - reject: { on: a, with: no-route, hook: input, only: answers, for: 1s }
  - reject: { on: b, with: port-unreachable, hook: input }
  - impair: { on: a -- sw, delay: 100ms, loss: 50.5%, rate: 64kbit }
  - impair: { on: a, toward: sw, delay: 100ms, jitter: 100ms, loss: 50.5%, rate: 64kbit, for: 1s }
  - route: { on: r, prohibit: b, for: 1s }
  - undo: drop
  - flush_nat: nat
  - take_port: { on: nat, port: 40000 }
  - flush_neighbours: a
  - kill: server
  - kill: server
  - freeze: server
  - thaw: server
  - sysctl: { on: a, net.ipv4.tcp_keepalive_time: 7000 }
  - sockopt: { on: client, TCP_KEEPIDLE: 10 }
expect:
  - a > b: SYN/ACK
  - { a > b: PROBE, times: 9, every: 1m 15s, after: 2h, since: back, as: probes, lost: true }
  - { a > b: PSH, after: 1.9s..2.4s, lost_at: nat }
  - step: kill#2
  - client: connected
  - { client: ECONNRESET, within: 300ms }
  - client: 5 bytes
  - client: EOF
  - client: alive
  - server: exit 0
  - server: signal 9
  - server: { prints: "it said: \"no\"" }
  - nat: entry created
  - client: TCP_KEEPIDLE 7000
  - a: net.ipv4.tcp_keepalive_time 7000
  - quiet: 5s
  - "..."
allow: [ACK, RST]
settle: 2s
patience: 1m
"#;
