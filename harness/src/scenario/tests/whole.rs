use super::good;
use crate::name::{Errno, Label, NodeName, Side};
use crate::scenario::*;
use std::time::Duration;

const REBOOT: &str = r#"title: B loses power and comes back; A's next write is answered with RST
about: The article's first figure, "checking for dead peers".
nodes:
  a: host
  sw: switch            # keeps a's carrier up when b dies
  b: host
links: [a -- sw, sw -- b]
client: { on: a }
server: { on: b, port: 5050 }
steps:
  - connect
  - power_off: b
  - power_on: b
  - send: { from: client, bytes: 5 }
expect:
  - a > b: SYN
  - b > a: SYN/ACK
  - a > b: ACK
  - step: power_on
  - a > b: PSH
  - b > a: RST
  - client: ECONNRESET
"#;

fn at<T>(value: T, line: u32, column: u32, len: usize) -> Spanned<T> {
    let before: usize = REBOOT.split_inclusive('\n').take(line as usize - 1).map(str::len).sum();
    Spanned::new(value, Span { line, column, offset: before + column as usize - 1, len })
}

fn name(text: &str, line: u32, column: u32) -> Spanned<NodeName> {
    at(NodeName::new(text).unwrap(), line, column, text.len())
}

fn node(text: &str, role: Role, line: u32) -> Spanned<Node> {
    at(
        Node {
            name: name(text, line, 3),
            role,
            sysctls: Vec::new(),
            routes: Vec::new(),
            neighbours: Neighbours::default(),
        },
        line,
        3,
        text.len(),
    )
}

fn endpoint(on: Spanned<NodeName>, port: Option<u16>) -> Endpoint {
    Endpoint {
        on,
        port,
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

fn step(action: Action, line: u32, len: usize) -> Spanned<Step> {
    at(Step { action, name: None, of: None }, line, 5, len)
}

fn rung(what: Expected, line: u32, len: usize) -> Spanned<Rung> {
    at(Rung { what, name: None, times: 1, every: None, when: None, since: None }, line, 5, len)
}

fn segment(from: &str, to: &str, label: Label, line: u32) -> Spanned<Rung> {
    let what = Expected::Segment { from: name(from, line, 5), to: name(to, line, 9), label, fate: Fate::Arrives };
    rung(what, line, 5)
}

#[test]
fn the_first_example_is_read_with_the_place_of_everything() {
    let expected = Scenario {
        connection: None,
        further: Vec::new(),
        source: Source { path: "t.yaml".into(), text: REBOOT.into() },
        title: "B loses power and comes back; A's next write is answered with RST".into(),
        about: r#"The article's first figure, "checking for dead peers"."#.into(),
        clock: Clock::Any,
        family: Family::Ipv4,
        nodes: vec![node("a", Role::Host, 4), node("sw", Role::Switch, 5), node("b", Role::Host, 6)],
        links: vec![
            at(
                Link { ends: [name("a", 7, 9), name("sw", 7, 14)], mtu: None, impairment: Impairment::default() },
                7,
                9,
                7,
            ),
            at(
                Link { ends: [name("sw", 7, 18), name("b", 7, 24)], mtu: None, impairment: Impairment::default() },
                7,
                18,
                7,
            ),
        ],
        client: at(endpoint(name("a", 8, 15), None), 8, 9, 9),
        server: at(endpoint(name("b", 9, 15), Some(5050)), 9, 9, 21),
        steps: vec![
            step(Action::Connect, 11, 7),
            step(Action::PowerOff(name("b", 12, 16)), 12, 9),
            step(Action::PowerOn(PowerOn::plain(name("b", 13, 15))), 13, 8),
            step(Action::Send { from: Side::Client, bytes: 5 }, 14, 4),
        ],
        expect: vec![
            segment("a", "b", Label::Syn, 16),
            segment("b", "a", Label::SynAck, 17),
            segment("a", "b", Label::Ack, 18),
            rung(Expected::Step(at("power_on".into(), 19, 11, 8)), 19, 4),
            segment("a", "b", Label::Psh, 20),
            segment("b", "a", Label::Rst, 21),
            rung(Expected::Outcome { side: Side::Client, outcome: Outcome::Errno(Errno(104)) }, 22, 6),
        ],
        allow: Vec::new(),
        settle: Duration::from_millis(300),
        patience: Duration::from_secs(30),
    };
    assert_eq!(good(REBOOT), expected);
}

#[test]
fn carriage_returns_and_a_byte_order_mark_change_nothing_but_offsets() {
    let text = format!("\u{feff}{}", REBOOT.replace('\n', "\r\n"));
    let (read, plain) = (good(&text), good(REBOOT));
    assert_eq!(read.title, plain.title);
    let places = |scenario: &Scenario| -> Vec<(u32, u32)> {
        scenario.expect.iter().map(|rung| (rung.span.line, rung.span.column)).collect()
    };
    assert_eq!(places(&read), places(&plain));
    let first = read.expect[0].span;
    assert_eq!(text.get(first.offset..first.offset + first.len), Some("a > b"));
}

#[test]
fn steps_go_by_their_verbs() {
    assert_eq!(step_names(&good(REBOOT).steps), ["connect", "power_off", "power_on", "send"]);
}
