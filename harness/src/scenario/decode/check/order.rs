use super::{Context, Draft};
use crate::name::{NodeName, Side};
use crate::scenario::{Action, Impair, Span, Step};
use std::collections::{BTreeMap, BTreeSet};

/// What is so when a step's turn comes.
#[derive(Default)]
struct State<'a> {
    connected: bool,
    /// Nodes without power.
    off: BTreeSet<&'a NodeName>,
    /// Endpoints that can't be asked any more, and why.
    gone: BTreeMap<Side, String>,
}

/// The steps make sense one after another.
pub(super) fn check(draft: &Draft, cx: &mut Context) {
    let mut state = State::default();
    if draft.server.as_ref().is_some_and(|server| !server.accepts) {
        state.gone.insert(Side::Server, "the server accepts no connection".to_owned());
    }
    for step in draft.steps() {
        before_connect(step, step.span, &mut state, cx);
        without_power(step, step.span, draft, &mut state, cx);
        gone(step, step.span, &state, cx);
        carry_out(&step.action, draft, &mut state);
    }
    never_connects(draft, &state, cx);
    if draft.whole.steps && !draft.script.heads.iter().any(|head| head.verb == "connect") {
        let place = draft.script.heads.first().map_or(draft.top, |head| head.span);
        cx.error(place, "no step connects", "add `- connect` as the first step");
    }
}

/// One of several connections may be left out by all steps.
fn never_connects(draft: &Draft, state: &State, cx: &mut Context) {
    if let Some(name) = draft.connection.as_ref().filter(|_| draft.whole.steps && !state.connected)
        && draft.script.heads.iter().any(|head| head.verb == "connect")
    {
        cx.error(draft.top, format!("no step connects {name}"), format!("add `- {{ connect: , of: {name} }}`"));
    }
}

/// The endpoint that must have its connection for the step.
fn speaker(action: &Action) -> Option<Side> {
    match action {
        Action::Send { from: side, .. }
        | Action::Read { on: side, .. }
        | Action::Shutdown { from: side }
        | Action::Close { from: side } => Some(*side),
        _ => None,
    }
}

fn before_connect(step: &Step, place: Span, state: &mut State, cx: &mut Context) {
    if matches!(step.action, Action::Connect) {
        if state.connected {
            cx.error(place, "a second `connect`", "a scenario has one connection: take one out");
        }
        state.connected = true;
    } else if speaker(&step.action).is_some() && !state.connected {
        let message = format!("`{}` before `connect`", step.action.verb());
        cx.error(place, message, "move `- connect` above it");
    }
}

/// The nodes that must have power for the step.
fn needed<'a>(action: &'a Action, draft: &'a Draft) -> Vec<&'a NodeName> {
    match action {
        Action::LinkDown { of, toward } | Action::LinkUp { of, toward } => vec![&of.value, &toward.value],
        Action::Impair(Impair { of, toward, .. }) => vec![&of.value, &toward.value],
        Action::Route(route) => vec![&route.on.value],
        Action::Drop(what) | Action::Reject { what, .. } => vec![&what.on.value],
        Action::FlushNat(node)
        | Action::FlushNeighbours(node)
        | Action::TakePort { on: node, .. }
        | Action::PowerOff(node)
        | Action::Sysctl { on: node, .. } => vec![&node.value],
        Action::Connect => [Side::Client, Side::Server].iter().filter_map(|side| draft.host(*side)).collect(),
        Action::Kill(side) | Action::Freeze(side) | Action::Thaw(side) | Action::Sockopt { on: side, .. } => {
            draft.host(*side).into_iter().collect()
        }
        other => speaker(other).and_then(|side| draft.host(side)).into_iter().collect(),
    }
}

fn without_power<'a>(step: &'a Step, place: Span, draft: &'a Draft, state: &mut State<'a>, cx: &mut Context) {
    if let Action::PowerOn(back) = &step.action {
        let node = &back.node;
        if !state.off.remove(&node.value) && draft.whole.steps {
            let help = format!("power it off first: `- power_off: {}`", node.value);
            cx.error(node.span, format!("{} has not lost its power", node.value), help);
        }
        return;
    }
    for node in needed(&step.action, draft) {
        if state.off.contains(node) {
            let message = format!("{node} has no power here");
            cx.error(place, message, format!("power it on first: `- power_on: {node}`"));
        }
    }
}

fn gone(step: &Step, place: Span, state: &State, cx: &mut Context) {
    let Some(why) = speaker(&step.action).and_then(|side| state.gone.get(&side)) else { return };
    cx.error(place, format!("`{}` can't be done: {why}", step.action.verb()), "take the step out, or move it up");
}

fn carry_out<'a>(action: &'a Action, draft: &'a Draft, state: &mut State<'a>) {
    match action {
        Action::PowerOff(node) => {
            state.off.insert(&node.value);
            for side in [Side::Client, Side::Server].into_iter().filter(|side| draft.host(*side) == Some(&node.value)) {
                state.gone.insert(side, format!("the {side} went when {} lost its power", node.value));
            }
        }
        Action::Kill(side) => {
            state.gone.insert(*side, format!("the {side} was killed"));
        }
        Action::Close { from } => {
            state.gone.insert(*from, format!("the {from} closed its connection"));
        }
        _ => {}
    }
}
