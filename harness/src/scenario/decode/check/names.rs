use super::{Context, Draft};
use crate::name::NodeName;
use crate::scenario::{Action, Expected, Rung, Spanned, Step};
use std::collections::{BTreeMap, BTreeSet};

/// Names are given once, and those that are used are given.
pub(super) fn check(draft: &Draft, cx: &mut Context) {
    let names = draft.script.names();
    doubled_steps(draft, &names, cx);
    let steps: BTreeSet<&str> = names.iter().map(String::as_str).collect();
    let mut rungs = BTreeSet::new();
    for rung in &draft.expect {
        used_by(rung, draft, &steps, &rungs, cx);
        if let Some(name) = &rung.name {
            given(name, &steps, &mut rungs, cx);
        }
    }
    undone(draft, &names, cx);
    counted(draft, &names, cx);
}

fn doubled_steps(draft: &Draft, names: &[String], cx: &mut Context) {
    let mut seen: BTreeMap<&str, Option<&Spanned<String>>> = BTreeMap::new();
    for (head, name) in draft.script.heads.iter().zip(names) {
        let Some(earlier) = seen.insert(name, head.name.as_ref()) else { continue };
        let place = head.name.as_ref().or(earlier).map_or(head.span, |name| name.span);
        cx.error(place, format!("two steps are called `{name}`"), "give one of them another name by `as`");
    }
}

fn given<'a>(name: &'a Spanned<String>, steps: &BTreeSet<&str>, rungs: &mut BTreeSet<&'a str>, cx: &mut Context) {
    if steps.contains(name.as_str()) {
        let message = format!("`{}` is already the name of a step", name.value);
        cx.error(name.span, message, "give the line another name");
    } else if !rungs.insert(name.as_str()) {
        cx.error(name.span, format!("two lines are called `{}`", name.value), "give one of them another name");
    }
}

fn used_by(rung: &Rung, draft: &Draft, steps: &BTreeSet<&str>, rungs: &BTreeSet<&str>, cx: &mut Context) {
    if let Expected::Step(name) = &rung.what
        && draft.whole.steps
        && !steps.contains(name.as_str())
    {
        cx.unknown(name, "step", steps.iter().copied());
    }
    let Some(since) = &rung.since else { return };
    if steps.contains(since.as_str()) || rungs.contains(since.as_str()) {
        return;
    }
    let comes_later = |rung: &Spanned<Rung>| rung.name.as_ref().is_some_and(|name| name.value == since.value);
    if draft.expect.iter().any(comes_later) {
        let message = format!("`{}` is no line before this one", since.value);
        cx.error(since.span, message, "count from a line that comes earlier");
    } else if draft.whole.steps && draft.whole.expect {
        cx.unknown(since, "line or step", steps.iter().chain(rungs).copied());
    }
}

/// The faults that last until they are undone.
const UNDONE: [&str; 4] = ["drop", "reject", "impair", "route"];

/// `undo` names a fault that came before it.
fn undone(draft: &Draft, names: &[String], cx: &mut Context) {
    for step in &draft.script.steps {
        let Action::Undo(name) = &step.action else { continue };
        let heads = draft.script.heads.iter().zip(names);
        let named = heads.clone().find(|(_, known)| **known == name.value).map(|(head, _)| head);
        match named {
            Some(head) if !UNDONE.contains(&head.verb) => {
                let message = format!("`{}` can't be undone", name.value);
                let known = UNDONE.map(|verb| format!("`{verb}`")).join(", ");
                let help = format!("only {known} can; `link_up` and `power_on` are steps of their own");
                cx.error(name.span, message, help);
            }
            Some(head) if head.span.offset > step.span.offset => {
                cx.error(name.span, format!("`{}` comes later", name.value), "move `undo` below it");
            }
            Some(_) => already(draft, step, &name.value, cx),
            None if draft.whole.steps => {
                let faults = heads.filter(|(head, _)| UNDONE.contains(&head.verb)).map(|(_, name)| name.as_str());
                cx.unknown(name, "fault", faults);
            }
            None => {}
        }
    }
}

/// The steps whose rule counts what it takes out.
const COUNTS: [&str; 2] = ["drop", "reject"];

/// A line that tells how many packets a rule took out names a step that sets one, and sets it
/// before.
fn counted(draft: &Draft, names: &[String], cx: &mut Context) {
    for (index, rung) in draft.expect.iter().enumerate() {
        let Expected::Packets { step, .. } = &rung.what else { continue };
        let heads = draft.script.heads.iter().zip(names);
        let verb = heads.clone().find(|(_, name)| **name == step.value).map(|(head, _)| head.verb);
        let set_later = || {
            let later = draft.expect.iter().skip(index);
            later.into_iter().any(|line| matches!(&line.what, Expected::Step(name) if name.value == step.value))
        };
        match verb {
            Some(verb) if !COUNTS.contains(&verb) => {
                let message = format!("`{}` counts no packets: it sets no packet filter", step.value);
                cx.error(step.span, message, "only the rule of a `drop` or of a `reject` does");
            }
            Some(_) if draft.nodes.iter().any(|node| node.name.as_str() == step.value) => {
                let message = format!("`{}` is the name of a step, and of a node", step.value);
                cx.error(step.span, message, "give the step another name by `as`");
            }
            Some(_) if set_later() => {
                let message = format!("`{}` has set no rule yet: `step: {}` stands below", step.value, step.value);
                cx.error(step.span, message, "move the line below it");
            }
            Some(_) => {}
            None if draft.whole.steps => {
                let faults = heads.filter(|(head, _)| COUNTS.contains(&head.verb)).map(|(_, name)| name.as_str());
                cx.unknown(step, "step with a rule", faults);
            }
            None => {}
        }
    }
}

/// A fault that ended by an earlier step can't be undone; one that ends by itself can.
fn already(draft: &Draft, undo: &Spanned<Step>, name: &str, cx: &mut Context) {
    let names = draft.script.names();
    let heads = draft.script.heads.iter().zip(&names);
    let Some(set) = heads.filter(|(_, known)| *known == name).map(|(head, _)| head.span.offset).next() else { return };
    let fault = draft.script.steps.iter().find(|step| step.span.offset == set);
    let later = draft.script.steps.iter().filter(|step| (set..undo.span.offset).contains(&step.span.offset));
    for step in later {
        let why = match &step.action {
            Action::Undo(other) if other.value == name => "was undone before".to_owned(),
            Action::PowerOff(node) if fault.is_some_and(|fault| goes_with(&fault.action, node)) => {
                format!("ended when {} lost its power", node.value)
            }
            _ => continue,
        };
        return cx.error(undo.span, format!("`{name}` {why}"), "take this `undo` out");
    }
}

/// Whether a fault is gone when this node is.
fn goes_with(fault: &Action, node: &NodeName) -> bool {
    match fault {
        Action::Drop(what) | Action::Reject { what, .. } => what.on.value == *node,
        Action::Route(route) => route.on.value == *node,
        Action::Impair(what) => [&what.of.value, &what.toward.value].contains(&node),
        _ => false,
    }
}
