use super::sample::*;
use crate::ladder::{EntryChange, Outcome};
use crate::name::{Label, Side};
use crate::timeline::What;

const CLIENT: Side = Side::Client;

#[test]
fn bytes_are_added_up_since_the_last_such_line() {
    let cases: [(&[u64], &[u64], &[&str]); 6] = [
        (&[5], &[5], &[]),
        (&[5], &[2, 3], &[]),
        (&[5, 3], &[2, 3, 3], &[]),
        (&[5], &[2], &["Fail WrongOutcome 0.0"]),
        (&[5], &[8], &["Fail WrongOutcome 0.0"]),
        (&[5, 3], &[5], &["Fail Missing 1.0"]),
    ];
    for (expected, seen, findings) in cases {
        let ladder = ladder(expected.iter().map(|n| outcome(CLIENT, Outcome::Bytes(*n))).collect());
        let start = timeline(60_000_000).sees(10, CLIENT, Outcome::Connected);
        let reads = seen.iter().zip(1..).fold(start, |t, (n, at)| t.sees(at * 100, CLIENT, Outcome::Bytes(*n)));
        assert_eq!(found(&ladder, &reads.sees(9000, CLIENT, Outcome::Eof)), findings, "{expected:?} {seen:?}");
    }
}

#[test]
fn another_end_is_named() {
    let ends = [ETIMEDOUT, ECONNRESET, Outcome::Eof, Outcome::Exit(1), Outcome::Signal(9)];
    for expected in &ends {
        for seen in &ends {
            let ladder = ladder(vec![outcome(CLIENT, expected.clone())]);
            let timeline = timeline(60_000_000).sees(100, CLIENT, seen.clone());
            let same: &[&str] = if expected == seen { &[] } else { &["Fail WrongOutcome 0.0"] };
            assert_eq!(found(&ladder, &timeline), same, "{expected:?} {seen:?}");
        }
    }
}

#[test]
fn an_error_must_be_named_and_an_end_of_file_need_not() {
    let ladder = ladder(vec![outcome(CLIENT, Outcome::Connected)]);
    let seen = |outcome| {
        found(&ladder, &timeline(60_000_000).sees(50, CLIENT, Outcome::Connected).sees(100, Side::Server, outcome))
    };
    for fine in [Outcome::Eof, Outcome::Connected, Outcome::Bytes(3), Outcome::Exit(0)] {
        assert_eq!(seen(fine), [""; 0]);
    }
    for wrong in [ETIMEDOUT, Outcome::Exit(1), Outcome::Signal(9)] {
        assert_eq!(seen(wrong), ["Fail UnexpectedError 0.0"]);
    }
}

#[test]
fn an_unnamed_end_of_file_before_the_error_is_passed_over() {
    let ladder = ladder(vec![outcome(CLIENT, ECONNRESET)]);
    let timeline = timeline(60_000_000).sees(50, CLIENT, Outcome::Eof).sees(100, CLIENT, ECONNRESET);
    assert_eq!(found(&ladder, &timeline), [""; 0]);
}

#[test]
fn nothing_at_all_is_missing() {
    let ladder = ladder(vec![outcome(CLIENT, ETIMEDOUT)]);
    assert_eq!(found(&ladder, &timeline(60_000_000)), ["Fail Missing 0.0"]);
    assert_eq!(found(&ladder, &timeline(1_000_000)), ["Inconclusive Missing 0.0"]);
}

#[test]
fn lines_that_a_program_prints() {
    let prints = |text: &str| outcome(CLIENT, Outcome::Prints(text.into()));
    let line = |at, text: &str| (at, What::Printed { side: CLIENT, line: text.into() });
    let ladder = ladder(vec![prints("one"), prints("two")]);
    let told = |lines: [(i64, What); 2]| {
        let [(a, one), (b, two)] = lines;
        found(&ladder, &timeline(60_000_000).happens(a, a, one).happens(b, b, two))
    };
    assert_eq!(told([line(10, "say one"), line(20, "say two")]), [""; 0]);
    assert_eq!(told([line(10, "say two"), line(20, "say one")]), ["Fail Missing 1.0"]);
    assert_eq!(told([line(10, "say one"), line(20, "say three")]), ["Fail Missing 1.0"]);
}

#[test]
fn conntrack_events_need_not_be_named() {
    let full = || {
        timeline(60_000_000)
            .sends(100, "a>b", Label::Syn)
            .tracks(110, EntryChange::Created)
            .tracks(120, EntryChange::Updated)
            .sends(50_000, "b>a", Label::SynAck)
            .tracks(50_100, EntryChange::Updated)
            .does(100_000, 101_000, 0, "flush_nat")
            .tracks(100_500, EntryChange::Deleted)
    };
    let (syn, reply) = (segment("a>b", Label::Syn), segment("b>a", Label::SynAck));
    let (created, deleted) = (entry(EntryChange::Created), entry(EntryChange::Deleted));
    let asks = |rungs: &[&crate::ladder::Rung]| found(&ladder(rungs.iter().map(|r| (*r).clone()).collect()), &full());
    assert_eq!(asks(&[&syn, &created, &reply, &deleted]), [""; 0]);
    assert_eq!(asks(&[&syn, &reply, &deleted]), [""; 0]);
    assert_eq!(asks(&[&syn, &reply, &created]), ["Fail OutOfOrder { after: 1 } 2.0"]);
    assert_eq!(asks(&[&syn, &deleted, &reply]), ["Fail OutOfOrder { after: 1 } 2.0"]);
    assert_eq!(asks(&[&syn, &reply, &deleted, &deleted]), ["Fail Missing 3.0"]);
}

