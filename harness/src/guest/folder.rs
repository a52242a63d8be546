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

/// What the first process is told of what it runs on.
pub(super) const UML: &str = "uml";
pub(super) const QEMU: &str = "qemu";

/// What a clock that can jump is called: that of the user-mode port
/// (arch/um/kernel/time.c), and a PC's counter of cycles, which QEMU derives from the number
/// of executed instructions.
pub(super) fn jumping(machine: &str) -> &'static str {
    if machine == QEMU { "tsc" } else { "time-travel-clock" }
}

/// Where QEMU's guest has the folder, in its own memory.
pub(super) const IN_MEMORY: &str = "/deadpeer";

/// Where that guest has its kernel's modules, in the order in which to load them.
pub(super) const MODULES: &str = "/deadpeer-modules";

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

    /// Is there once the guest has nothing more to do.
    pub(super) fn ended(&self) -> PathBuf {
        self.0.join("ended")
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

    /// What QEMU's guest begins with: all the files that it has.
    pub(super) fn image(&self) -> PathBuf {
        self.0.join("initramfs.cpio")
    }

    /// QEMU's copy of the kernel.
    pub(super) fn kernel(&self) -> PathBuf {
        self.0.join("kernel")
    }

    /// What QEMU's guest sent back, a tar archive of this folder.
    pub(super) fn archive(&self) -> PathBuf {
        self.0.join("out.tar")
    }

    /// Where the user-mode port keeps its memory, a file without a name: a mount of its own,
    /// where the kernel lets it have one.
    pub(super) fn memory(&self) -> PathBuf {
        self.0.join("memory")
    }

    /// Where the user-mode port keeps what belongs to its process.
    pub(super) fn uml(&self) -> PathBuf {
        self.0.join("uml")
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }
}
