use crate::recorded::Recorded;
use deadpeer::name::{Label, NodeName};
use deadpeer::record::{EventKind, Record};
use deadpeer::timeline::{Crossing, Reach, Timeline, timeline};
use deadpeer::verdict::SeenAs;

/// Why no judge could tell a mutant from the truth. There are no other reasons.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Excused {
    /// The scenario allows segments of this label at any time, and the report says so.
    Allowed,
    /// Two lines met at one time, as far as the stamps tell: a step takes a while, and
    /// what conntrack or a program tells is stamped when it is heard. Either order is true.
    AtOneTime,
    /// A segment later than its own retransmission has the same octets, so the two change
    /// places and each has the other's role; and no line of theirs has a time.
    AlikeAndUntimed,
    /// After `...` nothing is judged, and up to there it is the same story.
    BehindTheEnd,
    /// The last line is gone, and what it would have been met by came later than the run
    /// would then have lasted.
    AfterTheRun,
    /// Another event of the record fits the line as well, and the line has no time.
    AnotherFits,
    /// The record says when a capture ended, but not when that of a node which came back
    /// began: its first frame does. Had it been missed on its way through, without being
    /// counted, nothing would tell.
    FirstAfterReturn,
}

/// The rule by which this mutant of one crossing is left out, if there is one.
pub fn excused(run: &Recorded, index: usize, what: &str, mutant: &Record) -> Option<Excused> {
    let unseen = what.rsplit_once("unseen at vantage ").and_then(|(_, vantage)| vantage.parse().ok());
    let moved = what.ends_with("later than the next") || what.ends_with("10 s late");
    if moved && is_untimed(run, index) && is_the_same_story(&run.timeline, mutant) {
        return Some(Excused::AlikeAndUntimed);
    }
    (is_first_after_return(run, index, unseen?)).then_some(Excused::FirstAfterReturn)
}

fn is_untimed(run: &Recorded, index: usize) -> bool {
    let pair = [index, index + 1].map(SeenAs::Crossing);
    let rungs = run.verdict.rungs.iter().filter(|rung| rung.seen.is_some_and(|seen| pair.contains(&seen.what)));
    rungs.map(|rung| &run.ladder().rungs[rung.rung]).all(|rung| rung.when.is_none() && rung.every.is_none())
}

fn is_the_same_story(before: &Timeline, mutant: &Record) -> bool {
    type Story<'a> = (&'a NodeName, &'a NodeName, Label, &'a Reach, i64, u32);
    fn told(crossing: &Crossing) -> Story<'_> {
        (&crossing.from, &crossing.to, crossing.label, &crossing.reach, crossing.seq, crossing.len)
    }
    before.crossings.iter().map(told).eq(timeline(mutant).crossings.iter().map(told))
}

fn is_first_after_return(run: &Recorded, index: usize, vantage: usize) -> bool {
    let Crossing { sightings, from, to, .. } = &run.timeline.crossings[index];
    if [from, to].contains(&&run.record.manifest.vantages[vantage].node) {
        return false;
    }
    let Some(here) = sightings.iter().find(|sighting| sighting.vantage == vantage) else { return false };
    let ended = run.record.events.iter().filter(|event| {
        matches!(event.kind, EventKind::CaptureEnded { vantage: of, .. } if of == vantage) && event.at < here.at
    });
    let Some(ended) = ended.map(|event| event.at).max() else { return false };
    let between = |at| at > ended && at < here.at;
    let sightings = run.timeline.crossings.iter().flat_map(|crossing| &crossing.sightings);
    !sightings.into_iter().any(|sighting| sighting.vantage == vantage && between(sighting.at))
}

/// The rule by which a mutant of a fresh run may pass, if there is one.
pub fn may_pass(run: &Recorded, what: &str, mutant: Option<&Timeline>) -> Option<Excused> {
    if run.ladder().open_ended && mutant.is_some_and(|mutant| is_the_same_up_to_the_end(run, mutant)) {
        return Some(Excused::BehindTheEnd);
    }
    if what.ends_with("left out") && last_comes_after_the_run(run) {
        return Some(Excused::AfterTheRun);
    }
    (what.starts_with("event ") && another_fits(run, what)).then_some(Excused::AnotherFits)
}

fn is_the_same_up_to_the_end(run: &Recorded, mutant: &Timeline) -> bool {
    let end = run.verdict.rungs.iter().filter_map(|rung| rung.seen).map(|seen| seen.at).max();
    let told = |timeline: &Timeline| -> Vec<_> {
        let before = timeline.crossings.iter().filter(|crossing| Some(crossing.sent) <= end);
        before.map(|crossing| (crossing.from.clone(), crossing.to.clone(), crossing.label)).collect()
    };
    told(&run.timeline) == told(mutant)
}

fn last_comes_after_the_run(run: &Recorded) -> bool {
    let seen: Vec<_> = run.verdict.rungs.iter().filter_map(|rung| rung.seen).map(|seen| seen.at).collect();
    let [.., before, last] = seen[..] else { return false };
    last.since(before) > run.ladder().settle
}

/// `event 11 ...`: one of conntrack or of a program's lines, of which there are several.
fn another_fits(run: &Recorded, what: &str) -> bool {
    let number = what.split(' ').nth(1).and_then(|number| number.parse::<usize>().ok());
    let Some(own) = number.and_then(|number| run.record.events.get(number)) else { return false };
    let alike = |kind: &EventKind| match (kind, &own.kind) {
        (EventKind::Conntrack { node, .. }, EventKind::Conntrack { node: own, .. }) => node == own,
        (EventKind::Printed { side, .. }, EventKind::Printed { side: own, .. }) => side == own,
        _ => false,
    };
    run.record.events.iter().filter(|event| alike(&event.kind)).count() > 1
}

/// Fresh runs' mutants that pass for a reason that no rule above says, one by one.
pub const KNOWN: [(&str, &str, &str); 9] = [
    ("reboot/back-too-late", "end of capture", "the node's first capture has ended, and its second is as good as none"),
    ("silence/late-by-its-slot", "10 s late", "the handshake's last ACK has no time, and the program is asked later"),
    ("nat/unanswered-data-shortens-memory", "twice", "another retransmission is one more of the same line"),
    ("link/router-says-host-unreachable", "twice", "what is lost behind the router may be lost twice"),
    ("link/router-says-host-unreachable", "later than the next", "the router's ICMP is allowed at any time"),
    ("link/idle-outage-unnoticed", "much sooner", "the link is down and up again while nothing is sent"),
    ("connect/own-output-drop", "sooner", "the range begins where the run does"),
    ("connect/absent-neighbour", "sooner", "the range begins where the run does"),
    ("connect/", "left out", "nothing else is expected of a connection that never was"),
];
