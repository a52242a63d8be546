use super::{good, told};
use crate::scenario::draw;

const SEVERAL: &str = "\
title: t
nodes: { a: host, sw: switch, b: host, c: host }
links: [a -- sw, sw -- b, sw -- c]
connections:
  one: { client: { on: a }, server: { on: b }, expect: [a > b: SYN] }
  many: { times: 3, client: { on: a }, server: { on: c }, expect: [a > c: SYN] }
steps:
  - connect
  - { send: { from: client, bytes: 5 }, of: many }
";

fn with(old: &str, new: &str) -> String {
    assert!(SEVERAL.contains(old), "{old}");
    SEVERAL.replace(old, new)
}

fn check(old: &str, new: &str, expected: &[&str]) {
    assert_eq!(told(&with(old, new)), expected, "\n{new}\n");
}

#[test]
fn those_that_are_alike_are_numbered() {
    let scenario = good(SEVERAL);
    let names: Vec<_> = scenario.connections().map(|own| own.name.unwrap()).collect();
    assert_eq!(names, ["one", "many.1", "many.2", "many.3"]);
    assert_eq!(scenario.connections().nth(2).unwrap().server.on.value.as_str(), "c");
    assert_eq!(scenario.steps[1].of.as_ref().unwrap().value, "many");
}

#[test]
fn their_lines_may_be_of_any_node() {
    let nat = with("nodes: { a: host, sw: switch", "nodes: { a: host, sw: nat");
    let named = |line: &str| nat.replace("expect: [a > b: SYN]", &format!("expect: [a > b: SYN, {line}]"));
    assert_eq!(told(&named("sw: entry created")), [""; 0]);
    assert_eq!(told(&named("x > b: SYN")), ["5:69 unknown node `x` | known here: `a`, `b`, `c`, `sw`"]);
}

#[test]
fn the_full_form_means_the_same() {
    let text = draw::full(&good(SEVERAL));
    assert_eq!(draw::full(&good(&text)), text);
    assert!(text.contains("  many:\n    times: 3\n"), "{text}");
    assert!(draw::figure(&good(SEVERAL)).unwrap_err().contains("several connections"));
}

#[test]
fn what_stands_beside_them_is_refused() {
    check(
        "steps:",
        "client: { on: a }\nexpect: [a > b: SYN]\nsteps:",
        &[
            "7:1 `client` beside `connections` | each connection has its own: write it in `connections: { NAME: { ... } }`",
            "8:1 `expect` beside `connections` | each connection has its own: write it in `connections: { NAME: { ... } }`",
        ],
    );
}

#[test]
fn each_is_held_against_the_rest_of_the_file() {
    check(
        "server: { on: c }",
        "server: { on: sw }",
        &["6:54 the server can't run on sw: it is a switch | endpoints run on hosts: link one to it"],
    );
    check("[a > c: SYN]", "[a > c: SYN, step: waite]", &["6:86 unknown step `waite` | known here: `connect`, `send`"]);
    check(
        "- connect\n",
        "- { connect: , of: one }\n",
        &[
            "6:3 no step connects many | add `- { connect: , of: many }`",
            "9:5 `send` before `connect` | move `- connect` above it",
        ],
    );
    // What is wrong with the rest is told once, not for each.
    check(
        "[a -- sw, ",
        "[a -- sw, a -- sw, ",
        &["3:18 a and sw are linked a second time | keep one link; a second way needs a node between"],
    );
}

#[test]
fn names_that_are_none_are_told() {
    check("of: many", "of: mani", &["9:45 unknown connection `mani` | did you mean `many`?"]);
    check(
        "  many:",
        "  Many!:",
        &[
            "6:3 `Many!` is no name of a connection | names look like `a`, `dead` or `idle-1`, up to 12 characters",
            "9:45 unknown connection `many` | did you mean `Many!`?",
        ],
    );
    let single = "title: t\nnodes: { a: host, b: host }\nlinks: [a -- b]\nclient: { on: a }\nserver: { on: b }\n\
        steps: [{ connect: , of: x }]\nexpect: [a > b: SYN]\n";
    assert_eq!(told(single), ["6:26 `of` without `connections` | leave it out: there is one connection"]);
    check(
        "{ send: { from: client, bytes: 5 }, of: many }",
        "{ wait: 1s, of: many }",
        &["9:17 `wait` is no matter of one connection | leave `of` out"],
    );
}

#[test]
fn a_line_that_is_waited_for_is_somebodys() {
    check(
        "{ send: { from: client, bytes: 5 }, of: many }",
        "wait_for: { a > b: SYN }",
        &["9:5 `wait_for` a line of one of several connections | say whose line it is: `of: one`"],
    );
    let fine = with("{ send: { from: client, bytes: 5 }, of: many }", "{ wait_for: { a > c: SYN }, of: many }");
    assert_eq!(told(&fine), [""; 0]);
}

#[test]
fn no_two_servers_share_a_port() {
    check(
        "server: { on: b }",
        "server: { on: c, port: 5052 }",
        &[
            "6:48 two servers on c at port 5052, those of one and many.2 | give one of them another `port`, or leave it out: each then gets its own",
        ],
    );
    check(
        "server: { on: c }",
        "server: { on: c, port: 9 }",
        &["6:48 one port for many connections | leave it out: each server gets a port of its own"],
    );
}

#[test]
fn none_at_all_is_told() {
    assert_eq!(
        told(&with(
            "connections:\n  one: { client: { on: a }, server: { on: b }, expect: [a > b: SYN] }\n  many: { times: 3, client: { on: a }, server: { on: c }, expect: [a > c: SYN] }\n",
            "connections: {}\n"
        ))[0],
        "4:14 no connection | add one: `NAME: { client: ..., server: ..., expect: [...] }`"
    );
}
