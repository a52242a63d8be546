use super::sample::*;
use crate::ladder::{Ladder, When};
use crate::name::{Label, Side};
use crate::timeline::{Doubt, Timeline};
use crate::verdict::{FindingKind, Judgement, judge};

fn one(when: When, at: i64) -> (Ladder, Timeline) {
    let mut probe = segment("a>b", Label::Probe);
    probe.when = Some(when);
    let ladder = ladder(vec![segment("b>a", Label::Psh), probe]);
    (ladder, timeline(at + 1_000_000).sends(1_000_000, "b>a", Label::Psh).sends(at, "a>b", Label::Probe))
}

fn kinds(when: When, at: i64) -> String {
    let (ladder, timeline) = one(when, at);
    found(&ladder, &timeline).join(" ")
}

#[test]
fn a_timer_fires_in_its_slot() {
    // Armed when the segment came, at 1.000012; a slot of 1 s is 32 ms wide at HZ=250, and
    // the clock is allowed
    // 13 ms; as the timer may have been running before, it may seem a tick early.
    let timer = When::Timer(ms(1000));
    assert_eq!(kinds(timer, 1_983_011), "Fail Early 1.0");
    assert_eq!(kinds(timer, 1_983_012), "");
    assert_eq!(kinds(timer, 2_045_012), "");
    assert_eq!(kinds(timer, 2_045_013), "Fail Late 1.0");
}

#[test]
fn a_range_is_what_it_says() {
    let range = When::Range(ms(100), ms(200));
    assert_eq!(kinds(range, 1_086_999), "Fail Early 1.0");
    assert_eq!(kinds(range, 1_087_000), "");
    assert_eq!(kinds(range, 1_213_000), "");
    assert_eq!(kinds(range, 1_213_001), "Fail Late 1.0");
}

#[test]
fn the_message_says_when_and_why() {
    let (ladder, timeline) = one(When::Timer(ms(1000)), 2_500_000);
    let verdict = judge(&ladder, &timeline);
    insta::assert_snapshot!(verdict.findings[0].message, @"`a > b: PROBE` was due at 1.983..2.045 s and came at 2.500, 455ms late (counted from 1.000012: a 1 s timer is 250 ticks at HZ=250; its slot is 8 ticks (32 ms), and it counts from the last activity, so it fires 1.000 to 1.032 s after that; the clock is allowed 13ms).");
}

#[test]
fn a_probe_after_a_lost_probe_comes_on_the_tick() {
    let (ladder, mut timeline) = dead_peer();
    timeline.crossings[4].sent = micros(2_046_000 + 15_000);
    assert_eq!(found(&ladder, &timeline)[0], "Fail Late 5.1");
    // An answer in between: the timer runs on, and is only known to its slot.
    timeline.crossings.insert(4, crossing(1_022_100, "b>a", Label::ProbeAck, None));
    let mut allowing = ladder.clone();
    allowing.allow = vec![Label::ProbeAck];
    assert!(
        !found(&allowing, &timeline).iter().any(|finding| finding.contains("5.1")),
        "{:?}",
        found(&allowing, &timeline)
    );
}

#[test]
fn a_stall_excuses_lateness_as_far_as_it_goes() {
    let stalled = |until| {
        let (ladder, timeline) = one(When::Timer(ms(1000)), 2_145_012);
        judge(&ladder, &timeline.doubts(Doubt::Stall { from: micros(2_040_000), until: micros(until) })).judgement
    };
    assert_eq!(stalled(2_144_000), Judgement::Inconclusive);
    assert_eq!(stalled(2_130_000), Judgement::Fail, "90 ms don't explain 100");
}

#[test]
fn a_stall_elsewhere_excuses_nothing() {
    let (ladder, timeline) = one(When::Timer(ms(1000)), 2_145_012);
    let timeline = timeline.doubts(Doubt::Stall { from: micros(100_000), until: micros(900_000) });
    assert_eq!(judge(&ladder, &timeline).judgement, Judgement::Fail);
}

