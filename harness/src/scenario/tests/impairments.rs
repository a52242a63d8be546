use super::{check, good, with};
use crate::scenario::*;
use std::time::Duration;

fn millis(number: u64) -> Option<Duration> {
    Some(Duration::from_millis(number))
}

fn impair(step: &str) -> Impair {
    let text = with(7, &format!("  - connect\n  - impair: {step}"));
    match good(&text).steps.pop().map(|step| step.value.action) {
        Some(Action::Impair(what)) => what,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_link_is_impaired_from_the_beginning() {
    let all = "delay: 20ms, jitter: 5ms, loss: 1%, duplicate: 2%, reorder: 3%, corrupt: 0.4%, rate: 1mbit";
    let scenario = good(&with(3, &format!("links: [a -- sw, {{ between: [sw, b], {all} }}]")));
    let expected = Impairment {
        delay: millis(20),
        jitter: millis(5),
        loss: Some(10),
        duplicate: Some(20),
        reorder: Some(30),
        corrupt: Some(4),
        rate: Some(1_000_000),
    };
    assert_eq!(scenario.links[0].impairment, Impairment::default());
    assert_eq!(scenario.links[1].impairment, expected);
    assert_eq!(expected.to_string().replace(' ', ": ").replace(",:", ","), all);
}

#[test]
fn a_step_impairs_both_directions_or_one() {
    let both = impair("{ on: a -- sw, loss: 100%, for: 2s }");
    assert_eq!((both.of.as_str(), both.toward.as_str(), both.both), ("a", "sw", true));
    assert_eq!((both.how.loss, both.lasts), (Some(1000), millis(2000)));
    let one = impair("{ on: sw, toward: b, delay: 900ms }");
    assert_eq!((one.of.as_str(), one.toward.as_str(), one.both), ("sw", "b", false));
    assert_eq!((one.how.delay, one.lasts), (millis(900), None));
}

#[test]
fn wrong_impairments() {
    check(&[
        (
            7,
            "  - connect\n  - impair",
            &["8:5 `impair` lacks what it applies to | write `- impair: { on: a -- b, delay: 100ms }`"],
        ),
        (7, "  - connect\n  - impair: b", &["8:13 `impair` is a map, not a text | write `{ on: ... }`"]),
        (
            7,
            "  - connect\n  - impair: { on: a -- sw }",
            &["8:13 `impair` says not what happens | add `delay: 100ms`, `loss: 10%` or the like"],
        ),
        (
            7,
            "  - connect\n  - impair: { on: a, loss: 1% }",
            &["8:19 which of a's links? | add `toward: NEIGHBOUR`, or write `on: a -- NEIGHBOUR` for both directions"],
        ),
        (
            7,
            "  - connect\n  - impair: { on: a -- sw, toward: sw, loss: 1% }",
            &[
                "8:28 a link and a direction | write `on: a, toward: b` for what a sends, or `on: a -- b` for both directions",
            ],
        ),
        (
            7,
            "  - connect\n  - impair: { on: a -- b, loss: 1% }",
            &["8:19 no link joins a and b | its links are `a -- sw`"],
        ),
        (
            7,
            "  - connect\n  - impair: { on: a -- sw, jitter: 1s, reorder: 1% }",
            &[
                "8:28 `jitter` without `delay` does nothing | add the delay that it varies: `delay: 100ms`",
                "8:40 `reorder` without `delay` does nothing | add the delay that it varies: `delay: 100ms`",
            ],
        ),
        (
            3,
            "links: [a -- sw, { between: [sw, b], delay: 100ms, jitter: 200ms }]",
            &["3:52 the jitter is more than the delay | nothing arrives before it was sent"],
        ),
        (
            3,
            "links: [a -- sw, { between: [sw, b], delay: 901ms }]",
            &[
                "3:38 so long a delay can't be judged | a segment is known again if it takes no more than 900ms from one capture to the next: put another link between",
            ],
        ),
        (
            3,
            "links: [a -- sw, { between: [sw, b], rate: 1Mbit }]",
            &["3:44 `1Mbit` is no rate | write a whole number of `bit`, `kbit`, `mbit` or `gbit`, up to `34gbit`"],
        ),
        (
            3,
            "links: [a -- sw, { between: [sw, b], loss: 0.01 }]",
            &["3:44 `0.01` is no share | write percent with at most one decimal, from `0.1%` to `100%`"],
        ),
        (
            7,
            "  - connect\n  - power_off: b\n  - impair: { on: sw -- b, loss: 1% }",
            &["9:5 b has no power here | power it on first: `- power_on: b`"],
        ),
    ]);
}
