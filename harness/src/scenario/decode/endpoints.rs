use super::context::Context;
use super::fields::Fields;
use super::{options, preset, program, value};
use crate::name::{NodeName, Side};
use crate::scenario::keys::{ENDPOINT, KEEPALIVE};
use crate::scenario::tree::{Kind, Yaml};
use crate::scenario::{Endpoint, Keepalive, Span, Spanned};
use crate::time::show_duration;
use std::time::Duration;

/// One endpoint; `lane` is where a figure puts it.
pub(super) fn endpoint(
    side: Side,
    tree: Option<&Yaml>,
    lane: Option<Spanned<NodeName>>,
    top: Span,
    cx: &mut Context,
) -> Option<Spanned<Endpoint>> {
    let Some(tree) = tree else {
        let Some(on) = lane else {
            cx.error(top, format!("`{side}` is missing"), format!("say where it runs: `{side}: {{ on: a }}`"));
            return None;
        };
        return Some(Spanned::new(plain(on.clone()), on.span));
    };
    let fields = Fields::open(tree, &ENDPOINT, cx)?;
    let on = match fields.get("on") {
        Some(tree) => value::node(tree, cx),
        None if lane.is_some() => lane,
        None if fields.lacks("on") => {
            cx.error(tree.span, format!("`{side}` lacks `on`"), "name the host it runs on: `on: a`");
            None
        }
        None => None,
    };
    if side == Side::Client {
        only_for_the_server(&fields, cx);
    }
    detailed(&fields, on, cx).map(|endpoint| Spanned::new(endpoint, tree.span))
}

fn only_for_the_server(fields: &Fields, cx: &mut Context) {
    for key in ["accepts", "backlog"] {
        if fields.get(key).is_some() {
            cx.error(fields.place(key), format!("the client takes no `{key}`"), "it is the server that listens");
        }
    }
}

/// An endpoint of which nothing is said.
fn plain(on: Spanned<NodeName>) -> Endpoint {
    Endpoint {
        on,
        port: None,
        keepalive: Keepalive::Off,
        user_timeout: None,
        options: Vec::new(),
        run: None,
        as_root: false,
        reads: true,
        accepts: true,
        backlog: None,
    }
}

/// All settings are looked at, even if `on` is wrong.
fn detailed(fields: &Fields, on: Option<Spanned<NodeName>>, cx: &mut Context) -> Option<Endpoint> {
    program::exclusive(fields, cx);
    let port = fields.get("port").and_then(|tree| value::whole(tree, fields.limits("port"), "a port", cx));
    let port = port.and_then(|port| u16::try_from(port).ok());
    let known = fields.get("preset").and_then(|tree| preset::program(tree, cx));
    let base = known.map(|known| preset::keepalive(known.keepalive)).unwrap_or_default();
    let keepalive = fields.get("keepalive").and_then(|tree| keepalive(tree, base, cx)).unwrap_or(base);
    let user_timeout = fields.get("user_timeout").and_then(|tree| user_timeout(tree, cx));
    let user_timeout = user_timeout.or(known.and_then(|known| known.user_timeout));
    let options = options::options(fields, cx);
    let run = fields.get("run").and_then(|tree| program::words(tree, cx));
    let as_root = fields.get("as_root").and_then(|tree| value::flag(tree, cx)).unwrap_or(false);
    let reads = fields.get("reads").and_then(|tree| value::flag(tree, cx)).unwrap_or(true);
    let accepts = fields.get("accepts").and_then(|tree| value::flag(tree, cx)).unwrap_or(true);
    let backlog = fields.get("backlog").and_then(|tree| value::whole(tree, fields.limits("backlog"), "a backlog", cx));
    let backlog = backlog.and_then(|backlog| u16::try_from(backlog).ok());
    Some(Endpoint { on: on?, port, keepalive, user_timeout, options, run, as_root, reads, accepts, backlog })
}

/// A map's numbers, and those of `base` that it leaves out.
fn keepalive(tree: &Yaml, base: Keepalive, cx: &mut Context) -> Option<Keepalive> {
    if !matches!(tree.kind, Kind::Map(_)) {
        let on = Keepalive::On { idle: None, interval: None, count: None };
        return value::flag(tree, cx).map(|flag| if flag { on } else { Keepalive::Off });
    }
    let fields = Fields::open(tree, &KEEPALIVE, cx)?;
    let idle = seconds(&fields, "idle", cx);
    let interval = seconds(&fields, "interval", cx);
    let count =
        fields.get("count").and_then(|tree| value::whole(tree, fields.limits("count"), "a count of probes", cx));
    let count = count.and_then(|count| u8::try_from(count).ok());
    let (first, between, most) = match base {
        Keepalive::On { idle, interval, count } => (idle, interval, count),
        Keepalive::Off => (None, None, None),
    };
    Some(Keepalive::On { idle: idle.or(first), interval: interval.or(between), count: count.or(most) })
}

fn seconds(fields: &Fields, key: &str, cx: &mut Context) -> Option<u16> {
    let seconds = value::seconds(fields.get(key)?, fields.limits(key), cx)?;
    u16::try_from(seconds).ok()
}

/// The option is an `int` of milliseconds (tcp(7)).
fn user_timeout(tree: &Yaml, cx: &mut Context) -> Option<Duration> {
    let limit = Duration::from_millis(i32::MAX.unsigned_abs().into());
    let duration = value::duration(tree, cx)?;
    if duration.is_zero() || duration > limit || duration.subsec_nanos() % 1_000_000 != 0 {
        let message = format!("{} can't be a user timeout", show_duration(duration));
        let help = format!("write whole milliseconds, from 1ms to {}", show_duration(limit));
        cx.error(tree.span, message, help);
        return None;
    }
    Some(duration)
}
