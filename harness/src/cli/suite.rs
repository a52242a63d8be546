//! `deadpeer run`: many scenarios side by side.

use super::args::{Format, Run};
use super::clock::{Way, choose};
use super::commands::{self, refuse, warn};
use super::dry_run::dry_run;
use super::entry::entry;
use super::evidence::{Evidence, Place};
use super::exit::Exit;
use super::fault;
use super::gate::Gate;
use super::guests;
use super::one::{Outcome, run_one};
use super::pool;
use super::progress::Progress;
use super::say::{chain, say};
use super::select::{LoadError, Loaded, load_all};
use crate::guest::Kernel;
use crate::netns::{self, Lack};
use crate::report;
use crate::time::show_duration;
use crate::verdict::Judgement;
use std::collections::HashSet;
use std::io::{self, Write};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

/// One run of one scenario.
struct Job<'a> {
    index: usize,
    loaded: &'a Loaded,
    place: Place,
    way: Way,
}

/// `deadpeer run`
pub(super) fn run(args: &Run, color: bool, out: &mut dyn Write) -> io::Result<Exit> {
    let loaded = match load_all(&args.select, color).and_then(|loaded| short_ones(loaded, args.within)) {
        Ok(loaded) => loaded,
        Err(error) => return refuse(&error),
    };
    if args.dry_run {
        return dry_run(&loaded, args.format, out);
    }
    warn(&loaded);
    let evidence = Evidence::new(args.out.as_deref());
    if let Err(error) = evidence.prepare() {
        return refuse(&LoadError(format!("error: {error}")));
    }
    fault::evidence_in(evidence.root());
    let exit = run_all(args, &loaded, &evidence, out);
    evidence.tidy();
    exit
}

/// Those that take no longer than this, if it is given.
///
/// # Errors
/// There are none.
fn short_ones(mut loaded: Vec<Loaded>, within: Option<Duration>) -> Result<Vec<Loaded>, LoadError> {
    let (Some(within), Some(shortest)) = (within, loaded.iter().map(|one| one.plan.length()).min()) else {
        return Ok(loaded);
    };
    loaded.retain(|one| one.plan.length() <= within);
    if loaded.is_empty() {
        let (within, shortest) = (show_duration(within), show_duration(shortest));
        return Err(LoadError(format!("error: no scenario takes only {within}: the shortest takes {shortest}")));
    }
    Ok(loaded)
}

fn run_all(args: &Run, loaded: &[Loaded], evidence: &Evidence, out: &mut dyn Write) -> io::Result<Exit> {
    let kernel = guests::pick(&args.guest);
    let jobs = jobs(loaded, args, evidence, &kernel);
    if let Err(error) = prepare(&jobs) {
        let way_out = if kernel.is_ok() { "; `--clock virtual` needs no privileges" } else { "" };
        say(&format!("error: failed to {}{way_out}", chain(&error)));
        return Ok(Exit::Unable);
    }
    let progress = Arc::new(Progress::new(jobs.len(), args.format == Format::Human));
    let mut suite = Suite { args, out, progress, results: Vec::new(), failed: None };
    suite.go(&jobs, &kernel);
    suite.end(jobs.len())
}

/// A guest needs no privilege.
fn prepare(jobs: &[Job]) -> Result<(), netns::Error> {
    if jobs.iter().any(|job| job.way == Way::Real) {
        return netns::prepare().map(drop);
    }
    if jobs.iter().any(|job| job.way == Way::Virtual) { netns::heed_interruptions() } else { Ok(()) }
}

/// All runs, the longest scenarios first, so that none of them begins last.
fn jobs<'a>(loaded: &'a [Loaded], args: &Run, evidence: &Evidence, kernel: &Result<Kernel, Lack>) -> Vec<Job<'a>> {
    let repeat = args.repeat;
    let mut order: Vec<&Loaded> = loaded.iter().collect();
    order.sort_by_key(|one| std::cmp::Reverse(one.plan.length()));
    let rounds = (1..=repeat).flat_map(|round| order.iter().map(move |one| (*one, round)));
    let mut taken = HashSet::new();
    let mut place = |one: &Loaded, round: usize| {
        let name = &one.plan.name;
        let wanted = if repeat == 1 { name.clone() } else { format!("{name}.{round}") };
        evidence.place(untaken(&mut taken, wanted))
    };
    let mut job = |(index, (loaded, round))| Job {
        index,
        loaded,
        place: place(loaded, round),
        way: choose(loaded, args.clock, kernel),
    };
    rounds.enumerate().map(&mut job).collect()
}

