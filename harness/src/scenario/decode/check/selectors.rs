use super::{Context, Draft};
use crate::name::{NodeName, Side};
use crate::scenario::{Action, Hook, Only, Role, Selection, Span, TcpFlag, prober};
use std::collections::BTreeSet;

/// What `drop` and `reject` select can come at all, of the connection that is looked at.
pub(super) fn check(draft: &Draft, cx: &mut Context) {
    // Of several connections the step says which it means, or something may come of another.
    for step in
        draft.script.steps.iter().filter(|step| step.of.as_ref().map(|of| &of.value) == draft.connection.as_ref())
    {
        if let Action::Drop(what) | Action::Reject { what, .. } = &step.action {
            contradiction(what, step.span, cx);
            passes_by(what, draft, cx);
            wrong_way(what, step.span, draft, cx);
        }
    }
}

/// Each of these ends or begins a connection, in a segment of its own (RFC 9293, section 3.10).
const ALONE: [(TcpFlag, &str); 3] = [(TcpFlag::Syn, "SYN"), (TcpFlag::Fin, "FIN"), (TcpFlag::Rst, "RST")];

fn contradiction(what: &Selection, place: Span, cx: &mut Context) {
    let given: Vec<&str> = ALONE.iter().filter(|(flag, _)| what.flags.contains(flag)).map(|(_, name)| *name).collect();
    match (given.as_slice(), what.only) {
        ([first, second, ..], _) => {
            let help = "`flags` are those that are all set: write a step for each";
            cx.error(place, format!("no segment has {first} and {second}"), help);
        }
        ([flag], Some(only)) => {
            let only = if only == Only::Probes { "probes" } else { "answers" };
            cx.error(place, format!("`only: {only}` takes nothing with {flag}"), "leave one of the two out");
        }
        _ => {}
    }
}

/// Nothing comes to nodes off the way.
fn passes_by(what: &Selection, draft: &Draft, cx: &mut Context) {
    let (Some(client), Some(server)) = (draft.host(Side::Client), draft.host(Side::Server)) else { return };
    let node = &what.on.value;
    if draft.whole.links && draft.role(node).is_some() && !on_the_way(client, server, draft).contains(node) {
        let message = format!("nothing of the connection comes to {node}");
        cx.error(what.on.span, message, format!("name a node on the way from {client} to {server}"));
    }
    if draft.role(node) == Some(&Role::Router) && what.hook == Hook::Input {
        let message = format!("nothing of the connection is for {node} itself, a router");
        cx.error(what.on.span, message, "leave `hook` out: a router drops what it forwards");
    }
}

/// The nodes that are left when all that lead nowhere are taken off, again and again.
fn on_the_way<'a>(client: &'a NodeName, server: &'a NodeName, draft: &'a Draft) -> BTreeSet<&'a NodeName> {
    let is_end = |name: &NodeName| name == client || name == server;
    let names = draft.nodes.iter().map(|node| &node.name.value);
    let mut left: BTreeSet<&NodeName> =
        names.filter(|name| is_end(name) || draft.role(name) != Some(&Role::Host)).collect();
    loop {
        let before = left.len();
        let leads = |name: &&NodeName| draft.neighbours(name).filter(|near| left.contains(near)).count() > 1;
        left = left.iter().copied().filter(|name| is_end(name) || leads(name)).collect();
        if left.len() == before {
            return left;
        }
    }
}

/// What an endpoint sends doesn't come in at its own host, nor does it send what the other does.
fn wrong_way(what: &Selection, place: Span, draft: &Draft, cx: &mut Context) {
    let Some(sender) = sender(what, draft) else { return };
    let sides = [Side::Client, Side::Server];
    let Some(here) = sides.into_iter().find(|side| draft.host(*side) == Some(&what.on.value)) else { return };
    let node = &what.on.value;
    match what.hook {
        Hook::Input if here == sender => {
            let message = format!("what the {sender} sends does not come in at {node}, where it runs");
            cx.error(place, message, format!("use `hook: output`, or drop it at {}", other_place(here, draft)));
        }
        Hook::Output | Hook::Egress if here != sender => {
            let message = format!("{node} does not send what the {sender} sends");
            cx.error(place, message, "leave `hook` out: a host drops what comes in");
        }
        _ => {}
    }
}

fn sender(what: &Selection, draft: &Draft) -> Option<Side> {
    let answers = || Some(prober(draft.client.as_ref()?, draft.server.as_ref()?)?.other());
    what.from.or_else(|| (what.only == Some(Only::Answers)).then(answers).flatten())
}

fn other_place(side: Side, draft: &Draft) -> &str {
    draft.host(side.other()).map_or("the other host", NodeName::as_str)
}
