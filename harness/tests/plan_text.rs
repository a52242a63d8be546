//! A plan in words: all that would be built and done, and when what must be seen is due.

use deadpeer::plan::compile;
use deadpeer::report::plan as text;
use deadpeer::scenario::parse;

const DEAD: &str = include_str!("../../scenarios/article/dead-peer-drop.yaml");
const NAT: &str = include_str!("../../scenarios/article/nat-table-drop.yaml");

fn of(name: &str, file: &str, hz: Option<u32>) -> String {
    let scenario = parse("sample.yaml", file.as_bytes()).unwrap();
    text(&compile(name, &scenario).unwrap(), hz)
}

fn holds(text: &str, lines: &[&str]) {
    for line in lines {
        assert!(text.lines().any(|one| one.trim() == line.trim()), "no line {line:?} in\n{text}");
    }
}

#[test]
fn the_topology_is_drawn_first() {
    let text = of("nat", NAT, Some(250));
    let lines: Vec<&str> = text.lines().collect();
    let expected = [
        "nat: A NAT forgets the connection; what A sends then dies there",
        "",
        " +------+                          +-----+                          +------+",
        " | a    | to-nat              to-a | nat | to-b              to-nat | b    |",
        " | host |--------------------------| nat |--------------------------| host |",
        " +------+ 10.0.0.1/24  10.0.0.2/24 +-----+ 10.0.1.2/24  10.0.1.3/24 +------+",
        "",
        "interfaces",
    ];
    assert_eq!(lines[..8], expected, "{text}");
}

#[test]
fn addresses_rules_settings_and_steps_are_told() {
    holds(
        &of("nat", NAT, Some(250)),
        &[
            "nat  to-b    10.0.1.2/24  02:dd:00:00:02:01",
            "a  10.0.1.0/24 via 10.0.0.2",
            "a    net.ipv4.tcp_retries2 = 2",
            "packet filter of nat",
            "oifname \"to-b\" masquerade",
            "client  on a  10.0.0.1 any port",
            "server  on b  10.0.1.3 port 5050",
            "3.  line 21  send       the client writes 5 bytes",
        ],
    );
}

#[test]
fn due_times_are_those_of_the_kernel() {
    let text = of("dead", DEAD, Some(250));
    assert!(text.contains("HZ=250\n"), "{text}");
    assert!(text.contains("the first 1.000 to 1.032 s after `b > a: SYN/ACK`"), "{text}");
    assert!(text.contains("each further one 1.024 s after the one before"), "{text}");
    let slower = of("dead", DEAD, Some(100));
    assert!(slower.contains("the first 1.000 to 1.080 s after `b > a: SYN/ACK`"), "{slower}");
}

#[test]
fn a_guessed_tick_rate_is_called_one() {
    assert!(of("dead", DEAD, None).contains("HZ=250 (a guess"));
    assert!(!of("dead", DEAD, Some(250)).contains("guess"));
}

#[test]
fn what_is_no_row_is_told_link_by_link() {
    let star = "title: x\nnodes: { a: host, sw: switch, b: host, c: host }\nlinks: [a -- sw, sw -- b, sw -- c]\n\
        client: { on: a }\nserver: { on: b }\nsteps: [connect]\nexpect:\n  - a > b: SYN\n  - ...\n";
    holds(
        &of("star", star, None),
        &[
            "a (host) to-sw 10.0.0.1/24 ---- sw (switch) to-a",
            "sw (switch) to-c ---- c (host) to-sw 10.0.0.4/24",
            "then anything may follow",
        ],
    );
}
