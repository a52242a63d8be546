use super::context::Context;
use super::draft::Draft;
use super::fields::Fields;
use super::{check, endpoints, rung, value};
use crate::name::{NodeName, Side};
use crate::scenario::keys::CONNECTION;
use crate::scenario::tree::{Kind, Yaml};
use crate::scenario::{Action, Connection, Endpoint, Rung, Span, Spanned};
use std::collections::BTreeMap;

/// One entry of `connections`, as far as it could be read.
pub(super) struct Several {
    pub(super) name: Spanned<String>,
    /// So many that are alike.
    pub(super) times: Option<u32>,
    pub(super) client: Option<Spanned<Endpoint>>,
    pub(super) server: Option<Spanned<Endpoint>>,
    pub(super) expect: Vec<Spanned<Rung>>,
    /// All lines of `expect` could be read.
    pub(super) whole: bool,
}

/// The entries of `connections`, which stands for `client`, `server` and `expect`.
pub(super) fn connections(fields: &Fields, tree: &Yaml, cx: &mut Context) -> Vec<Several> {
    for key in ["client", "server", "expect", "figure"] {
        if fields.get(key).is_some() {
            let help = "each connection has its own: write it in `connections: { NAME: { ... } }`";
            cx.error(fields.place(key), format!("`{key}` beside `connections`"), help);
        }
    }
    let Kind::Map(entries) = &tree.kind else {
        let message = format!("{} where connections belong", tree.what());
        cx.error(tree.span, message, "write `connections: { NAME: { client: ..., server: ..., expect: [...] } }`");
        return Vec::new();
    };
    if entries.is_empty() {
        cx.error(tree.span, "no connection", "add one: `NAME: { client: ..., server: ..., expect: [...] }`");
    }
    entries.iter().filter_map(|(name, body)| several(name, body, cx)).collect()
}

fn several(name: &Spanned<String>, body: &Yaml, cx: &mut Context) -> Option<Several> {
    if NodeName::new(name).is_err() {
        let message = format!("`{}` is no name of a connection", super::context::clip(name));
        cx.error(name.span, message, "names look like `a`, `dead` or `idle-1`, up to 12 characters");
    }
    let fields = Fields::open(body, &CONNECTION, cx)?;
    let times = fields.get("times").and_then(|tree| value::whole(tree, fields.limits("times"), "connections", cx));
    let side = |side: Side, cx: &mut Context| {
        let tree = fields.get(&side.to_string())?;
        endpoints::endpoint(side, Some(tree), None, fields.span, cx)
    };
    let (client, server) = (side(Side::Client, cx), side(Side::Server, cx));
    let (expect, whole) = fields.get("expect").map(|tree| rung::rungs(tree, cx)).unwrap_or_default();
    let times = times.and_then(|times| u32::try_from(times).ok());
    let read = Several { name: name.clone(), times, client, server, expect, whole };
    if times.is_some() {
        no_port_of_many(&read, cx);
    }
    Some(read)
}

fn no_port_of_many(read: &Several, cx: &mut Context) {
    for end in [&read.client, &read.server].into_iter().flatten().filter(|end| end.port.is_some()) {
        let help = "leave it out: each server gets a port of its own";
        cx.error(end.span, "one port for many connections", help);
    }
}

/// Holds each connection with the rest of the file: what is wrong with the rest is told once.
pub(super) fn check(draft: &mut Draft, all: &[Several], cx: &mut Context) {
    if all.is_empty() {
        for of in draft.script.steps.iter().filter_map(|step| step.of.as_ref()) {
            cx.error(of.span, "`of` without `connections`", "leave it out: there is one connection");
        }
        return check::all(draft, cx);
    }
    of_whom(draft, all, cx);
    for own in all {
        draft.connection = Some(own.name.value.clone());
        draft.client.clone_from(&own.client);
        draft.server.clone_from(&own.server);
        draft.expect.clone_from(&own.expect);
        draft.whole.expect = own.whole;
        draft.top = own.name.span;
        check::all(draft, cx);
    }
    let mut told = Vec::new();
    for wrong in std::mem::take(&mut cx.wrong) {
        if !told.contains(&wrong) {
            told.push(wrong);
        }
    }
    cx.wrong = told;
}

/// `of` names a connection, where there is something to choose.
fn of_whom(draft: &Draft, all: &[Several], cx: &mut Context) {
    for step in &draft.script.steps {
        match &step.of {
            Some(of) if !all.iter().any(|own| own.name.value == of.value) => {
                cx.unknown(of, "connection", all.iter().map(|own| own.name.as_str()));
            }
            None if all.len() > 1 && matches!(step.action, Action::WaitFor(_)) => {
                let name = all.first().map_or("NAME", |own| own.name.as_str());
                let help = format!("say whose line it is: `of: {name}`");
                cx.error(step.span, "`wait_for` a line of one of several connections", help);
            }
            _ => {}
        }
    }
}

/// All connections, those that are alike one by one; and that no two servers share a port.
pub(super) fn expanded(all: Vec<Several>, cx: &mut Context) -> Option<Vec<Connection>> {
    let mut connections = Vec::new();
    for own in all {
        let (client, server) = (own.client?, own.server?);
        for number in 1..=own.times.unwrap_or(1) {
            let name = own.times.map_or(own.name.value.clone(), |_| format!("{}.{number}", own.name.value));
            connections.push(Connection {
                name: Spanned::new(name, own.name.span),
                client: client.clone(),
                server: server.clone(),
                expect: own.expect.clone(),
            });
        }
    }
    shared_ports(&connections, cx);
    Some(connections)
}

fn shared_ports(connections: &[Connection], cx: &mut Context) {
    let mut taken: BTreeMap<(&NodeName, u16), &str> = BTreeMap::new();
    let mut wrong: Vec<(Span, String)> = Vec::new();
    // One port for many that are alike was told before.
    let told = |own: &Connection| own.name.contains('.') && own.server.port.is_some();
    for (index, own) in connections.iter().enumerate().filter(|(_, own)| !told(own)) {
        let port = own.server.port.unwrap_or(crate::scenario::default_port(index));
        if let Some(other) = taken.insert((&own.server.on.value, port), &own.name.value) {
            let message =
                format!("two servers on {} at port {port}, those of {other} and {}", *own.server.on, *own.name);
            wrong.push((own.server.span, message));
        }
    }
    for (span, message) in wrong {
        cx.error(span, message, "give one of them another `port`, or leave it out: each then gets its own");
    }
}
