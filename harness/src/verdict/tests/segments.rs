use super::sample::*;
use crate::ladder::{Fate, Ladder, Outcome};
use crate::name::{Label, Side};
use crate::timeline::{Reach, Timeline, What};
use crate::verdict::FindingKind;

fn talk() -> (Ladder, Timeline) {
    let ladder = ladder(vec![
        segment("a>b", Label::Psh),
        segment("b>a", Label::Ack),
        segment("a>b", Label::Fin),
        segment("b>a", Label::Fin),
        segment("a>b", Label::Ack),
    ]);
    let timeline = timeline(1_000_000)
        .sends(100, "a>b", Label::Psh)
        .sends(200, "b>a", Label::Ack)
        .sends(300, "a>b", Label::Fin)
        .sends(400, "b>a", Label::Fin)
        .sends(500, "a>b", Label::Ack);
    (ladder, timeline)
}

#[test]
fn a_line_too_many_is_the_one_missing() {
    for index in 0..5 {
        let (mut ladder, timeline) = talk();
        let extra = segment("b>a", Label::WindowUpdate);
        ladder.rungs.insert(index, extra);
        assert_eq!(found(&ladder, &timeline), [format!("Fail Missing {index}.0")]);
    }
}

#[test]
fn a_segment_too_many_is_told_where_it_came() {
    for index in 0..=5usize {
        let (ladder, mut timeline) = talk();
        let at = i64::try_from(index).unwrap() * 100 + 50;
        timeline.crossings.insert(index, crossing(at, "b>a", Label::WindowUpdate, None));
        assert_eq!(found(&ladder, &timeline), [format!("Fail Unexpected {}.0", index.saturating_sub(1))]);
    }
}

#[test]
fn two_in_the_other_order_are_one_finding() {
    for first in 0..4 {
        let (mut ladder, timeline) = talk();
        ladder.rungs.swap(first, first + 1);
        let verdict = crate::verdict::judge(&ladder, &timeline);
        let [finding] = &verdict.findings[..] else { panic!("{:?}", verdict.findings) };
        assert!(matches!(finding.kind, FindingKind::OutOfOrder { .. }), "{finding:?}");
        assert!(names(&verdict, first) && names(&verdict, first + 1), "{finding:?}");
    }
}

#[test]
fn another_label_is_one_finding() {
    for index in 0..5 {
        let (ladder, mut timeline) = talk();
        timeline.crossings[index].label = Label::Retransmit;
        assert_eq!(found(&ladder, &timeline), [format!("Fail WrongLabel {{ seen: Retransmit }} {index}.0")]);
    }
}

#[test]
fn the_other_direction_is_another_segment() {
    let (ladder, mut timeline) = talk();
    let crossing = &mut timeline.crossings[0];
    std::mem::swap(&mut crossing.from, &mut crossing.to);
    assert_eq!(found(&ladder, &timeline), ["Fail Unexpected 0.0", "Fail Missing 0.0"]);
}

#[test]
fn what_is_allowed_may_come_anywhere_and_is_told() {
    let (mut ladder, mut timeline) = talk();
    for index in [0, 3, 7] {
        timeline.crossings.insert(index, crossing(0, "b>a", Label::DupAck, None));
    }
    assert_eq!(found(&ladder, &timeline).len(), 3);
    ladder.allow = vec![Label::DupAck];
    assert_eq!(found(&ladder, &timeline), [""; 0]);
    assert_eq!(crate::verdict::judge(&ladder, &timeline).notes, ["`allow: [DUP-ACK]` let 3 segments through."]);
}

#[test]
fn an_allowed_label_can_still_be_expected() {
    let (mut ladder, mut timeline) = talk();
    ladder.allow = vec![Label::Ack];
    assert_eq!(found(&ladder, &timeline), [""; 0]);
    timeline.crossings.remove(1);
    assert_eq!(found(&ladder, &timeline), ["Fail Missing 1.0"]);
}

