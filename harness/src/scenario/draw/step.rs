use super::line::map;
use super::scalar::{field, flow, list, scalar};
use crate::scenario::{Action, Blackhole, FilterTool, Hook, Step, TcpFlag};
use crate::time::show_duration;

/// One step, without the dash: `connect`, `power_off: b`.
pub(super) fn step(step: &Step) -> String {
    let (verb, body) = (verb(&step.action), body(&step.action));
    let beside = [("as", &step.name), ("of", &step.of)];
    let beside: Vec<_> = beside.iter().filter_map(|(key, name)| Some(field(key, scalar(name.as_ref()?)))).collect();
    match body {
        None if beside.is_empty() => verb.to_owned(),
        Some(body) if beside.is_empty() => format!("{verb}: {body}"),
        body => flow(&[vec![field(verb, body.unwrap_or_else(|| "null".to_owned()))], beside].concat()),
    }
}

/// The word that a scenario has for an action.
pub(super) fn verb(action: &Action) -> &'static str {
    match action {
        Action::Connect => "connect",
        Action::Send { .. } => "send",
        Action::Read { .. } => "read",
        Action::Shutdown { .. } => "shutdown",
        Action::Close { .. } => "close",
        Action::Wait(_) => "wait",
        Action::WaitFor(_) => "wait_for",
        Action::PowerOff(_) => "power_off",
        Action::PowerOn(_) => "power_on",
        Action::LinkDown { .. } => "link_down",
        Action::LinkUp { .. } => "link_up",
        Action::Drop(_) => "drop",
        Action::Undo(_) => "undo",
        Action::FlushNat(_) => "flush_nat",
        Action::Kill(_) => "kill",
        Action::Freeze(_) => "freeze",
        Action::Thaw(_) => "thaw",
        Action::Sysctl { .. } => "sysctl",
        Action::Sockopt { .. } => "sockopt",
    }
}

fn body(action: &Action) -> Option<String> {
    Some(match action {
        Action::Connect => return None,
        Action::Send { from, bytes } => flow(&[field("from", from), field("bytes", bytes)]),
        Action::Read { on, bytes } => {
            let bytes = bytes.map(|bytes| field("bytes", bytes));
            flow(&[field("on", on)].into_iter().chain(bytes).collect::<Vec<_>>())
        }
        Action::Shutdown { from: side } | Action::Close { from: side } => side.to_string(),
        Action::Kill(side) | Action::Freeze(side) | Action::Thaw(side) => side.to_string(),
        Action::Wait(duration) => show_duration(*duration),
        Action::WaitFor(rung) => map(rung),
        Action::PowerOff(node) | Action::PowerOn(node) | Action::FlushNat(node) => node.value.to_string(),
        Action::LinkDown { of, toward } | Action::LinkUp { of, toward } => format!("{} -- {}", of.value, toward.value),
        Action::Drop(hole) => blackhole(hole),
        Action::Undo(name) => scalar(name),
        Action::Sysctl { on, key, value } => flow(&[field("on", &on.value), field(key, scalar(value))]),
        Action::Sockopt { on, option, value } => flow(&[field("on", on), field(option, value)]),
    })
}

fn blackhole(hole: &Blackhole) -> String {
    let mut all = vec![field("on", &hole.on.value), field("hook", hook(hole.hook))];
    all.extend(hole.from.map(|side| field("from", side)));
    if !hole.flags.is_empty() {
        all.push(field("flags", list(hole.flags.iter().map(|known| flag(*known).to_owned()))));
    }
    if hole.only_probes {
        all.push(field("only", "probes"));
    }
    all.extend(hole.next.map(|next| field("next", next)));
    all.extend(hole.share.map(|share| field("share", percent(share))));
    all.extend(hole.lasts.map(|lasts| field("for", show_duration(lasts))));
    all.extend(match hole.via {
        FilterTool::Any => None,
        FilterTool::Nft => Some(field("via", "nft")),
        FilterTool::Iptables => Some(field("via", "iptables")),
    });
    flow(&all)
}

fn hook(hook: Hook) -> &'static str {
    match hook {
        Hook::Input => "input",
        Hook::Output => "output",
        Hook::Forward => "forward",
    }
}

fn flag(flag: TcpFlag) -> &'static str {
    match flag {
        TcpFlag::Fin => "FIN",
        TcpFlag::Syn => "SYN",
        TcpFlag::Rst => "RST",
        TcpFlag::Psh => "PSH",
        TcpFlag::Ack => "ACK",
    }
}

/// Thousandths in percent: `50%`, `0.1%`.
fn percent(share: u16) -> String {
    match share % 10 {
        0 => format!("{}%", share / 10),
        tenth => format!("{}.{tenth}%", share / 10),
    }
}
