//! The packet filter rule of a `drop`, in the words of nft and of iptables.
//!
//! nft: a table of its own holds the matching rules, which jump to a chain `hit` with
//! the counter and the drop. iptables: a chain of its own, likewise.

use super::{FaultPlan, FilterText, PlanError};
use crate::name::Side;
use crate::scenario::{Blackhole, FilterTool, Hook, TcpFlag};

/// `numgen inc mod BIG < n` is true for the first n packets and then for no more than
/// anyone will wait for: nft has no other way to say "the next n".
const BIG: u32 = 1_000_000_000;

/// The ports and places a fault's rule needs to know.
pub(super) struct Scene<'a> {
    pub(super) step: usize,
    /// Where the servers listen whose segments are meant.
    pub(super) server_ports: Vec<u16>,
    /// The names of the interfaces of the node if it is a switch, else empty.
    pub(super) switch_ports: Vec<&'a str>,
}

/// The plan of one fault.
///
/// # Errors
/// A switch has no IP hooks, so only nft can lose frames there.
pub(super) fn fault(hole: &Blackhole, scene: &Scene) -> Result<FaultPlan, PlanError> {
    let on_switch = !scene.switch_ports.is_empty();
    if on_switch && hole.via == FilterTool::Iptables {
        return Err(PlanError::IptablesOnSwitch { node: hole.on.value.clone() });
    }
    let handle = format!("dp_{}", scene.step);
    let with_nft = hole.via != FilterTool::Iptables;
    let with_iptables = hole.via != FilterTool::Nft && !on_switch;
    let family = if on_switch { "netdev" } else { "inet" };
    Ok(FaultPlan {
        node: hole.on.value.clone(),
        set: FilterText {
            nft: with_nft.then(|| nft(hole, scene, &handle)),
            iptables: with_iptables.then(|| iptables(hole, scene, &handle)),
        },
        unset: FilterText {
            nft: with_nft.then(|| format!("delete table {family} {handle}\n")),
            iptables: with_iptables.then(|| iptables_unset(hole, scene, &handle)),
        },
        handle,
        lasts: hole.lasts,
    })
}

fn nft(hole: &Blackhole, scene: &Scene, handle: &str) -> String {
    let family = if scene.switch_ports.is_empty() { "inet" } else { "netdev" };
    let condition = match (hole.next, hole.share) {
        (Some(n), _) => format!("numgen inc mod {BIG} < {n} "),
        (None, Some(share)) => format!("numgen random mod 1000 < {share} "),
        (None, None) => String::new(),
    };
    let mut text = format!("table {family} {handle} {{\n  chain hit {{\n    {condition}counter drop\n  }}\n");
    let rules: String = nft_matches(hole, scene).iter().map(|rule| format!("    {rule} jump hit\n")).collect();
    for (index, hook) in nft_hooks(hole, scene).iter().enumerate() {
        text += &format!("  chain at{index} {{\n    type filter hook {hook};\n{rules}  }}\n");
    }
    text + "}\n"
}

/// Where the rules hang: before the address translation of no hook, at the usual
/// filter's place; at a switch, on each port as frames come in.
fn nft_hooks(hole: &Blackhole, scene: &Scene) -> Vec<String> {
    if !scene.switch_ports.is_empty() {
        let port = |name: &&str| format!("ingress device \"{name}\" priority 0");
        return scene.switch_ports.iter().map(port).collect();
    }
    vec![format!("{} priority filter", hook_name(hole.hook))]
}

fn hook_name(hook: Hook) -> &'static str {
    match hook {
        Hook::Input => "input",
        Hook::Output => "output",
        Hook::Forward => "forward",
    }
}

fn nft_matches(hole: &Blackhole, scene: &Scene) -> Vec<String> {
    let flags = nft_flags(hole);
    let ports =
        directions(hole.from).into_iter().map(|d| format!("tcp {d}port {}{flags}", nft_ports(&scene.server_ports)));
    if !hole.only_probes {
        return ports.collect();
    }
    // A segment without data: the IP length is 20 octets and the TCP header's. nft
    // can't add, so each header length has a rule.
    ports
        .flat_map(|port| (5..=15).map(move |words| format!("{port} tcp doff {words} ip length {}", 20 + 4 * words)))
        .collect()
}

