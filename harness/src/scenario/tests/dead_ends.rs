use super::{check, good, with};
use crate::scenario::*;
use std::time::Duration;

#[test]
fn a_node_has_routes_that_lead_nowhere() {
    let text = with(2, "nodes: { a: { role: host, routes: [{ blackhole: b }, { throw: b }] }, sw: switch, b: host }");
    let scenario = good(&text);
    let routes: Vec<_> = scenario.nodes[0].routes.iter().map(|(kind, to)| (*kind, to.as_str())).collect();
    assert_eq!(routes, [(DeadEnd::Blackhole, "b"), (DeadEnd::Throw, "b")]);
    assert!(scenario.nodes[2].routes.is_empty());
}

#[test]
fn a_step_bars_a_way_for_a_while() {
    for kind in DeadEnd::ALL {
        let text = with(7, &format!("  - connect\n  - route: {{ on: a, {}: b, for: 2s }}", kind.word()));
        let Some(Action::Route(route)) = good(&text).steps.pop().map(|step| step.value.action) else { panic!() };
        assert_eq!((route.on.as_str(), route.kind, route.to.as_str()), ("a", kind, "b"));
        assert_eq!(route.lasts, Some(Duration::from_secs(2)));
    }
}

#[test]
fn arp_has_settings_for_each_interface_only() {
    check(&[(
        2,
        "nodes: { a: { role: host, sysctl: { net.ipv4.neigh.default.retrans_time_ms: 200 } }, sw: switch, b: host }",
        &[
            "2:37 `net.ipv4.neigh.default.retrans_time_ms` is the whole machine's | set it for an interface: `net.ipv4.neigh.to-b.retrans_time_ms`",
        ],
    )]);
}

#[test]
fn wrong_routes() {
    let help = "write `blackhole: b`, or `unreachable`, `prohibit` or `throw`";
    check(&[
        (7, "  - connect\n  - route: { on: a }", &[&format!("8:12 `route` has one type, not 0 | {help}")]),
        (
            7,
            "  - connect\n  - route: { on: a, blackhole: b, throw: b }",
            &[&format!("8:12 `route` has one type, not 2 | {help}")],
        ),
        (
            7,
            "  - connect\n  - route: { on: a, blakhole: b }",
            &["8:21 unknown key of `route`: `blakhole` | did you mean `blackhole`?"],
        ),
        (
            7,
            "  - connect\n  - route: { on: a, blackhole: a }",
            &["8:32 a route from a to itself | name the node that can't be reached"],
        ),
        (
            7,
            "  - connect\n  - route: { on: sw, blackhole: b }",
            &["8:18 sw is a switch: it has neither routes nor addresses | name a host, a router or a nat"],
        ),
        (
            2,
            "nodes: { a: { role: host, routes: { blackhole: b } }, sw: switch, b: host }",
            &["2:35 a map where a list belongs | write the routes as a list: `[{ blackhole: b }]`"],
        ),
        (
            2,
            "nodes: { a: { role: host, routes: [{ prohibit: sw }] }, sw: switch, b: host }",
            &["2:48 sw is a switch: it has neither routes nor addresses | name a host, a router or a nat"],
        ),
    ]);
}
