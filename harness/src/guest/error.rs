use crate::netns::Lack;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

/// Why plans could not be run in a guest. Each reads after "failed to".
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    #[error("find a guest kernel: {}; {}", .0.why, .0.remedy)]
    NoKernel(Lack),
    #[error("{operation} `{}`: {source}", path.display())]
    Io { operation: &'static str, path: PathBuf, source: io::Error },
    #[error("make the guest's image: {why}")]
    Image { why: String },
    #[error("hand the plans to the guest: {0}")]
    Plans(#[source] serde_json::Error),
    #[error("start the guest kernel `{}`: {source}", kernel.display())]
    Start { kernel: PathBuf, source: io::Error },
    #[error("boot the guest kernel `{}`: it ended with {status}{console}", kernel.display())]
    NotBooted { kernel: PathBuf, status: String, console: String },
    #[error("let time jump in the guest kernel `{}`: its clock is `{clock}`; `ci/guest-kernel` builds one whose clock can", kernel.display())]
    NoTimeTravel { kernel: PathBuf, clock: String },
    #[error("end the guest within {limit:?}: a program in it may be spinning, which stops time there{console}")]
    NoProgress { limit: Duration, console: String },
    #[error("run the plan in the guest: {why}")]
    Unfinished { why: String },
    #[error("run the plan in the guest: it was interrupted")]
    Interrupted,
}

/// Says what a failed operation on a file was.
pub(super) fn io<'a>(operation: &'static str, path: &'a std::path::Path) -> impl FnOnce(io::Error) -> Error + 'a {
    move |source| Error::Io { operation, path: path.to_owned(), source }
}
