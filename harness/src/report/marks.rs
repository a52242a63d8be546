use crate::ladder::{Expected, Fate, Ladder};
use crate::time::LabTime;
use crate::verdict::{Finding, FindingKind, Seen, Verdict, show_due};
use std::collections::BTreeMap;

/// What the verdict says of each thing seen, and of each rung.
pub(super) struct Marks<'a> {
    verdict: &'a Verdict,
    ladder: &'a Ladder,
    by_rung: BTreeMap<(usize, u32), Vec<&'a Finding>>,
    by_seen: BTreeMap<(LabTime, usize, usize), Vec<&'a Finding>>,
}

fn key(seen: Seen) -> (LabTime, usize, usize) {
    use crate::verdict::SeenAs;
    match seen.what {
        SeenAs::Crossing(index) => (seen.at, 0, index),
        SeenAs::Happening(index) => (seen.at, 1, index),
        SeenAs::Silence => (seen.at, 2, 0),
    }
}

impl<'a> Marks<'a> {
    pub(super) fn of(ladder: &'a Ladder, verdict: &'a Verdict) -> Self {
        let mut marks = Self { verdict, ladder, by_rung: BTreeMap::new(), by_seen: BTreeMap::new() };
        for finding in &verdict.findings {
            for rung in finding.rung.iter().chain(&finding.more_rungs) {
                marks.by_rung.entry(*rung).or_default().push(finding);
            }
            for seen in finding.seen.iter().chain(&finding.more_seen) {
                marks.by_seen.entry(key(*seen)).or_default().push(finding);
            }
        }
        marks
    }

    /// The mark of something seen, taken for `slot` if for any: a tick, or what is wrong.
    pub(super) fn seen(&self, seen: Seen, slot: Option<(usize, u32)>) -> String {
        let findings = self.by_seen.get(&key(seen)).into_iter().flatten();
        let mut told: Vec<String> = findings.map(|finding| self.short(finding, slot)).collect();
        told.dedup();
        match (told.is_empty(), slot) {
            (false, _) => told.join("; "),
            (true, Some(_)) => "✓".to_owned(),
            (true, None) => String::new(),
        }
    }

    /// The mark of a rung that was not seen.
    pub(super) fn absent(&self, slot: (usize, u32)) -> String {
        let findings = self.by_rung.get(&slot).into_iter().flatten();
        let kinds: Vec<&FindingKind> = findings.map(|finding| &finding.kind).collect();
        if kinds.contains(&&FindingKind::Missing) {
            "missing".to_owned()
        } else if kinds.contains(&&FindingKind::Doubtful) {
            "can't be told".to_owned()
        } else {
            "not met".to_owned()
        }
    }

    fn short(&self, finding: &Finding, slot: Option<(usize, u32)>) -> String {
        let slot = slot.or(finding.rung);
        let rung = slot.and_then(|(rung, _)| self.ladder.rungs.get(rung));
        let due = || {
            let found = self.verdict.rungs.iter().find(|rung| Some((rung.rung, rung.repeat)) == slot);
            found.and_then(|rung| rung.due.as_ref()).map_or(String::new(), |due| format!(", due {}", show_due(due.due)))
        };
        let line = |rung: usize| self.ladder.rungs.get(rung).map_or(0, |rung| rung.line);
        match &finding.kind {
            FindingKind::Missing => "missing".to_owned(),
            FindingKind::Unexpected | FindingKind::UnexpectedError => "not expected".to_owned(),
            FindingKind::WrongLabel { .. } | FindingKind::WrongOutcome | FindingKind::WrongReading => {
                rung.map_or("wrong".to_owned(), |rung| match &rung.what {
                    Expected::Segment { label, .. } => format!("expected {label}"),
                    Expected::Outcome { outcome, .. } => format!("expected {outcome}"),
                    _ => format!("expected {}", rung.text),
                })
            }
            FindingKind::Early => format!("early{}", due()),
            FindingKind::Late => format!("late{}", due()),
            FindingKind::WrongFate => rung.map_or("wrong".to_owned(), |rung| match &rung.what {
                Expected::Segment { fate: Fate::Arrives, .. } => "should have arrived".to_owned(),
                Expected::Segment { fate: Fate::LostAt(node), .. } => {
                    format!("should have been lost at {node}")
                }
                _ => "should have been lost".to_owned(),
            }),
            FindingKind::OutOfOrder { after } => format!("too soon: belongs after line {}", line(*after)),
            FindingKind::NotQuiet => rung.map_or("not quiet".to_owned(), |rung| format!("breaks `{}`", rung.text)),
            FindingKind::Doubtful => "can't be told".to_owned(),
        }
    }
}
