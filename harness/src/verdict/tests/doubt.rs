use super::sample::*;
use crate::name::{Label, Side};
use crate::record::ClockKind;
use crate::timeline::{Doubt, What};
use crate::verdict::{Judgement, judge};

fn all_doubts() -> Vec<Doubt> {
    let (planned, applied) = (micros(500_000), micros(600_000));
    vec![
        Doubt::FramesDropped { vantage: 1, dropped: 7 },
        Doubt::CaptureFailed { vantage: 1, error: "network is down".into() },
        Doubt::CaptureUnfinished { vantage: 1 },
        Doubt::Gap { vantage: 1, crossing: 0 },
        Doubt::ConntrackLost { node: node("sw") },
        Doubt::ClockStep { nanoseconds: -5_000_000 },
        Doubt::LateStep { step: 1, planned, applied },
        Doubt::StepFailed { step: 1, error: "no such rule".into() },
        Doubt::Interrupted,
        Doubt::Broken("out of memory".into()),
        Doubt::Truncated,
    ]
}

#[test]
fn no_doubt_lets_a_run_pass() {
    for doubt in all_doubts() {
        let (ladder, timeline) = dead_peer();
        let verdict = judge(&ladder, &timeline.doubts(doubt.clone()));
        assert_eq!(verdict.judgement, Judgement::Inconclusive, "{doubt:?}");
        let [finding] = &verdict.findings[..] else { panic!("{:?}", verdict.findings) };
        assert!(finding.message.ends_with('.') && !finding.message.contains("vantage "), "{}", finding.message);
    }
}

#[test]
fn many_gaps_are_one_doubt_each_place() {
    let (ladder, mut timeline) = dead_peer();
    timeline.doubts = (0..5).map(|crossing| Doubt::Gap { vantage: 1 + crossing % 2, crossing }).collect();
    assert_eq!(found(&ladder, &timeline).len(), 2);
}

#[test]
fn a_stall_alone_is_a_note() {
    let (ladder, timeline) = dead_peer();
    let verdict = judge(&ladder, &timeline.doubts(Doubt::Stall { from: micros(0), until: micros(20_000) }));
    assert_eq!(verdict.judgement, Judgement::Pass);
    assert_eq!(verdict.notes, ["The machine stood still 1 time, at most for 20ms (at 0.000)."]);
}

#[test]
fn lost_frames_explain_what_is_missing_but_not_what_is_there() {
    let dropped = Doubt::FramesDropped { vantage: 0, dropped: 1 };
    let told = |change: &dyn Fn(&mut crate::timeline::Timeline)| {
        let (ladder, mut timeline) = dead_peer();
        change(&mut timeline);
        judge(&ladder, &timeline.doubts(dropped.clone())).judgement
    };
    assert_eq!(told(&|t| drop(t.crossings.remove(2))), Judgement::Inconclusive);
    assert_eq!(told(&|t| t.crossings[1].reach = crate::timeline::Reach::LostAt(node("sw"))), Judgement::Inconclusive);
    assert_eq!(told(&|t| t.crossings[4].reach = crate::timeline::Reach::Arrived), Judgement::Fail);
    assert_eq!(told(&|t| t.crossings[2].label = Label::Psh), Judgement::Fail);
    assert_eq!(told(&|t| t.crossings.insert(2, crossing(10_280, "b>a", Label::Psh, None))), Judgement::Fail);
    assert_eq!(
        told(&|t| t.happenings.last_mut().unwrap().what = What::Outcome { side: Side::Client, outcome: ECONNRESET }),
        Judgement::Fail
    );
    assert_eq!(told(&|t| t.happenings.truncate(4)), Judgement::Fail);
}

#[test]
fn lost_conntrack_events_explain_missing_ones() {
    use crate::ladder::EntryChange;
    let ladder = ladder(vec![segment("a>b", Label::Syn), entry(EntryChange::Deleted), segment("b>a", Label::SynAck)]);
    let timeline = timeline(60_000_000).sends(100, "a>b", Label::Syn).sends(200, "b>a", Label::SynAck);
    assert_eq!(judge(&ladder, &timeline).judgement, Judgement::Fail);
    let lost = |at| timeline.clone().doubts(Doubt::ConntrackLost { node: node(at) });
    assert_eq!(judge(&ladder, &lost("b")).judgement, Judgement::Fail);
    assert_eq!(judge(&ladder, &lost("sw")).judgement, Judgement::Inconclusive);
}

#[test]
fn what_follows_a_failed_step_was_not_tested() {
    let (ladder, mut timeline) = dead_peer();
    timeline.crossings.truncate(3);
    timeline.happenings.truncate(3);
    timeline.end = micros(40_000_000);
    let failed = |at| What::StepFailed { step: if at > 0 { 1 } else { 0 }, error: "nft: no".into() };
    let doubt = Doubt::StepFailed { step: 1, error: "nft: no".into() };
    let after = timeline.clone().happens(500_000, 500_000, failed(1)).doubts(doubt.clone());
    assert_eq!(judge(&ladder, &after).judgement, Judgement::Inconclusive);
    let mut before = after.clone();
    before.crossings[1].label = Label::Rst;
    assert_eq!(judge(&ladder, &before).judgement, Judgement::Fail, "what went wrong before it stays wrong");
    assert_eq!(judge(&ladder, &timeline).judgement, Judgement::Fail);
}

#[test]
fn a_capture_shows_segments_only() {
    let (ladder, mut timeline) = dead_peer();
    timeline.manifest.clock = ClockKind::Capture;
    timeline.happenings.clear();
    let verdict = judge(&ladder, &timeline);
    assert_eq!(verdict.judgement, Judgement::Inconclusive);
    assert_eq!(verdict.findings.len(), 1, "{:?}", verdict.findings);
    assert!(verdict.findings[0].message.contains("3 lines"), "{}", verdict.findings[0].message);

    let bare = super::sample::ladder(ladder.rungs[..3].to_vec());
    timeline.crossings.truncate(3);
    assert_eq!(judge(&bare, &timeline).judgement, Judgement::Pass);
}

#[test]
fn a_time_that_counts_from_what_a_capture_hides_is_told() {
    let (_, mut timeline) = dead_peer();
    timeline.manifest.clock = ClockKind::Capture;
    timeline.happenings.clear();
    timeline.crossings.truncate(1);
    let mut ladder = ladder(vec![segment("a>b", Label::Syn).within(0, 10)]);
    ladder.rungs[0].since = crate::ladder::Anchor::Step(0);
    assert_eq!(found(&ladder, &timeline), ["Inconclusive Doubtful 0.0"]);
}
