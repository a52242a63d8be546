use super::context::Context;
use super::fields::Fields;
use super::impairment::impair;
use super::routes::route;
use super::rung::waited;
use super::{nodes, options, selection, value};
use crate::scenario::keys::{POWER_ON, READ, SEND, SOCKOPT, SYSCTL, TAKE_PORT};
use crate::scenario::tree::{Kind, Yaml};
use crate::scenario::{Action, PowerOn, Spanned};

/// What the step of this verb does.
pub(super) fn action(verb: &str, tree: &Yaml, cx: &mut Context) -> Option<Action> {
    match verb {
        "connect" => connect(tree, cx),
        "send" => send(tree, cx),
        "read" => read(tree, cx),
        "shutdown" => value::side(tree, cx).map(|from| Action::Shutdown { from }),
        "close" => value::side(tree, cx).map(|from| Action::Close { from }),
        "wait" => value::duration(tree, cx).map(Action::Wait),
        "wait_for" => waited(tree, cx).map(Action::WaitFor),
        "power_off" => value::node(tree, cx).map(Action::PowerOff),
        "power_on" => power_on(tree, cx).map(Action::PowerOn),
        "link_down" => value::pair(tree, cx).map(|[of, toward]| Action::LinkDown { of, toward }),
        "link_up" => value::pair(tree, cx).map(|[of, toward]| Action::LinkUp { of, toward }),
        "drop" => selection::drop(tree, cx),
        "reject" => selection::reject(tree, cx),
        "impair" => impair(tree, cx),
        "route" => route(tree, cx),
        "undo" => value::text(tree, "the name of the step to undo", cx).map(Action::Undo),
        "flush_nat" => value::node(tree, cx).map(Action::FlushNat),
        "take_port" => take_port(tree, cx),
        "flush_neighbours" => value::node(tree, cx).map(Action::FlushNeighbours),
        "kill" => value::side(tree, cx).map(Action::Kill),
        "freeze" => value::side(tree, cx).map(Action::Freeze),
        "thaw" => value::side(tree, cx).map(Action::Thaw),
        "sysctl" => sysctl(tree, cx),
        "sockopt" => sockopt(tree, cx),
        _ => None,
    }
}

fn connect(tree: &Yaml, cx: &mut Context) -> Option<Action> {
    if tree.kind != Kind::Null {
        let help = "write `- connect`, or `- { connect: , as: NAME }`; the server's port is a setting of `server`";
        cx.error(tree.span, "`connect` takes nothing", help);
        return None;
    }
    Some(Action::Connect)
}

fn power_on(tree: &Yaml, cx: &mut Context) -> Option<PowerOn> {
    let Kind::Map(_) = tree.kind else { return value::node(tree, cx).map(PowerOn::plain) };
    let fields = Fields::open(tree, &POWER_ON, cx)?;
    let node = fields.get("node").and_then(|tree| value::node(tree, cx));
    let mac = fields.get("mac").and_then(|tree| value::word(tree, fields.words("mac"), "MAC address", cx));
    let listens = fields.get("listen").and_then(|tree| value::flag(tree, cx)).unwrap_or(false);
    Some(PowerOn { node: node?, new_mac: mac.is_some(), listens })
}

fn take_port(tree: &Yaml, cx: &mut Context) -> Option<Action> {
    let fields = Fields::open(tree, &TAKE_PORT, cx)?;
    let on = fields.get("on").and_then(|tree| value::node(tree, cx));
    let port = value::whole(fields.get("port")?, fields.limits("port"), "a port", cx);
    Some(Action::TakePort { on: on?, port: u16::try_from(port?).ok()? })
}

fn send(tree: &Yaml, cx: &mut Context) -> Option<Action> {
    let fields = Fields::open(tree, &SEND, cx)?;
    let from = fields.get("from").and_then(|tree| value::side(tree, cx));
    let bytes = bytes(&fields, cx);
    Some(Action::Send { from: from?, bytes: bytes? })
}

fn read(tree: &Yaml, cx: &mut Context) -> Option<Action> {
    let fields = Fields::open(tree, &READ, cx)?;
    let on = fields.get("on").and_then(|tree| value::side(tree, cx));
    let bytes = bytes(&fields, cx);
    Some(Action::Read { on: on?, bytes })
}

fn bytes(fields: &Fields, cx: &mut Context) -> Option<u32> {
    let bytes = value::whole(fields.get("bytes")?, fields.limits("bytes"), "octets", cx)?;
    u32::try_from(bytes).ok()
}

fn sysctl(tree: &Yaml, cx: &mut Context) -> Option<Action> {
    let fields = Fields::open(tree, &SYSCTL, cx)?;
    let on = fields.get("on").and_then(|tree| value::node(tree, cx));
    let set: Vec<_> = fields.rest().filter(|(key, _)| key.contains('.')).collect();
    let [(key, tree)] = set.as_slice() else {
        one_setting(&fields, set.len(), "net.ipv4.tcp_keepalive_time: 7000", cx);
        return None;
    };
    let value = value::text(tree, "the sysctl's value", cx);
    let valid = nodes::dotted(key, cx);
    Some(Action::Sysctl { on: on?, key: key.clone(), value: value.filter(|_| valid)? })
}

fn sockopt(tree: &Yaml, cx: &mut Context) -> Option<Action> {
    let fields = Fields::open(tree, &SOCKOPT, cx)?;
    let on = fields.get("on").and_then(|tree| value::side(tree, cx));
    let given = fields.rest().count();
    let mut set: Vec<(Spanned<String>, i64)> = options::direct(&fields, cx);
    if given != 1 {
        one_setting(&fields, given, "TCP_KEEPIDLE: 10", cx);
        return None;
    }
    let (option, value) = set.pop()?;
    Some(Action::Sockopt { on: on?, option, value })
}

fn one_setting(fields: &Fields, count: usize, example: &str, cx: &mut Context) {
    let message = format!("{} sets one thing, not {count}", fields.table.what);
    cx.error(fields.span, message, format!("write one, such as `{example}`, and another step for another"));
}
