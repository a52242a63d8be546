use super::matching::Matching;
use super::{Finding, FindingKind, Judgement, Seen};
use crate::time::LabTime;

/// A finding before the doubts about the evidence are weighed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Draft {
    pub(super) finding: Finding,
    /// When it went wrong, as far as known; never, if something did not come at all.
    pub(super) when: LabTime,
    /// Frames that the capture lost would look the same.
    pub(super) lost_frames_explain: bool,
}

impl Draft {
    pub(super) fn fail(kind: FindingKind, message: String) -> Self {
        Self::new(Judgement::Fail, kind, message)
    }

    pub(super) fn doubt(message: String) -> Self {
        Self::new(Judgement::Inconclusive, FindingKind::Doubtful, message)
    }

    pub(super) fn new(judgement: Judgement, kind: FindingKind, message: String) -> Self {
        let finding =
            Finding { judgement, kind, rung: None, seen: None, more_rungs: Vec::new(), more_seen: Vec::new(), message };
        Self { finding, when: LabTime::FOREVER, lost_frames_explain: false }
    }

    pub(super) fn on(mut self, matching: &Matching<'_>, slot: Option<usize>) -> Self {
        self.finding.rung = slot.and_then(|slot| matching.name(slot));
        self
    }

    pub(super) fn seen(mut self, seen: Seen) -> Self {
        self.finding.seen = Some(seen);
        self.when = seen.at;
        self
    }

    pub(super) fn also(mut self, sentence: &str) -> Self {
        self.finding.message.push(' ');
        self.finding.message.push_str(sentence);
        self
    }

    /// Takes the failure back, with the reason.
    pub(super) fn excuse(&mut self, reason: &str) {
        if self.finding.judgement == Judgement::Fail {
            self.finding.judgement = Judgement::Inconclusive;
            self.finding.message.push(' ');
            self.finding.message.push_str(reason);
        }
    }
}

/// Joins drafts that have one cause: runs of neighbours for which `same` gives the same
/// key. `more` words how many were left out.
pub(super) fn fold<K: PartialEq>(
    drafts: Vec<Draft>,
    key: impl Fn(&Draft) -> K,
    more: impl Fn(usize, &Draft) -> String,
) -> Vec<Draft> {
    let mut folded: Vec<(Draft, Option<Draft>, usize)> = Vec::new();
    for draft in drafts {
        match folded.last_mut() {
            Some((first, last, count)) if key(first) == key(&draft) => {
                first.finding.judgement = first.finding.judgement.max(draft.finding.judgement);
                first.lost_frames_explain &= draft.lost_frames_explain;
                first.finding.more_rungs.extend(draft.finding.rung);
                first.finding.more_seen.extend(draft.finding.seen);
                (*last, *count) = (Some(draft), *count + 1);
            }
            _ => folded.push((draft, None, 0)),
        }
    }
    let told = |(first, last, count): (Draft, Option<Draft>, usize)| match last {
        None => first,
        Some(last) => first.also(&more(count, &last)),
    };
    folded.into_iter().map(told).collect()
}
