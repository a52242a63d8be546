use super::args::{ClockChoice, Guest};
use super::clock::{Way, choose};
use super::entry::entry;
use super::evidence::{Evidence, Place};
use super::find::{Found, find};
use super::gate::Gate;
use super::guests;
use super::one::{Outcome, Ran, run_one};
use super::say::{chain, say};
use super::select::{LoadError, Loaded, load_found};
use crate::report;
use crate::scenario::Clock;
use crate::verdict::Judgement;
use crate::{guest, netns};
use std::fmt;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

/// What became of a scenario that a test ran. Its `Display` is what to show of it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "a scenario that failed is told by this value alone"]
pub enum Checked {
    Passed {
        /// The ladder, as text.
        report: String,
    },
    /// It failed, could not be judged, or its file is wrong.
    NotPassed {
        /// Why, with the ladder if it ran, and the command that runs it again.
        report: String,
    },
    /// It can't run here.
    Skipped {
        /// Why not, and what mends it.
        reason: String,
    },
}

impl Checked {
    /// Nothing, if the scenario passed.
    ///
    /// # Panics
    /// It did not pass, or could not run here; with the whole report.
    #[track_caller]
    pub fn assert_passed(&self) {
        assert!(matches!(self, Self::Passed { .. }), "{self}");
    }

    /// Nothing, if the scenario passed. One that can't run here is told on standard
    /// error: for tests that must not fail on machines without the privileges.
    ///
    /// # Panics
    /// It ran and did not pass, or its file is wrong; with the whole report.
    #[track_caller]
    pub fn assert_passed_or_skipped(&self) {
        match self {
            Self::Skipped { .. } => say(&self.to_string()),
            _ => self.assert_passed(),
        }
    }
}

/// Runs the scenario in the file at `path`, for a test:
///
/// ```no_run
/// deadpeer::check("tests/scenarios/peer-reboot.yaml").assert_passed();
/// ```
///
/// The process must be root, or have made itself root of a user namespace by
/// [`netns::prepare`](crate::netns::prepare) before it had any thread, which the standard
/// test harness does not allow; else the scenario is skipped. Checks may run side by
/// side: each has a lab of its own. Evidence of a run that did not pass stays in
/// `deadpeer-out` below the current folder, which for tests is that of the package.
///
/// Of a file with a matrix every combination runs, one after another, and the first that
/// does not pass is given; [`check_found`] runs a single one.
pub fn check(path: impl AsRef<Path>) -> Checked {
    let found = find(&[path.as_ref().to_owned()]).map_err(|errors| {
        let lines: Vec<String> = errors.iter().map(|error| format!("error: {error}")).collect();
        LoadError(lines.join("\n"))
    });
    all(found.and_then(|found| load_found(&found, false)))
}

/// [`check`] of one test that [`find`] gave.
pub fn check_found(found: &Found) -> Checked {
    all(load_found(std::slice::from_ref(found), false))
}

/// The first that did not pass; the first that can't run here, if all others passed.
fn all(loaded: Result<Vec<Loaded>, LoadError>) -> Checked {
    let loaded = match loaded {
        Ok(loaded) => loaded,
        Err(error) => return Checked::NotPassed { report: error.to_string() },
    };
    let mut reports = Vec::new();
    let mut skipped = None;
    for one in &loaded {
        match run(one) {
            Checked::Passed { report } => reports.push(report),
            Checked::Skipped { reason } => skipped = skipped.or(Some(reason)),
            not_passed @ Checked::NotPassed { .. } => return not_passed,
        }
    }
    skipped.map_or_else(|| Checked::Passed { report: reports.join("\n") }, |reason| Checked::Skipped { reason })
}

fn run(loaded: &Loaded) -> Checked {
    let evidence = Evidence::new(None);
    let place = evidence.place(unique(&loaded.plan.name));
    match outcome(loaded, &place) {
        Outcome::Skipped { reason, remedy } => Checked::Skipped { reason: format!("{reason}; {remedy}") },
        Outcome::Broken { reason } => Checked::NotPassed { report: format!("{}: {reason}", loaded.plan.name) },
        Outcome::Judged(ran) => {
            let checked = told(loaded, &ran);
            evidence.tidy();
            checked
        }
    }
}

/// On this machine's kernel, or, if its file says `clock: virtual`, in a guest of its own.
fn outcome(loaded: &Loaded, place: &Place) -> Outcome {
    let guest = guest::find();
    let choice = if loaded.scenario.clock == Clock::Virtual { ClockChoice::Auto } else { ClockChoice::Real };
    match (choose(loaded, choice, &guest), guest) {
        (Way::Skip(lack), _) => Outcome::Skipped { reason: lack.why, remedy: lack.remedy },
        (Way::Virtual, Ok(kernel)) => {
            let outcome = guests::run_all(&[(&loaded.plan, place)], &kernel, Guest::default().seed).pop();
            outcome.unwrap_or_else(|| Outcome::Broken { reason: "the guest gave no outcome".to_owned() })
        }
        (Way::Real | Way::Virtual, _) => here(loaded, place),
    }
}

fn here(loaded: &Loaded, place: &Place) -> Outcome {
    match netns::enter() {
        Ok(_) => run_one(&loaded.plan, &Gate::new(1), place),
        Err(error) => Outcome::Skipped {
            reason: format!("failed to {}", chain(&error)),
            remedy: "run the tests as root".to_owned(),
        },
    }
}

fn told(loaded: &Loaded, ran: &Ran) -> Checked {
    let report = report::judged(&entry(loaded, ran, &Guest::default()));
    match ran.judged.verdict.judgement {
        Judgement::Pass => Checked::Passed { report },
        Judgement::Inconclusive | Judgement::Fail => Checked::NotPassed { report },
    }
}

/// Tests run side by side, in this process and in others.
fn unique(name: &str) -> String {
    static RUNS: AtomicUsize = AtomicUsize::new(0);
    format!("{name}.{}-{}", std::process::id(), RUNS.fetch_add(1, Ordering::Relaxed))
}

impl fmt::Display for Checked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Passed { report } | Self::NotPassed { report } => f.write_str(report),
            Self::Skipped { reason } => write!(f, "skipped: {reason}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passed() -> Checked {
        Checked::Passed { report: "all well".to_owned() }
    }

    fn skipped() -> Checked {
        Checked::Skipped { reason: "no root".to_owned() }
    }

    #[test]
    fn a_pass_panics_nowhere_and_a_skip_only_where_it_counts() {
        passed().assert_passed();
        passed().assert_passed_or_skipped();
        skipped().assert_passed_or_skipped();
    }

    #[test]
    #[should_panic(expected = "skipped: no root")]
    fn a_skip_is_no_pass() {
        skipped().assert_passed();
    }

    #[test]
    #[should_panic(expected = "no-such.yaml")]
    fn a_wrong_path_is_no_pass() {
        check("no-such.yaml").assert_passed_or_skipped();
    }
}
