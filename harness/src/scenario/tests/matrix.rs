use super::{BASE, check, good, told, with};
use crate::scenario::{Keepalive, Variant, cases, draw, parse, parse_all};
use std::time::Duration;

const PROBED: &str = "\
matrix: { idle: [1s, 5s], label: [PROBE, ACK] }
title: A probe after ${idle}
nodes: { a: host, b: host }
links: [a -- b]
client: { on: a, keepalive: { idle: ${idle}, interval: 1s } }
server: { on: b }
steps: [connect]
expect:
  - a > b: SYN
  - { a > b: \"${label}\", after: ${idle} }
";

fn all(text: &str) -> Vec<Variant> {
    parse_all("t.yaml", text.as_bytes()).unwrap_or_else(|failure| panic!("{}", failure.render(false)))
}

/// [`BASE`] with a matrix before it and a line replaced.
fn under(matrix: &str, number: usize, line: &str) -> String {
    format!("matrix: {matrix}\n{}", with(number, line))
}

fn idle(variant: &Variant) -> Option<u16> {
    match variant.scenario.client.keepalive {
        Keepalive::On { idle, .. } => idle,
        Keepalive::Off => None,
    }
}

#[test]
fn every_combination_is_a_scenario_with_its_values() {
    let variants = all(PROBED);
    let seen: Vec<_> = variants
        .iter()
        .map(|one| (one.case.as_str(), idle(one), one.scenario.title.as_str(), one.scenario.expect[1].what.to_string()))
        .collect();
    let row = |case, idle, title, line: &str| (case, Some(idle), title, line.to_owned());
    assert_eq!(
        seen,
        [
            row("[idle=1s,label=PROBE]", 1, "A probe after 1s", "a > b: PROBE"),
            row("[idle=1s,label=ACK]", 1, "A probe after 1s", "a > b: ACK"),
            row("[idle=5s,label=PROBE]", 5, "A probe after 5s", "a > b: PROBE"),
            row("[idle=5s,label=ACK]", 5, "A probe after 5s", "a > b: ACK"),
        ]
    );
    let labels: Vec<String> = variants.iter().map(|one| one.case.clone()).collect();
    assert_eq!(cases(PROBED.as_bytes()), labels);
}

#[test]
fn quotes_change_nothing_and_neither_does_block_style() {
    let quoted = PROBED.replace("${idle}, interval", "\"${idle}\", interval");
    let strip = |text: &str| all(text).iter().map(|one| draw::full(&one.scenario)).collect::<Vec<_>>();
    assert_eq!(strip(&quoted), strip(PROBED));
}

#[test]
fn keys_and_links_and_figures_have_variables_too() {
    let variants = all(&under("{ x: [a, sw] }", 9, "  - \"${x} > b\": SYN"));
    let lines: Vec<String> = variants.iter().map(|one| one.scenario.expect[0].what.to_string()).collect();
    assert_eq!(lines, ["a > b: SYN", "sw > b: SYN"]);
    let figure = "matrix: { kind: [SYN, RST] }\ntitle: t\nfigure: |\n   ___    ___\n  | A |  | B |\n    |      |\n    |-- SYN ->|\n    |-- ${kind} ->|\n";
    let drawn = all(figure);
    let last = |one: &Variant| one.scenario.expect.last().map(|rung| rung.what.to_string());
    assert_eq!(
        drawn.iter().map(last).collect::<Vec<_>>(),
        [Some("a > b: SYN".to_owned()), Some("a > b: RST".to_owned())]
    );
}

#[test]
fn a_file_without_a_matrix_makes_one_unnamed_test() {
    let variants = all(BASE);
    assert_eq!(variants.iter().map(|one| one.case.as_str()).collect::<Vec<_>>(), [""]);
    assert_eq!(cases(BASE.as_bytes()), [""]);
    assert_eq!(cases(b"matrix: [not, a, map]"), [""]);
}

#[test]
fn one_test_is_asked_for_and_several_are_there() {
    let failure = parse("t.yaml", PROBED.as_bytes()).unwrap_err();
    let wrong = &failure.diagnostics[0];
    assert_eq!((wrong.span.line, wrong.span.offset), (1, 0));
    assert_eq!(wrong.message, "the matrix makes 4 tests, where one is asked for");
    assert_eq!(good(&under("{ n: [3s] }", 1, "title: t\nsettle: ${n}")).settle, Duration::from_secs(3));
}

#[test]
fn dollars_stand_for_themselves() {
    let titled = |title: &str| good(&with(1, &format!("title: '{title}'"))).title;
    assert_eq!(titled("costs $5, $(date), $"), "costs $5, $(date), $");
    assert_eq!(titled("$${x} and $$${x}"), "${x} and $${x}");
    let again = good(&draw::full(&good(&with(1, "title: 'a $${x} b'"))));
    assert_eq!(again.title, "a ${x} b", "what is drawn reads back");
}

#[test]
fn what_is_wrong_with_a_matrix() {
    let cases = [
        ("{ n: [] }", "1:14 `n` has no values | add at least one: `[1s, 5s]`"),
        ("{}", "1:1 a matrix without variables | add one: `{ idle: [1s, 5s] }`, or take it out"),
        ("[n]", "1:9 a list where variables belong | write each as a name and its values: `{ idle: [1s, 5s] }`"),
        ("{ n: 1s }", "1:14 a text where a list of values belongs | write `n: [1s, 5s]`"),
        (
            "{ n: [1s, 2s, 1s] }",
            "1:23 the value `1s` stands here a second time | its tests would be the same: keep one of the two",
        ),
        (
            "{ n: [[1s]] }",
            "1:15 a list where a single value belongs | write a word, a number or a duration; quote a text with `{` or `[`",
        ),
        ("{ n: [''] }", "1:15 an empty value | write a value that a test's name can show"),
        ("{ n: [1s, \"${m}\"] }", "1:19 a variable among the values of a matrix | write the value itself"),
        (
            "{ Idle: [1s] }",
            "1:11 `Idle` can't be a variable's name | names look like `idle`, `n2` or `probe-count`, up to 16 characters",
        ),
    ];
    for (matrix, expected) in cases {
        assert_eq!(told(&under(matrix, 1, "title: t ${n}")), [expected], "{matrix}");
    }
}

#[test]
fn a_matrix_may_not_grow_without_bounds() {
    let values = (0..20).map(|n| n.to_string()).collect::<Vec<_>>().join(", ");
    let text = under(&format!("{{ a: [{values}], b: [{values}] }}"), 1, "title: ${a} ${b}");
    let expected = "1:1 the matrix makes 400 tests; a file may make 256 | take values out, or make several files of it";
    assert_eq!(told(&text), [expected]);
    let long = "y".repeat(150);
    let many = (0..9).map(|n| format!("v{n}: [{long}]")).collect::<Vec<_>>().join(", ");
    assert!(told(&under(&format!("{{ {many} }}"), 1, "title: t"))[0].contains("letters longer, and may 160"));
    let text = under(&format!("{{ n: [{}] }}", "y".repeat(201)), 1, "title: ${n}");
    assert_eq!(told(&text), ["1:15 a value of 201 letters | a value may have 200"]);
}

#[test]
fn variables_that_do_not_fit_the_matrix() {
    let with_n = |number, line: &str| under("{ idle: [1s, 2s] }", number, line);
    assert_eq!(
        told(&with_n(1, "title: ${idel}\nsettle: ${idle}")),
        ["2:8 unknown variable `idel` | did you mean `${idle}`?"]
    );
    assert_eq!(
        told(&with_n(4, "client: { on: a, user_timeout: ${wait} }\nsettle: ${idle}")),
        ["5:32 unknown variable `wait` | the matrix has `idle`; write `$${wait}` for the text itself"]
    );
    assert_eq!(
        told(&with_n(1, "title: t")),
        [
            "1:11 the variable `idle` stands nowhere in the file | write `${idle}` where its values belong, or take it out"
        ]
    );
    let lines = told(&with_n(1, "title: ${idle}\nabout: |\n  one\n  two ${x}\n"));
    assert!(lines[0].starts_with("5:7 unknown variable `x`"), "{lines:?}");
    check(&[
        (
            1,
            "title: t ${x}",
            &[
                "1:10 unknown variable `x` | give it values: `matrix: { x: [...] }`; or write `$${x}` for the text itself",
            ],
        ),
        (
            1,
            "title: 't ${x y}'",
            &["1:11 `${` that begins no variable | write `${name}` for a variable's value, and `$${` for `${` itself"],
        ),
    ]);
}

#[test]
fn what_is_wrong_with_some_combinations_names_them() {
    let text = under("{ t: [1s, 5, 7] }", 1, "title: t\nsettle: ${t}");
    assert_eq!(
        told(&text),
        [
            "3:9 `5` is no duration, in `[t=5]` | add the unit: `5s` or `5ms`",
            "3:9 `7` is no duration, in `[t=7]` | add the unit: `7s` or `7ms`",
        ]
    );
    let both = under("{ t: [1s, 2s] }", 1, "title: t\nsettle: ${t}\npatience: soon");
    assert_eq!(told(&both), ["4:11 `soon` is no duration | write a number and a unit: `300ms`, `2s`, `1m 15s`, `2h`"]);
    let doubled = under("{ x: [a, c] }", 2, "nodes: { \"${x}\": host, a: host, sw: switch, b: host }");
    assert_eq!(
        told(&doubled)[0],
        "3:24 the key `a` stands here a second time, in `[x=a]` | keep one of the two, or give the variable other values"
    );
}
