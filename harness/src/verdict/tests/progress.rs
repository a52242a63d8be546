use super::sample::*;
use crate::ladder::{Ladder, Outcome};
use crate::name::{Label, Side};
use crate::time::LabTime;
use crate::timeline::Timeline;
use crate::verdict::{Progress, State, progress};

/// What had been seen by then.
fn until(timeline: &Timeline, now: i64) -> Timeline {
    let mut part = timeline.clone();
    part.crossings.retain(|crossing| crossing.sent <= micros(now));
    part.happenings.retain(|happening| happening.at <= micros(now));
    part.end = micros(now);
    part
}

fn at(now: i64) -> Progress {
    let (ladder, timeline) = dead_peer();
    progress(&ladder, &until(&timeline, now), micros(now))
}

fn waits(now: i64) -> f64 {
    match at(now).state {
        State::Waiting { until } => until.seconds(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn it_climbs_rung_by_rung() {
    assert_eq!(at(0).met, [0; 8]);
    assert_eq!(at(10_320).met, [1, 1, 1, 0, 0, 0, 0, 0]);
    assert_eq!(at(2_100_000).met, [1, 1, 1, 1, 1, 2, 0, 0]);
    assert_eq!(at(4_094_300).met, [1, 1, 1, 1, 1, 3, 1, 1]);
}

#[test]
fn it_waits_until_the_next_rung_is_overdue() {
    assert!((waits(0) - 30.25).abs() < 0.01, "patience from the start");
    assert!((waits(600_000) - (0.0103 + 1.032 + 0.013 + 0.25)).abs() < 0.001, "{}", waits(600_000));
    assert!((waits(2_100_000) - (2.046 + 1.024 + 0.013 + 0.25)).abs() < 0.001, "{}", waits(2_100_000));
}

#[test]
fn then_it_must_stay_quiet() {
    assert_eq!(at(4_094_300).state, State::Settling { until: micros(4_394_200) });
    let (mut ladder, timeline) = dead_peer();
    ladder.open_ended = true;
    assert_eq!(progress(&ladder, &timeline, timeline.end).state, State::Over);
}

#[test]
fn after_a_mismatch_it_waits_for_what_may_still_come() {
    let (ladder, timeline) = dead_peer();
    let wrong =
        until(&timeline, 1_100_000).sends(1_050_000, "b>a", Label::Rst).sees(1_050_100, Side::Client, ECONNRESET);
    let State::Waiting { until } = progress(&ladder, &wrong, micros(1_100_000)).state else { panic!() };
    assert!(until > micros(2_046_000) && until < micros(2_400_000), "{until}");
}

#[test]
fn when_nothing_may_come_any_more_it_is_over() {
    let ladder = ladder(vec![outcome(Side::Client, ETIMEDOUT)]);
    let timeline = timeline(1_000_000).sees(900_000, Side::Client, ECONNRESET);
    let state = |now| progress(&ladder, &timeline, micros(now)).state;
    assert_eq!(state(1_000_000), State::Waiting { until: micros(1_200_000) });
    assert_eq!(state(1_200_000), State::Over);
}

#[test]
fn octets_that_are_still_too_few_may_become_enough() {
    let bytes = |count| outcome(Side::Server, Outcome::Bytes(count));
    let some = |timeline: Timeline, at, count| timeline.sees(at, Side::Server, Outcome::Bytes(count));
    let state = |ladder: &Ladder, timeline: &Timeline| progress(ladder, timeline, micros(2_000_000)).state;
    let patience = State::Waiting { until: micros(900_000 + 30_000_000 + 250_000) };

    let begun = timeline(2_000_000).sees(900_000, Side::Client, Outcome::Connected);
    let one = ladder(vec![outcome(Side::Client, Outcome::Connected), bytes(5)]);
    assert_eq!(state(&one, &some(begun.clone(), 950_000, 3)), patience, "2 more may come");
    let whole = some(some(begun.clone(), 950_000, 3), 1_900_000, 2);
    assert!(matches!(state(&one, &whole), State::Settling { .. }), "now all are there");
    assert_eq!(state(&one, &some(begun.clone(), 950_000, 6)), State::Over, "none is taken back");

    // The same of the second of two lines; of the first, once the second is met, nothing.
    let two = ladder(vec![outcome(Side::Client, Outcome::Connected), bytes(5), bytes(4)]);
    let second = some(some(begun.clone(), 910_000, 5), 950_000, 3);
    assert!(matches!(state(&two, &second), State::Waiting { until } if until > micros(30_000_000)));
    let closed = some(begun, 950_000, 3).sees(960_000, Side::Server, ECONNRESET);
    assert_eq!(state(&one, &closed), State::Over, "a connection that was reset brings no more");
}

#[test]
fn a_reading_is_not_waited_for_behind_what_never_comes() {
    let ladder = ladder(vec![outcome(Side::Client, ETIMEDOUT), reads("alive")]);
    let timeline = timeline(1_000_000).sees(900_000, Side::Client, ECONNRESET);
    assert_eq!(progress(&ladder, &timeline, micros(1_200_000)).state, State::Over);
}

#[test]
fn silence_is_met_when_its_time_is_over() {
    let ladder = ladder(vec![segment("a>b", Label::Psh), quiet(ms(1000))]);
    let timeline = timeline(100_000).sends(100_000, "a>b", Label::Psh);
    let seen = |now| progress(&ladder, &timeline, micros(now));
    assert_eq!(seen(1_099_999).state, State::Waiting { until: micros(1_100_000) });
    assert_eq!(seen(1_100_000).met, [1, 1]);
    assert_eq!(seen(1_100_000).state, State::Settling { until: micros(1_400_000) });
}

#[test]
fn a_run_that_waited_so_long_is_judged() {
    // The run ends when progress says it may: the judge must then be able to tell.
    let (ladder, timeline) = dead_peer();
    for cut in [0, 10_210, 10_260, 10_350, 10_420, 600_000, 1_100_000, 3_100_000, 4_094_100] {
        let mut part = until(&timeline, cut);
        let State::Waiting { until } = progress(&ladder, &part, micros(cut)).state else { panic!() };
        assert!(until < LabTime::FOREVER);
        part.end = until;
        let judgement = crate::verdict::judge(&ladder, &part).judgement;
        assert_eq!(judgement, crate::verdict::Judgement::Fail, "{cut}");
    }
}
