use super::*;
use crate::ladder::Expected;
use crate::name::{Side, SocketField};
use crate::scenario::parse;
use std::net::IpAddr;

const NAT: &str = "\
title: t
nodes:
  a: host
  sw: switch
  nat: { role: nat, conntrack: { loose: false, drop_invalid: true, established_timeout: 350s } }
  r: router
  b: host
links: [a -- sw, sw -- nat, nat -- r, r -- b]
client: { on: a, keepalive: { idle: 2s, interval: 1s, count: 3 }, user_timeout: 3s }
server: { on: b, port: 7000 }
steps:
  - connect
  - wait_for: { a > b: ACK }
  - drop: { on: r, from: client, flags: [PSH, ACK], next: 2 }
  - wait_for: { a > b: PROBE }
  - undo: drop
expect:
  - a > b: SYN
  - b > a: SYN/ACK
  - { a > b: ACK, as: established }
  - b > a: PSH
  - a > b: ACK
  - step: drop
  - { a > b: PROBE, times: 3, after: 2s, every: 1s, since: established }
  - client: TCP_KEEPIDLE 2
  - client: ETIMEDOUT
  - ...
";

pub(super) fn compiled(text: &str) -> Plan {
    let scenario = parse("t.yaml", text.as_bytes()).unwrap_or_else(|f| panic!("{}", f.render(false)));
    compile("t", &scenario).unwrap()
}

fn node<'a>(plan: &'a Plan, name: &str) -> &'a NodePlan {
    plan.nodes.iter().find(|node| node.name.as_str() == name).unwrap()
}

#[test]
fn addresses_follow_subnets_and_nodes() {
    let plan = compiled(NAT);
    let addresses = |name| node(&plan, name).interfaces.iter().map(|i| i.address).collect::<Vec<_>>();
    let ip = |subnet: u8, host: u8| Some(IpAddr::from([10, 0, subnet, host]));
    assert_eq!(addresses("a"), [ip(0, 1)]);
    assert_eq!(addresses("sw"), [None, None]);
    assert_eq!(addresses("nat"), [ip(0, 3), ip(1, 3)]);
    assert_eq!(addresses("r"), [ip(1, 4), ip(2, 4)]);
    assert_eq!(addresses("b"), [ip(2, 5)]);
    assert_eq!(Some(plan.client.address), ip(0, 1));
    assert_eq!(plan.server.port, Some(7000));
}

#[test]
fn macs_and_interface_names_are_unique() {
    let plan = compiled(NAT);
    let all: Vec<_> = plan.nodes.iter().flat_map(|n| n.interfaces.iter()).collect();
    let macs: std::collections::BTreeSet<_> = all.iter().map(|i| i.mac).collect();
    assert_eq!(macs.len(), all.len());
    assert_eq!(plan.vantages.len(), all.len());
}

#[test]
fn what_is_behind_a_nat_is_not_known_outside() {
    let plan = compiled(NAT);
    let routes = |name: &str| {
        let routes = node(&plan, name).routes.iter();
        routes.map(|r| format!("{}/{} via {}", r.destination, r.prefix, r.via)).collect::<Vec<_>>()
    };
    assert_eq!(routes("a"), ["10.0.1.0/24 via 10.0.0.3", "10.0.2.0/24 via 10.0.0.3"]);
    assert_eq!(routes("nat"), ["10.0.2.0/24 via 10.0.1.4"]);
    assert_eq!(routes("r"), [""; 0]);
    assert_eq!(routes("b"), ["10.0.1.0/24 via 10.0.2.4"]);
}

