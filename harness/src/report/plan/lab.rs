use super::picture;
use super::table::table;
use crate::plan::{EndpointPlan, FilterText, InterfacePlan, NeighbourPlan, NodePlan, OptionPlan, Plan};

/// Ethernet's, which need not be told.
const USUAL_MTU: u32 = 1500;

pub(super) fn interfaces(plan: &Plan) -> String {
    let of = |node: &NodePlan| -> Vec<Vec<String>> { node.interfaces.iter().map(|one| interface(node, one)).collect() };
    table(&plan.nodes.iter().flat_map(of).collect::<Vec<_>>())
}

fn interface(node: &NodePlan, one: &InterfacePlan) -> Vec<String> {
    let address = if one.address.is_some() { picture::address(one) } else { "a bridge's port".to_owned() };
    let mtu = if one.mtu == USUAL_MTU { String::new() } else { format!("mtu {}", one.mtu) };
    vec![node.name.to_string(), one.name.clone(), address, show_mac(one.mac), mtu, one.impairment.to_string()]
}

pub(super) fn show_mac(mac: [u8; 6]) -> String {
    mac.map(|octet| format!("{octet:02x}")).join(":")
}

pub(super) fn routes(plan: &Plan) -> String {
    let of = |node: &NodePlan| -> Vec<Vec<String>> {
        let route = |to: &crate::plan::RoutePlan| format!("{}/{} via {}", to.destination, to.prefix, to.via);
        let dead_ends = node.dead_ends.iter().map(|(kind, to)| format!("{} {to}", kind.word()));
        node.routes.iter().map(route).chain(dead_ends).map(|words| vec![node.name.to_string(), words]).collect()
    };
    table(&plan.nodes.iter().flat_map(of).collect::<Vec<_>>())
}

pub(super) fn sysctls(plan: &Plan) -> String {
    let of = |node: &NodePlan| -> Vec<Vec<String>> {
        node.sysctls.iter().map(|(key, value)| vec![node.name.to_string(), format!("{key} = {value}")]).collect()
    };
    table(&plan.nodes.iter().flat_map(of).collect::<Vec<_>>())
}

/// What nodes know for good of their neighbours.
pub(super) fn neighbours(plan: &Plan) -> String {
    let of = |node: &NodePlan| -> Vec<Vec<String>> {
        let row = |one: &NeighbourPlan| {
            vec![node.name.to_string(), one.interface.clone(), one.address.to_string(), show_mac(one.mac)]
        };
        node.neighbours.iter().map(row).collect()
    };
    table(&plan.nodes.iter().flat_map(of).collect::<Vec<_>>())
}

/// The rules in the words of the program that is taken where both are there.
pub(super) fn rules(text: &FilterText) -> String {
    let (text, other) = match (&text.nft, &text.iptables) {
        (Some(nft), other) => (nft, other.is_some()),
        (None, Some(iptables)) => (iptables, false),
        (None, None) => return String::new(),
    };
    let rules: String = text.lines().map(|line| format!("  {line}\n")).collect();
    if other { rules + "  (or the same in iptables' words, where there is no nft)\n" } else { rules }
}

pub(super) fn endpoints(client: &EndpointPlan, server: &EndpointPlan) -> String {
    table(&[client, server].map(endpoint))
}

fn endpoint(one: &EndpointPlan) -> Vec<String> {
    let port = one.port.map_or_else(|| "any port".to_owned(), |port| format!("port {port}"));
    let options = |option: &OptionPlan| format!("{}={}", option.name, option.value);
    let mut words: Vec<String> = one.options.iter().map(options).collect();
    words.extend(one.program.as_ref().map(|program| format!("runs `{}`", program.words.join(" "))));
    words.extend(one.forwarded.map(|public| format!("found at {public}")));
    if !one.reads && one.program.is_none() {
        words.push("reads on `read` steps only".to_owned());
    }
    if !one.accepts {
        words.push(format!("never accepts, backlog {}", one.backlog));
    }
    vec![one.side.to_string(), format!("on {}", one.node), format!("{} {port}", one.address), words.join(" ")]
}
