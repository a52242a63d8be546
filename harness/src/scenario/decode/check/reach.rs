use super::{Context, Draft};
use crate::name::{NodeName, Side};
use crate::scenario::Role;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// The endpoints run on two hosts that a path joins.
pub(super) fn check(draft: &Draft, cx: &mut Context) {
    for side in [Side::Client, Side::Server] {
        on_a_host(side, draft, cx);
    }
    let (Some(client), Some(server)) = (&draft.client, &draft.server) else { return };
    if client.on.value == server.on.value {
        let help = "put the server on another host: what stays within a host can't be captured";
        return cx.error(server.on.span, "client and server run on the same host", help);
    }
    if draft.whole.links {
        connected(&client.on, &server.on, draft, cx, server.on.span);
    }
}

fn on_a_host(side: Side, draft: &Draft, cx: &mut Context) {
    let Some(endpoint) = draft.endpoint(side) else { return };
    match draft.role(&endpoint.on) {
        None | Some(Role::Host) => {}
        Some(role) => {
            let message = format!("the {side} can't run on {}: it is a {}", endpoint.on.value, role.word());
            cx.error(endpoint.on.span, message, "endpoints run on hosts: link one to it");
        }
    }
}

fn connected(client: &NodeName, server: &NodeName, draft: &Draft, cx: &mut Context, place: crate::scenario::Span) {
    let passes = |name: &NodeName| name == client || !matches!(draft.role(name), Some(Role::Host));
    if reachable(client, draft, passes).contains(server) {
        return;
    }
    let anyhow = reachable(client, draft, |_| true);
    let message = format!("no way from {client} to {server}");
    if !anyhow.contains(server) {
        return cx.error(place, message, format!("add links that join them: `links: [{client} -- {server}]`"));
    }
    let barred = anyhow.into_iter().find(|name| !passes(name) && *name != server);
    let between = barred.map_or_else(|| "a host".to_owned(), |name| format!("{name}, a host"));
    cx.error(place, format!("{message}: {between}, forwards nothing"), "make it a `router`");
}

/// All nodes that can be reached through nodes that let pass.
pub(super) fn reachable<'a>(
    from: &'a NodeName,
    draft: &'a Draft,
    passes: impl Fn(&NodeName) -> bool,
) -> BTreeSet<&'a NodeName> {
    let mut near: BTreeMap<&NodeName, Vec<&NodeName>> = BTreeMap::new();
    for link in &draft.links {
        let [first, second] = &link.ends;
        near.entry(&first.value).or_default().push(&second.value);
        near.entry(&second.value).or_default().push(&first.value);
    }
    let mut seen = BTreeSet::from([from]);
    let mut queue = VecDeque::from([from]);
    while let Some(name) = queue.pop_front() {
        let next = near.get(name).filter(|_| passes(name));
        for neighbour in next.into_iter().flatten() {
            if seen.insert(neighbour) {
                queue.push_back(neighbour);
            }
        }
    }
    seen
}
