//! The kernel must have what nft(8) would have loaded: both load each text, and nft lists
//! it, with the expressions.

use super::{load, text};
use crate::netns::live::needs::filters;
use crate::netns::live::testing::{inside, sh};
use crate::plan::library::library;
use std::collections::BTreeSet;
use std::fs;

/// A fault's table, whose rules are these.
fn fault(family: &str, hook: &str, hit: &str, rules: &[&str]) -> String {
    let rules: String = rules.iter().map(|rule| format!("    {rule} jump hit\n")).collect();
    format!(
        "table {family} dp_1 {{\n  chain hit {{\n    {hit}\n  }}\n  chain at0 {{\n    type filter hook {hook};\n\
         {rules}  }}\n}}\n"
    )
}

fn listed() -> String {
    // Handles and the order in which they were given are nobody's business.
    let text = sh("nft --debug=netlink list ruleset");
    let plain = |line: &str| match line.split(' ').collect::<Vec<_>>()[..] {
        [family @ ("inet" | "netdev"), table, chain, ..] => format!("{family} {table} {chain}"),
        _ => line.to_owned(),
    };
    text.lines().map(|line| plain(line) + "\n").collect()
}

/// What nft lists after `text` was loaded by this module, and by nft.
fn both(text: &str) -> [String; 2] {
    let owned = text.to_owned();
    let ours = inside(async move || {
        assert!(load(&owned).unwrap(), "not read: {owned}");
        listed()
    });
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), text).unwrap();
    let theirs = inside(async move || {
        sh(&format!("nft -f {}", file.path().display()));
        listed()
    });
    [ours, theirs]
}

fn same(text: &str) {
    let [ours, theirs] = both(text);
    assert!(ours.contains("chain"), "{text}\n{ours}");
    assert_eq!(ours, theirs, "{text}");
}

#[test]
fn what_faults_match() {
    let empty = "tcp flags & (fin|syn|rst) == 0 tcp doff 8";
    for rules in [
        &["tcp dport 7000", "tcp sport 7000"][..],
        &["tcp dport 7000-7099", "tcp sport 1 tcp flags & (syn|ack) == syn|ack"],
        &["tcp dport 7000 tcp flags & (psh) == psh"],
        &[&format!("tcp dport 7000 {empty} ip length 52"), &format!("tcp dport 7000 {empty} ip6 length 32")],
    ] {
        same(&fault("inet", "input priority filter", "counter drop", rules));
        same(&fault("netdev", "ingress device \"lo\" priority 0", "counter drop", rules));
    }
}

#[test]
fn what_becomes_of_packets() {
    let answers = ["drop", "reject with tcp reset"].into_iter().map(str::to_owned);
    let icmp = ["net", "host", "prot", "port"].map(|what| format!("reject with icmp type {what}-unreachable"));
    let prohibited = ["net", "host", "admin"].map(|what| format!("reject with icmp type {what}-prohibited"));
    let icmpv6 =
        ["no-route", "admin-prohibited", "addr-unreachable", "port-unreachable", "policy-fail", "reject-route"]
            .map(|what| format!("reject with icmpv6 type {what}"));
    for answer in answers.chain(icmp).chain(prohibited).chain(icmpv6) {
        for condition in ["", "numgen inc mod 1000000000 < 3 ", "numgen random mod 1000 < 250 "] {
            let hit = format!("{condition}counter {answer}");
            same(&fault("inet", "output priority filter", &hit, &["tcp dport 7000"]));
        }
    }
}

#[test]
fn what_a_nat_does() {
    let forward = ["ct state invalid counter drop", "meta l4proto tcp ct state invalid counter reject with tcp reset"];
    for rule in forward {
        let forward = format!("  chain forward {{\n    type filter hook forward priority filter;\n    {rule}\n  }}\n");
        let inward = ["ip to 10.0.0.1", "ip6 to fd00::1"];
        let inward = inward.map(|to| format!("    iifname \"to-b\" tcp dport 80 dnat {to}\n")).concat();
        let before = format!("  chain prerouting {{\n    type nat hook prerouting priority dstnat;\n{inward}  }}\n");
        let outward = "    oifname \"to-b\" masquerade\n";
        let after = format!("  chain postrouting {{\n    type nat hook postrouting priority srcnat;\n{outward}  }}\n");
        same(&format!("table inet deadpeer {{\n{forward}{before}{after}}}\n"));
    }
}

#[test]
fn a_table_goes_again() {
    inside(async || {
        let text = fault("inet", "input priority filter", "counter drop", &["tcp dport 7000"]);
        assert!(load(&text).unwrap() && listed().contains("dp_1"));
        assert!(load("delete table inet dp_1\n").unwrap());
        assert_eq!(listed(), "");
    });
}

/// The program gets what is not read here.
#[test]
fn what_it_does_not_know_it_leaves_alone() {
    inside(async || {
        for rule in [
            "udp dport 7 drop",
            "tcp dport { 1, 3 } drop",
            "tcp dport 70000 drop",
            "drop drop",
            "jump",
            "ip length 52 log",
        ] {
            let text = format!("table inet t {{\n  chain c {{\n    {rule}\n  }}\n}}\n");
            assert!(!load(&text).unwrap(), "{rule}");
        }
        for text in [
            "",
            "flush ruleset\n",
            "table ip t {\n}\n",
            "table inet t {\n",
            "}\n",
            "table inet t {\n  set s {\n  }\n}\n",
        ] {
            assert!(!load(text).unwrap(), "{text}");
        }
        let answer =
            fault("netdev", "ingress device \"lo\" priority 0", "counter reject with tcp reset", &["tcp dport 7"]);
        assert!(!load(&answer).unwrap());
        assert_eq!(listed(), "");
    });
}

#[test]
fn the_kernel_takes_all_or_nothing() {
    inside(async || {
        let text = fault("inet", "input priority filter", "counter drop", &["tcp dport 7000"]);
        let lost = text.replace("jump hit", "jump miss");
        assert_eq!(load(&lost).unwrap_err().raw_os_error(), Some(libc::ENOENT));
        assert_eq!(load("delete table inet dp_1\n").unwrap_err().raw_os_error(), Some(libc::ENOENT));
        assert_eq!(listed(), "");
    });
}

/// Were one not read here, nft would be started for it: right, but slow.
#[test]
fn all_that_the_scenarios_load() {
    let texts = scenarios_texts();
    assert!(texts.len() > 20, "{texts:?}");
    for text in texts {
        let several_ports = text.contains("port { ");
        assert_eq!(text::read(&text).is_none(), several_ports, "{text}");
        // A switch's ports are not there to hang the others at.
        if !several_ports && !text.starts_with("table netdev") {
            same(&text);
        }
    }
}

fn scenarios_texts() -> BTreeSet<String> {
    library().iter().flat_map(filters).filter_map(|filter| filter.nft.clone()).collect()
}
