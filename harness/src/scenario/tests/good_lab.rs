use super::{good, told, with};
use crate::name::Label;
use crate::scenario::*;
use std::time::Duration;

fn nodes(line: &str) -> Vec<Node> {
    good(&with(2, line)).nodes.into_iter().map(|node| node.value).collect()
}

fn nat(settings: &str) -> Nat {
    let nodes = nodes(&format!("nodes: {{ a: host, b: host, sw: {{ role: nat, {settings} }} }}"));
    match nodes.into_iter().map(|node| node.role).find(|role| role.word() == "nat") {
        Some(Role::Nat(nat)) => nat,
        other => panic!("{other:?}"),
    }
}

fn client(settings: &str) -> Endpoint {
    good(&with(4, &format!("client: {{ on: a, {settings} }}"))).client.value
}

fn options(settings: &str) -> Vec<(String, i64)> {
    client(settings).options.into_iter().map(|(name, value)| (name.value, value)).collect()
}

#[test]
fn roles_in_short_and_in_full() {
    let words: Vec<_> = nodes("nodes: { a: { role: host }, sw: router, b: host, n: nat }")
        .iter()
        .map(|node| node.role.word())
        .collect();
    assert_eq!(words, ["host", "router", "host", "nat"]);
}

#[test]
fn sysctls_keep_their_order_and_their_text() {
    let nodes = nodes(
        "nodes: { a: { role: host, sysctl: { net.ipv4.tcp_rmem: 1 2 3, net.core.somaxconn: '4' } }, sw: switch, b: host }",
    );
    let sysctls: Vec<_> = nodes[0].sysctls.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
    assert_eq!(sysctls, [("net.ipv4.tcp_rmem", "1 2 3"), ("net.core.somaxconn", "4")]);
}

#[test]
fn a_nat_of_which_nothing_is_said_is_as_the_kernel_has_it() {
    assert_eq!(nat(""), Nat::default());
    assert_eq!(nat("").loose, None);
}

#[test]
fn a_nats_settings() {
    let nat = nat("toward: b, on_unknown: drop, conntrack: { loose: 0, drop_invalid: true, \
         established_timeout: 3s, tcp_timeout_unacknowledged: 30s }");
    assert_eq!(nat.toward.map(|name| name.value.to_string()).as_deref(), Some("b"));
    assert_eq!(nat.loose, Some(false));
    assert!(nat.drop_invalid);
    assert_eq!(nat.established_timeout, Some(Duration::from_secs(3)));
    let timeouts: Vec<_> = nat.timeouts.iter().map(|(name, lasts)| (name.as_str(), lasts.as_secs())).collect();
    assert_eq!(timeouts, [("tcp_timeout_unacknowledged", 30)]);
    assert_eq!(nat.on_unknown, OnUnknown::Drop);
}

#[test]
fn words_for_loose_and_for_unknown_segments() {
    for (word, loose) in [("0", false), ("false", false), ("1", true), ("true", true)] {
        assert_eq!(nat(&format!("conntrack: {{ loose: {word} }}")).loose, Some(loose), "{word}");
    }
    for (word, does) in [("forward", OnUnknown::Forward), ("reset", OnUnknown::Reset)] {
        assert_eq!(nat(&format!("on_unknown: {word}")).on_unknown, does, "{word}");
    }
}

#[test]
fn neighbours_and_forwarded_ports() {
    let settings = "neighbours: { reachable: 500ms, delay: 0s, permanent: true }";
    let nodes = nodes(&format!("nodes: {{ a: {{ role: host, {settings} }}, sw: switch, b: host }}"));
    let half = Some(Duration::from_millis(500));
    let known = Neighbours { reachable: half, delay: Some(Duration::ZERO), retransmit: None, permanent: true };
    assert_eq!((nodes[0].neighbours, nodes[2].neighbours), (known, Neighbours::default()));
    let forward = nat("toward: a, forward: { 5050: b }").forward;
    let ports: Vec<_> = forward.iter().map(|(port, to)| (port.value, to.value.as_str())).collect();
    assert_eq!(ports, [(5050, "b")]);
}

