use crate::name::{Errno, NodeName, Side};
use crate::scenario::figure::samples::{Sample, bare, parts, samples, scenario};
use crate::scenario::{
    Action, Expected, Impairment, Keepalive, Link, Nat, Neighbours, Node, Outcome, Role, Rung, Scenario, Span, Spanned,
    When, draw,
};
use std::time::Duration;

/// The figure in a drawn file, as the block's reader cuts it out.
fn cut(text: &str) -> String {
    let lines = text.lines().skip_while(|line| !line.starts_with("figure: |")).skip(1);
    lines.take_while(|line| line.starts_with(' ') || line.is_empty()).map(|line| format!("{line}\n")).collect()
}

fn drawn(scenario: &Scenario) -> String {
    draw::figure(scenario).unwrap()
}

#[test]
fn every_figure_is_drawn_so_that_it_reads_the_same() {
    for Sample { name, figure, .. } in samples() {
        let read = parts(figure);
        let text = drawn(&scenario(&read));
        assert!(!text.contains('#'), "{name} can't say all:\n{text}");
        assert_eq!(bare(&parts(&cut(&text))), bare(&read), "{name}:\n{text}");
    }
}

#[test]
fn a_drawing_in_full() {
    let nat = samples().find(|sample| sample.name == "forgetful NAT").unwrap();
    let mut scenario = scenario(&parts(nat.figure));
    scenario.title = "A NAT forgets: nobody is told".to_owned();
    scenario.client.value.keepalive = Keepalive::On { idle: Some(2), interval: None, count: Some(3) };
    scenario.expect[4].value.when = Some(When::Range(Duration::ZERO, Duration::from_millis(300)));
    scenario.expect[4].value.since = Some(Spanned::new("flush_nat".to_owned(), Span::default()));
    let outcome = Expected::Outcome { side: Side::Client, outcome: Outcome::Errno(Errno(110)) };
    scenario.expect.push(Spanned::new(rung(outcome), Span::default()));
    scenario.settle = Duration::from_secs(1);
    assert_eq!(
        drawn(&scenario),
        "\
title: \"A NAT forgets: nobody is told\"
figure: |2
     _____           _____                                     _____
    |     |         |     |                                   |     |
    |  A  |         | NAT |                                   |  B  |
    |_____|         |_____|                                   |_____|
       ^               ^                                         ^
       |--->--->--->---|--->--->--->------ SYN ------>--->--->---|
       |---<---<---<---|---<---<---<---- SYN/ACK ----<---<---<---|
       |--->--->--->---|--->--->--->------ ACK ------>--->--->---|
       |               |                                         |
       |               | <--- connection deleted from table      |
       |               |                                         |
       |--->- PSH ->---| <--- invalid connection                 |
       |               |                                         |
client: { keepalive: { idle: 2s, count: 3 } }
timing:
  5: { within: 300ms, since: flush_nat }
then:
  - client: ETIMEDOUT
settle: 1s
"
    );
}

#[test]
fn lost_segments_and_dead_lanes() {
    let dead = samples().find(|sample| sample.name == "the middle dies").unwrap();
    let text = cut(&drawn(&scenario(&parts(dead.figure))));
    let rows: Vec<&str> = text.lines().skip(9).collect();
    assert_eq!(
        rows,
        [
            "       |     power off ---> X                                         |",
            "       |                                                              |",
            "       |--->--->--->--->-------->--->--->----- PSH ----->--->---> X   |",
            "       |--->--->--->--->-------->--->--->- RETRANSMIT -->--->---> X   |",
            "       |                                                              |",
            "       |      power on ---> ^                                         |",
            "       |                    |                                         |",
            "       |--->--->--->--->----|--->--->--->-- RETRANSMIT --->--->--->---|",
            "       |---<---<---<---<----|---<---<---<------ ACK ------<---<---<---|",
            "       |                    |                                         |",
        ]
    );
}

/// A scenario of which much can't be drawn.
fn odd() -> Scenario {
    let mut scenario = scenario(&parts(samples().next().unwrap().figure));
    scenario.nodes.retain(|node| node.role != Role::Switch);
    let ends = [scenario.client.on.clone(), scenario.server.on.clone()];
    scenario.links =
        vec![Spanned::new(Link { ends, mtu: Some(1400), impairment: Impairment::default() }, Span::default())];
    scenario.steps[3].value.action = Action::Send { from: Side::Client, bytes: 9 };
    scenario
}

#[test]
fn what_a_figure_cannot_say_stands_below_it() {
    let text = drawn(&odd());
    let remarks: Vec<&str> = text.lines().filter(|line| line.starts_with('#')).collect();
    assert_eq!(
        remarks,
        [
            "# The figure says more `switches` than there are.",
            "# The figure can't say all of `links`, which is:",
            "#   - { between: [a, b], mtu: 1400 }",
            "# The figure can't say all of `steps`, which is:",
            "#   - connect",
            "#   - power_off: b",
            "#   - power_on: b",
            "#   - send: { from: client, bytes: 9 }",
        ]
    );
}

#[test]
fn nodes_that_are_more_than_their_lane_shows() {
    let nat = samples().find(|sample| sample.name == "forgetful NAT").unwrap();
    let mut scenario = scenario(&parts(nat.figure));
    scenario.nodes[0].value.sysctls = vec![(text("net.ipv4.tcp_syn_retries"), text("2"))];
    scenario.nodes[1].value.role =
        Role::Nat(Nat { established_timeout: Some(Duration::from_secs(10)), ..Nat::default() });
    let drawn = drawn(&scenario);
    let nodes: Vec<&str> = drawn.lines().skip_while(|line| *line != "nodes:").skip(1).collect();
    assert_eq!(
        nodes,
        [
            "  a: { sysctl: { net.ipv4.tcp_syn_retries: 2 } }",
            "  nat: { role: nat, conntrack: { drop_invalid: false, loose: true, established_timeout: 10s } }",
        ]
    );
}

#[test]
fn a_network_without_room_is_refused() {
    let mut more = odd();
    let extra = Node {
        name: name("c"),
        role: Role::Host,
        sysctls: Vec::new(),
        routes: Vec::new(),
        neighbours: Neighbours::default(),
    };
    more.nodes.push(Spanned::new(extra, Span::default()));
    assert_eq!(
        draw::figure(&more),
        Err("a figure has no lane for `c`, which is not between client and server".to_owned())
    );
    more.links.clear();
    assert_eq!(draw::figure(&more), Err("there is no path from client to server".to_owned()));
}

fn rung(what: Expected) -> Rung {
    Rung { what, name: None, times: 1, every: None, when: None, since: None }
}

fn text(text: &str) -> Spanned<String> {
    Spanned::new(text.to_owned(), Span::default())
}

fn name(name: &str) -> Spanned<NodeName> {
    Spanned::new(NodeName::new(name).unwrap(), Span::default())
}
