use super::model::{Counts, Entry, Run};
use crate::time::show_duration;
use crate::verdict::Judgement;
use std::fmt::Write;
use std::time::Duration;

/// `PASS          article/peer-reboot  0.21 s`; in virtual time both times, as in
/// `0.55 s for 2h 11m 59.103s`. Ends with a newline.
#[must_use]
pub fn line(run: &Run<'_>) -> String {
    format!("{:<13} {}  {}\n", word(run.verdict.judgement), run.name, times(run))
}

fn times(run: &Run<'_>) -> String {
    let wall = seconds(run.wall);
    match run.virtual_time() {
        Some(time) => format!("{wall} for {}", show_duration(whole_millis(time))),
        None => wall,
    }
}

fn whole_millis(time: Duration) -> Duration {
    Duration::new(time.as_secs(), time.subsec_millis() * 1_000_000)
}

/// How many passed and how many did not, with the names of those that did not if there
/// were several, and the reasons of what is inconclusive. Ends with a newline.
#[must_use]
pub fn totals(entries: &[Entry<'_>]) -> String {
    let mut text = String::new();
    if entries.len() > 1 {
        text.extend(entries.iter().map(reminder));
    }
    let counts = Counts::of(entries);
    let _ = writeln!(
        text,
        "{} passed, {} failed, {} inconclusive, {} skipped",
        counts.passed, counts.failed, counts.inconclusive, counts.skipped
    );
    text
}

fn reminder(entry: &Entry<'_>) -> String {
    match entry {
        Entry::Run(run) if run.verdict.judgement == Judgement::Pass => String::new(),
        Entry::Run(run) => format!("{}{}", line(run), reasons(run)),
        Entry::Skipped(skipped) => format!("{:<13} {}  {}\n", "SKIP", skipped.name, skipped.reason),
        Entry::Broken { name, reason } => {
            format!("{:<13} {name}\n{:<13}   {reason}\n", word(Judgement::Inconclusive), "")
        }
    }
}

fn reasons(run: &Run<'_>) -> String {
    if run.verdict.judgement != Judgement::Inconclusive {
        return String::new();
    }
    run.verdict.findings.iter().map(|finding| format!("{:<13}   {}\n", "", finding.message)).collect()
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
