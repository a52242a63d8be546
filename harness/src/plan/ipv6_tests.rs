use super::tests::compiled;
use super::*;

const NAT: &str = "\
title: t
family: ipv6
nodes:
  a: { role: host, routes: [{ blackhole: r }] }
  nat: { role: nat, on_unknown: drop }
  r: router
  b: host
links: [a -- nat, nat -- r, r -- b]
client: { on: a, run: [probe, \"{server.address}\", \"[{server.address}]:{server.port}\"] }
server: { on: b }
steps:
  - drop: { on: r, only: probes }
  - reject: { on: b, with: no-route }
  - connect
expect:
  - a > b: SYN
";

fn rules(with: &str) -> (String, String) {
    let plan = compiled(&NAT.replace("no-route", with));
    let Action::Reject { fault, .. } = &plan.steps[1].action else { panic!("{:?}", plan.steps[1]) };
    (fault.set.nft.clone().unwrap(), fault.set.iptables.clone().unwrap())
}

#[test]
fn all_addresses_and_routes_are_of_ipv6() {
    let plan = compiled(NAT);
    assert_eq!(plan.family(), Family::Ipv6);
    let interfaces = plan.nodes.iter().flat_map(|node| &node.interfaces);
    let addresses: Vec<_> = interfaces.map(|i| format!("{}/{}", i.address.unwrap(), i.prefix)).collect();
    let expected =
        ["fd00::1/64", "fd00::2/64", "fd00:0:0:1::2/64", "fd00:0:0:1::3/64", "fd00:0:0:2::3/64", "fd00:0:0:2::4/64"];
    assert_eq!(addresses, expected);
    let routes: Vec<_> = plan
        .nodes
        .iter()
        .flat_map(|n| &n.routes)
        .map(|r| format!("{}/{} via {}", r.destination, r.prefix, r.via))
        .collect();
    let expected = [
        "fd00:0:0:1::/64 via fd00::2",
        "fd00:0:0:2::/64 via fd00::2",
        "fd00:0:0:2::/64 via fd00:0:0:1::3",
        "fd00:0:0:1::/64 via fd00:0:0:2::3",
    ];
    assert_eq!(routes, expected);
    let ends: Vec<_> = plan.nodes[0].dead_ends.iter().map(|(_, to)| to.to_string()).collect();
    assert_eq!(ends, ["fd00:0:0:1::3", "fd00:0:0:2::3"]);
    let words = plan.client.program.unwrap().words;
    assert_eq!(words, ["probe", "fd00:0:0:2::4", "[fd00:0:0:2::4]:5050"]);
}

#[test]
fn a_bare_ack_has_its_length_without_ips_header() {
    let plan = compiled(NAT);
    let Action::Drop(fault) = &plan.steps[0].action else { panic!("{:?}", plan.steps[0]) };
    let nft = fault.set.nft.as_deref().unwrap_or_default();
    assert!(nft.contains("tcp doff 8 ip6 length 32 jump hit") && !nft.contains("ip length"), "{nft}");
    assert!(fault.set.iptables.as_deref().unwrap_or_default().contains("-m length --length 60:100"));
}

#[test]
fn a_reject_answers_by_icmpv6() {
    let cases = [
        ("tcp-reset", "reject with tcp reset", "tcp-reset"),
        ("port-unreachable", "reject with icmpv6 type port-unreachable", "icmp6-port-unreachable"),
        ("host-unreachable", "reject with icmpv6 type addr-unreachable", "icmp6-addr-unreachable"),
        ("net-unreachable", "reject with icmpv6 type no-route", "icmp6-no-route"),
        ("no-route", "reject with icmpv6 type no-route", "icmp6-no-route"),
        ("admin-prohibited", "reject with icmpv6 type admin-prohibited", "icmp6-adm-prohibited"),
    ];
    for (with, nft, iptables) in cases {
        let found = rules(with);
        assert!(found.0.contains(&format!("counter {nft}\n")), "{with}: {}", found.0);
        assert!(found.1.contains(&format!(" -j REJECT --reject-with {iptables}\n")), "{with}: {}", found.1);
    }
}

#[test]
fn a_nats_rules_are_those_of_either_family() {
    let filter = |text: &str| compiled(text).nodes.iter().find_map(|node| node.filter.clone());
    assert_eq!(filter(NAT), filter(&NAT.replace("family: ipv6\n", "")));
}