#[test]
fn links_in_short_and_in_full() {
    let links = good(&with(3, "links: [a--sw, { between: [sw, b], mtu: 1400 }]")).links;
    let shown: Vec<_> =
        links.iter().map(|link| (link.ends[0].to_string(), link.ends[1].to_string(), link.mtu)).collect();
    assert_eq!(shown, [("a".into(), "sw".into(), None), ("sw".into(), "b".into(), Some(1400))]);
}

#[test]
fn keepalive_on_off_and_in_numbers() {
    assert_eq!(client("keepalive: false").keepalive, Keepalive::Off);
    let on = |idle, interval, count| Keepalive::On { idle, interval, count };
    assert_eq!(client("keepalive: true").keepalive, on(None, None, None));
    assert_eq!(client("keepalive: {}").keepalive, on(None, None, None));
    assert_eq!(client("keepalive: { count: 127 }").keepalive, on(None, None, Some(127)));
    let full = "keepalive: { idle: 2s, interval: 9h 6m 7s, count: 3 }";
    assert_eq!(client(full).keepalive, on(Some(2), Some(32767), Some(3)));
}

#[test]
fn ports_time_out_and_reading() {
    let endpoint = client("port: 40001, user_timeout: 3s, reads: false");
    assert_eq!(endpoint.port, Some(40001));
    assert_eq!(endpoint.user_timeout, Some(Duration::from_secs(3)));
    assert!(!endpoint.reads);
}

#[test]
fn a_server_that_does_not_accept() {
    let scenario = good(&with(5, "server: { on: b, accepts: false, backlog: 0 }"));
    assert_eq!((scenario.server.accepts, scenario.server.backlog), (false, Some(0)));
    assert_eq!((scenario.client.accepts, scenario.client.backlog), (true, None));
}

#[test]
fn options_beside_the_other_keys_and_in_a_map_of_their_own() {
    assert_eq!(options("TCP_NODELAY: 1"), [("TCP_NODELAY".to_owned(), 1)]);
    let both = options("TCP_LINGER2: -1, options: { SO_MARK: 7 }");
    assert_eq!(both, [("TCP_LINGER2".to_owned(), -1), ("SO_MARK".to_owned(), 7)]);
}

#[test]
fn a_program_with_its_arguments() {
    let endpoint = client(r#"run: [nc, -v, "{server.address}", "{server.port}", '{"a": 1}'], as_root: true"#);
    let words: Vec<_> = endpoint.run.unwrap_or_default().into_iter().map(|word| word.value).collect();
    assert_eq!(words, ["nc", "-v", "{server.address}", "{server.port}", r#"{"a": 1}"#]);
    assert!(endpoint.as_root);
}

#[test]
fn the_words_at_the_top() {
    let text = with(
        1,
        "title: t\nabout: |\n  two\n  lines\nclock: virtual\nfamily: ipv4\nallow: [ACK, ICMP host-unreachable]\nsettle: 1s\npatience: 2m",
    );
    let scenario = good(&text);
    assert_eq!(scenario.about, "two\nlines\n");
    assert_eq!(scenario.clock, Clock::Virtual);
    assert_eq!(scenario.allow, ["ACK", "ICMP host-unreachable"].map(|text| Label::parse(text).unwrap()));
    assert_eq!((scenario.settle.as_secs(), scenario.patience.as_secs()), (1, 120));
    assert_eq!(good(&with(1, "title: t\nclock: real")).clock, Clock::Real);
    assert_eq!(good(&with(1, "title: t\nclock: any")).clock, Clock::Any);
}

#[test]
fn anchors_stand_for_what_they_name() {
    let text = with(4, "client: &it { on: a, keepalive: &k { idle: 2s } }")
        .replace("server: { on: b }", "server: { on: b, keepalive: *k }");
    let scenario = good(&text);
    assert_eq!(scenario.server.keepalive, scenario.client.keepalive);
    assert_ne!(scenario.server.keepalive, Keepalive::Off);
}

#[test]
fn a_router_joins_hosts_and_a_host_between_does_not() {
    assert_eq!(told(&with(2, "nodes: { a: host, sw: router, b: host }")), [""; 0]);
    assert_eq!(told(&with(2, "nodes: { a: host, sw: host, b: host }")).len(), 1);
}
