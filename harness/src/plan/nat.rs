//! The rules and sysctls that make a node a NAT.

use super::FilterText;
use crate::scenario::{Nat, OnUnknown};
use std::net::IpAddr;
use std::time::Duration;

/// Where the sysctls of conntrack live (nf_conntrack-sysctl in the kernel's docs).
const CONNTRACK: &str = "net.netfilter.nf_conntrack";

/// Masquerade on `outside`, ports forwarded from there, and what becomes of segments of
/// unknown connections.
pub(super) fn filter(nat: &Nat, outside: &str, forward: &[(u16, IpAddr)]) -> FilterText {
    let (nft_rule, iptables_rule) = match on_unknown(nat) {
        OnUnknown::Forward => ("", ""),
        OnUnknown::Drop => {
            ("    ct state invalid counter drop\n", "-A FORWARD -m conntrack --ctstate INVALID -j DROP\n")
        }
        OnUnknown::Reset => (
            "    meta l4proto tcp ct state invalid counter reject with tcp reset\n",
            "-A FORWARD -p tcp -m conntrack --ctstate INVALID -j REJECT --reject-with tcp-reset\n",
        ),
    };
    // What comes from outside for a connection that is forgotten is addressed to the NAT
    // itself, which would answer with RST as any host does.
    let (nft_input, iptables_input) = match nat.on_unknown {
        OnUnknown::Drop => (
            "  chain input {\n    type filter hook input priority filter;\n    ct state invalid counter drop\n  }\n",
            "-A INPUT -m conntrack --ctstate INVALID -j DROP\n",
        ),
        OnUnknown::Forward | OnUnknown::Reset => ("", ""),
    };
    let (nft_forward, iptables_forward) = forwarding(outside, forward);
    let nft = format!(
        "table inet deadpeer {{\n  chain forward {{\n    type filter hook forward priority filter;\n{nft_rule}  \
         }}\n{nft_input}{nft_forward}  chain postrouting {{\n    type nat hook postrouting priority srcnat;\n    \
         oifname \"{outside}\" masquerade\n  }}\n}}\n"
    );
    let iptables = format!(
        "*filter\n{iptables_rule}{iptables_input}COMMIT\n*nat\n{iptables_forward}-A POSTROUTING -o {outside} -j MASQUERADE\nCOMMIT\n"
    );
    FilterText { nft: Some(nft), iptables: Some(iptables) }
}

/// The rules that send what comes from outside to these ports on to hosts inside: only what
/// opens a connection passes them, as all of nat.
fn forwarding(outside: &str, forward: &[(u16, IpAddr)]) -> (String, String) {
    if forward.is_empty() {
        return (String::new(), String::new());
    }
    let nft = |(port, to): &(u16, IpAddr)| {
        let ip = if to.is_ipv4() { "ip" } else { "ip6" };
        format!("    iifname \"{outside}\" tcp dport {port} dnat {ip} to {to}\n")
    };
    let iptables = |(port, to): &(u16, IpAddr)| {
        format!("-A PREROUTING -i {outside} -p tcp --dport {port} -j DNAT --to-destination {to}\n")
    };
    let rules: String = forward.iter().map(nft).collect();
    let chain = format!("  chain prerouting {{\n    type nat hook prerouting priority dstnat;\n{rules}  }}\n");
    (chain, forward.iter().map(iptables).collect())
}

fn on_unknown(nat: &Nat) -> OnUnknown {
    if nat.drop_invalid && nat.on_unknown == OnUnknown::Forward {
        return OnUnknown::Drop;
    }
    nat.on_unknown
}

/// The conntrack sysctls that `nat` asks for. A box that drops or resets what it does
/// not know can't pick connections up in mid-stream, so `on_unknown` implies
/// tcp_loose=0 unless the file says otherwise.
pub(super) fn sysctls(nat: &Nat) -> Vec<(String, String)> {
    let implied = (nat.on_unknown != OnUnknown::Forward).then_some(false);
    let loose = nat.loose.or(implied).map(|on| ("tcp_loose".to_owned(), u64::from(on).to_string()));
    let established = nat.established_timeout.map(|t| ("tcp_timeout_established".to_owned(), seconds(t)));
    let further = nat.timeouts.iter().map(|(name, t)| (name.value.clone(), seconds(*t)));
    loose
        .into_iter()
        .chain(established)
        .chain(further)
        .map(|(name, value)| (format!("{CONNTRACK}_{name}"), value))
        .collect()
}

fn seconds(duration: Duration) -> String {
    duration.as_secs().to_string()
}
