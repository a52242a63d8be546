use crate::ladder::Ladder;
use crate::timeline::Timeline;
use crate::verdict::Verdict;
use std::path::Path;
use std::time::Duration;

/// One scenario's run, judged.
#[derive(Debug, Clone)]
pub struct Run<'a> {
    /// `article/peer-reboot`
    pub name: &'a str,
    pub title: &'a str,
    pub ladder: &'a Ladder,
    pub timeline: &'a Timeline,
    pub verdict: &'a Verdict,
    /// Where the record was left, if it was.
    pub evidence: Option<&'a Path>,
    /// Does the same again.
    pub command: String,
    /// How long it took on the clock on the wall.
    pub wall: Duration,
}

/// A scenario that was not run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    pub name: String,
    /// A lowercase fragment.
    pub reason: String,
    /// What would make it run.
    pub remedy: Option<String>,
}

/// Everything there is to tell.
#[derive(Debug, Clone, Default)]
pub struct Report<'a> {
    pub runs: Vec<Run<'a>>,
    pub skipped: Vec<Skipped>,
    /// How long all of it took on the clock on the wall.
    pub wall: Duration,
}
