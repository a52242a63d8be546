//! Steps and readings of the two endpoints.

use crate::plans::{name, step, switched, translated};
use crate::{build, carry_out, events};
use deadpeer::ladder::Outcome;
use deadpeer::name::{Errno, Side};
use deadpeer::netns::Lab;
use deadpeer::plan::{Action, ProgramPlan, ReadingKind, ReadingPlan};
use deadpeer::record::EventKind;
use deadpeer::run::{Backend, Happening};
use std::collections::BTreeMap;
use std::time::Duration;

/// All events until one that `wanted` likes.
fn until(lab: &mut Lab, wanted: impl Fn(&EventKind) -> bool) -> Vec<EventKind> {
    let limit = lab.now() + Duration::from_secs(5);
    let mut seen = Vec::new();
    while let Some(happening) = lab.next(limit) {
        seen.extend(events(&[happening]));
        if seen.last().is_some_and(&wanted) {
            return seen;
        }
    }
    panic!("it did not come: {seen:?}");
}

fn is(side: Side, outcome: Outcome) -> impl Fn(&EventKind) -> bool {
    move |event| matches!(event, EventKind::Outcome { side: s, outcome: o } if (*s, o) == (side, &outcome))
}

#[test]
fn a_write_to_a_rebooted_peer_is_reset() {
    let mut plan = switched();
    let connect = step(&mut plan, "connect", Action::Connect);
    let off = step(&mut plan, "power_off", Action::PowerOff { node: name("b") });
    let on = step(&mut plan, "power_on", Action::PowerOn { node: name("b"), macs: Vec::new(), listens: false });
    let send = step(&mut plan, "send", Action::Send { from: Side::Client, bytes: 5 });
    let from_server = step(&mut plan, "send back", Action::Send { from: Side::Server, bytes: 5 });
    let mut lab = build(&plan);
    let seen = events(&carry_out(&mut lab, connect).unwrap());
    assert!(seen.iter().any(is(Side::Client, Outcome::Connected)), "{seen:?}");
    carry_out(&mut lab, off).unwrap();
    assert_eq!(carry_out(&mut lab, from_server).unwrap_err(), "reach node `b`: it is powered off");
    carry_out(&mut lab, on).unwrap();
    assert!(carry_out(&mut lab, from_server).unwrap_err().contains("not been started since"));
    carry_out(&mut lab, send).unwrap();
    until(&mut lab, is(Side::Client, Outcome::Errno(Errno(libc::ECONNRESET))));
    // It listens again for who connects again.
    let seen = events(&carry_out(&mut lab, connect).unwrap());
    assert!(seen.iter().any(is(Side::Client, Outcome::Connected)), "{seen:?}");
    carry_out(&mut lab, from_server).unwrap();
}

#[test]
fn a_step_under_way_fails_with_its_node() {
    let mut plan = switched();
    plan.server.reads = false;
    let connect = step(&mut plan, "connect", Action::Connect);
    let read = step(&mut plan, "read", Action::Read { on: Side::Server, bytes: Some(5) });
    let off = step(&mut plan, "power_off", Action::PowerOff { node: name("b") });
    let mut lab = build(&plan);
    carry_out(&mut lab, connect).unwrap();
    let now = lab.now();
    lab.begin(read, now);
    carry_out_failing(&mut lab, off, read);
}

/// Carries out `step`, in the course of which another fails.
fn carry_out_failing(lab: &mut Lab, step: usize, other: usize) {
    let seen: Vec<Happening> = carry_out(lab, step).unwrap();
    let failed = |event: &EventKind| matches!(event, EventKind::StepFailed { step, error } if *step == other && error.contains("its node ended"));
    assert!(events(&seen).iter().any(failed), "{:?}", events(&seen));
}

#[test]
fn readings_are_taken() {
    let mut plan = switched();
    let connect = step(&mut plan, "connect", Action::Connect);
    let off = step(&mut plan, "power_off", Action::PowerOff { node: name("b") });
    let key = "net.ipv4.tcp_keepalive_time".to_owned();
    plan.nodes[2].sysctls.push((key.clone(), "4711".into()));
    let option = ReadingKind::Option { side: Side::Server, name: "TCP_KEEPIDLE".into(), level: 6, number: 4 };
    let kinds = [ReadingKind::Sysctl { node: name("b"), key }, option, ReadingKind::Alive { side: Side::Client }];
    plan.readings = kinds.into_iter().enumerate().map(|(rung, what)| ReadingPlan { rung, what }).collect();
    let mut lab = build(&plan);
    carry_out(&mut lab, connect).unwrap();
    for (rung, expected) in ["4711", "4711", "alive"].into_iter().enumerate() {
        lab.take(0, rung);
        let seen =
            until(&mut lab, |event| matches!(event, EventKind::Reading { .. } | EventKind::ReadingFailed { .. }));
        assert!(
            matches!(seen.last(), Some(EventKind::Reading { rung: r, value, .. }) if *r == rung && value == expected),
            "{seen:?}"
        );
    }
    carry_out(&mut lab, off).unwrap();
    lab.take(0, 0);
    until(
        &mut lab,
        |event| matches!(event, EventKind::ReadingFailed { rung: 0, error } if error.contains("powered off")),
    );
}

