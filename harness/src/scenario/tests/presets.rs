use super::{check, good, with};
use crate::preset::BUILDABLE_NAMES;
use crate::scenario::{Keepalive, Nat, OnUnknown, Role, Scenario, draw};
use std::time::Duration;

fn nat_of(settings: &str) -> Nat {
    let nodes = format!("nodes: {{ a: host, sw: {{ role: nat, {settings} }}, b: host }}");
    let scenario = good(&with(2, &nodes));
    match &scenario.nodes[1].role {
        Role::Nat(nat) => nat.clone(),
        other => panic!("{other:?}"),
    }
}

fn client_of(settings: &str) -> Scenario {
    good(&with(4, &format!("client: {{ on: a, {settings} }}")))
}

#[test]
fn a_middlebox_is_its_timeout_and_what_it_does_then() {
    let reset = nat_of("preset: aws-nat-gateway");
    assert_eq!(reset.established_timeout, Some(Duration::from_secs(350)));
    assert_eq!((reset.loose, reset.on_unknown), (Some(false), OnUnknown::Reset));
    let silent = nat_of("preset: azure-load-balancer");
    assert_eq!(silent.established_timeout, Some(Duration::from_secs(240)));
    assert_eq!((silent.loose, silent.on_unknown), (Some(false), OnUnknown::Drop));
    let loose = nat_of("preset: kube-proxy");
    assert_eq!((loose.loose, loose.on_unknown), (Some(true), OnUnknown::Forward));
}

#[test]
fn keys_beside_a_middlebox_override_it() {
    let nat = nat_of("preset: aws-nat-gateway, on_unknown: drop, conntrack: { established_timeout: 10s }");
    assert_eq!(nat.established_timeout, Some(Duration::from_secs(10)));
    assert_eq!((nat.loose, nat.on_unknown), (Some(false), OnUnknown::Drop));
}

#[test]
fn a_program_is_its_keepalive_and_user_timeout() {
    let on = |idle, interval, count| Keepalive::On { idle, interval, count };
    let keepalive = |settings: &str| client_of(settings).client.keepalive;
    assert_eq!(keepalive("preset: redis-server"), on(Some(300), Some(100), Some(3)));
    assert_eq!(keepalive("preset: clickhouse-client"), on(Some(290), None, None));
    assert_eq!(keepalive("preset: libpq"), on(None, None, None));
    assert_eq!(keepalive("preset: haproxy"), Keepalive::Off);
    assert_eq!(client_of("preset: reqwest").client.user_timeout, Some(Duration::from_secs(30)));
    assert_eq!(client_of("preset: redis-server").client.user_timeout, None);
}

#[test]
fn keys_beside_a_program_override_it_number_by_number() {
    let on = |idle, interval, count| Keepalive::On { idle, interval, count };
    let keepalive = |settings: &str| client_of(settings).client.keepalive;
    assert_eq!(keepalive("preset: redis-server, keepalive: { idle: 10s }"), on(Some(10), Some(100), Some(3)));
    assert_eq!(keepalive("preset: redis-server, keepalive: true"), on(None, None, None));
    assert_eq!(keepalive("preset: redis-server, keepalive: false"), Keepalive::Off);
    assert_eq!(keepalive("preset: haproxy, keepalive: { count: 2 }"), on(None, None, Some(2)));
    let both = client_of("preset: reqwest, user_timeout: 9s").client.user_timeout;
    assert_eq!(both, Some(Duration::from_secs(9)));
}

/// Drawn in full, a preset is what it stood for when it was drawn.
#[test]
fn the_full_form_has_the_values() {
    for name in BUILDABLE_NAMES {
        let nodes = format!("nodes: {{ a: host, sw: {{ role: nat, preset: {name} }}, b: host }}");
        let scenario = good(&with(2, &nodes));
        let full = draw::full(&scenario);
        assert!(!full.contains("preset"), "{full}");
        assert_eq!(good(&full).nodes[1].role, scenario.nodes[1].role, "{full}");
    }
    let full = draw::full(&client_of("preset: reqwest"));
    assert!(full.contains("keepalive: { idle: 15s, interval: 15s, count: 3 }, user_timeout: 30s"), "{full}");
}

#[test]
fn unknown_presets_are_told_with_the_nearest() {
    let nodes = |nat: &str| format!("nodes: {{ a: host, sw: {{ role: nat, {nat} }}, b: host }}");
    let cases = [
        (
            "preset: meraky",
            "2:44 unknown preset `meraky` | did you mean `meraki`? Run `deadpeer presets` for all there are",
        ),
        ("preset: x", "2:44 unknown preset `x` | run `deadpeer presets` for all there are"),
        ("preset: go", "2:44 the preset `go` is a program | give it to `client` or `server`"),
        (
            "preset: azure-firewall",
            "2:44 `azure-firewall` can't be built | it sends RST to both sides when the time is up; the lab's NAT \
             answers only what is sent to it; `deadpeer presets` tells which can be built",
        ),
    ];
    for (nat, expected) in cases {
        check(&[(2, &nodes(nat), &[expected])]);
    }
    check(&[
        (
            4,
            "client: { on: a, preset: redis }",
            &["4:26 unknown preset `redis` | did you mean `redis-server`? Run `deadpeer presets` for all there are"],
        ),
        (
            4,
            "client: { on: a, preset: aws-nlb }",
            &["4:26 the preset `aws-nlb` is a middlebox | give it to a node with `role: nat`"],
        ),
        (
            2,
            "nodes: { a: { role: host, preset: aws-nlb }, sw: switch, b: host }",
            &["2:27 only a nat takes `preset` | write `role: nat`, or leave the key out"],
        ),
    ]);
}
