//! What a scenario says of its nodes is so in the lab.

use crate::{carry_out, connect, listen, sh};
use deadpeer::netns::{Lab, Options};
use deadpeer::plan::{Plan, compile};
use deadpeer::scenario::parse;

fn plan(nodes: &str, steps: &str) -> Plan {
    let text = format!(
        "title: t\nnodes:\n{nodes}links: [a -- n, n -- b]\nclient: {{ on: a }}\nserver: {{ on: b, port: 7000 }}\n\
         steps: [connect{steps}]\nexpect: [a > b: SYN]\n"
    );
    let scenario = parse("t.yaml", text.as_bytes()).unwrap_or_else(|wrong| panic!("{}", wrong.render(false)));
    compile("t", &scenario).unwrap()
}

fn build(plan: &Plan, options: &Options) -> Lab {
    Lab::build(plan, options).unwrap_or_else(|error| panic!("failed to {error}"))
}

#[test]
fn ports_are_forwarded_by_either_program() {
    let nodes = "  a: host\n  n: { role: nat, toward: a, forward: { 7000: b } }\n  b: host\n";
    for without_nft in [false, true] {
        let lab = build(&plan(nodes, ""), &Options { without_nft, ..Options::default() });
        let stream = connect(&lab, "a", "10.0.0.2:7000").unwrap();
        assert_eq!(stream.peer_addr().unwrap(), "10.0.0.2:7000".parse().unwrap());
        let _other = listen(&lab, "b", "10.0.1.3:7001");
        connect(&lab, "a", "10.0.0.2:7001").unwrap_err();
        connect(&lab, "a", "10.0.1.3:7000").unwrap_err();
    }
}

#[test]
fn neighbours_are_as_the_scenario_says() {
    let nodes = "  a: { role: host, neighbours: { reachable: 500ms, delay: 1s, retransmit: 200ms } }\n  n: switch\n  \
        b: { role: host, neighbours: { permanent: true } }\n";
    let mut lab = build(&plan(nodes, ", { flush_neighbours: a }, { flush_neighbours: b }"), &Options::default());
    let sysctls = "sysctl -n net.ipv4.neigh.to-n.base_reachable_time_ms net.ipv4.neigh.to-n.delay_first_probe_time \
        net.ipv4.neigh.to-n.retrans_time_ms";
    assert_eq!(sh(&lab, "a", sysctls), "500\n1\n200\n");
    assert_eq!(sh(&lab, "b", "ip neigh").trim(), "10.0.0.1 dev to-n lladdr 02:dd:00:00:01:00 PERMANENT");
    assert_eq!(sh(&lab, "a", "ip neigh"), "");
    connect(&lab, "a", "10.0.0.3:7000").unwrap();
    assert!(sh(&lab, "a", "ip neigh").starts_with("10.0.0.3 dev to-n lladdr 02:dd:00:00:03:00 "));
    carry_out(&mut lab, 1).unwrap();
    carry_out(&mut lab, 2).unwrap();
    assert_eq!(sh(&lab, "a", "ip neigh"), "");
    assert!(sh(&lab, "b", "ip neigh").contains("PERMANENT"));
}

#[test]
fn a_taken_port_is_somebody_elses() {
    let nodes = "  a: host\n  n: nat\n  b: host\n";
    let mut lab = build(&plan(nodes, ", { take_port: { on: n, port: 40001 } }"), &Options::default());
    carry_out(&mut lab, 1).unwrap();
    let table = sh(&lab, "n", "conntrack -L -p tcp 2>/dev/null");
    let tuples =
        "src=10.255.255.254 dst=10.0.1.3 sport=40001 dport=7000 src=10.0.1.3 dst=10.0.1.2 sport=7000 dport=40001";
    assert!(table.contains(tuples) && table.contains("ESTABLISHED") && table.contains("[ASSURED]"), "{table}");
    let error = carry_out(&mut lab, 1).unwrap_err();
    assert!(error.contains("a connection has it already"), "{error}");
}
