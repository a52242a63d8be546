//! A lab is as its plan says.

use crate::plans::{switched, translated};
use crate::{build, connect, listen, sh, shell};
use deadpeer::run::{Backend, Happening};
use std::io::{Read, Write};

/// How often the caller's own links are mentioned by `ip`.
fn own_links() -> String {
    shell("ip -o link | cut -d: -f2 | sort")
}

#[test]
fn hosts_reach_each_other_through_a_switch() {
    let before = own_links();
    let lab = build(&switched());
    assert_eq!(own_links(), before, "the caller's namespace got a link");
    let _listener = listen(&lab, "b", "10.0.0.2:6000");
    connect(&lab, "a", "10.0.0.2:6000").unwrap();
}

#[test]
fn interfaces_are_as_planned() {
    let lab = build(&switched());
    let links: serde_json::Value = serde_json::from_str(&sh(&lab, "b", "ip -j addr show to-sw")).unwrap();
    let link = &links[0];
    assert_eq!(link["address"], "02:00:00:00:00:04");
    assert_eq!(link["operstate"], "UP");
    assert_eq!(link["mtu"], 1500);
    let addresses = link["addr_info"].as_array().unwrap();
    assert_eq!(addresses.len(), 1, "no IPv6 address: {addresses:?}");
    assert_eq!((&addresses[0]["local"], &addresses[0]["prefixlen"]), (&"10.0.0.2".into(), &24.into()));
}

#[test]
fn a_switch_is_silent_and_has_its_ports() {
    let lab = build(&switched());
    let links: serde_json::Value = serde_json::from_str(&sh(&lab, "sw", "ip -j -d link")).unwrap();
    let ports = links.as_array().unwrap().iter().filter(|link| link["master"] == "br0");
    for port in ports.clone() {
        assert_eq!(port["linkinfo"]["info_slave_data"]["state"], "forwarding");
    }
    assert_eq!(ports.count(), 2);
    let bridge = links.as_array().unwrap().iter().find(|link| link["ifname"] == "br0").unwrap();
    assert_eq!(bridge["linkinfo"]["info_data"]["stp_state"], 0);
    assert_eq!(bridge["linkinfo"]["info_data"]["mcast_snooping"], 0);
}

#[test]
fn nothing_is_sent_before_the_first_step() {
    let mut plan = switched();
    plan.client.program = None;
    let mut lab = build(&plan);
    std::thread::sleep(std::time::Duration::from_millis(300));
    let seen = lab.finish();
    let frames: Vec<_> = seen.iter().filter(|happening| matches!(happening, Happening::Frame(_))).collect();
    assert!(frames.is_empty(), "{frames:?}");
}

#[test]
fn what_is_captured_is_as_on_a_real_wire() {
    let mut lab = build(&switched());
    let listener = listen(&lab, "b", "10.0.0.2:6000");
    let mut stream = connect(&lab, "a", "10.0.0.2:6000").unwrap();
    let (mut accepted, _) = listener.accept().unwrap();
    let reader = std::thread::spawn(move || {
        let mut all = Vec::new();
        accepted.read_to_end(&mut all).unwrap();
        all.len()
    });
    stream.write_all(&[7; 60_000]).unwrap();
    drop(stream);
    assert_eq!(reader.join().unwrap(), 60_000);
    let seen = lab.finish();
    let frames = seen.iter().filter_map(|happening| match happening {
        Happening::Frame(frame) => Some(frame),
        Happening::Event(_) | Happening::Interrupted => None,
    });
    let mut segments = 0;
    for frame in frames.filter(|frame| frame.octets[12..14] == [8, 0]) {
        assert!(frame.wire_len <= 1514, "{} octets", frame.wire_len);
        assert_eq!(tcp_sum(&frame.octets[14..]), 0xffff, "a wrong checksum in {:?}", frame.octets);
        segments += 1;
    }
    assert!(segments > 4 * 41, "{segments} segments at four vantages");
}

/// The one's complement sum of an IPv4 packet's TCP part with its pseudo header: 0xffff
/// if the checksum is right (RFC 9293 §3.1).
fn tcp_sum(packet: &[u8]) -> u16 {
    let total = usize::from(u16::from_be_bytes([packet[2], packet[3]]));
    let tcp = &packet[20..total];
    let words = |octets: &[u8]| {
        octets.chunks(2).map(|c| u32::from(c[0]) << 8 | u32::from(c.get(1).copied().unwrap_or(0))).sum::<u32>()
    };
    let mut sum = words(&packet[12..20]) + 6 + u32::try_from(tcp.len()).unwrap() + words(tcp);
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    u16::try_from(sum).unwrap()
}

#[test]
fn a_nat_translates() {
    let lab = build(&translated());
    let listener = listen(&lab, "b", "10.2.0.1:6000");
    connect(&lab, "a", "10.2.0.1:6000").unwrap();
    let (_, from) = listener.accept().unwrap();
    assert_eq!(from.ip().to_string(), "10.2.0.254", "b sees the NAT's address");
    assert_eq!(sh(&lab, "nat", "cat /proc/sys/net/netfilter/nf_conntrack_tcp_loose").trim(), "0");
    assert_eq!(sh(&lab, "nat", "cat /proc/sys/net/ipv4/ip_forward").trim(), "1");
    assert_eq!(sh(&lab, "a", "cat /proc/sys/net/ipv4/ip_forward").trim(), "0");
}

#[test]
fn a_refused_sysctl_is_told_with_its_node_and_errno() {
    let mut plan = switched();
    plan.nodes[0].sysctls.push(("net.ipv4.tcp_keepalive_probes".into(), "256".into()));
    let options = deadpeer::netns::Options::default();
    let error = deadpeer::netns::Lab::build(&plan, &options).err().unwrap().to_string();
    assert_eq!(error, "set sysctl net.ipv4.tcp_keepalive_probes to `256` in node `a`: EINVAL");
}

#[test]
fn a_route_to_nowhere_is_told() {
    let mut plan = translated();
    plan.nodes[0].routes[0].via = [10, 9, 0, 254].into();
    let error = deadpeer::netns::Lab::build(&plan, &deadpeer::netns::Options::default()).err().unwrap();
    assert_eq!(error.to_string(), "find a link of node `a` to its gateway 10.9.0.254 in the plan");
}

#[test]
fn this_machine_has_what_the_tests_need() {
    // Scenarios that need netem run in the guest kernel, which has it.
    let all = deadpeer::netns::capabilities().into_iter().filter(|check| check.name != "netem");
    let lacking: Vec<_> = all.filter(|check| check.found.is_err()).collect();
    assert!(lacking.is_empty(), "{lacking:?}");
}
