use super::context::Context;
use super::fields::Fields;
use super::value;
use crate::name::NodeName;
use crate::scenario::keys::{DEAD_END, ROUTE};
use crate::scenario::tree::Yaml;
use crate::scenario::{Action, DeadEnd, Route, Spanned};

/// A `route` step.
pub(super) fn route(tree: &Yaml, cx: &mut Context) -> Option<Action> {
    let fields = Fields::open(tree, &ROUTE, cx)?;
    let on = fields.get("on").and_then(|tree| value::node(tree, cx));
    let lasts = fields.get("for").and_then(|tree| value::duration(tree, cx));
    let (kind, to) = dead_end(&fields, cx)?;
    Some(Action::Route(Route { on: on?, kind, to, lasts }))
}

/// The `routes` of a node.
pub(super) fn routes(tree: &Yaml, cx: &mut Context) -> Vec<(DeadEnd, Spanned<NodeName>)> {
    let items = value::list(tree, "the routes as a list: `[{ blackhole: b }]`", cx).unwrap_or_default();
    items.iter().filter_map(|item| dead_end(&Fields::open(item, &DEAD_END, cx)?, cx)).collect()
}

/// The one type that is given, and where the route would lead.
fn dead_end(fields: &Fields, cx: &mut Context) -> Option<(DeadEnd, Spanned<NodeName>)> {
    let given: Vec<DeadEnd> = DeadEnd::ALL.into_iter().filter(|kind| fields.get(kind.word()).is_some()).collect();
    let [kind] = given.as_slice() else {
        if given.len() > 1 || DeadEnd::ALL.into_iter().all(|kind| fields.lacks(kind.word())) {
            let message = format!("{} has one type, not {}", fields.table.what, given.len());
            cx.error(fields.span, message, "write `blackhole: b`, or `unreachable`, `prohibit` or `throw`");
        }
        return None;
    };
    Some((*kind, value::node(fields.get(kind.word())?, cx)?))
}
