//! What `drop` and `reject` have in common, and what they have not.

use super::{check, good, told, with};
use crate::name::Side;
use crate::scenario::*;

/// What the last of these steps does.
fn last(steps: &str) -> Action {
    let text = with(7, &format!("  - connect\n{steps}"));
    good(&text).steps.pop().map(|step| step.value.action).unwrap_or(Action::Connect)
}

#[test]
fn a_reject_in_short_answers_as_nft_does() {
    let Action::Reject { what, with } = last("  - reject: b") else { panic!() };
    assert_eq!((what.on.as_str(), what.hook, with), ("b", Hook::Input, Rejection::PortUnreachable));
}

#[test]
fn a_reject_selects_as_a_drop_does() {
    let selectors =
        "on: b, hook: output, from: server, flags: [PSH], only: probes, next: 2, share: 5%, for: 1s, via: nft";
    let Action::Drop(dropped) = last(&format!("  - drop: {{ {selectors} }}")) else { panic!() };
    let Action::Reject { what, with } = last(&format!("  - reject: {{ {selectors}, with: tcp-reset }}")) else {
        panic!()
    };
    let on = dropped.on.clone();
    assert_eq!(Selection { on, ..what }, dropped);
    assert_eq!(with, Rejection::TcpReset);
}

#[test]
fn every_answer_has_its_word() {
    for known in Rejection::ALL {
        let Action::Reject { with, .. } = last(&format!("  - reject: {{ on: b, with: {} }}", known.word())) else {
            panic!()
        };
        assert_eq!(with, known);
    }
}

#[test]
fn a_reject_is_undone_by_its_name() {
    assert!(matches!(last("  - reject: b\n  - undo: reject"), Action::Undo(name) if name.value == "reject"));
}

#[test]
fn answers_are_sent_by_the_side_that_does_not_probe() {
    let probing = |client: &str, server: &str| {
        let text = with(7, "  - connect\n  - drop: { on: sw, only: answers }");
        text.replace("client: { on: a }", client).replace("server: { on: b }", server)
    };
    let (client, server) = ("client: { on: a, keepalive: true }", "server: { on: b, keepalive: true }");
    let scenario = good(&probing(client, "server: { on: b }"));
    assert_eq!(prober(&scenario.client, &scenario.server), Some(Side::Client));
    let scenario = good(&probing("client: { on: a }", "server: { on: b, SO_KEEPALIVE: 1 }"));
    assert_eq!(prober(&scenario.client, &scenario.server), Some(Side::Server));
    let error = "8:5 who answers probes? not just one of the endpoints has `keepalive` | say whose answers: `from: server`, or `from: client`";
    assert_eq!(told(&probing(client, server)), [error]);
    assert_eq!(told(&probing("client: { on: a }", "server: { on: b }")), [error]);
    assert_eq!(told(&probing(client, server).replace("only:", "from: server, only:")), [""; 0]);
}

#[test]
fn wrong_rejects() {
    check(&[
        (7, "  - connect\n  - reject", &["8:5 `reject` lacks what it applies to | write `- reject: b`"]),
        (
            7,
            "  - connect\n  - reject: sw",
            &["8:13 sw is a switch: it has no address to answer from | reject at a router or a host, or `drop` here"],
        ),
        (
            7,
            "  - connect\n  - reject: { on: b, with: port-unreachble }",
            &["8:28 unknown answer `port-unreachble` | did you mean `port-unreachable`?"],
        ),
        (
            7,
            "  - connect\n  - reject: { with: tcp-reset }",
            &["8:13 `reject` lacks `on` | add `on: ...`: The node whose packet filter takes them out."],
        ),
        (
            7,
            "  - connect\n  - drop: { on: b, with: tcp-reset }",
            &["8:20 `with` is no key of `drop` | a `drop` says nothing: use `reject`"],
        ),
    ]);
}

#[test]
fn selectors_that_can_never_match() {
    let output = "leave `hook` out: a host drops what comes in";
    check(&[
        (
            7,
            "  - connect\n  - drop: { on: b, from: server }",
            &["8:5 what the server sends does not come in at b, where it runs | use `hook: output`, or drop it at a"],
        ),
        (
            7,
            "  - connect\n  - reject: { on: b, hook: output, from: client }",
            &[&format!("8:5 b does not send what the client sends | {output}")],
        ),
        (
            7,
            "  - connect\n  - drop: { on: b, flags: [FIN], only: probes }",
            &["8:5 `only: probes` takes nothing with FIN | leave one of the two out"],
        ),
        (
            7,
            "  - connect\n  - drop: { on: b, flags: [FIN, RST] }",
            &["8:5 no segment has FIN and RST | `flags` are those that are all set: write a step for each"],
        ),
    ]);
    assert_eq!(
        told(&with(7, "  - connect\n  - drop: { on: b, hook: output, flags: [ACK, FIN], from: server }")),
        [""; 0]
    );
}

#[test]
fn answers_do_not_come_in_where_they_are_sent() {
    let text = with(7, "  - connect\n  - drop: { on: b, only: answers }");
    let text = text.replace("client: { on: a }", "client: { on: a, keepalive: true }");
    assert_eq!(
        told(&text),
        ["8:5 what the server sends does not come in at b, where it runs | use `hook: output`, or drop it at a"]
    );
    assert_eq!(told(&text.replace("on: b, only", "on: a, only")), [""; 0]);
}

#[test]
fn nothing_comes_to_nodes_off_the_way() {
    let lab = |drop: &str| {
        with(2, "nodes: { a: host, sw: router, b: host, c: host, d: switch, e: router }")
            .replace("links: [a -- sw, sw -- b]", "links: [a -- sw, sw -- b, sw -- c, sw -- d, d -- e]")
            .replace("  - connect\n", &format!("  - connect\n  - drop: {drop}\n"))
    };
    for off in ["c", "d", "e"] {
        let error = format!("8:11 nothing of the connection comes to {off} | name a node on the way from a to b");
        assert_eq!(told(&lab(off)), [error]);
    }
    for on in ["a", "sw", "b"] {
        assert_eq!(told(&lab(on)), [""; 0]);
    }
    assert_eq!(
        told(&lab("{ on: sw, hook: input }")),
        [
            "8:17 nothing of the connection is for sw itself, a router | leave `hook` out: a router drops what it forwards"
        ]
    );
}