#[test]
fn ends_are_told_apart() {
    let cases = [
        (Fate::Arrives, Reach::Arrived, ""),
        (Fate::Arrives, Reach::LostAt(node("sw")), "Fail WrongFate 0.0"),
        (Fate::Lost, Reach::LostAt(node("sw")), ""),
        (Fate::Lost, Reach::Arrived, "Fail WrongFate 0.0"),
        (Fate::LostAt(node("sw")), Reach::LostAt(node("sw")), ""),
        (Fate::LostAt(node("sw")), Reach::LostAt(node("a")), "Fail WrongFate 0.0"),
        (Fate::LostAt(node("sw")), Reach::Arrived, "Fail WrongFate 0.0"),
        (Fate::Arrives, Reach::Unknown, "Inconclusive Doubtful 0.0"),
        (Fate::Lost, Reach::Unknown, "Inconclusive Doubtful 0.0"),
        (Fate::LostAt(node("sw")), Reach::Unknown, "Inconclusive Doubtful 0.0"),
    ];
    for (fate, reach, expected) in cases {
        let (mut ladder, mut timeline) = talk();
        let crate::ladder::Expected::Segment { fate: place, .. } = &mut ladder.rungs[0].what else { panic!() };
        *place = fate.clone();
        timeline.crossings[0].reach = reach.clone();
        assert_eq!(found(&ladder, &timeline).join(" "), expected, "{fate:?} {reach:?}");
    }
}

#[test]
fn of_equal_segments_the_one_that_ended_as_expected_is_taken() {
    let ladder = ladder(vec![segment("a>b", Label::Retransmit).lost(), segment("a>b", Label::Retransmit)]);
    let timeline = timeline(1_000_000)
        .loses(100, "a>b", Label::Retransmit, "sw")
        .loses(200, "a>b", Label::Retransmit, "sw")
        .sends(300, "a>b", Label::Retransmit);
    assert_eq!(found(&ladder, &timeline), ["Fail Unexpected 0.0"]);
}

#[test]
fn a_long_record_with_a_difference_is_judged_in_good_time() {
    let rungs = vec![segment("a>b", Label::Probe).times(20_000, 1), segment("a>b", Label::Rst)];
    let mut ladder = ladder(rungs);
    ladder.rungs[0].every = None;
    let mut timeline = timeline(100_000_000);
    for n in 0..20_001 {
        timeline.crossings.push(crossing(n * 1000, "a>b", Label::Probe, None));
    }
    timeline = timeline.sends(20_001_000, "a>b", Label::Rst);
    timeline.crossings[1000].label = Label::Psh;
    let found = found(&ladder, &timeline);
    assert!(found.iter().all(|f| f.starts_with("Fail")) && !found.is_empty() && found.len() < 4, "{found:?}");
}

/// A machine that is busy reads late, and the next probe may have gone out by then; or else
/// the ladder has no line for it. Who knows?
#[test]
fn what_comes_before_a_late_reading_is_in_doubt() {
    let ladder = ladder(vec![segment("a>b", Label::Probe), segment("b>a", Label::ProbeAck), reads("alive")]);
    let reading = || What::Reading { rung: 2, value: Ok("alive".into()) };
    let talk = timeline(3_000_000).sends(100, "a>b", Label::Probe).sends(200, "b>a", Label::ProbeAck);
    let late = talk.clone().sends(1_000_100, "a>b", Label::Probe).happens(1_000_200, 1_000_300, reading());
    assert_eq!(found(&ladder, &late), ["Inconclusive Unexpected 1.0"]);
    let soon = talk.sends(300_100, "a>b", Label::Probe).happens(300_200, 300_300, reading());
    assert_eq!(found(&ladder, &soon), ["Fail Unexpected 1.0"]);
}

/// It was the line before that failed, and not the harness.
#[test]
fn a_reading_whose_turn_never_came_is_in_no_doubt() {
    let ladder = ladder(vec![segment("a>b", Label::Rst), outcome(Side::Client, Outcome::Eof), reads("alive")]);
    let timeline = timeline(40_000_000).sees(200, Side::Client, Outcome::Eof);
    assert_eq!(found(&ladder, &timeline), ["Fail Missing 0.0"]);
}
