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
