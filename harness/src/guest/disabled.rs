use super::model::{Kernel, Kind, Options, Watcher};
use crate::netns::Lack;
use crate::plan::Plan;
use crate::record::Record;
use std::path::Path;

const REMEDY: &str = "cargo build --features netns";

/// Why plans could not be run in a guest.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    #[error("run a guest: this deadpeer was built without the feature `netns`; run `{REMEDY}`")]
    NotBuilt,
}

/// # Errors
/// Always [`Error::NotBuilt`].
pub fn run(_: &[&Plan], _: &Options) -> Result<Vec<Result<Record, Error>>, Error> {
    Err(Error::NotBuilt)
}

/// # Errors
/// Always: nothing could start it.
pub fn find() -> Result<Kernel, Lack> {
    Err(Lack { why: "deadpeer was built without the feature netns".to_owned(), remedy: REMEDY.to_owned() })
}

/// # Errors
/// Always: nothing could start it.
pub fn pick(_: Kind, _: Option<&Path>) -> Result<Kernel, Lack> {
    find()
}

/// Tells that there is none.
pub fn init_main(_: Watcher) -> ! {
    eprintln!("error: failed to {}", Error::NotBuilt);
    std::process::exit(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn its_absence_is_told_with_the_remedy() {
        assert_eq!(find().unwrap_err().remedy, REMEDY);
    }
}
