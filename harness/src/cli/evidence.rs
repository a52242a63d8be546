use crate::plan::Plan;
use crate::record;
use crate::report;
use crate::timeline::Timeline;
use crate::verdict::{Judgement, Verdict};
use std::fs;
use std::path::{Path, PathBuf};

/// Where evidence goes that nobody asked for.
const DEFAULT: &str = "deadpeer-out";

/// Which evidence is kept, and where.
#[derive(Debug, Clone)]
pub struct Evidence {
    root: PathBuf,
    /// That of runs that passed, too.
    all: bool,
}

/// The place of one run's evidence.
#[derive(Debug, Clone)]
pub struct Place {
    evidence: Evidence,
    name: String,
}

impl Evidence {
    /// All evidence in `out`; without it only that of runs that did not pass, in
    /// `deadpeer-out` below the current folder.
    #[must_use]
    pub fn new(out: Option<&Path>) -> Self {
        Self { root: out.map_or_else(|| PathBuf::from(DEFAULT), Path::to_owned), all: out.is_some() }
    }

    /// The place of the run that goes by `name`.
    #[must_use]
    pub fn place(&self, name: String) -> Place {
        Place { evidence: self.clone(), name }
    }

    /// Removes what was made and then not needed.
    pub fn tidy(&self) {
        if !self.all {
            remove_empty(&self.root);
        }
    }
}

impl Place {
    #[must_use]
    pub fn dir(&self) -> PathBuf {
        self.evidence.root.join(&self.name)
    }

    /// Completes the evidence: labels in the capture, the ladder as text. Evidence of a
    /// run that passed goes, unless all is kept. Gives the folder if it is kept.
    #[must_use]
    pub fn settle(&self, dir: &Path, plan: &Plan, timeline: &Timeline, verdict: &Verdict) -> Option<PathBuf> {
        if verdict.judgement == Judgement::Pass && !self.evidence.all {
            let _ = fs::remove_dir_all(dir);
            return None;
        }
        // The raw record is on disk already: what fails here loses only the comments.
        let _ = record::annotate(dir, |frame| report::frame_comment(timeline, frame));
        let _ = fs::write(dir.join("ladder.txt"), report::ladder(&plan.ladder, timeline, verdict));
        Some(dir.to_owned())
    }
}

/// Removes `folder` if there is nothing but empty folders in it.
fn remove_empty(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            remove_empty(&entry.path());
        }
    }
    let _ = fs::remove_dir(folder);
}