#[test]
fn a_stall_excuses_what_is_early_only_if_it_held_up_what_it_counts_from() {
    let stalled = |from, until| {
        let (ladder, timeline) = one(When::Timer(ms(1000)), 1_950_000);
        let stall = Doubt::Stall { from: micros(from), until: micros(until) };
        judge(&ladder, &timeline.doubts(stall)).judgement
    };
    assert_eq!(stalled(900_000, 1_000_000), Judgement::Inconclusive);
    assert_eq!(stalled(980_000, 1_000_000), Judgement::Fail, "20 ms don't explain 33");
    assert_eq!(stalled(900_000, 990_000), Judgement::Fail, "it was over before");
    assert_eq!(stalled(1_001_000, 1_900_000), Judgement::Fail, "it came after");
}

#[test]
fn what_a_program_noticed_late_began_before() {
    // connect(2) returned 30 ms after the handshake: the timer ran all the while.
    let ladder = ladder(vec![
        segment("b>a", Label::SynAck),
        outcome(Side::Client, crate::ladder::Outcome::Connected),
        segment("a>b", Label::Probe).after(1000),
    ]);
    let at = |probe| {
        let timeline = timeline(4_000_000).sends(1_000_000, "b>a", Label::SynAck);
        found(
            &ladder,
            &timeline.sees(1_030_000, Side::Client, crate::ladder::Outcome::Connected).sends(
                probe,
                "a>b",
                Label::Probe,
            ),
        )
    };
    assert_eq!(at(2_010_000), [""; 0]);
    assert_eq!(at(1_980_000), ["Fail Early 2.0"]);
}

#[test]
fn equal_faults_of_repeats_are_one() {
    let (mut ladder, timeline) = dead_peer();
    ladder.rungs[5].every = Some(When::Timer(ms(2000)));
    let verdict = judge(&ladder, &timeline);
    assert_eq!(verdict.findings.len(), 1);
    assert_eq!((&verdict.findings[0].kind, verdict.findings[0].rung), (&FindingKind::Early, Some((5, 1))));
    assert!(verdict.findings[0].message.ends_with("So did 1 further repeat of it."), "{}", verdict.findings[0].message);
}

#[test]
fn an_order_that_a_stall_can_feign_is_in_doubt() {
    let ladder = ladder(vec![outcome(Side::Client, ECONNRESET), segment("a>b", Label::Rst)]);
    let timeline = timeline(4_000_000).sends(1_000_000, "a>b", Label::Rst).sees(1_050_000, Side::Client, ECONNRESET);
    assert_eq!(judge(&ladder, &timeline).judgement, Judgement::Fail);
    let stalled = |from| {
        let stalled = timeline.clone().doubts(Doubt::Stall { from: micros(from), until: micros(1_049_000) });
        judge(&ladder, &stalled).judgement
    };
    assert_eq!(stalled(995_000), Judgement::Inconclusive);
    assert_eq!(stalled(1_020_000), Judgement::Fail, "29 ms don't explain 50");
}

/// In virtual time the tick is known in which a timer was armed, unless it was armed, and the
/// segment stamped, on either side of an edge: here that of the tick 8006, at 24 ms.
#[test]
fn a_timer_may_be_armed_just_before_its_segments_tick() {
    let mut ladder = ladder(vec![
        segment("a>b", Label::Syn),
        segment("b>a", Label::SynAck),
        segment("a>b", Label::Ack),
        segment("a>b", Label::Probe).after(1000),
    ]);
    ladder.rungs[3].since = crate::ladder::Anchor::Rung(2);
    let judged = |ack: i64, probe: i64| {
        let mut timeline = timeline(probe + 400_000);
        timeline.manifest.clock = crate::record::ClockKind::Virtual;
        timeline.manifest.kernel.phase = Some(crate::time::Phase { jiffies: 8000, at: micros(0) });
        let timeline = timeline
            .sends(ack - 30, "a>b", Label::Syn)
            .sends(ack - 20, "b>a", Label::SynAck)
            .sends(ack, "a>b", Label::Ack)
            .sends(probe, "a>b", Label::Probe);
        found(&ladder, &timeline).join(" ")
    };
    // 250 ticks on from the tick 8006 the slot of 8 ticks ends at 8264, from 8005 at 8256.
    assert_eq!([judged(24_001, 1_056_001), judged(24_001, 1_024_001)], ["", ""]);
    assert_eq!([judged(26_000, 1_056_001), judged(22_000, 1_024_001)], ["", ""]);
    assert_eq!(judged(26_000, 1_024_001), "Fail Early 3.0");
    assert_eq!(judged(22_000, 1_056_001), "Fail Late 3.0");
}
