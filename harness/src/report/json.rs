use super::model::{Counts, Entry, Run};
use crate::time::LabTime;
use crate::verdict::{Finding, FindingKind, Judgement, RungVerdict, Seen, SeenAs, show_crossing, show_happening};
use serde_json::{Value, json as value};

/// All entries as one JSON object. Times are nanoseconds of lab time.
#[must_use]
pub fn json(entries: &[Entry<'_>]) -> String {
    let counts = Counts::of(entries);
    let value = value!({
        "version": 1,
        "passed": counts.passed,
        "failed": counts.failed,
        "inconclusive": counts.inconclusive,
        "skipped": counts.skipped,
        "runs": entries.iter().map(entry).collect::<Vec<_>>(),
    });
    format!("{value:#}\n")
}

fn entry(entry: &Entry<'_>) -> Value {
    match entry {
        Entry::Run(judged) => run(judged),
        Entry::Skipped(skipped) => {
            value!({ "name": skipped.name, "judgement": "skip", "reason": skipped.reason, "remedy": skipped.remedy })
        }
        Entry::Broken { name, reason } => {
            value!({ "name": name, "judgement": Judgement::Inconclusive, "reason": reason })
        }
    }
}

fn run(run: &Run<'_>) -> Value {
    let mut told = value!({
        "name": run.name,
        "title": run.title,
        "judgement": run.verdict.judgement,
        "wall_seconds": run.wall.as_secs_f64(),
        "file": run.ladder.file,
        "evidence": run.evidence.map(|path| path.display().to_string()),
        "command": run.command,
        "findings": run.verdict.findings.iter().map(|f| finding(run, f)).collect::<Vec<_>>(),
        "rungs": run.verdict.rungs.iter().map(|r| rung(run, r)).collect::<Vec<_>>(),
        "warnings": run.warnings,
        "notes": run.verdict.notes,
    });
    if let (Some(others), Some(fields)) = (run.others, told.as_object_mut()) {
        fields.insert("connections".to_owned(), others.into());
    }
    if let (Some(time), Some(fields)) = (run.virtual_time(), told.as_object_mut()) {
        fields.insert("virtual_seconds".to_owned(), time.as_secs_f64().into());
    }
    told
}

fn finding(run: &Run<'_>, finding: &Finding) -> Value {
    let line = |(index, repeat): (usize, u32)| {
        let rung = run.ladder.rungs.get(index);
        value!({ "line": rung.map(|rung| rung.line), "text": rung.map(|rung| rung.text.clone()), "repeat": repeat })
    };
    value!({
        "judgement": finding.judgement,
        "kind": kind(&finding.kind),
        "rung": finding.rung.map(line),
        "seen": finding.seen.map(|s| seen(run, s)),
        "message": finding.message,
    })
}

fn rung(run: &Run<'_>, verdict: &RungVerdict) -> Value {
    let rung = run.ladder.rungs.get(verdict.rung);
    value!({
        "line": rung.map(|rung| rung.line),
        "text": rung.map(|rung| rung.text.clone()),
        "repeat": verdict.repeat,
        "due": verdict.due.as_ref().map(|due| value!({
            "earliest": nanos(due.due.earliest), "latest": nanos(due.due.latest), "reason": due.reason.to_string(),
        })),
        "seen": verdict.seen.map(|s| seen(run, s)),
    })
}

fn seen(run: &Run<'_>, seen: Seen) -> Value {
    let what = match seen.what {
        SeenAs::Crossing(index) => run.timeline.crossings.get(index).map(show_crossing),
        SeenAs::Happening(index) => run.timeline.happenings.get(index).map(|happening| show_happening(&happening.what)),
        SeenAs::Silence => Some("silence".to_owned()),
    };
    value!({ "at": nanos(seen.at), "what": what })
}

fn nanos(at: LabTime) -> i64 {
    at.0
}

pub(super) fn kind(kind: &FindingKind) -> &'static str {
    match kind {
        FindingKind::Missing => "missing",
        FindingKind::Unexpected => "unexpected",
        FindingKind::WrongLabel { .. } => "wrong-label",
        FindingKind::WrongOutcome => "wrong-outcome",
        FindingKind::WrongReading => "wrong-reading",
        FindingKind::Early => "early",
        FindingKind::Late => "late",
        FindingKind::WrongFate => "wrong-fate",
        FindingKind::OutOfOrder { .. } => "out-of-order",
        FindingKind::NotQuiet => "not-quiet",
        FindingKind::UnexpectedError => "unexpected-error",
        FindingKind::Doubtful => "doubtful",
    }
}
