use super::sample::*;
use crate::ladder::{Anchor, EntryChange, Ladder, Outcome, Rung, When};
use crate::name::{Errno, Label, Side};
use crate::record::ClockKind;
use crate::time::LabTime;
use crate::timeline::{Doubt, Reach, Timeline, What};
use crate::verdict::mutate::ladder_mutants;
use crate::verdict::{Judgement, judge, progress};
use proptest::prelude::*;
use std::time::Duration;

fn labels() -> impl Strategy<Value = Label> {
    prop::sample::select(vec![
        Label::Syn,
        Label::SynAck,
        Label::Ack,
        Label::Psh,
        Label::Probe,
        Label::ProbeAck,
        Label::Rst,
        Label::Retransmit,
    ])
}

fn ways() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["a>b", "b>a"])
}

fn sides() -> impl Strategy<Value = Side> {
    prop::sample::select(vec![Side::Client, Side::Server])
}

fn outcomes() -> impl Strategy<Value = Outcome> {
    prop_oneof![
        Just(Outcome::Connected),
        any::<u64>().prop_map(Outcome::Bytes),
        (0u64..4).prop_map(Outcome::Bytes),
        Just(Outcome::Eof),
        prop::sample::select(vec![104, 110, i32::MIN]).prop_map(|n| Outcome::Errno(Errno(n))),
        Just(Outcome::Alive),
        any::<i32>().prop_map(Outcome::Exit),
        Just(Outcome::Prints("x".into())),
    ]
}

fn durations() -> impl Strategy<Value = Duration> {
    prop_oneof![Just(Duration::ZERO), Just(Duration::MAX), (0u64..3000).prop_map(Duration::from_millis)]
}

fn whens() -> impl Strategy<Value = Option<When>> {
    prop_oneof![
        Just(None),
        durations().prop_map(|d| Some(When::Timer(d))),
        (durations(), durations()).prop_map(|(a, b)| Some(When::Range(a, b))),
    ]
}

fn changes() -> impl Strategy<Value = EntryChange> {
    prop::sample::select(vec![EntryChange::Created, EntryChange::Updated, EntryChange::Deleted])
}

fn rungs() -> impl Strategy<Value = Rung> {
    let kind = prop_oneof![
        (ways(), labels()).prop_map(|(way, label)| segment(way, label)),
        (ways(), labels()).prop_map(|(way, label)| segment(way, label).lost()),
        (sides(), outcomes()).prop_map(|(side, seen)| outcome(side, seen)),
        (0usize..3).prop_map(|index| step(index, "s")),
        Just(reads("1")),
        changes().prop_map(entry),
        durations().prop_map(quiet),
    ];
    let since =
        prop_oneof![Just(Anchor::Start), (0usize..9).prop_map(Anchor::Rung), (0usize..4).prop_map(Anchor::Step)];
    let times = prop::sample::select(vec![0, 1, 1, 2, 3, u32::MAX]);
    (kind, times, whens(), whens(), since).prop_map(|(rung, times, every, when, since)| Rung {
        times,
        every,
        when,
        since,
        ..rung
    })
}

fn ladders() -> impl Strategy<Value = Ladder> {
    (
        prop::collection::vec(rungs(), 0..7),
        prop::collection::vec(labels(), 0..2),
        durations(),
        durations(),
        any::<bool>(),
    )
        .prop_map(|(rungs, allow, settle, patience, open_ended)| Ladder {
            transit: Duration::ZERO,
            rungs,
            allow,
            settle,
            patience,
            open_ended,
            file: String::new(),
        })
}

fn times() -> impl Strategy<Value = i64> {
    prop_oneof![0i64..4_000_000_000, Just(i64::MIN), Just(i64::MAX)]
}

fn timelines() -> impl Strategy<Value = Timeline> {
    let crossing = (times(), ways(), labels(), 0..3).prop_map(|(at, way, label, end)| {
        let mut crossing = crossing(0, way, label, (end == 1).then_some("sw"));
        crossing.sent = LabTime(at);
        if end == 2 {
            crossing.reach = Reach::Unknown;
        }
        crossing
    });
    let what = prop_oneof![
        (sides(), outcomes()).prop_map(|(side, outcome)| What::Outcome { side, outcome }),
        (0usize..3).prop_map(|step| What::Step { step, name: "s".into(), planned: LabTime(0) }),
        (0usize..3).prop_map(|step| What::StepFailed { step, error: "e".into() }),
        (0usize..7).prop_map(|rung| What::Reading { rung, value: Ok("1".into()) }),
        sides().prop_map(|side| What::Printed { side, line: "x".into() }),
    ];
    let happening = (times(), times(), what).prop_map(|(from, at, what)| crate::timeline::Happening {
        from: LabTime(from),
        at: LabTime(at),
        what,
    });
    let doubt = prop_oneof![
        (0usize..9).prop_map(|vantage| Doubt::FramesDropped { vantage, dropped: 1 }),
        (0usize..9, 0usize..9).prop_map(|(vantage, crossing)| Doubt::Gap { vantage, crossing }),
        any::<i64>().prop_map(|nanoseconds| Doubt::ClockStep { nanoseconds }),
        (times(), times()).prop_map(|(from, until)| Doubt::Stall { from: LabTime(from), until: LabTime(until) }),
        (times(), times()).prop_map(|(a, b)| Doubt::LateStep { step: 9, planned: LabTime(a), applied: LabTime(b) }),
        Just(Doubt::Truncated),
    ];
    let parts = (
        prop::collection::vec(crossing, 0..12),
        prop::collection::vec(happening, 0..12),
        prop::collection::vec(doubt, 0..3),
        times(),
        prop::sample::select(vec![ClockKind::Real, ClockKind::Virtual, ClockKind::Capture]),
        prop::sample::select(vec![0, 1, 250, 1000, u32::MAX]),
        any::<bool>(),
    );
    parts.prop_map(|(mut crossings, happenings, doubts, end, clock, hz, sorted)| {
        if sorted {
            crossings.sort_by_key(|crossing| crossing.sent);
        }
        let mut manifest = manifest(clock);
        manifest.kernel.hz = hz;
        Timeline { manifest, crossings, happenings, doubts, end: LabTime(end) }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_judge_never_panics_and_passes_only_what_was_met(ladder in ladders(), timeline in timelines()) {
        let verdict = judge(&ladder, &timeline);
        let all_met = verdict.rungs.iter().all(|rung| rung.seen.is_some());
        prop_assert!(verdict.judgement != Judgement::Pass || (all_met && !verdict.rungs.is_empty() && verdict.findings.is_empty()));
        let worst = verdict.findings.iter().map(|finding| finding.judgement).max().unwrap_or(Judgement::Pass);
        prop_assert_eq!(verdict.judgement, worst);
        let _ = progress(&ladder, &timeline, timeline.end);
        let _ = ladder_mutants(&ladder);
    }
}
