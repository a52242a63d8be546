//! Real programs as endpoints: each in a PID namespace of its own, under an init that
//! does nothing but wait and pass signals on, so that all it ever starts dies with it.

mod init;
mod output;
mod prepare;
mod running;
mod spawn;
#[cfg(test)]
mod tests;
mod user;

use std::io;
use std::time::Duration;

pub(crate) use running::Program;

/// The file for the program's first word.
pub(crate) fn file(plan: &crate::plan::ProgramPlan) -> Option<std::path::PathBuf> {
    prepare::file(plan)
}

/// Why a program does not run, or not as awaited.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ProgramError {
    #[error("run an empty command")]
    Empty,
    #[error("run `{word}`: it has a NUL octet in it")]
    Nul { word: String },
    #[error("run `{word}`: {source}{}", searched(path))]
    Exec { word: String, path: Option<String>, source: io::Error },
    #[error("{operation} for `{word}`: {source}")]
    Setup { operation: &'static str, word: String, source: io::Error },
    #[error("run `{word}` as user {uid}: {reason}")]
    User { word: String, uid: u32, reason: String },
    #[error("await that `{word}` {what}: it has ended")]
    Ended { word: String, what: String },
    #[error("await that `{word}` {what}: it did not in {limit:?}")]
    Overdue { word: String, what: String, limit: Duration },
}

fn searched(path: &Option<String>) -> String {
    path.as_ref().map_or_else(String::new, |path| format!(" (PATH is {path})"))
}
