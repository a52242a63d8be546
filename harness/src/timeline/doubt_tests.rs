//! What is told beside the crossings.

use super::fixture::{Lab, a, b, ms, name};
use super::*;
use crate::ladder::{EntryChange, Outcome};
use crate::name::Side;
use crate::record::{EndReason, EventKind, Frame};

/// A finished run with one more event at 100 ms.
fn doubts(kind: EventKind) -> Vec<Doubt> {
    let mut lab = Lab::switched().connected();
    lab.event(100, kind);
    lab.ends(1000);
    lab.timeline().doubts
}

fn step(lab: &mut Lab, begun: i64, planned: i64, applied: i64) {
    lab.event(begun, EventKind::StepBegun { step: 2, name: "power_off".into(), planned: ms(planned), fault: false });
    lab.event(applied, EventKind::StepApplied { step: 2 });
}

#[test]
fn a_finished_run_has_no_doubts() {
    let mut lab = Lab::switched().connected();
    lab.ends(1000);
    let timeline = lab.timeline();
    assert_eq!((timeline.doubts, timeline.end), (vec![], ms(1000)));
}

#[test]
fn an_unfinished_run_is_truncated() {
    let mut lab = Lab::switched().connected();
    lab.event(700, EventKind::FaultCounter { step: 0, packets: 3 });
    let timeline = lab.timeline();
    assert!(timeline.doubts.contains(&Doubt::Truncated));
    assert!(timeline.doubts.contains(&Doubt::CaptureUnfinished { vantage: 3 }));
    assert_eq!(timeline.end, ms(700));
}

#[test]
fn lost_frames_and_broken_captures() {
    let dropped = |dropped| doubts(EventKind::CaptureEnded { vantage: 1, received: 0, dropped });
    assert_eq!(dropped(0), []);
    assert_eq!(dropped(7), [Doubt::FramesDropped { vantage: 1, dropped: 7 }]);
    let failed = doubts(EventKind::CaptureFailed { vantage: 2, error: "gone".into() });
    assert_eq!(failed, [Doubt::CaptureFailed { vantage: 2, error: "gone".into() }]);
}

/// The doubts if vantage 1's captures told of so many frames each, and the record has two.
fn counted(received: &[u64]) -> Vec<Doubt> {
    let mut lab = Lab::switched().connected();
    lab.ends(1000);
    lab.record.events.retain(|event| !matches!(event.kind, EventKind::CaptureEnded { vantage: 1, .. }));
    for &received in received {
        lab.event(500, EventKind::CaptureEnded { vantage: 1, received, dropped: 0 });
    }
    let frame = Frame { vantage: 1, at: ms(10), wire_len: 0, octets: Vec::new() };
    lab.record.frames = vec![frame.clone(), frame];
    lab.timeline().doubts
}

#[test]
fn frames_that_were_handed_over_must_be_in_the_record() {
    assert_eq!(counted(&[2]), []);
    assert_eq!(counted(&[2, 0]), []);
    assert_eq!(counted(&[1, 1]), []);
    assert_eq!(counted(&[3]), [Doubt::FramesDropped { vantage: 1, dropped: 1 }]);
    assert_eq!(counted(&[2, 2]), [Doubt::FramesDropped { vantage: 1, dropped: 2 }]);
}

#[test]
fn a_capture_whose_end_is_not_told_left_frames() {
    assert_eq!(counted(&[1]), [Doubt::CaptureUnfinished { vantage: 1 }]);
    assert_eq!(counted(&[]), [Doubt::CaptureUnfinished { vantage: 1 }]);
}

#[test]
fn a_clock_that_steps_and_one_that_is_slewed() {
    assert_eq!(doubts(EventKind::ClockStep { nanoseconds: -1_000_000 }), []);
    let stepped = doubts(EventKind::ClockStep { nanoseconds: -1_000_001 });
    assert_eq!(stepped, [Doubt::ClockStep { nanoseconds: -1_000_001 }]);
}

#[test]
fn stalls_that_overlap_are_one() {
    let mut lab = Lab::switched().connected();
    for (from, until, cpu) in [(100, 300, 0), (200, 400, 1), (500, 600, 0)] {
        lab.event(until, EventKind::Stall { from: ms(from), cpu });
    }
    lab.ends(1000);
    let expected = [(100, 400), (500, 600)].map(|(from, until)| Doubt::Stall { from: ms(from), until: ms(until) });
    assert_eq!(lab.timeline().doubts, expected);
}

