//! Steps and settings that can't have the effect which the rest of the file asks for:
//! each is allowed, and each has surprised somebody.

use crate::name::{Errno, NodeName, Side};
use crate::scenario::{
    Action, Endpoint, Expected, Fate, Hook, Keepalive, Neighbours, Node, Outcome, Rejection, Scenario, Selection, Span,
    Spanned, Step, TcpFlag,
};
use serde::{Deserialize, Serialize};

/// Something in a scenario that does not do what it seems to be there for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warning {
    /// 1-based, in the file.
    pub line: u32,
    /// What can't be, why, and what to do instead.
    pub text: String,
}

fn warning(place: Span, text: String) -> Warning {
    Warning { line: place.line, text }
}

/// All that can be told without running it, beside `others`, in the order of the file's lines.
pub(super) fn warnings(scenario: &Scenario, others: Vec<Warning>) -> Vec<Warning> {
    let connected = scenario.steps.iter().position(|step| step.action == Action::Connect).unwrap_or(0);
    let mut all = others;
    for (index, step) in scenario.steps.iter().enumerate() {
        let before = index < connected;
        all.extend(unseen(scenario, step));
        all.extend(immortal(scenario, step));
        all.extend(disbelieved(scenario, step, before));
        all.extend(selects_nothing(scenario, step, before));
        all.extend(overridden(scenario, step));
        all.extend(known_for_good(scenario, step));
        all.extend(nobodys_port(scenario, step));
    }
    all.extend(scenario.nodes.iter().filter_map(never_asks));
    all.extend([Side::Client, Side::Server].into_iter().filter_map(|side| idle_for_ever(scenario, side)));
    all.sort_by_key(|warning| warning.line);
    all
}

fn endpoint(scenario: &Scenario, side: Side) -> &Spanned<Endpoint> {
    match side {
        Side::Client => &scenario.client,
        Side::Server => &scenario.server,
    }
}

fn selection(action: &Action) -> Option<&Selection> {
    match action {
        Action::Drop(what) | Action::Reject { what, .. } => Some(what),
        _ => None,
    }
}

/// A capture sits behind a host's own output, and behind what its interface does.
fn unseen(scenario: &Scenario, step: &Spanned<Step>) -> Option<Warning> {
    let node = match &step.action {
        Action::Impair(what) if what.how.loss.is_some() => &what.of.value,
        action => &selection(action).filter(|what| matches!(what.hook, Hook::Output | Hook::Egress))?.on.value,
    };
    let lost = |what: &Expected| match what {
        Expected::Segment { from, fate: Fate::Lost | Fate::LostAt(_), .. } => from.value == *node,
        _ => false,
    };
    let line = scenario.expect.iter().find(|line| lost(&line.what))?;
    let text = format!(
        "what {node} loses on its own way out is seen by no capture, so `{}` can't be met by it; take it out at another node",
        line.what
    );
    Some(warning(step.span, text))
}

/// What an interface refuses to send is no loss to TCP: a probe that could not go out is tried
/// again after half a second, and is not counted (tcp_keepalive_timer, tcp_write_wakeup).
fn immortal(scenario: &Scenario, step: &Spanned<Step>) -> Option<Warning> {
    let what = selection(&step.action).filter(|what| what.hook == Hook::Egress)?;
    let sides = [Side::Client, Side::Server];
    let side = sides.into_iter().find(|side| endpoint(scenario, *side).on.value == what.on.value)?;
    let sent = |step: &Spanned<Step>| matches!(&step.action, Action::Send { from, .. } if *from == side);
    let dies = scenario
        .expect
        .iter()
        .any(|line| matches!(&line.what, Expected::Outcome { side: of, outcome: Outcome::Errno(_) } if *of == side));
    let keepalive = endpoint(scenario, side).probes() && dies && !scenario.steps.iter().any(sent);
    keepalive.then(|| {
        let text = format!(
            "a probe that does not get out of {} counts for nothing, so the {side}'s keepalive never gives up; drop it at `output`, or further on",
            what.on.value
        );
        warning(step.span, text)
    })
}

/// Answers that the kernel does not believe.
fn disbelieved(scenario: &Scenario, step: &Spanned<Step>, before_connect: bool) -> Option<Warning> {
    let Action::Reject { what, with } = &step.action else { return None };
    if *with == Rejection::TcpReset {
        let own_syn = before_connect && what.hook == Hook::Output && what.on.value == scenario.client.on.value;
        let text =
            "an RST that a host sends itself does not end a connect: it goes on until ETIMEDOUT; reject on the way";
        return own_syn.then(|| warning(step.span, text.to_owned()));
    }
    let data = scenario.steps.iter().any(|step| matches!(step.action, Action::Send { .. }));
    let believed = |outcome: &Outcome| matches!(outcome, Outcome::Errno(errno) if is_unreachable(*errno));
    let line = scenario.expect.iter().find(|line| match &line.what {
        Expected::Outcome { outcome, .. } => believed(outcome),
        _ => false,
    });
    let line = line.filter(|_| !before_connect && !data)?;
    let text = format!(
        "an established connection ignores ICMP errors about its probes, so `{}` can't come of it; without data in flight it ends by ETIMEDOUT",
        line.what
    );
    Some(warning(step.span, text))
}

