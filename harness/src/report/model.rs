use crate::ladder::Ladder;
use crate::plan::Warning;
use crate::record::ClockKind;
use crate::time::LabTime;
use crate::timeline::Timeline;
use crate::verdict::{Judgement, Verdict};
use std::path::Path;
use std::time::Duration;

/// One scenario's run, judged.
#[derive(Debug, Clone)]
pub struct Run<'a> {
    /// `article/peer-reboot`
    pub name: &'a str,
    pub title: &'a str,
    pub ladder: &'a Ladder,
    /// How the others fared, where there are several connections and this is one of them.
    pub others: Option<&'a str>,
    pub timeline: &'a Timeline,
    pub verdict: &'a Verdict,
    /// What was known before the run not to have the effect that it seems to be for.
    pub warnings: &'a [Warning],
    /// Where the record was left, if it was.
    pub evidence: Option<&'a Path>,
    /// Does the same again.
    pub command: String,
    /// How long it took on the clock on the wall.
    pub wall: Duration,
}

impl Run<'_> {
    /// How long it took by its own kernel's clock, where that one jumped.
    #[must_use]
    pub fn virtual_time(&self) -> Option<Duration> {
        let jumped = matches!(self.timeline.manifest.clock, ClockKind::Virtual | ClockKind::Emulated);
        jumped.then(|| self.timeline.end.since(LabTime::ZERO))
    }
}

/// A scenario that can't run here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Skipped<'a> {
    pub name: &'a str,
    /// A lowercase fragment.
    pub reason: &'a str,
    /// What would make it run.
    pub remedy: &'a str,
}

/// What became of one scenario.
#[derive(Debug, Clone)]
pub enum Entry<'a> {
    Run(Run<'a>),
    Skipped(Skipped<'a>),
    /// It should have run, but the lab could not be built, or the evidence not be kept.
    Broken {
        name: &'a str,
        reason: &'a str,
    },
}

/// How many there are of each kind, what is broken counted as inconclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Counts {
    pub(super) passed: usize,
    pub(super) failed: usize,
    pub(super) inconclusive: usize,
    pub(super) skipped: usize,
}

impl Counts {
    pub(super) fn of(entries: &[Entry<'_>]) -> Self {
        let mut counts = Self::default();
        for entry in entries {
            *match entry {
                Entry::Skipped(_) => &mut counts.skipped,
                Entry::Broken { .. } => &mut counts.inconclusive,
                Entry::Run(run) => match run.verdict.judgement {
                    Judgement::Pass => &mut counts.passed,
                    Judgement::Inconclusive => &mut counts.inconclusive,
                    Judgement::Fail => &mut counts.failed,
                },
            } += 1;
        }
        counts
    }
}
