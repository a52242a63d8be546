use super::line::map;
use super::scalar::{field, flow, list, scalar};
use crate::scenario::impairment::percent;
use crate::scenario::{Action, FilterTool, Hook, Impair, Only, PowerOn, Rejection, Route, Selection, Step, TcpFlag};
use crate::time::show_duration;

/// One step, without the dash: `connect`, `power_off: b`.
pub(super) fn step(step: &Step) -> String {
    let (verb, body) = (step.action.verb(), body(&step.action));
    let beside = [("as", &step.name), ("of", &step.of)];
    let beside: Vec<_> = beside.iter().filter_map(|(key, name)| Some(field(key, scalar(name.as_ref()?)))).collect();
    match body {
        None if beside.is_empty() => verb.to_owned(),
        Some(body) if beside.is_empty() => format!("{verb}: {body}"),
        body => flow(&[vec![field(verb, body.unwrap_or_else(|| "null".to_owned()))], beside].concat()),
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
        Action::PowerOff(node) | Action::FlushNat(node) | Action::FlushNeighbours(node) => node.value.to_string(),
        Action::TakePort { on, port } => flow(&[field("on", &on.value), field("port", port)]),
        Action::PowerOn(back) => power_on(back),
        Action::LinkDown { of, toward } | Action::LinkUp { of, toward } => format!("{} -- {}", of.value, toward.value),
        Action::Drop(what) => flow(&selection(what)),
        Action::Reject { what, with } => flow(&rejection(what, *with)),
        Action::Impair(what) => flow(&impair(what)),
        Action::Route(what) => flow(&route(what)),
        Action::Undo(name) => scalar(name),
        Action::Sysctl { on, key, value } => flow(&[field("on", &on.value), field(key, scalar(value))]),
        Action::Sockopt { on, option, value } => flow(&[field("on", on), field(option, value)]),
    })
}

fn power_on(back: &PowerOn) -> String {
    let node = &back.node.value;
    let mac = back.new_mac.then(|| field("mac", "new"));
    let listen = back.listens.then(|| field("listen", true));
    let more: Vec<_> = mac.into_iter().chain(listen).collect();
    if more.is_empty() { node.to_string() } else { flow(&[vec![field("node", node)], more].concat()) }
}

fn impair(what: &Impair) -> Vec<(String, String)> {
    let (of, toward) = (&what.of.value, &what.toward.value);
    let mut all = match what.both {
        true => vec![field("on", format!("{of} -- {toward}"))],
        false => vec![field("on", of), field("toward", toward)],
    };
    all.extend(what.how.words().into_iter().map(|(key, value)| field(key, value)));
    all.extend(what.lasts.map(|lasts| field("for", show_duration(lasts))));
    all
}

fn route(what: &Route) -> Vec<(String, String)> {
    let mut all = vec![field("on", &what.on.value), field(what.kind.word(), &what.to.value)];
    all.extend(what.lasts.map(|lasts| field("for", show_duration(lasts))));
    all
}

fn rejection(what: &Selection, with: Rejection) -> Vec<(String, String)> {
    let mut all = selection(what);
    all.insert(1, field("with", with.word()));
    all
}

fn selection(what: &Selection) -> Vec<(String, String)> {
    let mut all = vec![field("on", &what.on.value), field("hook", hook(what.hook))];
    all.extend(what.from.map(|side| field("from", side)));
    if !what.flags.is_empty() {
        all.push(field("flags", list(what.flags.iter().map(|known| flag(*known).to_owned()))));
    }
    all.extend(what.only.map(|only| match only {
        Only::Probes => field("only", "probes"),
        Only::Answers => field("only", "answers"),
    }));
    all.extend(what.next.map(|next| field("next", next)));
    all.extend(what.share.map(|share| field("share", percent(share))));
    all.extend(what.lasts.map(|lasts| field("for", show_duration(lasts))));
    all.extend(match what.via {
        FilterTool::Any => None,
        FilterTool::Nft => Some(field("via", "nft")),
        FilterTool::Iptables => Some(field("via", "iptables")),
    });
    all
}

fn hook(hook: Hook) -> &'static str {
    match hook {
        Hook::Input => "input",
        Hook::Output => "output",
        Hook::Forward => "forward",
        Hook::Egress => "egress",
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
