use super::{good, with};
use crate::name::{NodeName, Side};
use crate::scenario::*;
use std::time::Duration;

fn script(steps: &[&str]) -> Scenario {
    let lines: String = steps.iter().map(|step| format!("\n  - {step}")).collect();
    good(&with(7, &format!("  - connect{lines}")))
}

/// What the last step does.
fn last(steps: &[&str]) -> Action {
    script(steps).steps.pop().map(|step| step.value.action).unwrap_or(Action::Connect)
}

fn node(text: &str) -> NodeName {
    NodeName::new(text).unwrap()
}

fn hole(step: &str) -> Selection {
    match last(&[step]) {
        Action::Drop(hole) => hole,
        other => panic!("{other:?}"),
    }
}

#[test]
fn steps_of_endpoints() {
    assert_eq!(last(&["send: { from: server, bytes: 5 }"]), Action::Send { from: Side::Server, bytes: 5 });
    assert_eq!(last(&["read: { on: server, bytes: 5 }"]), Action::Read { on: Side::Server, bytes: Some(5) });
    assert_eq!(last(&["read: { on: server }"]), Action::Read { on: Side::Server, bytes: None });
    assert_eq!(last(&["shutdown: client"]), Action::Shutdown { from: Side::Client });
    assert_eq!(last(&["close: client"]), Action::Close { from: Side::Client });
    assert_eq!(last(&["kill: server"]), Action::Kill(Side::Server));
    assert_eq!(last(&["freeze: server"]), Action::Freeze(Side::Server));
    assert_eq!(last(&["freeze: server", "thaw: server"]), Action::Thaw(Side::Server));
    assert_eq!(last(&["wait: 1m 15s"]), Action::Wait(Duration::from_secs(75)));
}

#[test]
fn steps_of_nodes_and_links() {
    let Action::PowerOn(PowerOn { node: on, new_mac: false, listens: false }) = last(&["power_off: b", "power_on: b"])
    else {
        panic!()
    };
    assert_eq!(on.value, node("b"));
    let back = last(&["power_off: b", "power_on: { node: b, mac: new, listen: true }"]);
    assert!(matches!(back, Action::PowerOn(PowerOn { new_mac: true, listens: true, .. })), "{back:?}");
    let Action::LinkDown { of, toward } = last(&["link_down: sw -- b"]) else { panic!() };
    assert_eq!((of.value, toward.value), (node("sw"), node("b")));
    let Action::LinkUp { of, toward } = last(&["link_down: b -- sw", "link_up: b -- sw"]) else { panic!() };
    assert_eq!((of.value, toward.value), (node("b"), node("sw")));
}

#[test]
fn a_nat_is_flushed() {
    let text = with(7, "  - connect\n  - flush_nat: sw").replace("sw: switch", "sw: nat");
    let Some(Action::FlushNat(name)) = good(&text).steps.pop().map(|step| step.value.action) else { panic!() };
    assert_eq!(name.value, node("sw"));
}

#[test]
fn a_drop_in_short_is_of_all_that_comes_in() {
    let hole = hole("drop: b");
    assert_eq!((hole.on.value.clone(), hole.hook), (node("b"), Hook::Input));
    assert_eq!((hole.from, hole.flags.len(), hole.only, hole.next, hole.share), (None, 0, None, None, None));
    assert_eq!((hole.lasts, hole.via), (None, FilterTool::Any));
}

#[test]
fn a_router_drops_what_it_forwards() {
    for role in ["router", "nat"] {
        let text = with(7, "  - connect\n  - drop: sw").replace("sw: switch", &format!("sw: {role}"));
        let Some(Action::Drop(hole)) = good(&text).steps.pop().map(|step| step.value.action) else { panic!() };
        assert_eq!(hole.hook, Hook::Forward, "{role}");
    }
}

#[test]
fn a_drop_in_full() {
    let hole = hole(
        "drop: { on: b, hook: output, from: server, flags: [PSH, ACK], only: probes, next: 1, share: 50%, for: 10s, via: iptables }",
    );
    assert_eq!(hole.hook, Hook::Output);
    assert_eq!(hole.from, Some(Side::Server));
    assert_eq!(hole.flags, [TcpFlag::Psh, TcpFlag::Ack]);
    assert_eq!(hole.only, Some(Only::Probes));
    assert_eq!((hole.next, hole.share), (Some(1), Some(500)));
    assert_eq!((hole.lasts, hole.via), (Some(Duration::from_secs(10)), FilterTool::Iptables));
}

#[test]
fn every_flag_and_filter_has_its_word() {
    let flags = [
        ("FIN, ACK", vec![TcpFlag::Fin, TcpFlag::Ack]),
        ("SYN", vec![TcpFlag::Syn]),
        ("RST, PSH", vec![TcpFlag::Rst, TcpFlag::Psh]),
    ];
    for (words, flags) in flags {
        let hole = hole(&format!("drop: {{ on: b, flags: [{words}], via: nft }}"));
        assert_eq!((hole.flags, hole.via), (flags, FilterTool::Nft));
    }
}

#[test]
fn a_drop_is_undone_by_its_name() {
    let Action::Undo(name) = last(&["{ drop: b, as: hole }", "undo: hole"]) else { panic!() };
    assert_eq!(name.value, "hole");
    assert!(matches!(last(&["drop: b", "drop: a", "undo: drop#2"]), Action::Undo(_)));
}

#[test]
fn settings_are_changed_on_the_way() {
    let Action::Sysctl { on, key, value } = last(&["sysctl: { on: a, net.ipv4.tcp_keepalive_time: 7000 }"]) else {
        panic!()
    };
    assert_eq!((on.value, key.as_str(), value.as_str()), (node("a"), "net.ipv4.tcp_keepalive_time", "7000"));
    let Action::Sockopt { on, option, value } = last(&["sockopt: { on: client, TCP_KEEPIDLE: 10 }"]) else { panic!() };
    assert_eq!((on, option.as_str(), value), (Side::Client, "TCP_KEEPIDLE", 10));
}

#[test]
fn a_line_is_waited_for_as_a_map_or_in_quotes() {
    for form in ["{ a > b: SYN }", "'a > b: SYN'", "\n      a > b: SYN", "{ a > b: SYN, times: 1 }"] {
        let Action::WaitFor(rung) = last(&[&format!("wait_for: {form}")]) else { panic!("{form}") };
        assert_eq!((rung.what.to_string().as_str(), rung.times), ("a > b: SYN", 1), "{form}");
    }
}

#[test]
fn a_lost_line_is_waited_for_with_or_without_saying_so() {
    for form in ["{ a > b: PSH }", "{ a > b: PSH, lost: true, times: 3 }"] {
        let text =
            with(7, &format!("  - connect\n  - wait_for: {form}")) + "  - { a > b: PSH, lost: true, times: 3 }\n";
        good(&text);
    }
}

#[test]
fn steps_take_names() {
    let scenario = script(&["{ wait: 1s, as: pause }", "wait: 1s", "wait: 2s"]);
    assert_eq!(step_names(&scenario.steps), ["connect", "pause", "wait", "wait#2"]);
    let named = good(
        &with(7, "  - { connect: , as: begin }\n  - connect:\n    as: x").replace("  - connect:\n    as: x\n", ""),
    );
    assert_eq!(step_names(&named.steps), ["begin"]);
}
