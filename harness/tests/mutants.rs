//! The judge can't be fooled: recorded real runs pass as they are, and don't once the
//! ladder asks for something else or the record shows something else.
//!
//! What a mutant must bring about is a finding on the right rung, not just any failure.
//! A mutant is left out only by a rule of [`Excused`], which says why the scenario can't
//! tell it from the truth.

#[path = "mutants/again.rs"]
mod again;
#[path = "mutants/excused.rs"]
mod excused;
#[path = "mutants/recorded.rs"]
mod recorded;

use deadpeer::record::Record;
use deadpeer::timeline::{Timeline, timeline};
use deadpeer::verdict::mutate::{
    crossing_mutants, doubt_mutants, error_left_out, event_mutants, ladder_mutants, swap_is_told,
};
use deadpeer::verdict::{Finding, FindingKind, Judgement, SeenAs, Verdict, judge};
use excused::{Excused, KNOWN, excused, may_pass};
use recorded::Recorded;
use std::fmt::Write;

/// How many mutants were judged, and what went wrong.
#[derive(Default)]
struct Count {
    judged: usize,
    excused: usize,
    /// Of fresh runs, by a rule.
    passed: usize,
    survivors: String,
}

impl Count {
    fn excused(&mut self, run: &Recorded, what: &str, why: Excused) {
        // What may come at any time is no part of the ladder.
        self.excused += usize::from(why != Excused::Allowed);
        println!("{}: {what}: excused, {why:?}", run.name);
    }

    fn judged(&mut self, run: &Recorded, what: &str, caught: bool, verdict: &Verdict) {
        self.judged_of(run, what, caught, verdict, None);
    }

    /// The same of a record that shows something else.
    fn judged_of(&mut self, run: &Recorded, what: &str, caught: bool, verdict: &Verdict, mutant: Option<&Timeline>) {
        let known = KNOWN.iter().any(|(name, part, _)| run.name.starts_with(name) && what.contains(part));
        let passes = run.fresh && verdict.judgement == Judgement::Pass;
        if !caught && passes && (known || may_pass(run, what, mutant).is_some()) {
            self.passed += 1;
            return;
        }
        self.judged += 1;
        if !caught {
            let told: Vec<String> = verdict.findings.iter().map(show).collect();
            let told = told.join("\n    ");
            writeln!(self.survivors, "{}: {what}: {:?}\n    {told}", run.name, verdict.judgement).unwrap();
        }
    }

    /// Prints what was judged, and fails if anything survived or too little was judged.
    fn done(&self, run: &Recorded, kind: &str, least: usize) -> bool {
        println!("{}: {} {kind} judged, {} excused", run.name, self.judged, self.excused);
        let few = self.excused * 7 <= self.judged || run.is_loose() || run.fresh;
        // Where a rule lets many pass, the rest still has to be caught.
        let least = if run.fresh { least / 2 } else { least };
        let enough = self.judged + self.passed >= least && few;
        if !enough {
            println!("{}: at least {least} {kind} were expected, and an eighth excused at most", run.name);
        }
        print!("{}", self.survivors);
        enough && self.survivors.is_empty()
    }
}

fn show(finding: &Finding) -> String {
    format!("{:?} {:?} on {:?}: {}", finding.judgement, finding.kind, finding.rung, finding.message)
}

/// Whether a finding about what was seen, not about the evidence, is on one of these rungs.
fn names(verdict: &Verdict, rungs: &[usize]) -> bool {
    let findings = verdict.findings.iter().filter(|finding| finding.kind != FindingKind::Doubtful);
    findings.into_iter().any(|finding| {
        let after = match finding.kind {
            FindingKind::OutOfOrder { after } => Some(after),
            _ => None,
        };
        let own = finding.rung.iter().chain(&finding.more_rungs).map(|(rung, _)| *rung);
        own.chain(after).any(|rung| rungs.contains(&rung))
    })
}

/// Whether a finding of this kind is about one of the things seen.
fn tells_of(verdict: &Verdict, kind: &FindingKind, seen: &[SeenAs]) -> bool {
    let findings = verdict.findings.iter().filter(|finding| finding.kind == *kind);
    findings
        .into_iter()
        .any(|finding| finding.seen.iter().chain(&finding.more_seen).any(|thing| seen.contains(&thing.what)))
}

fn every(kind: &str, least: impl Fn(&Recorded) -> usize, judge_all: impl Fn(&Recorded, &mut Count)) {
    let runs = recorded::all();
    assert!(runs.len() >= 14, "{} recorded runs", runs.len());
    let mut good = true;
    for run in &runs {
        let mut count = Count::default();
        judge_all(run, &mut count);
        good &= count.done(run, kind, least(run));
    }
    assert!(good, "see above");
}

