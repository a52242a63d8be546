use super::ladder::ladder;
use super::model::Run;
use super::summary::line;
use crate::plan::Warning;
use crate::verdict::{Finding, SeenAs, show_crossing, show_due, show_fate, show_happening, show_time};
use std::fmt::Write;

/// A run in full: each finding with its line, what was expected and seen and why then, where
/// the evidence lies, how to do it again, and the ladder. One that passed is its ladder.
#[must_use]
pub fn judged(run: &Run<'_>) -> String {
    let mut text = line(run);
    if !run.title.is_empty() {
        let _ = writeln!(text, "  {}", run.title);
    }
    if let Some(others) = run.others {
        let _ = writeln!(text, "  {others}");
    }
    for finding in &run.verdict.findings {
        text.push('\n');
        text.push_str(&told(run, finding));
    }
    text.push('\n');
    for warning in run.warnings {
        text += &wrapped(&format!("warning   {}", show_warning(&run.ladder.file, warning)), "  ");
    }
    for note in &run.verdict.notes {
        let _ = writeln!(text, "  note      {note}");
    }
    if let Some(evidence) = run.evidence {
        let _ = writeln!(text, "  evidence  {}", evidence.display());
    }
    if !run.verdict.findings.is_empty() {
        let _ = writeln!(text, "  again     {}\n", run.command);
    }
    text.push_str(&ladder(run.ladder, run.timeline, run.verdict));
    text
}

/// `FILE:LINE: what can't be`
#[must_use]
pub fn show_warning(file: &str, warning: &Warning) -> String {
    format!("{file}:{}: {}", warning.line, warning.text)
}

/// One finding: `FILE:LINE`, the sentence, then expected and seen in one notation.
fn told(run: &Run<'_>, finding: &Finding) -> String {
    let mut text = String::new();
    let place = finding.rung.and_then(|(index, _)| run.ladder.rungs.get(index));
    match place {
        Some(rung) => {
            let _ = writeln!(text, "  {}:{}: {}", run.ladder.file, rung.line, rung.text);
        }
        None => {
            let _ = writeln!(text, "  {}:", run.ladder.file);
        }
    }
    text.push_str(&wrapped(&format!("{}: {}", label(finding), finding.message), "    "));
    text.push_str(&table(run, finding));
    text
}

const WIDTH: usize = 100;

/// `text` in lines of at most [`WIDTH`] columns, if its words allow.
fn wrapped(text: &str, indent: &str) -> String {
    let mut lines = String::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        if !line.is_empty() && indent.len() + line.chars().count() + 1 + word.chars().count() > WIDTH {
            let _ = writeln!(lines, "{indent}{line}");
            line.clear();
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    let _ = writeln!(lines, "{indent}{line}");
    lines
}

fn label(finding: &Finding) -> &'static str {
    match finding.judgement {
        crate::verdict::Judgement::Fail => "wrong",
        _ => "in doubt",
    }
}

fn table(run: &Run<'_>, finding: &Finding) -> String {
    use crate::verdict::FindingKind as Kind;
    let extra = matches!(finding.kind, Kind::Unexpected | Kind::UnexpectedError);
    let mut text = String::new();
    let slot = finding.rung.filter(|_| !extra);
    let rung = slot.and_then(|(index, _)| run.ladder.rungs.get(index));
    let verdict = slot.and_then(|slot| run.verdict.rungs.iter().find(|rung| (rung.rung, rung.repeat) == slot));
    let due = verdict.and_then(|verdict| verdict.due.as_ref());
    match (rung, extra) {
        (Some(rung), _) => {
            let when = due.map_or(String::new(), |due| format!("  at {}", show_due(due.due)));
            let _ = writeln!(text, "      expected  {}{when}", show_fate(rung));
        }
        (None, true) => text.push_str("      expected  nothing\n"),
        (None, false) => return text,
    }
    let seen = finding.seen.map(|seen| (show_seen(run, seen.what), seen.at));
    let _ = match seen {
        Some((what, at)) => writeln!(text, "      seen      {what}  at {} s", show_time(at)),
        None => writeln!(text, "      seen      nothing"),
    };
    // Sentences about time have the reason in them.
    let reason = due.map(|due| due.reason.to_string());
    if let Some(reason) = reason.filter(|reason| !finding.message.contains(reason)) {
        let _ = writeln!(text, "      due       {reason}");
    }
    text
}

fn show_seen(run: &Run<'_>, what: SeenAs) -> String {
    let found = match what {
        SeenAs::Crossing(index) => run.timeline.crossings.get(index).map(show_crossing),
        SeenAs::Happening(index) => run.timeline.happenings.get(index).map(|happening| show_happening(&happening.what)),
        SeenAs::Silence => Some("nothing".to_owned()),
    };
    found.unwrap_or_default()
}
