//! `deadpeer run`: many scenarios side by side.

use super::args::{ClockChoice, Format, Run};
use super::commands::{self, refuse};
use super::evidence::{Evidence, Place};
use super::exit::Exit;
use super::gate::Gate;
use super::one::{Outcome, run_one};
use super::pool;
use super::select::{LoadError, Loaded, load_all};
use crate::netns;
use crate::report;
use crate::scenario::Clock;
use crate::verdict::Judgement;
use std::io::{self, Write};
use std::thread;

/// One run of one scenario.
struct Job<'a> {
    loaded: &'a Loaded,
    place: Place,
}

/// `deadpeer run`
pub(super) fn run(args: &Run, color: bool, out: &mut dyn Write) -> io::Result<Exit> {
    let loaded = match load_all(&args.select, color) {
        Ok(loaded) => loaded,
        Err(error) => return refuse(&error),
    };
    if args.dry_run {
        return dry_run(&loaded, out);
    }
    if let Err(error) = netns::prepare() {
        eprintln!("error: {error}");
        return Ok(Exit::Unable);
    }
    let evidence = Evidence::new(args.out.as_deref());
    let jobs = jobs(&loaded, args.repeat, &evidence);
    let mut suite = Suite { args, out, results: Vec::new(), failed: None };
    suite.go(&jobs);
    evidence.tidy();
    suite.end()
}

/// Prints each plan, as JSON: it is data, and all of it.
fn dry_run(loaded: &[Loaded], out: &mut dyn Write) -> io::Result<Exit> {
    for one in loaded {
        let text = serde_json::to_string_pretty(&one.plan).map_err(io::Error::other)?;
        writeln!(out, "{text}")?;
    }
    Ok(Exit::Passed)
}

/// All runs, the longest scenarios first, so that none of them begins last.
fn jobs<'a>(loaded: &'a [Loaded], repeat: usize, evidence: &Evidence) -> Vec<Job<'a>> {
    let mut order: Vec<&Loaded> = loaded.iter().collect();
    order.sort_by_key(|one| std::cmp::Reverse(one.plan.length()));
    let place = |one: &Loaded, round: usize| {
        let name = &one.plan.name;
        evidence.place(if repeat == 1 { name.clone() } else { format!("{name}.{round}") })
    };
    (1..=repeat)
        .flat_map(|round| order.iter().map(move |one| (*one, round)))
        .map(|(loaded, round)| Job { loaded, place: place(loaded, round) })
        .collect()
}

struct Suite<'a> {
    args: &'a Run,
    out: &'a mut dyn Write,
    results: Vec<(&'a Loaded, Outcome)>,
    /// The first failure to write.
    failed: Option<io::Error>,
}

impl<'a> Suite<'a> {
    fn go(&mut self, jobs: &'a [Job<'a>]) {
        let gate = Gate::new(thread::available_parallelism().map_or(1, usize::from));
        let clock = self.args.clock;
        let work = |job: &Job| run_job(job, clock, &gate);
        pool::each(jobs, self.args.jobs, work, |index, outcome| self.take(jobs[index].loaded, outcome));
    }

    /// Takes a result in and tells it, if the format tells results as they come. Whether
    /// more runs shall begin.
    fn take(&mut self, loaded: &'a Loaded, outcome: Outcome) -> bool {
        let failed = judgement(&outcome) == Some(Judgement::Fail);
        if self.args.format == Format::Human {
            let told = self.tell(loaded, &outcome);
            self.failed = self.failed.take().or(told.err());
        }
        self.results.push((loaded, outcome));
        !(failed && self.args.fail_fast) && self.failed.is_none() && !netns::interrupted()
    }

    fn tell(&mut self, loaded: &Loaded, outcome: &Outcome) -> io::Result<()> {
        let text = match outcome {
            Outcome::Judged(judged) => {
                let run = entry(loaded, judged);
                let quiet = judged.verdict.judgement == Judgement::Pass && !self.args.ladder;
                if quiet { report::line(&run) } else { report::judged(&run) }
            }
            Outcome::Skipped { reason, remedy } => {
                format!("SKIP  {}: {reason}\n      mend it with: {remedy}\n", loaded.plan.name)
            }
            Outcome::Broken { reason } => format!("INCONCLUSIVE  {}: {reason}\n", loaded.plan.name),
        };
        self.out.write_all(text.as_bytes())?;
        self.out.flush()
    }

    fn end(mut self) -> io::Result<Exit> {
        if let Some(error) = self.failed.take() {
            return Err(error);
        }
        let exit = self.exit();
        let text = self.summary();
        self.out.write_all(text.as_bytes())?;
        Ok(exit)
    }

    fn summary(&self) -> String {
        let entries = self.results.iter().map(|(loaded, outcome)| match outcome {
            Outcome::Judged(judged) => report::Entry::Run(entry(loaded, judged)),
            Outcome::Skipped { reason, remedy } => report::Entry::Skipped(report::Skipped {
                name: &loaded.plan.name,
                reason,
                remedy,
            }),
            Outcome::Broken { reason } => report::Entry::Broken { name: &loaded.plan.name, reason },
        });
        let entries: Vec<report::Entry> = entries.collect();
        match self.args.format {
            Format::Human => report::totals(&entries),
            Format::Json => report::json(&entries),
            Format::Junit => report::junit(&entries),
            Format::Github => report::github(&entries),
        }
    }

    fn exit(&self) -> Exit {
        let worst = self.results.iter().filter_map(|(_, outcome)| judgement(outcome)).max();
        let skips = self.results.iter().any(|(_, outcome)| judgement(outcome).is_none());
        match worst {
            Some(Judgement::Pass) if skips && self.args.deny_skips => Exit::Unable,
            Some(worst) => commands::exit(worst),
            None => Exit::Unable,
        }
    }
}

/// None if it did not run.
fn judgement(outcome: &Outcome) -> Option<Judgement> {
    match outcome {
        Outcome::Judged(judged) => Some(judged.verdict.judgement),
        Outcome::Broken { .. } => Some(Judgement::Inconclusive),
        Outcome::Skipped { .. } => None,
    }
}

fn run_job(job: &Job, clock: ClockChoice, gate: &Gate) -> Outcome {
    let needs_virtual = clock == ClockChoice::Virtual || job.loaded.scenario.clock == Clock::Virtual;
    if needs_virtual {
        return Outcome::Skipped {
            reason: "it needs virtual time, which this deadpeer can't do".to_owned(),
            remedy: "a version of deadpeer with a guest kernel".to_owned(),
        };
    }
    run_one(&job.loaded.plan, gate, &job.place)
}

fn entry<'a>(loaded: &'a Loaded, judged: &'a super::one::Judged) -> report::Run<'a> {
    report::Run {
        name: &loaded.plan.name,
        title: &loaded.plan.title,
        ladder: &loaded.plan.ladder,
        timeline: &judged.timeline,
        verdict: &judged.verdict,
        evidence: judged.evidence.as_deref(),
        command: format!("deadpeer run {}", loaded.found.path.display()),
        wall: judged.wall,
    }
}
