use super::draft::Draft;
use super::due::{Timing, timings};
use super::matching::Matching;
use super::{Finding, Judgement, RungVerdict, Verdict};
use super::{checks, doubts, fate, missing, order, times, unexpected};
use crate::ladder::Ladder;
use crate::timeline::Timeline;
use std::cmp::Reverse;

/// Holds what was expected against what was seen, and tells everything that is wrong or
/// in doubt. Passes only what was met in full, by evidence beyond doubt.
#[must_use]
pub fn judge(ladder: &Ladder, timeline: &Timeline) -> Verdict {
    let matching = Matching::new(ladder, timeline, timeline.end);
    let timings = timings(&matching);
    let findings = findings(&matching, &timings);
    let judgement = findings.iter().map(|finding| finding.judgement).max().unwrap_or(Judgement::Pass);
    Verdict { judgement, rungs: rungs(&matching, timings), findings, notes: doubts::notes(&matching) }
}

/// Failures first, each in the order of the ladder, then of time.
fn findings(matching: &Matching<'_>, timings: &[Timing]) -> Vec<Finding> {
    let mut drafts = missing::check(matching, timings);
    drafts.extend(checks::instead(matching));
    drafts.extend(unexpected::check(matching));
    drafts.extend(fate::check(matching));
    drafts.extend(order::check(matching));
    drafts.extend(times::check(matching, timings));
    drafts.extend(doubts::check(matching));
    doubts::weigh(matching, &mut drafts);
    if drafts.is_empty() {
        drafts.extend(doubts::unjudged(matching, timings));
    }
    let place = |draft: &Draft| draft.finding.rung.unwrap_or((usize::MAX, 0));
    drafts.sort_by_key(|draft| (Reverse(draft.finding.judgement), place(draft), draft.when));
    drafts.into_iter().map(|draft| draft.finding).collect()
}

fn rungs(matching: &Matching<'_>, timings: Vec<Timing>) -> Vec<RungVerdict> {
    let slots = matching.slots.iter().zip(&matching.fits).zip(timings);
    let verdict = |((slot, fit), timing): ((&super::slot::Slot, &super::slot::Fit), Timing)| RungVerdict {
        rung: slot.rung,
        repeat: slot.repeat,
        due: match timing {
            Timing::Due(due) => Some(due.due),
            Timing::Free | Timing::Unanchored => None,
        },
        seen: fit.seen(),
    };
    slots.map(verdict).collect()
}
