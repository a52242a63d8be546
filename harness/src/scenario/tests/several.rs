use super::{told, with};
use crate::scenario::parse;

const WRONG: &str = "\
title: t
nodes: { a: host, a: host, sw: swich, b: host }
links: [a -- sw, sw -- c, b -- b]
client: { on: a, keepalive: { idle: 0s, cuont: 3 } }
server: { on: b, port: 99999 }
steps:
  - connect
  - power_of: b
  - wait: 3
expect:
  - a > b: SIN
  - step: power_off
  - { a > b: ACK, times: 0, within: soon }
";

#[test]
fn all_that_is_wrong_is_told_at_once_in_order() {
    assert_eq!(
        told(WRONG),
        [
            "2:19 the key `a` stands here a second time | keep one of the two; in a list, begin each entry with `-`",
            "2:32 unknown role `swich` | did you mean `switch`?",
            "3:24 unknown node `c` | known here: `a`, `b`, `sw`",
            "3:27 a link from b to itself | a link joins two nodes: name the other one",
            "4:37 0s is out of limits | the kernel takes whole seconds from 1s to 32767s",
            "4:41 unknown key of keepalive: `cuont` | did you mean `count`?",
            "5:24 `99999` is out of limits for a port | write a whole number from 1 to 65535",
            "8:5 unknown key of a step: `power_of` | did you mean `power_off`?",
            "9:11 `3` is no duration | add the unit: `3s` or `3ms`",
            "11:12 unknown label `SIN` | did you mean `SYN`?",
            "13:26 `0` is out of limits for `times` | write a whole number from 1 to 10000",
            "13:37 `soon` is no duration | write a number and a unit: `300ms`, `2s`, `1m 15s`, `2h`",
        ]
    );
}

#[test]
fn an_error_is_shown_with_its_line_and_the_remedy() {
    let failure = parse("dir/t.yaml", with(4, "client: { on: a, keepalive: { idel: 2s } }").as_bytes()).unwrap_err();
    insta::assert_snapshot!(failure.render(false), @r#"
    error: unknown key of keepalive: `idel`
     --> dir/t.yaml:4:31
      |
    4 | client: { on: a, keepalive: { idel: 2s } }
      |                               ^^^^
      |
      = help: did you mean `idle`?
    "#);
}

#[test]
fn an_error_beside_wide_characters_is_shown_in_its_place() {
    let failure = parse("t.yaml", with(1, "title: t\nabout: \"\u{4e2d}\"\nallow: [\"\u{fc}\u{fc}\", ACKS]").as_bytes())
        .unwrap_err();
    insta::assert_snapshot!(failure.render(false), @r#"
    error: unknown label `üü`
     --> t.yaml:3:9
      |
    3 | allow: ["üü", ACKS]
      |         ^^^^
      |
      = help: known here: `SYN`, `SYN/ACK`, `ACK`, `PSH`, `FIN`, `RST`, `PROBE`, `PROBE/ACK`, `RETRANSMIT`, `WINDOW-PROBE`, `WINDOW-UPDATE`, `DUP-ACK`, `ICMP net-unreachable`, `ICMP host-unreachable`, `ICMP proto-unreachable`, `ICMP port-unreachable`, `ICMP frag-needed`, `ICMP admin-prohibited`, `ICMP unreachable`

    error: unknown label `ACKS`
     --> t.yaml:3:15
      |
    3 | allow: ["üü", ACKS]
      |               ^^^^
      |
      = help: did you mean `ACK`?
    "#);
}

#[test]
fn what_has_no_line_is_shown_by_its_path() {
    let failure = parse("t.yaml", b"").unwrap_err();
    insta::assert_snapshot!(failure.render(false), @r#"
    error: the file is empty
    --> t.yaml
     = help: begin with `title: ...`; `deadpeer new` writes a file to start from
    "#);
    let failure = parse("t.yaml", b"title: \xff").unwrap_err();
    insta::assert_snapshot!(failure.render(false), @r#"
    error: octet 0xff at offset 7 is not UTF-8
     --> t.yaml:1:8
      |
    1 | title: �
      |        ^
      |
      = help: a scenario is UTF-8 text: save it in that encoding
    "#);
}

#[test]
fn no_more_than_twenty_are_shown() {
    let steps = "\n  - wait: 1".repeat(22);
    let failure = parse("t.yaml", with(7, &format!("  - connect{steps}")).as_bytes()).unwrap_err();
    let shown = failure.render(false);
    assert_eq!(shown.matches("error: ").count(), 20);
    assert!(shown.ends_with("\n\n... and 2 more errors in t.yaml\n"), "{shown}");
}

#[test]
fn colour_is_only_there_if_asked_for() {
    let failure = parse("t.yaml", b"x: 1\n").unwrap_err();
    assert!(failure.render(true).contains('\u{1b}'));
    assert!(!failure.render(false).contains('\u{1b}'));
}

#[test]
fn every_error_has_a_remedy() {
    let failure = parse("t.yaml", WRONG.as_bytes()).unwrap_err();
    assert!(failure.diagnostics.iter().all(|wrong| wrong.help.as_ref().is_some_and(|help| !help.is_empty())));
}
