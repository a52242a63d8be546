//! The packet filter rule of a `drop` or `reject`, in the words of nft and of iptables.
//!
//! nft: a table of its own holds the matching rules, which jump to a chain `hit` with
//! the counter and what becomes of the packet. iptables: a chain of its own, likewise.

use super::{FaultPlan, FilterText, PlanError};
use crate::name::Side;
use crate::scenario::{Family, FilterTool, Hook, Only, Rejection, Selection, TcpFlag};

/// `numgen inc mod BIG < n` is true for the first n packets and then for no more than
/// anyone will wait for: nft has no other way to say "the next n".
const BIG: u32 = 1_000_000_000;

/// The ports and places a fault's rule needs to know.
pub(super) struct Scene<'a> {
    pub(super) step: usize,
    pub(super) family: Family,
    /// Where the servers listen whose segments are meant.
    pub(super) server_ports: Vec<u16>,
    /// The names of the node's interfaces.
    pub(super) interfaces: Vec<&'a str>,
    pub(super) is_switch: bool,
    /// Who sends what `only: answers` means.
    pub(super) answering: Option<Side>,
}

/// What becomes of the packets that are taken out, in each program's words.
struct Action {
    nft: String,
    iptables: String,
    /// It is for TCP alone, which each rule of iptables must say for itself.
    tcp_alone: bool,
}

/// The plan of one fault, which loses packets, or rejects them with `answer`.
///
/// # Errors
/// Below IP, as at a switch, only nft can lose frames. IPv6 has not every answer that IPv4 has.
pub(super) fn fault(what: &Selection, answer: Option<Rejection>, scene: &Scene) -> Result<FaultPlan, PlanError> {
    let action = action(answer, scene.family)?;
    let below_ip = below_ip(what, scene).is_some();
    if below_ip && what.via == FilterTool::Iptables {
        return Err(PlanError::IptablesOnSwitch { node: what.on.value.clone() });
    }
    let handle = format!("dp_{}", scene.step);
    let with_nft = what.via != FilterTool::Iptables;
    let with_iptables = what.via != FilterTool::Nft && !below_ip;
    let family = if below_ip { "netdev" } else { "inet" };
    Ok(FaultPlan {
        node: what.on.value.clone(),
        set: FilterText {
            nft: with_nft.then(|| nft(what, &action.nft, scene, &handle)),
            iptables: with_iptables.then(|| iptables(what, &action, scene, &handle)),
        },
        unset: FilterText {
            nft: with_nft.then(|| format!("delete table {family} {handle}\n")),
            iptables: with_iptables.then(|| iptables_unset(what, scene, &handle)),
        },
        handle,
        lasts: what.lasts,
    })
}

fn nft(what: &Selection, action: &str, scene: &Scene, handle: &str) -> String {
    let family = if below_ip(what, scene).is_some() { "netdev" } else { "inet" };
    let condition = match (what.next, what.share) {
        (Some(n), _) => format!("numgen inc mod {BIG} < {n} "),
        (None, Some(share)) => format!("numgen random mod 1000 < {share} "),
        (None, None) => String::new(),
    };
    let mut text = format!("table {family} {handle} {{\n  chain hit {{\n    {condition}counter {action}\n  }}\n");
    let rules: String = nft_matches(what, scene).iter().map(|rule| format!("    {rule} jump hit\n")).collect();
    for (index, hook) in nft_hooks(what, scene).iter().enumerate() {
        text += &format!("  chain at{index} {{\n    type filter hook {hook};\n{rules}  }}\n");
    }
    text + "}\n"
}

fn action(answer: Option<Rejection>, family: Family) -> Result<Action, PlanError> {
    let (nft, iptables) = match (answer, family) {
        (None, _) => ("drop".to_owned(), "DROP".to_owned()),
        (Some(Rejection::TcpReset), _) => {
            ("reject with tcp reset".to_owned(), "REJECT --reject-with tcp-reset".to_owned())
        }
        (Some(with), Family::Ipv4) => {
            let (nft, iptables) = icmp_terms(with);
            (format!("reject with icmp type {nft}"), format!("REJECT --reject-with icmp-{iptables}"))
        }
        (Some(with), Family::Ipv6) => {
            let nft = with.icmpv6().ok_or(PlanError::NotInIcmpv6 { with })?;
            let iptables = if nft == "admin-prohibited" { "adm-prohibited" } else { nft };
            (format!("reject with icmpv6 type {nft}"), format!("REJECT --reject-with icmp6-{iptables}"))
        }
    };
    Ok(Action { nft, iptables, tcp_alone: answer == Some(Rejection::TcpReset) })
}

/// nft's own words and iptables' where they differ from the language's.
fn icmp_terms(with: Rejection) -> (&'static str, &'static str) {
    match with {
        Rejection::ProtoUnreachable => ("prot-unreachable", "proto-unreachable"),
        Rejection::NoRoute => ("net-unreachable", "net-unreachable"),
        other => (other.word(), other.word()),
    }
}

