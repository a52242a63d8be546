use super::{Context, Draft};
use crate::name::{NodeName, Side};
use crate::scenario::{
    Action, Expected, FilterTool, Hook, Impair, Only, PowerOn, Role, Selection, Span, Spanned, prober,
};

/// Steps and lines are asked of nodes and endpoints that can do them.
pub(super) fn check(draft: &Draft, cx: &mut Context) {
    for step in &draft.script.steps {
        match &step.action {
            Action::FlushNat(node) | Action::TakePort { on: node, .. } => table_of(node, draft, cx),
            Action::FlushNeighbours(node) => asks(node, draft, cx),
            Action::Drop(what) => filters(what, step.span, draft, cx),
            Action::Reject { what, .. } => {
                answers(what, draft, cx);
                filters(what, step.span, draft, cx);
            }
            Action::PowerOn(back) => listens(back, draft, cx),
            Action::PowerOff(node) => cut_off(node, draft, cx),
            Action::Route(route) => leads(&route.on, &route.to, draft, cx),
            Action::Impair(Impair { of, toward, .. })
            | Action::LinkDown { of, toward }
            | Action::LinkUp { of, toward } => linked(of, toward, draft, cx),
            Action::Send { from, .. } => built_in("send", *from, step.span, draft, cx),
            Action::Read { on, .. } => built_in("read", *on, step.span, draft, cx),
            Action::Shutdown { from } => built_in("shutdown", *from, step.span, draft, cx),
            Action::Close { from } => built_in("close", *from, step.span, draft, cx),
            Action::Sockopt { on, .. } => built_in("sockopt", *on, step.span, draft, cx),
            _ => {}
        }
    }
    for node in &draft.nodes {
        node.routes.iter().for_each(|(_, to)| leads(&node.name, to, draft, cx));
    }
    for rung in &draft.expect {
        if let Expected::Conntrack { node, .. } = &rung.what {
            table_of(node, draft, cx);
        }
    }
}

/// Routes are a matter of nodes with addresses.
fn leads(on: &Spanned<NodeName>, to: &Spanned<NodeName>, draft: &Draft, cx: &mut Context) {
    if on.value == to.value {
        cx.error(to.span, format!("a route from {} to itself", to.value), "name the node that can't be reached");
    }
    for node in [on, to] {
        if draft.role(node) == Some(&Role::Switch) {
            let message = format!("{} is a switch: it has neither routes nor addresses", node.value);
            cx.error(node.span, message, "name a host, a router or a nat");
        }
    }
}

fn table_of(node: &Spanned<NodeName>, draft: &Draft, cx: &mut Context) {
    match draft.role(node) {
        None | Some(Role::Nat(_)) => {}
        Some(role) => {
            let message = format!("{} is a {}: only a nat has a table of connections", node.value, role.word());
            cx.error(node.span, message, format!("make it one: `{}: nat`", node.value));
        }
    }
}

fn asks(node: &Spanned<NodeName>, draft: &Draft, cx: &mut Context) {
    if draft.role(node) == Some(&Role::Switch) {
        let message = format!("{} is a switch: it asks nobody for hardware addresses", node.value);
        cx.error(node.span, message, "name a host, a router or a nat");
    }
}

/// Only a node with an address can tell a sender anything.
fn answers(what: &Selection, draft: &Draft, cx: &mut Context) {
    if draft.role(&what.on) == Some(&Role::Switch) {
        let message = format!("{} is a switch: it has no address to answer from", what.on.value);
        cx.error(what.on.span, message, "reject at a router or a host, or `drop` here");
    }
    if what.hook == Hook::Egress {
        let message = "what an interface takes out below IP is answered by nobody";
        cx.error(what.on.span, message, "use `hook: output`, or `drop` here");
    }
}

fn filters(what: &Selection, place: Span, draft: &Draft, cx: &mut Context) {
    let node = &what.on;
    if (what.hook, what.via) == (Hook::Egress, FilterTool::Iptables) {
        cx.error(place, "iptables has no hook `egress`", "leave `via` out: nft has it");
    }
    if what.only == Some(Only::Answers)
        && what.from.is_none()
        && let (Some(client), Some(server)) = (&draft.client, &draft.server)
        && prober(client, server).is_none()
    {
        let message = "who answers probes? not just one of the endpoints has `keepalive`";
        cx.error(place, message, "say whose answers: `from: server`, or `from: client`");
    }
    match (draft.role(node), what.hook) {
        (Some(Role::Switch), Hook::Input | Hook::Output | Hook::Egress) => {
            let message = format!("{} is a switch: nothing is sent to it or by it", node.value);
            cx.error(node.span, message, "leave `hook` out: a switch drops frames as they come in");
        }
        (Some(Role::Host), Hook::Forward) => {
            let message = format!("{} is a host: it forwards nothing", node.value);
            cx.error(node.span, message, "use `hook: input` or `hook: output`");
        }
        _ => {}
    }
}

/// Only the server's node has something that listens, and a switch's ports need no
/// addresses that anyone asks for.
fn listens(back: &PowerOn, draft: &Draft, cx: &mut Context) {
    let node = &back.node;
    if back.listens && draft.host(Side::Server).is_some_and(|server| *server != node.value) {
        let help = "take `listen` out, or power on the server's node";
        cx.error(node.span, format!("nothing listens on {}", node.value), help);
    }
    if back.new_mac && draft.role(node) == Some(&Role::Switch) {
        let message = format!("{} is a switch: nobody knows its MAC addresses", node.value);
        cx.error(node.span, message, "take `mac` out: it would change nothing");
    }
}

/// A veth pair goes as a whole when one end goes (drivers/net/veth.c, veth_dellink).
fn cut_off(node: &Spanned<NodeName>, draft: &Draft, cx: &mut Context) {
    let hosts = [Side::Client, Side::Server].into_iter().filter_map(|side| draft.host(side));
    let near = hosts.into_iter().find(|host| draft.neighbours(node).any(|near| near == *host));
    if let Some(host) = near {
        let message = format!("powering {} off takes {host}'s interface with it", node.value);
        let help = format!("a veth pair goes as a whole: put a switch between {host} and {}", node.value);
        cx.error(node.span, message, help);
    }
}

fn linked(of: &Spanned<NodeName>, toward: &Spanned<NodeName>, draft: &Draft, cx: &mut Context) {
    let near: Vec<&NodeName> = draft.neighbours(of).collect();
    if draft.whole.links && !near.contains(&&toward.value) {
        let names: Vec<String> = near.iter().map(|name| format!("`{} -- {name}`", of.value)).collect();
        let help = match names.as_slice() {
            [] => format!("{} has no links at all", of.value),
            names => format!("its links are {}", names.join(", ")),
        };
        cx.error(of.span, format!("no link joins {} and {}", of.value, toward.value), help);
    }
}

/// A program does what it likes.
fn built_in(verb: &str, side: Side, place: Span, draft: &Draft, cx: &mut Context) {
    if draft.endpoint(side).is_some_and(|endpoint| endpoint.run.is_some()) {
        let message = format!("`{verb}` on the {side}, which is a program");
        cx.error(
            place,
            message,
            "only the built-in endpoint does as it is told; `kill`, `freeze` and `thaw` work on programs",
        );
    }
}