/// Scenarios of two folders may go by one name: the later ones' evidence gets a number.
fn untaken(taken: &mut HashSet<String>, wanted: String) -> String {
    let numbered = (2..).map(|number| format!("{wanted}~{number}"));
    let free = std::iter::once(wanted.clone()).chain(numbered).find(|name| !taken.contains(name));
    let name = free.unwrap_or(wanted);
    taken.insert(name.clone());
    name
}

struct Suite<'a> {
    args: &'a Run,
    out: &'a mut dyn Write,
    progress: Arc<Progress>,
    results: Vec<(&'a Loaded, Outcome)>,
    /// The first failure to write.
    failed: Option<io::Error>,
}

impl<'a> Suite<'a> {
    /// First what jumps, then what goes by the real clock: that must not be disturbed.
    fn go(&mut self, jobs: &'a [Job<'a>], kernel: &Result<Kernel, Lack>) {
        let mut on = self.skip(jobs);
        if let Ok(kernel) = kernel {
            on = on && self.jump(&among(jobs, &Way::Virtual), kernel);
        }
        if on {
            self.wait(&among(jobs, &Way::Real));
        }
    }

    /// Those that run nowhere. Whether runs shall begin.
    fn skip(&mut self, jobs: &'a [Job<'a>]) -> bool {
        jobs.iter().fold(true, |on, job| match &job.way {
            Way::Skip(lack) => {
                let (reason, remedy) = (lack.why.clone(), lack.remedy.clone());
                self.progress.end(job.index, false);
                self.take(job.loaded, Outcome::Skipped { reason, remedy }) && on
            }
            Way::Real | Way::Virtual => on,
        })
    }

    /// Those in virtual time. Whether more runs shall begin.
    fn jump(&mut self, jobs: &[&'a Job<'a>], kernel: &Kernel) -> bool {
        if jobs.is_empty() {
            return true;
        }
        jobs.iter().for_each(|job| self.progress.begin(job.index, &job.loaded.plan.name));
        let plans: Vec<_> = jobs.iter().map(|job| (&job.loaded.plan, &job.place)).collect();
        let outcomes = guests::run_all(&plans, kernel, self.args.guest.seed);
        jobs.iter().zip(outcomes).fold(true, |on, (job, outcome)| {
            self.progress.end(job.index, judgement(&outcome) == Some(Judgement::Fail));
            self.take(job.loaded, outcome) && on
        })
    }

    /// Those in real time.
    fn wait(&mut self, jobs: &[&'a Job<'a>]) {
        let gate = Gate::new(thread::available_parallelism().map_or(1, usize::from));
        let progress = Arc::clone(&self.progress);
        let work = |job: &&Job| {
            progress.begin(job.index, &job.loaded.plan.name);
            let outcome = run_one(&job.loaded.plan, &gate, &job.place);
            progress.end(job.index, judgement(&outcome) == Some(Judgement::Fail));
            outcome
        };
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
            Outcome::Judged(ran) => {
                let run = entry(loaded, ran, &self.args.guest);
                let quiet = ran.judged.verdict.judgement == Judgement::Pass && !self.args.ladder;
                if quiet { report::line(&run) } else { report::judged(&run) }
            }
            Outcome::Skipped { reason, remedy } => {
                format!("{:<13} {}  {reason}\n{:<13} mend it: {remedy}\n", "SKIP", loaded.plan.name, "")
            }
            Outcome::Broken { reason } => format!("{:<13} {}  {reason}\n", "INCONCLUSIVE", loaded.plan.name),
        };
        let out = &mut self.out;
        self.progress.around(|| out.write_all(text.as_bytes()).and_then(|()| out.flush()))
    }

    /// A reader that went away learns from the status all the same what came of the runs.
    fn end(mut self, all: usize) -> io::Result<Exit> {
        let exit = self.exit(all);
        let text = self.summary();
        let out = &mut self.out;
        let told = self.failed.take().map_or(Ok(()), Err);
        let told =
            told.and_then(|()| self.progress.around(|| out.write_all(text.as_bytes()).and_then(|()| out.flush())));
        match told {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error),
            _ => Ok(exit),
        }
    }

    fn summary(&self) -> String {
        let entries = self.results.iter().map(|(loaded, outcome)| match outcome {
            Outcome::Judged(ran) => report::Entry::Run(entry(loaded, ran, &self.args.guest)),
            Outcome::Skipped { reason, remedy } => {
                report::Entry::Skipped(report::Skipped { name: &loaded.plan.name, reason, remedy })
            }
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

    /// What the runs came to, of which there should have been so many.
    fn exit(&self, all: usize) -> Exit {
        let outcomes: Vec<Option<Judgement>> = self.results.iter().map(|(_, outcome)| judgement(outcome)).collect();
        exit(&outcomes, all, self.args.deny_skips)
    }
}

/// Runs that never began leave open what they would have shown; `None` is a skip.
fn exit(outcomes: &[Option<Judgement>], all: usize, deny_skips: bool) -> Exit {
    let unrun = (outcomes.len() < all).then_some(Judgement::Inconclusive);
    let worst = outcomes.iter().copied().flatten().chain(unrun).max();
    match worst {
        // A shard may have none.
        None if all == 0 => Exit::Passed,
        None => Exit::Unable,
        Some(Judgement::Pass) if deny_skips && outcomes.contains(&None) => Exit::Unable,
        Some(worst) => commands::exit(worst),
    }
}

/// None if it did not run.
fn judgement(outcome: &Outcome) -> Option<Judgement> {
    match outcome {
        Outcome::Judged(ran) => Some(ran.judged.verdict.judgement),
        Outcome::Broken { .. } => Some(Judgement::Inconclusive),
        Outcome::Skipped { .. } => None,
    }
}

fn among<'a>(jobs: &'a [Job<'a>], way: &Way) -> Vec<&'a Job<'a>> {
    jobs.iter().filter(|job| job.way == *way).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_run_decides() {
        use Judgement::{Fail, Inconclusive, Pass};
        let cases = [
            (vec![Some(Pass), Some(Pass)], Exit::Passed),
            (vec![Some(Pass), Some(Fail), Some(Inconclusive)], Exit::Failed),
            (vec![Some(Pass), Some(Inconclusive)], Exit::Inconclusive),
            (vec![Some(Pass), None], Exit::Passed),
            (vec![None, None], Exit::Unable),
            (vec![], Exit::Passed),
        ];
        for (outcomes, expected) in cases {
            assert_eq!(exit(&outcomes, outcomes.len(), false), expected, "{outcomes:?}");
        }
    }

    #[test]
    fn denied_skips_count_unless_something_worse_came() {
        use Judgement::{Fail, Pass};
        assert_eq!(exit(&[Some(Pass), None], 2, true), Exit::Unable);
        assert_eq!(exit(&[Some(Fail), None], 2, true), Exit::Failed);
        assert_eq!(exit(&[Some(Pass)], 1, true), Exit::Passed);
    }

    #[test]
    fn what_never_began_did_not_pass() {
        use Judgement::{Fail, Pass};
        assert_eq!(exit(&[Some(Pass)], 2, false), Exit::Inconclusive);
        assert_eq!(exit(&[Some(Fail)], 2, false), Exit::Failed);
        assert_eq!(exit(&[], 2, false), Exit::Inconclusive);
    }

    #[test]
    fn no_two_runs_share_their_evidence() {
        let mut taken = HashSet::new();
        let names = ["x", "x", "y", "x"].map(|name| untaken(&mut taken, name.to_owned()));
        assert_eq!(names, ["x", "x~2", "y", "x~3"]);
    }
}
