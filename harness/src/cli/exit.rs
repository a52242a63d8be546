use std::process::ExitCode;

/// What the process's exit status says (in rising order of what a caller must heed).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// All that ran passed; skips were told.
    Passed,
    /// At least one scenario failed.
    Failed,
    /// The command line or a file is wrong; nothing ran.
    Usage,
    /// None failed, but at least one could not be judged.
    Inconclusive,
    /// Nothing could run here, or something was skipped under `--deny-skips`.
    Unable,
    /// deadpeer's own fault.
    Internal,
}

impl Exit {
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Passed => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::Inconclusive => 3,
            Self::Unable => 4,
            // EX_SOFTWARE of sysexits(3).
            Self::Internal => 70,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
