use super::scalar::{field, flow, list, scalar};
use crate::scenario::{Endpoint, Impairment, Keepalive, Link, Nat, Neighbours, Node, OnUnknown, Role};
use crate::time::show_duration;

/// What stands after a node's name: `host`, or a map.
pub(super) fn node(node: &Node) -> String {
    let fields = [settings(&node.role), beside(node)].concat();
    if fields.is_empty() {
        return role(&node.role).to_owned();
    }
    flow(&[vec![field("role", role(&node.role))], fields].concat())
}

/// What must stand beside a figure for a node whose lane shows the role `shown`.
pub(super) fn settings_beside(node: &Node, shown: &Role) -> Option<String> {
    if node.role == *shown && beside(node).is_empty() {
        return None;
    }
    let mut told = node.clone();
    match (&mut told.role, shown) {
        // A NAT lane is strict unless told otherwise.
        (Role::Nat(nat), Role::Nat(_)) if node.role != *shown => {
            nat.loose = nat.loose.or(Some(true));
        }
        (told, shown) if *told == *shown => return Some(flow(&beside(node))),
        _ => {}
    }
    let text = self::node(&told);
    let lenient = matches!((&told.role, shown), (Role::Nat(nat), Role::Nat(_)) if !nat.drop_invalid);
    Some(if lenient { text.replacen("conntrack: { ", "conntrack: { drop_invalid: false, ", 1) } else { text })
}

/// What a node has of any role.
fn beside(node: &Node) -> Vec<(String, String)> {
    [sysctls(node), routes(node), neighbours(&node.neighbours)].concat()
}

/// A role's word.
fn role(role: &Role) -> &'static str {
    match role {
        Role::Host => "host",
        Role::Switch => "switch",
        Role::Router => "router",
        Role::Nat(_) => "nat",
    }
}

fn settings(role: &Role) -> Vec<(String, String)> {
    let Role::Nat(nat) = role else { return Vec::new() };
    let mut all = Vec::new();
    all.extend(nat.toward.as_ref().map(|toward| field("toward", &toward.value)));
    let conntrack = conntrack(nat);
    if !conntrack.is_empty() {
        all.push(field("conntrack", flow(&conntrack)));
    }
    match nat.on_unknown {
        OnUnknown::Forward => {}
        OnUnknown::Drop => all.push(field("on_unknown", "drop")),
        OnUnknown::Reset => all.push(field("on_unknown", "reset")),
    }
    let forward: Vec<_> = nat.forward.iter().map(|(port, to)| field(&port.to_string(), &to.value)).collect();
    if !forward.is_empty() {
        all.push(field("forward", flow(&forward)));
    }
    all
}

fn conntrack(nat: &Nat) -> Vec<(String, String)> {
    let mut all = Vec::new();
    all.extend(nat.loose.map(|loose| field("loose", loose)));
    if nat.drop_invalid {
        all.push(field("drop_invalid", true));
    }
    all.extend(nat.established_timeout.map(|timeout| field("established_timeout", show_duration(timeout))));
    all.extend(nat.timeouts.iter().map(|(key, timeout)| field(key, show_duration(*timeout))));
    all
}

/// `sysctl: { ... }`, if the node has any.
pub(super) fn sysctls(node: &Node) -> Vec<(String, String)> {
    if node.sysctls.is_empty() {
        return Vec::new();
    }
    let all: Vec<_> = node.sysctls.iter().map(|(key, value)| field(key, scalar(value))).collect();
    vec![field("sysctl", flow(&all))]
}

/// `routes: [...]`, if the node has any.
fn routes(node: &Node) -> Vec<(String, String)> {
    let all: Vec<String> = node.routes.iter().map(|(kind, to)| flow(&[field(kind.word(), &to.value)])).collect();
    if all.is_empty() { Vec::new() } else { vec![field("routes", list(all))] }
}

/// `neighbours: { ... }`, if anything is said of them.
fn neighbours(settings: &Neighbours) -> Vec<(String, String)> {
    let Neighbours { reachable, delay, retransmit, permanent } = *settings;
    let times = [("reachable", reachable), ("delay", delay), ("retransmit", retransmit)];
    let times = times.into_iter().filter_map(|(key, time)| Some(field(key, show_duration(time?))));
    let all: Vec<_> = times.chain(permanent.then(|| field("permanent", true))).collect();
    if all.is_empty() { Vec::new() } else { vec![field("neighbours", flow(&all))] }
}

/// `a -- b`, or a map.
pub(super) fn link(link: &Link) -> String {
    let [one, other] = &link.ends;
    if is_plain(link) {
        return format!("{} -- {}", one.value, other.value);
    }
    let mut all = vec![field("between", list([one.to_string(), other.to_string()]))];
    all.extend(link.mtu.map(|mtu| field("mtu", mtu)));
    all.extend(link.impairment.words().into_iter().map(|(key, value)| field(key, value)));
    flow(&all)
}

/// Whether nothing is to be said of a link but its ends.
pub(super) fn is_plain(link: &Link) -> bool {
    link.mtu.is_none() && link.impairment == Impairment::default()
}

/// An endpoint's settings, `on` apart.
pub(super) fn endpoint(endpoint: &Endpoint) -> Vec<(String, String)> {
    let mut all = Vec::new();
    all.extend(endpoint.port.map(|port| field("port", port)));
    all.extend(keepalive(endpoint.keepalive).map(|value| field("keepalive", value)));
    all.extend(endpoint.user_timeout.map(|timeout| field("user_timeout", show_duration(timeout))));
    all.extend(endpoint.options.iter().map(|(option, value)| field(option, value)));
    all.extend(endpoint.run.as_ref().map(|run| field("run", list(run.iter().map(|word| scalar(word))))));
    if endpoint.as_root {
        all.push(field("as_root", true));
    }
    if !endpoint.reads {
        all.push(field("reads", false));
    }
    if !endpoint.accepts {
        all.push(field("accepts", false));
    }
    all.extend(endpoint.backlog.map(|backlog| field("backlog", backlog)));
    all
}

fn keepalive(keepalive: Keepalive) -> Option<String> {
    let Keepalive::On { idle, interval, count } = keepalive else { return None };
    let seconds = |key, value: Option<u16>| value.map(|value| field(key, format!("{value}s")));
    let count = count.map(|count| field("count", count));
    let all: Vec<_> = [seconds("idle", idle), seconds("interval", interval), count].into_iter().flatten().collect();
    Some(if all.is_empty() { "true".to_owned() } else { flow(&all) })
}
