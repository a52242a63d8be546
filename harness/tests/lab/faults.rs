//! Packet filters that lose packets.

use crate::plans::{PORT, fault, name, step, switched, translated};
use crate::{build, carry_out, connect, events, listen, sh};
use deadpeer::netns::{Lab, Options};
use deadpeer::plan::{Action, Plan, ReadingKind, ReadingPlan};
use deadpeer::record::EventKind;
use deadpeer::run::Backend;
use std::time::Duration;

fn address() -> String {
    format!("10.0.0.2:{PORT}")
}

fn counted(events: &[EventKind], of: usize) -> Vec<u64> {
    let count = |event: &EventKind| match event {
        EventKind::FaultCounter { step, packets } if *step == of => Some(*packets),
        _ => None,
    };
    events.iter().filter_map(count).collect()
}

fn drops_and_counts(options: &Options) {
    let mut plan = switched();
    plan.server.port = Some(PORT + 1);
    let drop_it = step(&mut plan, "drop", Action::Drop(fault("b", None)));
    let undo = step(&mut plan, "undo", Action::Undo { step: drop_it });
    let mut lab = Lab::build(&plan, options).unwrap();
    let _listener = listen(&lab, "b", &address());
    assert!(carry_out(&mut lab, undo).unwrap_err().contains("not in force"));
    carry_out(&mut lab, drop_it).unwrap();
    assert!(connect(&lab, "a", &address()).is_err());
    let seen = events(&carry_out(&mut lab, undo).unwrap());
    assert_eq!(counted(&seen, drop_it), [1], "one SYN in 600 ms: {seen:?}");
    connect(&lab, "a", &address()).unwrap();
}

#[test]
fn nft_drops_and_counts() {
    drops_and_counts(&Options::default());
}

#[test]
fn iptables_drops_and_counts() {
    drops_and_counts(&Options { without_nft: true, ..Options::default() });
}

#[test]
fn a_fault_ends_by_itself() {
    let mut plan = switched();
    plan.server.port = Some(PORT + 1);
    let drop_it = step(&mut plan, "drop", Action::Drop(fault("b", Some(Duration::from_millis(300)))));
    let undo = step(&mut plan, "undo", Action::Undo { step: drop_it });
    let mut lab = build(&plan);
    carry_out(&mut lab, drop_it).unwrap();
    assert!(sh(&lab, "b", "nft list ruleset").contains("hole"));
    let applied = lab.now();
    let ended = loop {
        let Some(happening) = lab.next(applied + Duration::from_secs(5)) else { panic!("it goes on") };
        if let [EventKind::FaultCounter { packets: 0, .. }] = events(&[happening])[..] {
            break lab.now().since(applied);
        }
    };
    assert!(ended > Duration::from_millis(280), "{ended:?}");
    carry_out(&mut lab, undo).unwrap();
    assert_eq!(sh(&lab, "b", "nft list ruleset"), "");
}

#[test]
fn a_fault_in_force_is_counted_at_the_end() {
    let mut plan = switched();
    let drop_it = step(&mut plan, "drop", Action::Drop(fault("b", None)));
    let mut lab = build(&plan);
    carry_out(&mut lab, drop_it).unwrap();
    assert!(connect(&lab, "a", &address()).is_err());
    assert_eq!(counted(&events(&lab.finish()), drop_it), [1]);
}

fn read(lab: &mut Lab) -> Result<String, String> {
    lab.take(0, 0);
    loop {
        let happening = lab.next(lab.now() + Duration::from_secs(5)).expect("a reading");
        match events(&[happening]).pop() {
            Some(EventKind::Reading { value, .. }) => return Ok(value),
            Some(EventKind::ReadingFailed { error, .. }) => return Err(error),
            _ => {}
        }
    }
}

fn is_read_at_any_time(options: &Options) {
    let mut plan = switched();
    let drop_it = step(&mut plan, "drop", Action::Drop(fault("b", None)));
    let undo = step(&mut plan, "undo", Action::Undo { step: drop_it });
    plan.readings = vec![ReadingPlan { rung: 0, what: ReadingKind::Packets { step: drop_it } }];
    let mut lab = Lab::build(&plan, options).unwrap();
    assert!(read(&mut lab).unwrap_err().contains("`drop`: it has not set its rule yet"));
    carry_out(&mut lab, drop_it).unwrap();
    assert_eq!(read(&mut lab).unwrap(), "0 packets");
    assert!(connect(&lab, "a", &address()).is_err());
    assert_eq!(read(&mut lab).unwrap(), "1 packet");
    carry_out(&mut lab, undo).unwrap();
    assert_eq!(read(&mut lab).unwrap(), "1 packet", "the rule is gone, its number stays");
}

#[test]
fn a_count_is_read_at_any_time() {
    is_read_at_any_time(&Options::default());
    is_read_at_any_time(&Options { without_nft: true, ..Options::default() });
}

#[test]
fn a_count_outlives_its_node() {
    let mut plan = switched();
    let drop_it = step(&mut plan, "drop", Action::Drop(fault("b", None)));
    let off = step(&mut plan, "power_off", Action::PowerOff { node: name("b") });
    plan.readings = vec![ReadingPlan { rung: 0, what: ReadingKind::Packets { step: drop_it } }];
    let mut lab = build(&plan);
    carry_out(&mut lab, drop_it).unwrap();
    assert!(connect(&lab, "a", &address()).is_err());
    carry_out(&mut lab, off).unwrap();
    assert_eq!(read(&mut lab).unwrap(), "1 packet");
}

#[test]
fn a_refused_rule_is_told_with_what_nft_said() {
    let mut plan = switched();
    let mut fault = fault("b", None);
    fault.set.nft = Some("table inet hole {\n chain c {\n strange\n }\n}\n".into());
    let drop_it = step(&mut plan, "drop", Action::Drop(fault));
    let mut lab = build(&plan);
    let error = carry_out(&mut lab, drop_it).unwrap_err();
    assert!(error.starts_with("run `nft -f -` in node `b`: it ended with exit status: 1"), "{error}");
    assert!(error.contains("syntax error"), "{error}");
}

#[test]
fn a_flushed_nat_forgets() {
    let mut plan: Plan = translated();
    let flush = step(&mut plan, "flush", Action::FlushNat { node: name("nat") });
    let strange = step(
        &mut plan,
        "sysctl",
        Action::Sysctl { node: name("a"), key: "net.ipv4.tcp_mem".into(), value: "1".into() },
    );
    let mut lab = build(&plan);
    let _listener = listen(&lab, "b", "10.2.0.1:6000");
    let _stream = connect(&lab, "a", "10.2.0.1:6000").unwrap();
    assert_eq!(sh(&lab, "nat", "conntrack -L 2>/dev/null").lines().count(), 1);
    carry_out(&mut lab, flush).unwrap();
    assert_eq!(sh(&lab, "nat", "conntrack -L 2>/dev/null").lines().count(), 0);
    assert_eq!(carry_out(&mut lab, strange).unwrap_err(), "open sysctl net.ipv4.tcp_mem in node `a`: ENOENT");
    let seen = events(&lab.finish());
    let ended = seen.iter().filter(|event| matches!(event, EventKind::CaptureEnded { .. })).count();
    assert_eq!(ended, 4, "each vantage's capture is told to have ended");
}