#[test]
fn a_nat_masquerades_outwards_and_drops_what_is_invalid() {
    let plan = compiled(NAT);
    let nat = node(&plan, "nat");
    insta::assert_snapshot!(nat.filter.as_ref().unwrap().nft.as_ref().unwrap(), @r#"
    table inet deadpeer {
      chain forward {
        type filter hook forward priority filter;
        ct state invalid counter drop
      }
      chain postrouting {
        type nat hook postrouting priority srcnat;
        oifname "to-r" masquerade
      }
    }
    "#);
    let sysctls: Vec<_> = nat.sysctls.iter().map(|(k, v)| format!("{k}={v}")).collect();
    assert_eq!(
        sysctls,
        ["net.netfilter.nf_conntrack_tcp_loose=0", "net.netfilter.nf_conntrack_tcp_timeout_established=350"]
    );
}

#[test]
fn a_nat_that_drops_the_unknown_is_silent_to_both_sides() {
    let outside = |answer: &str| {
        let text = NAT.replace("role: nat,", &format!("role: nat, on_unknown: {answer},"));
        assert_ne!(text, NAT);
        node(&compiled(&text), "nat").filter.clone().unwrap()
    };
    let silent = outside("drop");
    let chain = "chain input {\n    type filter hook input priority filter;\n    ct state invalid counter drop\n";
    assert!(silent.nft.as_ref().unwrap().contains(chain), "{silent:?}");
    assert!(silent.iptables.as_ref().unwrap().contains("-A INPUT -m conntrack --ctstate INVALID -j DROP\n"));
    let reset = outside("reset");
    assert!(!reset.nft.unwrap().contains("input") && !reset.iptables.unwrap().contains("INPUT"));
}

#[test]
fn a_drop_is_a_table_of_its_own() {
    let plan = compiled(NAT);
    let Action::Drop(fault) = &plan.steps[2].action else { panic!("{:?}", plan.steps[2]) };
    insta::assert_snapshot!(fault.set.nft.as_ref().unwrap(), @r"
    table inet dp_2 {
      chain hit {
        numgen inc mod 1000000000 < 2 counter drop
      }
      chain at0 {
        type filter hook forward priority filter;
        tcp dport 7000 tcp flags & (psh|ack) == psh|ack jump hit
      }
    }
    ");
    assert_eq!(fault.unset.nft.as_deref(), Some("delete table inet dp_2\n"));
    insta::assert_snapshot!(fault.set.iptables.as_ref().unwrap(), @r"
    *filter
    :dp_2 - [0:0]
    -A dp_2 -m statistic --mode nth --every 1000000000 --packet 0 -j DROP
    -A dp_2 -m statistic --mode nth --every 1000000000 --packet 0 -j DROP
    -A FORWARD -p tcp --dport 7000 -m tcp --tcp-flags PSH,ACK PSH,ACK -j dp_2
    COMMIT
    ");
}

#[test]
fn a_wait_means_the_first_line_that_no_step_before_has_passed() {
    let plan = compiled(NAT);
    // Not the handshake's ACK, which `connect` has seen.
    assert_eq!(plan.steps[1].action, Action::WaitFor { rung: 4, times: 1 });
    assert_eq!(plan.steps[3].action, Action::WaitFor { rung: 6, times: 1 });
    assert_eq!(plan.steps[4].action, Action::Undo { step: 2 });
}

#[test]
fn options_come_in_order_and_readings_know_their_rung() {
    let plan = compiled(NAT);
    let options: Vec<_> = plan.client.options.iter().map(|o| (o.name.as_str(), o.value)).collect();
    let expected = [
        ("TCP_KEEPIDLE", 2),
        ("TCP_KEEPINTVL", 1),
        ("TCP_KEEPCNT", 3),
        ("SO_KEEPALIVE", 1),
        ("TCP_USER_TIMEOUT", 3000),
    ];
    assert_eq!(options, expected);
    assert_eq!(plan.readings.len(), 1);
    assert_eq!(plan.readings[0].rung, 7);
    assert!(plan.ladder.open_ended);
    assert_eq!(plan.ladder.rungs.len(), 9);
}

#[test]
fn a_plan_is_data() {
    let plan = compiled(NAT);
    let text = serde_json::to_string(&plan).unwrap();
    assert_eq!(serde_json::from_str::<Plan>(&text).unwrap(), plan);
}

#[test]
fn no_way_is_told() {
    let text = NAT.replace("nat -- r, ", "");
    if let Ok(scenario) = parse("t.yaml", text.as_bytes()) {
        assert!(matches!(compile("t", &scenario), Err(PlanError::NoWay { .. })));
    }
}

fn rejecting(with: &str) -> FilterText {
    let plan = compiled(
        &NAT.replace("drop: { on: r,", &format!("reject: {{ on: r, with: {with},"))
            .replace("undo: drop", "undo: reject")
            .replace("step: drop", "step: reject"),
    );
    let Action::Reject { fault, .. } = &plan.steps[2].action else { panic!("{:?}", plan.steps[2]) };
    fault.set.clone()
}

#[test]
fn a_reject_answers_in_the_terms_of_each_program() {
    let cases = [
        (
            "tcp-reset",
            "reject with tcp reset",
            "-p tcp -m statistic --mode nth --every 1000000000 --packet 0 -j REJECT --reject-with tcp-reset",
        ),
        ("port-unreachable", "reject with icmp type port-unreachable", "-j REJECT --reject-with icmp-port-unreachable"),
        ("host-unreachable", "reject with icmp type host-unreachable", "-j REJECT --reject-with icmp-host-unreachable"),
        ("no-route", "reject with icmp type net-unreachable", "-j REJECT --reject-with icmp-net-unreachable"),
        (
            "proto-unreachable",
            "reject with icmp type prot-unreachable",
            "-j REJECT --reject-with icmp-proto-unreachable",
        ),
        ("host-prohibited", "reject with icmp type host-prohibited", "-j REJECT --reject-with icmp-host-prohibited"),
    ];
    for (with, nft, iptables) in cases {
        let text = rejecting(with);
        let lines = |text: Option<String>| {
            text.unwrap_or_default().lines().map(|line| line.trim().to_owned()).collect::<Vec<_>>()
        };
        let hit = format!("numgen inc mod 1000000000 < 2 counter {nft}");
        assert!(lines(text.nft).contains(&hit), "{with}");
        assert_eq!(lines(text.iptables).iter().filter(|line| line.ends_with(iptables)).count(), 2, "{with}");
    }
}

#[test]
fn answers_are_bare_acks_from_the_side_that_does_not_probe() {
    let text = NAT.replace("from: client, flags: [PSH, ACK], next: 2", "only: answers");
    let Action::Drop(fault) = &compiled(&text).steps[2].action else { panic!() };
    let nft = fault.set.nft.as_deref().unwrap_or_default();
    assert!(nft.contains("tcp sport 7000 tcp flags & (fin|syn|rst) == 0 tcp doff 8 ip length 52 jump hit"), "{nft}");
    assert!(!nft.contains("dport"), "{nft}");
}

fn ip(subnet: u8, host: u8) -> IpAddr {
    IpAddr::from([10, 0, subnet, host])
}

#[test]
fn a_dead_end_is_to_every_address_of_the_node() {
    let text = NAT
        .replace("a: host", "a: { role: host, routes: [{ unreachable: r }] }")
        .replace("drop: { on: r, from: client, flags: [PSH, ACK], next: 2 }", "route: { on: nat, blackhole: b }")
        .replace("undo: drop", "undo: route")
        .replace("step: drop", "step: route");
    let plan = compiled(&text);
    let both = [(DeadEnd::Unreachable, ip(1, 4)), (DeadEnd::Unreachable, ip(2, 4))];
    assert_eq!(node(&plan, "a").dead_ends, both);
    let Action::Route(route) = &plan.steps[2].action else { panic!("{:?}", plan.steps[2]) };
    assert_eq!((route.node.as_str(), route.kind, &route.to), ("nat", DeadEnd::Blackhole, &vec![ip(2, 5)]));
}

#[test]
fn what_is_read_is_of_a_rung_and_of_a_step_or_side() {
    let text = "title: t\nnodes: { a: host, b: host }\nlinks: [a -- b]\nclient: { on: a }\nserver: { on: b }\n\
        steps:\n  - connect\n  - drop: b\n  - drop: b\n    as: again\nexpect:\n  - a > b: SYN\n  - server: state SYN_RECV\n  \
        - client: timer none\n  - again: 2 packets\n  - drop: 0 packets\n";
    let plan = compiled(text);
    let read = |rung, what| ReadingPlan { rung, what };
    let expected = [
        read(1, ReadingKind::Socket { side: Side::Server, field: SocketField::State }),
        read(2, ReadingKind::Socket { side: Side::Client, field: SocketField::Timer }),
        read(3, ReadingKind::Packets { step: 2 }),
        read(4, ReadingKind::Packets { step: 1 }),
    ];
    assert_eq!(plan.readings, expected);
    let values = plan.ladder.rungs.iter().filter_map(|rung| match &rung.what {
        Expected::Reading { value } => Some(value.as_str()),
        _ => None,
    });
    assert!(values.eq(["SYN_RECV", "none", "2 packets", "0 packets"]));
}

const FORWARDED: &str = "\
title: t
nodes:
  a: host
  out: { role: nat, toward: a, forward: { 5050: in } }
  in: { role: nat, toward: out, forward: { 5050: b } }
  b: host
  c: host
links: [a -- out, out -- in, in -- b, in -- c]
connections:
  far:
    client: { on: a, run: [x, \"{server.address}\"] }
    server: { on: b, run: [y, \"{server.address}\"] }
    expect: [a > b: SYN]
  near:
    client: { on: c }
    server: { on: b }
    expect: [c > b: SYN]
steps: [connect]
";

#[test]
fn ports_are_forwarded_nat_by_nat() {
    let plan = compiled(FORWARDED);
    let filter = |name| node(&plan, name).filter.clone().unwrap();
    insta::assert_snapshot!(filter("in").nft.unwrap(), @r#"
    table inet deadpeer {
      chain forward {
        type filter hook forward priority filter;
      }
      chain prerouting {
        type nat hook prerouting priority dstnat;
        iifname "to-out" tcp dport 5050 dnat ip to 10.0.2.4
      }
      chain postrouting {
        type nat hook postrouting priority srcnat;
        oifname "to-out" masquerade
      }
    }
    "#);
    assert!(filter("out").nft.unwrap().contains("iifname \"to-a\" tcp dport 5050 dnat ip to 10.0.1.3\n"));
    let rule = "-A PREROUTING -i to-a -p tcp --dport 5050 -j DNAT --to-destination 10.0.1.3\n";
    assert!(filter("out").iptables.unwrap().contains(rule));
}

#[test]
fn a_client_outside_is_told_the_outermost_nats_address() {
    let plan = compiled(FORWARDED);
    let words = |end: &EndpointPlan| end.program.as_ref().unwrap().words[1].clone();
    assert_eq!(plan.server.address, ip(2, 4));
    assert_eq!(plan.server.forwarded, Some(ip(0, 2)));
    assert_eq!((words(&plan.client), words(&plan.server)), ("10.0.0.2".to_owned(), "10.0.2.4".to_owned()));
    let near = &plan.further[0];
    assert_eq!((near.server.forwarded, near.server.public()), (None, ip(2, 4)));
}

#[test]
fn neighbours_are_sysctls_of_each_interface_or_known_for_good() {
    let plan = compiled(
        &NAT.replace(
            "  a: host\n  sw: switch\n",
            "  a: { role: host, neighbours: { permanent: true } }\n  sw: switch\n",
        )
        .replace(
            "  r: router\n",
            "  r: { role: router, neighbours: { reachable: 500ms, delay: 1s, retransmit: 200ms } }\n",
        ),
    );
    let known: Vec<_> = node(&plan, "a").neighbours.iter().map(|one| (one.interface.as_str(), one.address)).collect();
    assert_eq!(known, [("to-sw", ip(0, 3))]);
    assert_eq!(node(&plan, "a").neighbours[0].mac, node(&plan, "nat").interfaces[0].mac);
    let sysctls: Vec<_> = node(&plan, "r").sysctls.iter().map(|(key, value)| format!("{key}={value}")).collect();
    let of = |name| {
        let table = format!("net.ipv4.neigh.{name}");
        [
            format!("{table}.base_reachable_time_ms=500"),
            format!("{table}.delay_first_probe_time=1"),
            format!("{table}.retrans_time_ms=200"),
        ]
    };
    assert_eq!(sysctls, [of("to-nat"), of("to-b")].concat());
    assert!(node(&plan, "r").neighbours.is_empty());
}

#[test]
fn a_port_is_taken_toward_each_server_that_is_meant() {
    let of = |step: &str| {
        let plan = compiled(&FORWARDED.replace("steps: [connect]", &format!("steps:\n  - connect\n  - {step}")));
        let Action::TakePort { node, entries, .. } = plan.steps[1].action.clone() else { panic!() };
        (node.to_string(), entries.iter().map(|one| (one.outside, one.server)).collect::<Vec<_>>())
    };
    let end = |text: &str| text.parse().unwrap();
    let far = (end("10.0.0.2:40001"), end("10.0.0.2:5050"));
    assert_eq!(of("{ take_port: { on: out, port: 40001 }, of: far }"), ("out".to_owned(), vec![far]));
    let near = (end("10.0.0.2:40001"), end("10.0.2.4:5051"));
    assert_eq!(of("take_port: { on: out, port: 40001 }").1, [far, near]);
}

#[test]
fn of_two_nats_that_forward_the_one_is_taken_that_the_client_finds() {
    let plan = compiled(
        "title: t\nnodes:\n  c: host\n  n: { role: nat, toward: c, forward: { 5050: b } }\n  \
         m: { role: nat, toward: a, forward: { 5050: b } }\n  a: host\n  sw: switch\n  b: host\n\
         links: [c -- n, n -- sw, sw -- m, m -- a, sw -- b]\nclient: { on: a }\nserver: { on: b }\n\
         steps: [connect]\nexpect: [a > b: SYN]\n",
    );
    assert_eq!(plan.server.forwarded, Some(ip(2, 3)));
    let told: Vec<_> = plan.warnings.iter().map(|warning| warning.line).collect();
    assert_eq!(told, [4], "nobody comes to the other");
}
