//! Labs of `family: ipv6`.

use crate::{carry_out, connect, listen, sh};
use deadpeer::netns::{Lab, Options};
use deadpeer::plan::{Plan, compile};
use deadpeer::run::{Backend, Happening};
use deadpeer::scenario::parse;
use deadpeer::wire::{LinkType, Packet, decode};
use std::time::Instant;

/// `a -- nat -- sw -- r -- b`, with these steps before `connect`.
fn plan(steps: &str) -> Plan {
    let text = format!(
        "title: t\nfamily: ipv6\nnodes: {{ a: host, nat: nat, sw: switch, r: router, b: host }}\n\
         links: [a -- nat, nat -- sw, sw -- r, r -- b]\nclient: {{ on: a }}\nserver: {{ on: b }}\n\
         steps:\n{steps}  - connect\nexpect:\n  - a > b: SYN\n"
    );
    let scenario = parse("t.yaml", text.as_bytes()).unwrap_or_else(|failure| panic!("{}", failure.render(false)));
    compile("t", &scenario).unwrap()
}

fn build(plan: &Plan, options: &Options) -> Lab {
    Lab::build(plan, options).unwrap_or_else(|error| panic!("failed to {error}"))
}

const B: &str = "[fd00:0:0:2::5]:6000";

#[test]
fn addresses_are_usable_at_once() {
    for _ in 0..5 {
        let lab = build(&plan(""), &Options::default());
        for node in ["a", "nat", "r", "b"] {
            assert_eq!(sh(&lab, node, "ip -6 addr show tentative"), "", "{node}");
        }
        assert_eq!(sh(&lab, "sw", "ip -6 addr show dev br0"), "");
        let _listener = listen(&lab, "b", B);
        let begun = Instant::now();
        connect(&lab, "a", B).unwrap();
        // A solicitation that is lost is repeated after 1 s.
        assert!(begun.elapsed().as_millis() < 600, "{:?}", begun.elapsed());
    }
}

/// Nobody asks for a router, or whether an address is somebody else's.
#[test]
fn nothing_but_group_membership_is_told_unasked() {
    let mut lab = build(&plan(""), &Options::default());
    std::thread::sleep(std::time::Duration::from_millis(500));
    for happening in lab.finish() {
        let Happening::Frame(frame) = happening else { continue };
        let packet = decode(LinkType::Ethernet, &frame.octets, frame.wire_len);
        assert!(matches!(packet, Packet::Other(why) if why.starts_with("ICMPv6")), "{packet:?} {:x?}", frame.octets);
    }
}

#[test]
fn only_routers_forward() {
    let lab = build(&plan(""), &Options::default());
    for (node, expected) in [("a", "0"), ("nat", "1"), ("r", "1"), ("b", "0")] {
        assert_eq!(sh(&lab, node, "cat /proc/sys/net/ipv6/conf/all/forwarding").trim(), expected, "{node}");
    }
    assert_eq!(sh(&lab, "nat", "cat /proc/sys/net/ipv4/ip_forward").trim(), "0");
}

fn translates_and_forgets(options: &Options) {
    let mut lab = build(&plan("  - flush_nat: nat\n"), options);
    let listener = listen(&lab, "b", B);
    let _stream = connect(&lab, "a", B).unwrap();
    let (_accepted, seen_as) = listener.accept().unwrap();
    assert_eq!(seen_as.ip().to_string(), "fd00:0:0:1::2");
    let entries = |lab: &Lab| sh(lab, "nat", "conntrack -L -f ipv6 -p tcp 2>/dev/null");
    assert!(entries(&lab).contains(" ESTABLISHED src=fd00::1 dst=fd00:0:0:2::5 "), "{}", entries(&lab));
    carry_out(&mut lab, 0).unwrap();
    assert_eq!(entries(&lab), "");
}

#[test]
fn nft_translates() {
    translates_and_forgets(&Options::default());
}

#[test]
fn ip6tables_translates() {
    translates_and_forgets(&Options { without_nft: true, ..Options::default() });
}

/// The answer to a SYN, as the client's capture has it.
fn answered(with: &str, options: &Options) -> String {
    let plan = plan(&format!("  - reject: {{ on: r, with: {with} }}\n"));
    let mut lab = build(&plan, options);
    carry_out(&mut lab, 0).unwrap();
    drop(connect(&lab, "a", "[fd00:0:0:2::5]:5050"));
    let client = plan.vantages.iter().position(|vantage| vantage.node.as_str() == "a");
    let seen = lab.finish().into_iter().filter_map(|happening| match happening {
        Happening::Frame(frame) if Some(frame.vantage) == client => {
            Some(decode(LinkType::Ethernet, &frame.octets, frame.wire_len))
        }
        _ => None,
    });
    let told = seen.filter_map(|packet| match packet {
        Packet::Icmp(icmp) => Some(format!("{:?}", icmp.code)),
        Packet::Tcp(segment) if segment.source.port() == 5050 => Some(format!("{:#04x}", segment.flags.0)),
        _ => None,
    });
    told.collect::<Vec<_>>().join(" ")
}

#[test]
fn both_programs_reject_alike() {
    let iptables = Options { without_nft: true, ..Options::default() };
    let cases = [
        ("port-unreachable", "Port"),
        ("host-unreachable", "Host"),
        ("no-route", "Network"),
        ("admin-prohibited", "AdminProhibited"),
        ("tcp-reset", "0x14"),
    ];
    for (with, expected) in cases {
        assert_eq!(answered(with, &Options::default()), expected, "{with}");
        assert_eq!(answered(with, &iptables), expected, "{with}, by ip6tables");
    }
}
