use super::lab::{rules, show_mac};
use super::table::table;
use crate::name::NodeName;
use crate::plan::{Action, DeadEndPlan, ImpairPlan, Plan, StepPlan};
use crate::time::show_duration;
use std::time::Duration;

/// All steps, one a line, and the rules of those that set any.
pub(super) fn steps(plan: &Plan) -> String {
    let row = |(index, step): (usize, &StepPlan)| {
        vec![format!("{}.", index + 1), format!("line {}", step.line), step.name.clone(), words(plan, &step.action)]
    };
    let rows: Vec<Vec<String>> = plan.steps.iter().enumerate().map(row).collect();
    let faults = plan.steps.iter().filter_map(|step| {
        let fault = step.action.filter()?;
        Some(format!("  the rules of {}, on {}:\n{}", step.name, fault.node, indented(&rules(&fault.set))))
    });
    table(&rows) + &faults.collect::<String>()
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("  {line}\n")).collect()
}

/// What a step does.
fn words(plan: &Plan, action: &Action) -> String {
    match action {
        Action::Connect => connects(plan),
        Action::Send { from, bytes: 1 } => format!("the {from} writes 1 byte"),
        Action::Send { from, bytes } => format!("the {from} writes {bytes} bytes"),
        Action::Read { on, bytes: Some(bytes) } => format!("the {on} reads {bytes} bytes"),
        Action::Read { on, bytes: None } => format!("the {on} reads what is there"),
        Action::Shutdown { from } => format!("the {from} shuts down its side"),
        Action::Close { from } => format!("the {from} closes its socket"),
        Action::Wait(duration) => format!("nothing is done for {}", show_duration(*duration)),
        Action::WaitFor { rung, times } => wait_for(plan, *rung, *times),
        Action::PowerOff { node } => format!("{node} loses power: its links are cut, then all in it is gone"),
        Action::PowerOn { node, macs, listens } => back(node, macs, *listens),
        Action::LinkDown { node, interface } => format!("{interface} of {node} goes down"),
        Action::LinkUp { node, interface } => format!("{interface} of {node} comes up"),
        Action::Drop(fault) => lost(fault, "loses packets"),
        Action::Reject { fault, with } => lost(fault, &format!("rejects packets with {}", with.word())),
        Action::Impair(what) => impaired(what),
        Action::Route(plan) => dead_end(plan),
        Action::Undo { step } => match plan.steps.get(*step) {
            Some(step) => format!("what {} did ends", step.name),
            None => "a fault ends".to_owned(),
        },
        Action::FlushNat { node } => format!("{node} forgets all connections"),
        Action::TakePort { node, port, .. } => format!("somebody else behind {node} has its port {port}"),
        Action::FlushNeighbours { node } => format!("{node} forgets its neighbours' hardware addresses"),
        Action::Kill { side } => format!("the {side} is killed"),
        Action::Freeze { side } => format!("the {side} is stopped"),
        Action::Thaw { side } => format!("the {side} goes on"),
        Action::Sysctl { node, key, value } => format!("{key} = {value} on {node}"),
        Action::Sockopt { side, option } => format!("{}={} on the {side}'s socket", option.name, option.value),
    }
}

fn connects(plan: &Plan) -> String {
    let (client, server) = (&plan.client, &plan.server);
    match server.forwarded {
        Some(public) => format!("{} connects to {public}, which forwards to {}", client.node, server.node),
        None => format!("{} connects to {} on {}", client.node, server.address, server.node),
    }
}

fn wait_for(plan: &Plan, rung: usize, times: u32) -> String {
    let text = plan.ladder.rungs.get(rung).map_or("a line of the ladder", |rung| rung.text.as_str());
    match times {
        0 | 1 => format!("until `{text}` has come"),
        _ => format!("until `{text}` has come {times} times"),
    }
}

fn impaired(what: &ImpairPlan) -> String {
    let senders: Vec<String> = what.senders.iter().map(|end| format!("{} of {}", end.interface, end.node)).collect();
    format!("what leaves {} has {}{}", senders.join(" and "), what.how, lasting(what.lasts))
}

fn back(node: &NodeName, macs: &[[u8; 6]], listens: bool) -> String {
    let addresses = match macs {
        [] => "the same addresses".to_owned(),
        macs => format!("MAC {}", macs.iter().map(|mac| show_mac(*mac)).collect::<Vec<_>>().join(" and ")),
    };
    let server = if listens { "; its server listens" } else { "" };
    format!("{node} comes back with {addresses}, and knows nothing{server}")
}

fn dead_end(plan: &DeadEndPlan) -> String {
    let to: Vec<String> = plan.to.iter().map(ToString::to_string).collect();
    format!("{}'s route to {} is {}{}", plan.node, to.join(" and "), plan.kind.word(), lasting(plan.lasts))
}

fn lasting(lasts: Option<Duration>) -> String {
    lasts.map_or_else(String::new, |lasts| format!(" for {}", show_duration(lasts)))
}

fn lost(fault: &crate::plan::FaultPlan, does: &str) -> String {
    format!("{} {does}{}", fault.node, lasting(fault.lasts))
}
