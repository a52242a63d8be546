use crate::plan::Plan;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What the guest is to do. Host and guest are of one build, so it has no version.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Job {
    pub(super) plans: Vec<Plan>,
    /// Where relative paths of programs begin.
    pub(super) cwd: PathBuf,
    /// The caller's environment.
    pub(super) environment: Vec<(String, String)>,
    /// The guest gives up when so much has passed by its own clock.
    pub(super) deadline: Duration,
}

/// What the guest's clock is called if it can jump (arch/um/kernel/time.c).
pub(super) const JUMPING: &str = "time-travel-clock";

/// The folder through which host and guest speak. Nothing else of the host can be
/// written by the guest.
#[derive(Debug, Clone)]
pub(super) struct Folder(pub(super) PathBuf);

impl Folder {
    pub(super) fn job(&self) -> PathBuf {
        self.0.join("job.json")
    }

    /// Holds the name of the guest's clock once the guest has booted.
    pub(super) fn booted(&self) -> PathBuf {
        self.0.join("booted")
    }

    /// Holds why the guest gave up before the plans were run.
    pub(super) fn gave_up(&self) -> PathBuf {
        self.0.join("gave-up")
    }

    pub(super) fn records(&self) -> PathBuf {
        self.0.join("records")
    }

    /// The record of the plan of this index.
    pub(super) fn record(&self, plan: usize) -> PathBuf {
        self.records().join(plan.to_string())
    }

    /// Holds why that plan could not be run.
    pub(super) fn failed(&self, plan: usize) -> PathBuf {
        self.0.join(format!("failed-{plan}"))
    }

    pub(super) fn console(&self) -> PathBuf {
        self.0.join("console")
    }

    /// Where the kernel keeps what belongs to its process.
    pub(super) fn uml(&self) -> PathBuf {
        self.0.join("uml")
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }
}
