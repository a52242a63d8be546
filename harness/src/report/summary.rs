use super::model::{Report, Run, Skipped};
use crate::verdict::Judgement;
use std::fmt::Write;
use std::time::Duration;

/// One line a scenario, then the totals. Ends with a newline.
#[must_use]
pub fn summary(report: &Report<'_>) -> String {
    let mut text: String = report.runs.iter().map(summary_line).collect();
    text.extend(report.skipped.iter().map(skipped));
    let count = |judgement| report.runs.iter().filter(|run| run.verdict.judgement == judgement).count();
    let _ = writeln!(
        text,
        "\n{} passed, {} failed, {} inconclusive, {} skipped in {}",
        count(Judgement::Pass),
        count(Judgement::Fail),
        count(Judgement::Inconclusive),
        report.skipped.len(),
        seconds(report.wall),
    );
    text
}

/// `PASS article/peer-reboot  0.21 s`; reasons follow an inconclusive one. Ends with a
/// newline.
#[must_use]
pub fn summary_line(run: &Run<'_>) -> String {
    let mut text = format!("{:<12} {}  {}\n", word(run.verdict.judgement), run.name, seconds(run.wall));
    if run.verdict.judgement == Judgement::Inconclusive {
        for finding in &run.verdict.findings {
            let _ = writeln!(text, "{:<12} {}", "", finding.message);
        }
    }
    text
}

fn skipped(skipped: &Skipped) -> String {
    let remedy = skipped.remedy.as_ref().map_or(String::new(), |remedy| format!(" ({remedy})"));
    format!("{:<12} {}  {}{remedy}\n", "SKIP", skipped.name, skipped.reason)
}

pub(super) fn word(judgement: Judgement) -> &'static str {
    match judgement {
        Judgement::Pass => "PASS",
        Judgement::Inconclusive => "INCONCLUSIVE",
        Judgement::Fail => "FAIL",
    }
}

fn seconds(wall: Duration) -> String {
    format!("{:.2} s", wall.as_secs_f64())
}
