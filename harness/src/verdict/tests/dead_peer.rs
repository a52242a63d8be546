use super::sample::*;
use crate::name::{Label, Side};
use crate::timeline::Reach;
use crate::verdict::{Judgement, SeenAs, judge};

#[test]
fn as_expected_it_passes() {
    let (ladder, timeline) = dead_peer();
    let verdict = judge(&ladder, &timeline);
    assert_eq!(verdict.findings, []);
    assert_eq!(verdict.judgement, Judgement::Pass);
    assert_eq!(verdict.rungs.len(), 10);
    assert!(verdict.rungs.iter().all(|rung| rung.seen.is_some()));
    assert_eq!(verdict.rungs[5].seen.unwrap().what, SeenAs::Crossing(3));
}

#[test]
fn one_probe_too_few() {
    let (ladder, mut timeline) = dead_peer();
    timeline.crossings.remove(5);
    timeline.crossings[5].sent = micros(3_070_000);
    timeline.happenings.last_mut().unwrap().at = micros(3_070_200);
    assert_eq!(found(&ladder, &timeline), ["Fail Missing 5.2"]);
}

#[test]
fn one_probe_too_many() {
    let (mut ladder, timeline) = dead_peer();
    ladder.rungs[5].times = 2;
    assert_eq!(found(&ladder, &timeline), ["Fail Unexpected 5.1", "Fail Late 6.0"]);
}

#[test]
fn fifty_retransmissions_are_one_finding() {
    let (ladder, mut timeline) = dead_peer();
    let noise = (0..50).map(|n| crossing(4_095_000 + n, "b>a", Label::Retransmit, None));
    timeline.crossings.extend(noise);
    let verdict = judge(&ladder, &timeline);
    assert_eq!(verdict.findings.len(), 1);
    assert!(verdict.findings[0].message.contains("49 more"), "{}", verdict.findings[0].message);
}

#[test]
fn what_comes_long_after_is_not_judged() {
    let (ladder, timeline) = dead_peer();
    let mut long = timeline.sends(4_394_201, "b>a", Label::Psh);
    long.end = micros(9_000_000);
    assert_eq!(found(&ladder, &long), [""; 0]);
    long.crossings.last_mut().unwrap().sent = micros(4_394_200);
    assert_eq!(found(&ladder, &long), ["Fail Unexpected 7.0"]);
}

#[test]
fn after_an_open_end_nothing_is_judged() {
    let (mut ladder, timeline) = dead_peer();
    let timeline = timeline.sends(4_094_300, "b>a", Label::Psh).sees(4_094_400, Side::Client, ECONNRESET);
    ladder.open_ended = true;
    assert_eq!(found(&ladder, &timeline), [""; 0]);
    ladder.open_ended = false;
    assert_eq!(found(&ladder, &timeline), ["Fail Unexpected 7.0", "Fail UnexpectedError 7.0"]);
}

#[test]
fn a_record_that_ends_too_soon_tells_nothing_of_the_settling() {
    let (mut ladder, mut timeline) = dead_peer();
    timeline.end = micros(4_200_000);
    assert_eq!(found(&ladder, &timeline), ["Inconclusive Doubtful -"]);
    ladder.open_ended = true;
    assert_eq!(found(&ladder, &timeline), [""; 0]);
}

#[test]
fn what_could_still_have_come_is_in_doubt() {
    let (ladder, mut timeline) = dead_peer();
    timeline.crossings.truncate(4);
    timeline.happenings.pop();
    timeline.end = micros(1_500_000);
    assert_eq!(found(&ladder, &timeline), ["Inconclusive Missing 5.1"]);
    timeline.end = micros(2_500_000);
    assert_eq!(found(&ladder, &timeline), ["Fail Missing 5.1"]);
}

#[test]
fn a_death_by_reset_is_told_by_its_causes() {
    let (ladder, mut timeline) = dead_peer();
    timeline.crossings.truncate(4);
    timeline.crossings[3].reach = Reach::Arrived;
    timeline.happenings.pop();
    timeline.end = micros(5_000_000);
    let timeline = timeline.sends(1_022_100, "b>a", Label::Rst).sees(1_022_300, Side::Client, ECONNRESET);
    let expected = ["Fail Missing 5.1", "Fail Unexpected 5.0", "Fail WrongFate 5.0", "Fail WrongOutcome 7.0"];
    let mut seen = found(&ladder, &timeline);
    seen.sort();
    assert_eq!(seen, expected);
}

#[test]
fn an_empty_ladder_never_passes() {
    let (mut ladder, timeline) = dead_peer();
    ladder.rungs.clear();
    assert_eq!(judge(&ladder, &timeline).judgement, Judgement::Fail);
    ladder.open_ended = true;
    assert!(judge(&ladder, &timeline).judgement >= Judgement::Inconclusive);
    ladder.open_ended = false;
    let bare = crate::timeline::Timeline { crossings: vec![], happenings: vec![], ..timeline };
    assert_eq!(judge(&ladder, &bare).judgement, Judgement::Inconclusive);
}