#[test]
fn recorded_runs_pass() {
    for run in recorded::all() {
        assert_eq!(run.verdict.judgement, Judgement::Pass, "{}: {:#?}", run.name, run.verdict.findings);
        assert!(run.name.starts_with(&run.record.manifest.name), "{}", run.name);
    }
}

#[test]
fn no_ladder_that_asks_for_something_else_passes() {
    every(
        "ladder mutants",
        |run| (0..run.ladder().rungs.len()).filter(|rung| !run.is_allowed(*rung)).count(),
        |run, count| {
            for (what, rung, ladder) in ladder_mutants(run.ladder()) {
                let swapped = what.ends_with("swapped with the next");
                if swapped && !swap_is_told(&run.timeline, &run.verdict, rung) {
                    count.excused(run, &what, Excused::AtOneTime);
                    continue;
                }
                if run.is_allowed(rung) {
                    count.excused(run, &what, Excused::Allowed);
                    continue;
                }
                let verdict = judge(&ladder, &run.timeline);
                let mut rungs = if swapped { vec![rung, rung + 1] } else { vec![rung] };
                if what.ends_with("left out") {
                    // It is told where it came: after one line, before the next. Or another
                    // line that reads the same has taken it, and its own is one too many.
                    rungs.push(rung + 1);
                    rungs.extend(run.alike(rung + 1));
                    // Lines that no segment meets are in nobody's way.
                    rungs.extend((0..=rung).rev().find(|before| ladder.rungs[*before].what.is_segment()));
                }
                // Of fresh runs, which nobody has gone through line by line, it need only fail.
                let told = names(&verdict, &rungs) || (run.fresh && verdict.judgement == Judgement::Fail);
                count.judged(run, &what, told, &verdict);
            }
        },
    );
}

#[test]
fn what_is_left_out_of_the_ladder_is_told_as_unexpected() {
    every(
        "lines left out",
        |run| run.ladder().rungs.len() / 4,
        |run, count| {
            let ladder = run.ladder();
            for rung in 0..ladder.rungs.len() {
                let what = format!("line {} `{}` left out", ladder.rungs[rung].line, ladder.rungs[rung].text);
                if let Some(ladder) = error_left_out(ladder, rung) {
                    let verdict = judge(&ladder, &run.timeline);
                    let told = tells_of(&verdict, &FindingKind::UnexpectedError, &run.seen_as(rung));
                    count.judged(run, &what, told, &verdict);
                }
            }
            for (what, _, ladder) in ladder_mutants(ladder).into_iter().filter(|(what, ..)| what.ends_with("left out"))
            {
                let verdict = judge(&ladder, &run.timeline);
                let gone = run.ladder().rungs.iter().position(|rung| !ladder.rungs.contains(rung));
                let gone = gone.unwrap_or(0);
                if run.is_allowed(gone) {
                    count.excused(run, &what, Excused::Allowed);
                    continue;
                }
                // Another line that reads the same may take its segment: then that one's is told.
                let told = tells_of(&verdict, &FindingKind::Unexpected, &run.seen_as(gone));
                let told = told || names(&verdict, &run.alike(gone));
                count.judged(run, &what, told || (run.fresh && verdict.judgement == Judgement::Fail), &verdict);
            }
        },
    );
}

fn judge_records(run: &Recorded, mutants: Vec<(String, Record)>, count: &mut Count, caught: fn(Judgement) -> bool) {
    for (what, record) in mutants {
        let timeline = timeline(&record);
        let verdict = judge(run.ladder(), &timeline);
        let told = caught(verdict.judgement) && !verdict.findings.is_empty();
        count.judged_of(run, &what, told, &verdict, Some(&timeline));
    }
}

#[test]
fn no_record_with_other_segments_passes() {
    every(
        "crossing mutants",
        |run| if run.is_loose() { 0 } else { 4 * run.timeline.crossings.len() },
        |run, count| {
            // Where some segments may come at any time, others may turn into such.
            let strict = if run.is_loose() { 0 } else { run.timeline.crossings.len() };
            for index in 0..strict {
                let mut mutants = crossing_mutants(&run.record, &run.timeline, index);
                mutants.retain(|(what, mutant)| {
                    let why = excused(run, index, what, mutant);
                    why.into_iter().for_each(|why| count.excused(run, what, why));
                    why.is_none()
                });
                judge_records(run, mutants, count, |judgement| judgement > Judgement::Pass);
            }
        },
    );
}

#[test]
fn no_record_of_other_events_passes() {
    every(
        "event mutants",
        |_| 2,
        |run, count| {
            let mutants = event_mutants(&run.record, run.ladder());
            judge_records(run, mutants, count, |judgement| judgement > Judgement::Pass);
        },
    );
}

#[test]
fn no_record_in_doubt_is_judged() {
    every(
        "doubt mutants",
        |_| 10,
        |run, count| {
            judge_records(run, doubt_mutants(&run.record), count, |judgement| judgement == Judgement::Inconclusive);
        },
    );
}
