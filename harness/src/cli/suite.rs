//! `deadpeer run`: many scenarios side by side.

use super::args::{Format, Run};
use super::clock::{Way, choose};
use super::commands::{self, refuse};
use super::evidence::{Evidence, Place};
use super::exit::Exit;
use super::gate::Gate;
use super::guests;
use super::one::{Outcome, run_one};
use super::pool;
use super::select::{Loaded, load_all};
use crate::guest::{self, Kernel};
use crate::netns::{self, Lack};
use crate::record::ClockKind;
use crate::report;
use crate::verdict::Judgement;
use std::io::{self, Write};
use std::thread;

/// One run of one scenario.
struct Job<'a> {
    loaded: &'a Loaded,
    place: Place,
    way: Way,
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
    let kernel = guest::find();
    let evidence = Evidence::new(args.out.as_deref());
    let jobs = jobs(&loaded, args, &evidence, &kernel);
    if let Err(error) = prepare(&jobs) {
        eprintln!("error: {error}");
        return Ok(Exit::Unable);
    }
    let mut suite = Suite { args, out, results: Vec::new(), failed: None };
    suite.go(&jobs, &kernel);
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
fn jobs<'a>(loaded: &'a [Loaded], args: &Run, evidence: &Evidence, kernel: &Result<Kernel, Lack>) -> Vec<Job<'a>> {
    let repeat = args.repeat;
    let mut order: Vec<&Loaded> = loaded.iter().collect();
    order.sort_by_key(|one| std::cmp::Reverse(one.plan.length()));
    let place = |one: &Loaded, round: usize| {
        let name = &one.plan.name;
        evidence.place(if repeat == 1 { name.clone() } else { format!("{name}.{round}") })
    };
    (1..=repeat)
        .flat_map(|round| order.iter().map(move |one| (*one, round)))
        .map(|(loaded, round)| Job { loaded, place: place(loaded, round), way: choose(loaded, args.clock, kernel) })
        .collect()
}

/// A guest needs no privilege.
fn prepare(jobs: &[Job]) -> Result<(), netns::Error> {
    if jobs.iter().any(|job| job.way == Way::Real) {
        return netns::prepare().map(drop);
    }
    if jobs.iter().any(|job| job.way == Way::Virtual) { netns::heed_interruptions() } else { Ok(()) }
}

struct Suite<'a> {
    args: &'a Run,
    out: &'a mut dyn Write,
    results: Vec<(&'a Loaded, Outcome)>,
    /// The first failure to write.
    failed: Option<io::Error>,
}

impl<'a> Suite<'a> {
    /// First what jumps, then what goes by the real clock: that must not be disturbed.
    fn go(&mut self, jobs: &'a [Job<'a>], kernel: &Result<Kernel, Lack>) {
        let mut on = true;
        for job in jobs {
            if let Way::Skip(lack) = &job.way {
                let (reason, remedy) = (lack.why.clone(), lack.remedy.clone());
                on &= self.take(job.loaded, Outcome::Skipped { reason, remedy });
            }
        }
        if let Ok(kernel) = kernel {
            on = on && self.jump(&among(jobs, &Way::Virtual), kernel);
        }
        if on {
            self.wait(&among(jobs, &Way::Real));
        }
    }

    /// Those in virtual time. Whether more runs shall begin.
    fn jump(&mut self, jobs: &[&'a Job<'a>], kernel: &Kernel) -> bool {
        if jobs.is_empty() {
            return true;
        }
        let plans: Vec<_> = jobs.iter().map(|job| (&job.loaded.plan, &job.place)).collect();
        let outcomes = guests::run_all(&plans, kernel, self.args.seed);
        let taken = jobs.iter().zip(outcomes).map(|(job, outcome)| self.take(job.loaded, outcome));
        taken.fold(true, |on, more| on && more)
    }

    /// Those in real time.
    fn wait(&mut self, jobs: &[&'a Job<'a>]) {
        let gate = Gate::new(thread::available_parallelism().map_or(1, usize::from));
        let work = |job: &&Job| run_one(&job.loaded.plan, &gate, &job.place);
        pool::each(jobs, self.args.jobs, work, |index, outcome| {
            jobs.get(index).is_some_and(|job| self.take(job.loaded, outcome))
        });
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
                let run = entry(loaded, judged, self.args.seed);
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
            Outcome::Judged(judged) => report::Entry::Run(entry(loaded, judged, self.args.seed)),
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

fn among<'a>(jobs: &'a [Job<'a>], way: &Way) -> Vec<&'a Job<'a>> {
    jobs.iter().filter(|job| job.way == *way).collect()
}

fn command(loaded: &Loaded, judged: &super::one::Judged, seed: u64) -> String {
    let path = loaded.found.path.display();
    match judged.timeline.manifest.clock {
        ClockKind::Virtual => format!("deadpeer run {path} --clock virtual --seed {seed}"),
        ClockKind::Real | ClockKind::Capture => format!("deadpeer run {path}"),
    }
}

fn entry<'a>(loaded: &'a Loaded, judged: &'a super::one::Judged, seed: u64) -> report::Run<'a> {
    report::Run {
        name: &loaded.plan.name,
        title: &loaded.plan.title,
        ladder: &loaded.plan.ladder,
        timeline: &judged.timeline,
        verdict: &judged.verdict,
        evidence: judged.evidence.as_deref(),
        command: command(loaded, judged, seed),
        wall: judged.wall,
    }
}