/// The hook of each interface where frames are lost below IP, if that is where: at a switch as
/// they come in.
fn below_ip(what: &Selection, scene: &Scene) -> Option<&'static str> {
    if scene.is_switch { Some("ingress") } else { (what.hook == Hook::Egress).then_some("egress") }
}

/// Where the rules hang: before the address translation of no hook, at the usual filter's
/// place; or on each interface.
fn nft_hooks(what: &Selection, scene: &Scene) -> Vec<String> {
    if let Some(hook) = below_ip(what, scene) {
        let on = |name: &&str| format!("{hook} device \"{name}\" priority 0");
        return scene.interfaces.iter().map(on).collect();
    }
    vec![format!("{} priority filter", hook_name(what.hook))]
}

fn hook_name(hook: Hook) -> &'static str {
    match hook {
        Hook::Input => "input",
        Hook::Output => "output",
        Hook::Forward => "forward",
        Hook::Egress => "egress",
    }
}

fn nft_matches(what: &Selection, scene: &Scene) -> Vec<String> {
    let flags = nft_flags(what);
    let of = |d| format!("tcp {d}port {}{flags}", nft_ports(&scene.server_ports));
    let ports = directions(sender(what, scene)).into_iter().map(of);
    if what.only.is_none() {
        return ports.collect();
    }
    // A segment without data: IP's length is that of the TCP header, and under IPv4 20
    // octets more. nft can't add, so each header length has a rule.
    let (length, headers) = match scene.family {
        Family::Ipv4 => ("ip length", 20),
        Family::Ipv6 => ("ip6 length", 0),
    };
    ports
        .flat_map(|port| (5..=15).map(move |words| format!("{port} tcp doff {words} {length} {}", headers + 4 * words)))
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

/// Whose segments are meant.
fn sender(what: &Selection, scene: &Scene) -> Option<Side> {
    match what.only {
        Some(Only::Answers) => what.from.or(scene.answering),
        _ => what.from,
    }
}

/// Towards the server (`d`), from it (`s`), or both.
fn directions(from: Option<Side>) -> Vec<&'static str> {
    match from {
        Some(Side::Client) => vec!["d"],
        Some(Side::Server) => vec!["s"],
        None => vec!["d", "s"],
    }
}

fn nft_flags(what: &Selection) -> String {
    let mut text = String::new();
    if !what.flags.is_empty() {
        let set = what.flags.iter().map(|f| flag_name(*f).to_lowercase()).collect::<Vec<_>>().join("|");
        text += &format!(" tcp flags & ({set}) == {set}");
    }
    if what.only.is_some() {
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

fn iptables(what: &Selection, action: &Action, scene: &Scene, handle: &str) -> String {
    let chain = if action.tcp_alone { format!("{handle} -p tcp") } else { handle.to_owned() };
    let action = &action.iptables;
    let hit = match (what.next, what.share) {
        // Each rule takes the first packet that the ones before let through.
        (Some(n), _) => (0..n)
            .map(|_| format!("-A {chain} -m statistic --mode nth --every {BIG} --packet 0 -j {action}\n"))
            .collect(),
        (None, Some(share)) => {
            let probability = f64::from(share) / 1000.0;
            format!("-A {chain} -m statistic --mode random --probability {probability} -j {action}\n")
        }
        (None, None) => format!("-A {chain} -j {action}\n"),
    };
    let jumps: String = iptables_matches(what, scene).iter().map(|rule| format!("-A {rule} -j {handle}\n")).collect();
    format!("*filter\n:{handle} - [0:0]\n{hit}{jumps}COMMIT\n")
}

fn iptables_unset(what: &Selection, scene: &Scene, handle: &str) -> String {
    let jumps: String = iptables_matches(what, scene).iter().map(|rule| format!("-D {rule} -j {handle}\n")).collect();
    format!("*filter\n{jumps}-F {handle}\n-X {handle}\nCOMMIT\n")
}

fn iptables_matches(what: &Selection, scene: &Scene) -> Vec<String> {
    let chain = hook_name(what.hook).to_uppercase();
    let mut flags = String::new();
    if !what.flags.is_empty() {
        let set = what.flags.iter().map(|f| flag_name(*f)).collect::<Vec<_>>().join(",");
        flags += &format!(" -m tcp --tcp-flags {set} {set}");
    }
    if what.only.is_some() {
        // Linux sets PSH on the last segment of each write, so a segment of at most 60
        // octets of TCP header and no PSH holds no data that an application wrote.
        let length = match scene.family {
            Family::Ipv4 => "40:80",
            Family::Ipv6 => "60:100",
        };
        flags += &format!(" -m tcp --tcp-flags FIN,SYN,RST,PSH NONE -m length --length {length}");
    }
    let ranges = ranges(&scene.server_ports);
    let of = |d| ranges.iter().map(move |range| (d, *range));
    let matches = directions(sender(what, scene)).into_iter().flat_map(of);
    matches.map(|(d, (first, last))| format!("{chain} -p tcp --{d}port {}{flags}", span(first, last, ':'))).collect()
}
