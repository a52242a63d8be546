use super::context::Context;
use super::fields::Fields;
use super::value;
use crate::scenario::Neighbours;
use crate::scenario::keys::NEIGHBOURS;
use crate::scenario::tree::Yaml;
use crate::time::show_duration;
use std::time::Duration;

/// A node's `neighbours`.
pub(super) fn neighbours(tree: &Yaml, cx: &mut Context) -> Option<Neighbours> {
    let fields = Fields::open(tree, &NEIGHBOURS, cx)?;
    let delay = fields.get("delay").and_then(|tree| value::seconds(tree, fields.limits("delay"), cx));
    Some(Neighbours {
        reachable: fields.get("reachable").and_then(|tree| milliseconds(tree, cx)),
        delay: delay.map(Duration::from_secs),
        retransmit: fields.get("retransmit").and_then(|tree| milliseconds(tree, cx)),
        permanent: fields.get("permanent").and_then(|tree| value::flag(tree, cx)).unwrap_or(false),
    })
}

/// The kernel takes an `int` of them.
fn milliseconds(tree: &Yaml, cx: &mut Context) -> Option<Duration> {
    let limit = Duration::from_secs(86_400);
    let duration = value::duration(tree, cx)?;
    if duration.is_zero() || duration > limit || duration.subsec_nanos() % 1_000_000 != 0 {
        let message = format!("{} can't be a time of the neighbour table", show_duration(duration));
        cx.error(tree.span, message, format!("write whole milliseconds, from 1ms to {}", show_duration(limit)));
        return None;
    }
    Some(duration)
}