#[test]
fn a_step_has_its_span_and_may_begin_late() {
    let late = |begun| {
        let mut lab = Lab::switched().connected();
        step(&mut lab, begun, 100, 800);
        lab.ends(1000);
        lab.timeline()
    };
    let timely = late(600);
    let what = What::Step { step: 2, name: "power_off".into(), planned: ms(100) };
    assert_eq!(timely.happenings, [Happening { from: ms(600), at: ms(800), what }]);
    assert_eq!(timely.doubts, []);
    let doubt = Doubt::LateStep { step: 2, planned: ms(100), applied: ms(800) };
    assert_eq!(late(601).doubts, [doubt]);
}

#[test]
fn a_slow_fault_is_late_only_for_segments_under_way() {
    let doubts = |fault, sent| {
        let mut lab = Lab::switched().connected();
        lab.event(100, EventKind::StepBegun { step: 2, name: "drop".into(), planned: ms(100), fault });
        lab.at(sent, [a("P.", 1, 1, 5), b(".", 1, 6, 0)]);
        lab.event(800, EventKind::StepApplied { step: 2 });
        lab.ends(1000);
        lab.timeline().doubts
    };
    let doubt = Doubt::LateStep { step: 2, planned: ms(100), applied: ms(800) };
    assert_eq!(doubts(true, 400), [doubt]);
    assert_eq!(doubts(true, 900), []);
    assert_eq!(doubts(false, 400), []);
}

#[test]
fn a_step_that_failed() {
    let mut lab = Lab::switched().connected();
    lab.event(100, EventKind::StepBegun { step: 2, name: "drop".into(), planned: ms(100), fault: false });
    lab.event(110, EventKind::StepFailed { step: 2, error: "no nft".into() });
    lab.ends(1000);
    let timeline = lab.timeline();
    assert_eq!(timeline.doubts, [Doubt::StepFailed { step: 2, error: "no nft".into() }]);
    let what = What::StepFailed { step: 2, error: "no nft".into() };
    assert_eq!(timeline.happenings, [Happening { from: ms(100), at: ms(110), what }]);
}

#[test]
fn a_step_that_only_began_did_not_happen() {
    let mut lab = Lab::switched().connected();
    lab.event(100, EventKind::StepBegun { step: 2, name: "connect".into(), planned: ms(100), fault: false });
    assert_eq!(lab.timeline().happenings, []);
}

#[test]
fn runs_that_were_cut_short() {
    let ended = |reason| {
        let mut lab = Lab::switched().connected();
        (0..4).for_each(|vantage| lab.capture_ends(900, vantage));
        lab.event(1000, EventKind::Ended { reason });
        lab.timeline().doubts
    };
    assert_eq!(ended(EndReason::Overdue), []);
    assert_eq!(ended(EndReason::Interrupted), [Doubt::Interrupted]);
    assert_eq!(ended(EndReason::Broken("no".into())), [Doubt::Broken("no".into())]);
}

#[test]
fn happenings_come_by_time() {
    let mut lab = Lab::nat().connected();
    lab.event(300, EventKind::Outcome { side: Side::Client, outcome: Outcome::Eof });
    lab.entry(100, EntryChange::Created);
    lab.event(200, EventKind::Printed { side: Side::Server, line: "hello".into() });
    lab.event(300, EventKind::Reading { rung: 4, begun: ms(250), value: "7200".into() });
    lab.event(400, EventKind::ReadingFailed { rung: 5, error: "gone".into() });
    let happenings = lab.timeline().happenings;
    let times: Vec<_> = happenings.iter().map(|h| (h.from, h.at)).collect();
    let expected = [(100, 100), (200, 200), (300, 300), (250, 300), (400, 400)];
    assert_eq!(times, expected.map(|(from, at)| (ms(from), ms(at))));
    assert!(matches!(&happenings[0].what, What::Conntrack { node, .. } if *node == name("nat")));
    assert_eq!(happenings[3].what, What::Reading { rung: 4, value: Ok("7200".into()) });
    assert_eq!(happenings[4].what, What::Reading { rung: 5, value: Err("gone".into()) });
}
