use super::context::{Context, clip};
use super::fields::Fields;
use super::{forward, neighbours, preset, routes, value};
use crate::name::NodeName;
use crate::scenario::keys::{CONNTRACK, LINE, NODE, ROLES};
use crate::scenario::tree::{Kind, Yaml};
use crate::scenario::{Nat, Neighbours, Node, OnUnknown, Role, Spanned};
use std::time::Duration;

/// The nodes of a file: a figure's lanes, with what `nodes` says of them and adds.
pub(super) fn nodes(tree: Option<&Yaml>, lanes: Vec<Spanned<Node>>, cx: &mut Context) -> Vec<Spanned<Node>> {
    let mut nodes = lanes;
    for lane in &nodes {
        cx.nodes.insert(lane.name.to_string(), Some(lane.name.value.clone()));
    }
    let Some(entries) = tree.and_then(|tree| entries(tree, cx)) else { return nodes };
    for (key, _) in entries {
        declare(key, cx);
    }
    for (key, body) in entries {
        let Some(name) = cx.nodes.get(&key.value).cloned().flatten() else { continue };
        let lane = nodes.iter().position(|node| *node.name == name);
        let base = lane.and_then(|index| nodes.get(index)).map(|lane| lane.role.clone());
        let Some(node) = node(Spanned::new(name, key.span), body, base, cx) else { continue };
        match lane.and_then(|index| nodes.get_mut(index)) {
            Some(lane) => lane.value = node,
            None => nodes.push(Spanned::new(node, key.span)),
        }
    }
    nodes
}

fn entries<'a>(tree: &'a Yaml, cx: &mut Context) -> Option<&'a [(Spanned<String>, Yaml)]> {
    if let Kind::Map(entries) = &tree.kind {
        return Some(entries);
    }
    let message = format!("{} where nodes belong", tree.what());
    cx.error(tree.span, message, "write each node as `name: role`: `a: host`");
    None
}

/// Adds the name to those that may be used.
fn declare(key: &Spanned<String>, cx: &mut Context) {
    let name = match NodeName::new(key) {
        Ok(name) if LINE.find(key).is_none() => Some(name),
        Ok(_) => {
            let message = format!("`{}` already has another meaning in a scenario", key.value);
            cx.error(key.span, message, "give the node another name");
            None
        }
        Err(error) => {
            let message = match key.len() {
                0..=64 => error.to_string(),
                _ => format!("`{}` is no name", clip(key)),
            };
            cx.error(key.span, message, "names look like `a`, `sw` or `nat-1`, up to 12 characters");
            None
        }
    };
    cx.nodes.insert(key.value.clone(), name);
}

/// One node; `base` is what it is as a lane.
fn node(name: Spanned<NodeName>, body: &Yaml, base: Option<Role>, cx: &mut Context) -> Option<Node> {
    match &body.kind {
        Kind::Map(_) => detailed(name, body, base, cx),
        Kind::Null => {
            let help = format!("write its role: `{}: host`", name.value);
            cx.error(name.span, format!("`{}` has no role", name.value), help);
            None
        }
        _ => {
            let role = role(value::word(body, &ROLES, "role", cx)?, base);
            Some(Node { name, role, sysctls: Vec::new(), routes: Vec::new(), neighbours: Neighbours::default() })
        }
    }
}

fn detailed(name: Spanned<NodeName>, body: &Yaml, base: Option<Role>, cx: &mut Context) -> Option<Node> {
    let fields = Fields::open(body, &NODE, cx)?;
    let sysctls = fields.get("sysctl").map(|tree| sysctls(tree, cx)).unwrap_or_default();
    let routes = fields.get("routes").map(|tree| routes::routes(tree, cx)).unwrap_or_default();
    let neighbours = fields.get("neighbours").and_then(|tree| neighbours::neighbours(tree, cx)).unwrap_or_default();
    let role = match fields.get("role") {
        Some(tree) => value::word(tree, &ROLES, "role", cx).map(|word| role(word, base)),
        None if base.is_some() => base,
        None => {
            let help = "add `role: host`, or `switch`, `router`, `nat`";
            cx.error(name.span, format!("`{}` has no role", name.value), help);
            None
        }
    };
    let role = match role? {
        Role::Nat(start) => Role::Nat(nat(start, &fields, cx)),
        other => {
            only_for_a_nat(&fields, cx);
            other
        }
    };
    if role == Role::Switch && fields.get("neighbours").is_some() {
        let message = format!("{} is a switch: it asks nobody for hardware addresses", name.value);
        cx.error(fields.place("neighbours"), message, "give them to a host, a router or a nat");
    }
    Some(Node { name, role, sysctls, routes, neighbours })
}