fn is_unreachable(errno: Errno) -> bool {
    ["ECONNREFUSED", "EHOSTUNREACH", "ENETUNREACH", "EACCES"].contains(&errno.to_string().as_str())
}

/// Filters for what never comes.
fn selects_nothing(scenario: &Scenario, step: &Spanned<Step>, before_connect: bool) -> Option<Warning> {
    let what = selection(&step.action)?;
    if !before_connect && what.flags.contains(&TcpFlag::Syn) {
        let text = "no segment with SYN comes any more once there is a connection; move the step above `connect`";
        return Some(warning(step.span, text.to_owned()));
    }
    let ends = [&scenario.client, &scenario.server];
    let later = scenario
        .steps
        .iter()
        .any(|step| matches!(&step.action, Action::Sockopt { option, .. } if option.value == "SO_KEEPALIVE"));
    let nobody = ends.iter().all(|end| !end.probes() && end.run.is_none()) && !later;
    (what.only.is_some() && nobody).then(|| {
        let text = "nobody probes here, so this takes out other bare ACKs; give an endpoint `keepalive`";
        warning(step.span, text.to_owned())
    })
}

/// The sysctls of keepalive are what a socket does that was not told otherwise.
fn overridden(scenario: &Scenario, step: &Spanned<Step>) -> Option<Warning> {
    let Action::Sysctl { on, key, .. } = &step.action else { return None };
    let option = match key.as_str() {
        "net.ipv4.tcp_keepalive_time" => "TCP_KEEPIDLE",
        "net.ipv4.tcp_keepalive_intvl" => "TCP_KEEPINTVL",
        "net.ipv4.tcp_keepalive_probes" => "TCP_KEEPCNT",
        _ => return None,
    };
    let side = [Side::Client, Side::Server].into_iter().find(|side| is_on(scenario, *side, on))?;
    let own = sets(endpoint(scenario, side), option);
    let asked = scenario
        .expect
        .iter()
        .any(|line| matches!(&line.what, Expected::Option { option: asked, .. } if asked.value == option));
    (own && !asked).then(|| {
        let text = format!("the {side} has set {option} itself, so its connection does not follow the sysctl; leave it out of `keepalive`");
        warning(step.span, text)
    })
}

/// Permanent entries stay, as they do with `ip neigh flush`.
fn known_for_good(scenario: &Scenario, step: &Spanned<Step>) -> Option<Warning> {
    let Action::FlushNeighbours(flushed) = &step.action else { return None };
    let node = scenario.nodes.iter().find(|node| *node.name == flushed.value)?;
    node.neighbours.permanent.then(|| {
        let text =
            format!("{} has its hardware addresses for good, and forgets none; leave `permanent` out", flushed.value);
        warning(step.span, text)
    })
}

/// A NAT leaves a client its port unless somebody else has it.
fn nobodys_port(scenario: &Scenario, step: &Spanned<Step>) -> Option<Warning> {
    let Action::TakePort { port, .. } = &step.action else { return None };
    let wanted = scenario.connections().any(|own| own.client.port == Some(*port));
    (!wanted).then(|| {
        let text = format!("no client has port {port}, so that nobody misses it; give the client `port: {port}`");
        warning(step.span, text)
    })
}

/// What is known for good is never asked for.
fn never_asks(node: &Spanned<Node>) -> Option<Warning> {
    let Neighbours { reachable, delay, retransmit, permanent } = node.neighbours;
    let times = [("reachable", reachable), ("delay", delay), ("retransmit", retransmit)];
    let (word, _) = times.into_iter().find(|(_, time)| permanent && time.is_some())?;
    let text = format!(
        "{} has its hardware addresses for good, so that `{word}` changes nothing; leave one of the two out",
        node.name.value
    );
    Some(warning(node.name.span, text))
}

fn is_on(scenario: &Scenario, side: Side, node: &NodeName) -> bool {
    endpoint(scenario, side).on.value == *node
}

fn sets(endpoint: &Endpoint, option: &str) -> bool {
    let Keepalive::On { idle, interval, count } = endpoint.keepalive else { return false };
    match option {
        "TCP_KEEPIDLE" => idle.is_some(),
        "TCP_KEEPINTVL" => interval.is_some(),
        _ => count.is_some(),
    }
}

/// A user timeout is looked at when something is in flight, or when a probe is due.
fn idle_for_ever(scenario: &Scenario, side: Side) -> Option<Warning> {
    let own = endpoint(scenario, side);
    let sends = scenario.steps.iter().any(|step| match &step.action {
        Action::Send { from, .. } | Action::Shutdown { from } | Action::Close { from } => *from == side,
        Action::Sockopt { on, option, .. } => *on == side && option.value == "SO_KEEPALIVE",
        Action::Connect => {
            side == Side::Client && scenario.steps.first().is_some_and(|first| first.action != Action::Connect)
        }
        _ => false,
    });
    (own.user_timeout.is_some() && !own.probes() && !sends).then(|| {
        let text = format!("a user timeout without `keepalive` never ends a connection that the {side} sends nothing over; give it `keepalive`, or a `send`");
        warning(own.span, text)
    })
}
