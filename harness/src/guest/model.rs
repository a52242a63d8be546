use crate::plan::Plan;
use crate::run::Watch;
use std::path::PathBuf;
use std::time::Duration;

/// A guest kernel that is there to be started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kernel {
    /// The file that it is.
    pub path: PathBuf,
    pub machine: Machine,
}

/// What a guest kernel runs on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Machine {
    /// None: Linux's user-mode port is a program.
    Uml,
    /// A PC that QEMU emulates, by the clock of its instructions.
    Qemu {
        /// The emulator.
        program: PathBuf,
        /// The folder with this kernel's modules and their list, `modules.dep`.
        modules: PathBuf,
    },
}

impl Kernel {
    /// Linux's user-mode port.
    #[must_use]
    pub fn uml(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), machine: Machine::Uml }
    }
}

/// The kinds of guest that can be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Uml,
    Qemu,
}

/// How plans are run in a guest.
#[derive(Debug, Clone)]
pub struct Options {
    pub kernel: Kernel,
    /// The `deadpeer` that the guest runs as its first process.
    pub program: PathBuf,
    /// All chance in the guest comes from it: equal seeds, equal runs. QEMU's runs are
    /// nearly equal.
    pub seed: u64,
    /// The guest is ended when it has taken so long by the host's clock.
    pub limit: Duration,
}

/// Gives each plan the one that says how far its ladder was climbed.
pub type Watcher = for<'a> fn(&'a Plan) -> Box<dyn Watch + 'a>;

/// The argument by which `deadpeer` knows that it is a guest's first process.
pub const INIT: &str = "guest-init";