/// The role that a word names, with the settings it has as a lane.
fn role(word: &str, base: Option<Role>) -> Role {
    match (word, base) {
        ("nat", Some(Role::Nat(nat))) => Role::Nat(nat),
        ("nat", _) => Role::Nat(Nat::default()),
        ("switch", _) => Role::Switch,
        ("router", _) => Role::Router,
        _ => Role::Host,
    }
}

fn only_for_a_nat(fields: &Fields, cx: &mut Context) {
    for key in ["toward", "conntrack", "on_unknown", "forward", "preset"] {
        if fields.get(key).is_some() {
            let help = "write `role: nat`, or leave the key out";
            cx.error(fields.place(key), format!("only a nat takes `{key}`"), help);
        }
    }
}

/// A preset's settings replace a lane's, and the file's own keys replace those.
fn nat(mut nat: Nat, fields: &Fields, cx: &mut Context) -> Nat {
    if let Some(known) = fields.get("preset").and_then(|tree| preset::middlebox(tree, cx)) {
        preset::set(&mut nat, known);
    }
    if let Some(tree) = fields.get("toward") {
        nat.toward = value::node(tree, cx).or(nat.toward);
    }
    if let Some(tree) = fields.get("on_unknown") {
        nat.on_unknown = match value::word(tree, fields.words("on_unknown"), "answer", cx) {
            Some("drop") => OnUnknown::Drop,
            Some("reset") => OnUnknown::Reset,
            _ => OnUnknown::Forward,
        };
    }
    if let Some(tree) = fields.get("forward") {
        nat.forward = forward::ports(tree, cx);
    }
    if let Some(fields) = fields.get("conntrack").and_then(|tree| Fields::open(tree, &CONNTRACK, cx)) {
        conntrack(&mut nat, &fields, cx);
    }
    nat
}

fn conntrack(nat: &mut Nat, fields: &Fields, cx: &mut Context) {
    for (key, tree) in fields.named() {
        match key.value.as_str() {
            "loose" => nat.loose = value::switch(tree, cx).or(nat.loose),
            "drop_invalid" => nat.drop_invalid = value::flag(tree, cx).unwrap_or(nat.drop_invalid),
            name => {
                let Some(seconds) = value::seconds(tree, fields.limits(name), cx) else { continue };
                time_out(nat, key, Duration::from_secs(seconds));
            }
        }
    }
}

fn time_out(nat: &mut Nat, key: &Spanned<String>, lasts: Duration) {
    if key.value == "established_timeout" {
        nat.established_timeout = Some(lasts);
        return;
    }
    nat.timeouts.retain(|(name, _)| name.value != key.value);
    nat.timeouts.push((key.clone(), lasts));
}

/// Dotted names and their values.
fn sysctls(tree: &Yaml, cx: &mut Context) -> Vec<(Spanned<String>, Spanned<String>)> {
    let Kind::Map(entries) = &tree.kind else {
        let help = "write `{ net.ipv4.tcp_keepalive_time: 7000 }`";
        cx.error(tree.span, format!("{} where sysctls belong", tree.what()), help);
        return Vec::new();
    };
    let mut sysctls = Vec::new();
    for (key, tree) in entries {
        let value = value::text(tree, "the sysctl's value", cx);
        if dotted(key, cx)
            && let Some(value) = value
        {
            sysctls.push((key.clone(), value));
        }
    }
    sysctls
}

/// Whether `key` can be a sysctl's name: it becomes a path below /proc/sys.
pub(super) fn dotted(key: &Spanned<String>, cx: &mut Context) -> bool {
    let part =
        |part: &str| !part.is_empty() && part.bytes().all(|o| o.is_ascii_alphanumeric() || o == b'_' || o == b'-');
    let valid = key.len() <= 128 && key.starts_with("net.") && key.split('.').all(part);
    // Registered for the first namespace alone (net/core/neighbour.c).
    if key.starts_with("net.ipv4.neigh.default.") || key.starts_with("net.ipv6.neigh.default.") {
        let own = clip(key).replace(".default.", ".to-b.");
        let help = format!("set it for an interface: `{own}`");
        cx.error(key.span, format!("`{}` is the whole machine's", clip(key)), help);
        return false;
    }
    if !valid {
        let message = format!("`{}` is no sysctl of a network namespace", clip(key));
        cx.error(key.span, message, "write its full dotted name: `net.ipv4.tcp_keepalive_time`");
    }
    valid
}
