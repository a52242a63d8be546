use super::args::{ClockChoice, SEED};
use super::clock::{Way, choose};
use super::evidence::{Evidence, Place};
use super::find::Found;
use super::gate::Gate;
use super::guests;
use super::one::{Outcome, run_one};
use super::select::{Loaded, load};
use crate::guest;
use crate::report;
use crate::scenario::Clock;
use crate::verdict::Judgement;
use std::fmt;
use std::path::Path;

/// What became of a scenario that a test ran.
#[derive(Debug)]
pub enum Checked {
    Passed {
        /// The ladder, as text.
        report: String,
    },
    /// It failed, could not be judged, or its file is wrong.
    NotPassed {
        report: String,
    },
    /// It can't run here.
    Skipped {
        reason: String,
    },
}

/// Runs the scenario in the file at `path`, for a test: the process must be able to make
/// network namespaces (see [`netns::prepare`](crate::netns::prepare)). Evidence of a run
/// that did not pass stays in `deadpeer-out` below the current folder.
pub fn check(path: impl AsRef<Path>) -> Checked {
    let path = path.as_ref();
    let name = path.with_extension("").file_name().unwrap_or_default().to_string_lossy().into_owned();
    let loaded = match load(Found { path: path.to_owned(), name }, false) {
        Ok(loaded) => loaded,
        Err(error) => return Checked::NotPassed { report: error.to_string() },
    };
    let evidence = Evidence::new(None);
    let place = evidence.place(format!("{}.{}", loaded.plan.name, std::process::id()));
    match outcome(&loaded, &place) {
        Outcome::Skipped { reason, remedy } => Checked::Skipped { reason: format!("{reason}; {remedy}") },
        Outcome::Broken { reason } => Checked::NotPassed { report: reason },
        Outcome::Judged(judged) => {
            let report = report::judged(&report::Run {
                name: &loaded.plan.name,
                title: &loaded.plan.title,
                ladder: &loaded.plan.ladder,
                timeline: &judged.timeline,
                verdict: &judged.verdict,
                evidence: judged.evidence.as_deref(),
                command: format!("deadpeer run {}", path.display()),
                wall: judged.wall,
            });
            evidence.tidy();
            match judged.verdict.judgement {
                Judgement::Pass => Checked::Passed { report },
                Judgement::Inconclusive | Judgement::Fail => Checked::NotPassed { report },
            }
        }
    }
}

/// On this machine's kernel, or, if it says `clock: virtual`, in a guest of its own.
fn outcome(loaded: &Loaded, place: &Place) -> Outcome {
    let guest = guest::find();
    let choice = if loaded.scenario.clock == Clock::Virtual { ClockChoice::Auto } else { ClockChoice::Real };
    match (choose(loaded, choice, &guest), guest) {
        (Way::Skip(lack), _) => Outcome::Skipped { reason: lack.why, remedy: lack.remedy },
        (Way::Virtual, Ok(kernel)) => {
            let outcome = guests::run_all(&[(&loaded.plan, place)], &kernel, SEED).pop();
            outcome.unwrap_or(Outcome::Broken { reason: "the guest gave no outcome".to_owned() })
        }
        (Way::Real | Way::Virtual, _) => run_one(&loaded.plan, &Gate::new(1), place),
    }
}

impl fmt::Display for Checked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Passed { report } | Self::NotPassed { report } => f.write_str(report),
            Self::Skipped { reason } => write!(f, "skipped: {reason}"),
        }
    }
}
