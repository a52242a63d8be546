use super::reach::reachable;
use super::{Context, Draft};
use crate::name::NodeName;
use crate::scenario::{Nat, Node, Role, Spanned};
use std::collections::BTreeSet;

/// Ports are forwarded from a known outside to nodes on the other side.
pub(super) fn check(draft: &Draft, cx: &mut Context) {
    for (node, nat) in nats(&draft.nodes) {
        let Some((first, _)) = nat.forward.first() else { continue };
        let Some(toward) = &nat.toward else {
            let near = draft.neighbours(&node.name).next().map_or("a", NodeName::as_str);
            let message = format!("{} forwards a port, but nothing says which side is its outside", *node.name);
            cx.error(first.span, message, format!("name the neighbour there: `toward: {near}`"));
            continue;
        };
        if draft.whole.links {
            let inside = inside(&node.name, toward, draft);
            nat.forward.iter().for_each(|(_, to)| is_inside(to, &inside, node, toward, cx));
        }
    }
}

fn nats(nodes: &[Spanned<Node>]) -> impl Iterator<Item = (&Node, &Nat)> {
    nodes.iter().filter_map(|node| match &node.role {
        Role::Nat(nat) => Some((&node.value, nat)),
        _ => None,
    })
}

/// What can be reached from a nat by its links, but for that to its outside.
fn inside<'a>(nat: &'a NodeName, toward: &NodeName, draft: &'a Draft) -> BTreeSet<&'a NodeName> {
    let passes = |name: &NodeName| name != nat && !matches!(draft.role(name), Some(Role::Host));
    let first = draft.neighbours(nat).filter(|name| *name != toward);
    first
        .flat_map(|name| reachable(name, draft, passes).into_iter().chain([name]))
        .filter(|name| *name != nat)
        .collect()
}

fn is_inside(to: &Spanned<NodeName>, inside: &BTreeSet<&NodeName>, nat: &Node, toward: &NodeName, cx: &mut Context) {
    if inside.contains(&to.value) {
        return;
    }
    let nat = &nat.name.value;
    if to.value == *nat {
        return cx.error(to.span, format!("{nat} forwards a port to itself"), "name the node inside that listens");
    }
    let help = format!("its outside is toward {toward}: name a node on another side, or turn `toward` round");
    cx.error(to.span, format!("{} is not inside of {nat}", to.value), help);
}

/// Something listens where a port is forwarded to: one of all `servers`, each with its port,
/// or a nat that forwards it on.
pub(in crate::scenario::decode) fn heard(nodes: &[Spanned<Node>], servers: &[(&NodeName, u16)], cx: &mut Context) {
    for (port, to) in nats(nodes).flat_map(|(_, nat)| &nat.forward) {
        let role = nodes.iter().find(|node| *node.name == to.value).map(|node| &node.role);
        let on = match role {
            Some(Role::Nat(next)) => next.forward.iter().any(|(own, _)| own.value == port.value),
            _ => servers.contains(&(&to.value, port.value)),
        };
        if !on {
            let (message, help) = unheard(port.value, &to.value, role, servers);
            cx.error(port.span, message, help);
        }
    }
}

fn unheard(port: u16, to: &NodeName, role: Option<&Role>, servers: &[(&NodeName, u16)]) -> (String, String) {
    if let Some(Role::Nat(_)) = role {
        let message = format!("{to} does not forward port {port} on");
        return (message, format!("give it `forward: {{ {port}: NODE }}`, or name a host"));
    }
    let message = format!("no server listens on {to} at port {port}");
    let own = servers.iter().find(|(on, _)| *on == to).map(|(_, own)| format!("its server is at `{own}: {to}`"));
    let other =
        || servers.iter().find(|(_, own)| *own == port).map(|(on, _)| format!("it is `{port}: {on}` that does"));
    let help = own.or_else(other).unwrap_or_else(|| "forward a port to where a server is".to_owned());
    (message, help)
}
