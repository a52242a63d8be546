//! Each scenario file is one named test. Listing them touches no kernel.

use deadpeer::cli::{Checked, check, find};
use deadpeer::scenario::{self, Clock};
use deadpeer::{guest, netns};
use libtest_mimic::{Arguments, Failed, Trial};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Scenarios mostly wait for the kernel's timers: as many as there are run at a time.
const SIDE_BY_SIDE: usize = 64;

fn main() -> ExitCode {
    let mut args = Arguments::from_args();
    args.test_threads = args.test_threads.or(Some(SIDE_BY_SIDE));
    if !args.list
        && let Err(error) = netns::prepare()
    {
        eprintln!("error: {error}");
        return ExitCode::from(4);
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios");
    let found = find(&[folder]).expect("the repository has scenarios");
    let trials = found.into_iter().map(|found| trial(found.name, found.path)).collect();
    libtest_mimic::run(&args, trials).exit_code()
}

fn trial(name: String, path: PathBuf) -> Trial {
    let cannot = is_virtual(&path) && guest::find().is_err();
    Trial::test(name, move || run(&path)).with_ignored_flag(cannot)
}

/// Such a scenario takes hours in real time: it runs where there is a guest kernel.
fn is_virtual(path: &Path) -> bool {
    let octets = std::fs::read(path).unwrap_or_default();
    scenario::parse(&path.to_string_lossy(), &octets).is_ok_and(|s| s.clock == Clock::Virtual)
}

fn run(path: &Path) -> Result<(), Failed> {
    match check(path) {
        Checked::Passed { .. } => Ok(()),
        other => Err(Failed::from(other.to_string())),
    }
}