#[test]
fn real_programs_play_too() {
    let mut plan = switched();
    let program =
        |words: &[&str]| Some(ProgramPlan { words: words.iter().map(ToString::to_string).collect(), as_root: true });
    plan.server.program = program(&[
        "python3",
        "-u",
        "-c",
        "import socket\ns=socket.create_server(('10.0.0.2',5050))\nprint('ready')\nc,_=s.accept()\nprint(c.recv(9))\nc.recv(9)",
    ]);
    plan.client.program = program(&[
        "python3",
        "-u",
        "-c",
        "import socket\nc=socket.create_connection(('10.0.0.2',5050))\nc.send(b'hello')\nc.recv(9)",
    ]);
    let connect = step(&mut plan, "connect", Action::Connect);
    let kill = step(&mut plan, "kill", Action::Kill { side: Side::Server });
    let send = step(&mut plan, "send", Action::Send { from: Side::Client, bytes: 1 });
    let mut lab = build(&plan);
    let hello =
        |event: &EventKind| matches!(event, EventKind::Printed { side: Side::Server, line } if line == "b'hello'");
    if !events(&carry_out(&mut lab, connect).unwrap()).iter().any(hello) {
        until(&mut lab, hello);
    }
    assert!(carry_out(&mut lab, send).unwrap_err().contains("only the built-in endpoint"));
    // The client may see its end before the server's is told.
    let ended = is(Side::Client, Outcome::Exit(0));
    if !events(&carry_out(&mut lab, kill).unwrap()).iter().any(&ended) {
        until(&mut lab, ended);
    }
}

#[test]
fn conntrack_events_are_told() {
    let mut plan = translated();
    let connect = step(&mut plan, "connect", Action::Connect);
    let mut lab = build(&plan);
    let mut seen = events(&carry_out(&mut lab, connect).unwrap());
    seen.extend(events(&lab.finish()));
    let states: Vec<&str> = seen
        .iter()
        .filter_map(|event| match event {
            EventKind::Conntrack { entry, .. } => entry.state.as_deref(),
            _ => None,
        })
        .collect();
    assert_eq!(states, ["SYN_SENT", "SYN_RECV", "ESTABLISHED"]);
}

/// A side's socket as a sample tells of it: its state and timer, if there is one.
type Sampled = BTreeMap<Side, Vec<(String, String)>>;

/// Waits until the samples of both sides are these. What a step did may reach the other side
/// only after the samples that follow it: then `another` is followed by more.
fn becomes(lab: &mut Lab, wanted: &Sampled, another: usize) {
    let mut told = Sampled::new();
    for _ in 0..50 {
        let seen = carry_out(lab, another).unwrap();
        let more = std::iter::from_fn(|| lab.next(lab.now() + Duration::from_millis(100)));
        for event in events(&seen.into_iter().chain(more).collect::<Vec<_>>()) {
            if let EventKind::Sample { side, sockets } = event {
                told.insert(side, sockets.iter().map(|one| (one.state.clone(), one.timer.clone())).collect());
            }
        }
        if told == *wanted {
            return;
        }
    }
    panic!("it did not come: {told:?}");
}

#[test]
fn each_step_and_outcome_is_followed_by_samples_of_both_sockets() {
    let both = |client: &[(&str, &str)], server: &[(&str, &str)]| -> Sampled {
        let words = |all: &[(&str, &str)]| all.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
        BTreeMap::from([(Side::Client, words(client)), (Side::Server, words(server))])
    };
    let mut plan = switched();
    let connect = step(&mut plan, "connect", Action::Connect);
    let close = step(&mut plan, "close", Action::Close { from: Side::Client });
    let kill = step(&mut plan, "kill", Action::Kill { side: Side::Server });
    let set = Action::Sysctl { node: name("a"), key: "net.ipv4.tcp_syn_retries".into(), value: "6".into() };
    let set = step(&mut plan, "set", set);
    let mut lab = build(&plan);
    carry_out(&mut lab, connect).unwrap();
    becomes(&mut lab, &both(&[("ESTABLISHED", "none")], &[("ESTABLISHED", "none")]), set);
    carry_out(&mut lab, close).unwrap();
    carry_out(&mut lab, kill).unwrap();
    becomes(&mut lab, &both(&[("TIME_WAIT", "timewait")], &[]), set);
}