#[test]
fn an_entrys_time_counts_in_ticks() {
    // From when the segment was sent, or came 12 microseconds later: 4 ms of a tick, and
    // 13 ms for the clock; for what is told, 10 ms more.
    let rungs = vec![segment("a>b", Label::Ack), entry(EntryChange::Deleted).after(3000)];
    let ended = |at| {
        found(
            &ladder(rungs.clone()),
            &timeline(60_000_000).sends(1_000_000, "a>b", Label::Ack).tracks(at, EntryChange::Deleted),
        )
    };
    assert_eq!(ended(3_982_999), ["Fail Early 1.0"]);
    assert_eq!(ended(3_983_000), [""; 0]);
    assert_eq!(ended(4_027_012), [""; 0]);
    assert_eq!(ended(4_027_013), ["Fail Late 1.0"]);
}

#[test]
fn an_entry_that_comes_back_is_not_taken_for_the_first() {
    let ladder = ladder(vec![segment("a>b", Label::Syn), step(0, "flush_nat"), entry(EntryChange::Created)]);
    let before = timeline(60_000_000).sends(100, "a>b", Label::Syn).tracks(110, EntryChange::Created).does(
        100_000,
        101_000,
        0,
        "flush_nat",
    );
    let after = before.clone().tracks(200_000, EntryChange::Created);
    assert_eq!(found(&ladder, &after), [""; 0]);
    assert_eq!(found(&ladder, &before), ["Fail OutOfOrder { after: 1 } 2.0"]);
}

#[test]
fn readings_are_compared_as_words() {
    let taken = |value: Result<&str, &str>| {
        let value = value.map(str::to_owned).map_err(str::to_owned);
        let ladder = ladder(vec![step(0, "connect"), reads("4096 131072")]);
        let timeline =
            timeline(60_000_000).does(10, 20, 0, "connect").happens(30, 40, What::Reading { rung: 1, value });
        found(&ladder, &timeline)
    };
    assert_eq!(taken(Ok("4096\t131072\n")), [""; 0]);
    assert_eq!(taken(Ok("4096 131073")), ["Fail WrongReading 1.0"]);
    assert_eq!(taken(Err("no such file")), ["Inconclusive WrongReading 1.0"]);
}

#[test]
fn a_reading_that_was_not_taken_is_in_doubt() {
    let ladder = ladder(vec![step(0, "connect"), reads("alive")]);
    let timeline = timeline(60_000_000).does(10, 20, 0, "connect");
    assert_eq!(found(&ladder, &timeline), ["Inconclusive Doubtful 1.0"]);
}

#[test]
fn silence_is_kept_or_broken() {
    let asks = |length| ladder(vec![segment("a>b", Label::Psh), quiet(ms(length)), segment("a>b", Label::Psh)]);
    let timeline = timeline(60_000_000).sends(1_000_000, "a>b", Label::Psh).sends(2_000_000, "a>b", Label::Psh);
    assert_eq!(found(&asks(999), &timeline), [""; 0]);
    assert_eq!(found(&asks(1000), &timeline), [""; 0]);
    assert_eq!(found(&asks(1001), &timeline), ["Fail NotQuiet 1.0"]);
    let broken = timeline.clone().sends(1_500_000, "b>a", Label::DupAck);
    let mut broken = broken;
    broken.crossings.swap(1, 2);
    assert_eq!(found(&asks(900), &broken), ["Fail NotQuiet 1.0"], "one cause, one finding");
    let mut allowing = asks(900);
    allowing.allow = vec![Label::DupAck];
    assert_eq!(found(&allowing, &broken), [""; 0]);
}

#[test]
fn silence_at_the_end_must_be_in_the_record() {
    let ladder = ladder(vec![segment("a>b", Label::Psh), quiet(ms(1000))]);
    let ends = |end| found(&ladder, &timeline(end).sends(1_000_000, "a>b", Label::Psh));
    assert_eq!(ends(2_300_000), [""; 0]);
    assert_eq!(ends(2_100_000), ["Inconclusive Doubtful -"]);
    assert_eq!(ends(1_900_000), ["Inconclusive Missing 1.0"]);
}

#[test]
fn a_step_must_be_in_its_place() {
    let ladder = ladder(vec![segment("a>b", Label::Psh), step(3, "drop"), segment("b>a", Label::Ack)]);
    let with = |from, at| {
        let talk = timeline(60_000_000).sends(1000, "a>b", Label::Psh).sends(2000, "b>a", Label::Ack);
        found(&ladder, &talk.does(from, at, 3, "drop"))
    };
    assert_eq!(with(1500, 1600), [""; 0]);
    assert_eq!(with(500, 1600), [""; 0], "it may have been in between");
    assert_eq!(with(1500, 5000), [""; 0], "it may have been in between");
    assert_eq!(with(500, 900), ["Fail OutOfOrder { after: 0 } 1.0"]);
    assert_eq!(with(2500, 2600), ["Fail OutOfOrder { after: 1 } 2.0"]);
    let never = timeline(60_000_000).sends(1000, "a>b", Label::Psh).sends(2000, "b>a", Label::Ack);
    assert_eq!(found(&ladder, &never), ["Fail Missing 1.0"]);
}