/// One port, or a set of ports and ranges.
fn nft_ports(ports: &[u16]) -> String {
    let spans: Vec<String> = ranges(ports).into_iter().map(|(first, last)| span(first, last, '-')).collect();
    match spans.as_slice() {
        [one] => one.clone(),
        all => format!("{{ {} }}", all.join(", ")),
    }
}

fn span(first: u16, last: u16, to: char) -> String {
    if first == last { first.to_string() } else { format!("{first}{to}{last}") }
}

/// Ports that follow one another, as their first and last.
fn ranges(ports: &[u16]) -> Vec<(u16, u16)> {
    let mut sorted = ports.to_vec();
    sorted.sort_unstable();
    let mut all: Vec<(u16, u16)> = Vec::new();
    for port in sorted {
        match all.last_mut() {
            Some((_, last)) if u32::from(port) <= u32::from(*last) + 1 => *last = port,
            _ => all.push((port, port)),
        }
    }
    all
}

/// Towards the server (`d`), from it (`s`), or both.
fn directions(from: Option<Side>) -> Vec<&'static str> {
    match from {
        Some(Side::Client) => vec!["d"],
        Some(Side::Server) => vec!["s"],
        None => vec!["d", "s"],
    }
}

fn nft_flags(hole: &Blackhole) -> String {
    let mut text = String::new();
    if !hole.flags.is_empty() {
        let set = hole.flags.iter().map(|f| flag_name(*f).to_lowercase()).collect::<Vec<_>>().join("|");
        text += &format!(" tcp flags & ({set}) == {set}");
    }
    if hole.only_probes {
        text += " tcp flags & (fin|syn|rst) == 0";
    }
    text
}

fn flag_name(flag: TcpFlag) -> &'static str {
    match flag {
        TcpFlag::Fin => "FIN",
        TcpFlag::Syn => "SYN",
        TcpFlag::Rst => "RST",
        TcpFlag::Psh => "PSH",
        TcpFlag::Ack => "ACK",
    }
}

fn iptables(hole: &Blackhole, scene: &Scene, handle: &str) -> String {
    let hit = match (hole.next, hole.share) {
        // Each rule drops the first packet that the ones before let through.
        (Some(n), _) => {
            (0..n).map(|_| format!("-A {handle} -m statistic --mode nth --every {BIG} --packet 0 -j DROP\n")).collect()
        }
        (None, Some(share)) => {
            let probability = f64::from(share) / 1000.0;
            format!("-A {handle} -m statistic --mode random --probability {probability} -j DROP\n")
        }
        (None, None) => format!("-A {handle} -j DROP\n"),
    };
    let jumps: String = iptables_matches(hole, scene).iter().map(|rule| format!("-A {rule} -j {handle}\n")).collect();
    format!("*filter\n:{handle} - [0:0]\n{hit}{jumps}COMMIT\n")
}

fn iptables_unset(hole: &Blackhole, scene: &Scene, handle: &str) -> String {
    let jumps: String = iptables_matches(hole, scene).iter().map(|rule| format!("-D {rule} -j {handle}\n")).collect();
    format!("*filter\n{jumps}-F {handle}\n-X {handle}\nCOMMIT\n")
}

fn iptables_matches(hole: &Blackhole, scene: &Scene) -> Vec<String> {
    let chain = hook_name(hole.hook).to_uppercase();
    let mut flags = String::new();
    if !hole.flags.is_empty() {
        let set = hole.flags.iter().map(|f| flag_name(*f)).collect::<Vec<_>>().join(",");
        flags += &format!(" -m tcp --tcp-flags {set} {set}");
    }
    if hole.only_probes {
        // Linux sets PSH on the last segment of each write, so a segment of at most 60
        // octets of headers and no PSH holds no data that an application wrote.
        flags += " -m tcp --tcp-flags FIN,SYN,RST,PSH NONE -m length --length 40:80";
    }
    let ranges = ranges(&scene.server_ports);
    let of = |d| ranges.iter().map(move |range| (d, *range));
    let matches = directions(hole.from).into_iter().flat_map(of);
    matches.map(|(d, (first, last))| format!("{chain} -p tcp --{d}port {}{flags}", span(first, last, ':'))).collect()
}
