//! Each scenario file is one named test. Listing them touches no kernel.

use deadpeer::cli::{Checked, Found, check_found, find};
use deadpeer::scenario::{self, Clock};
use deadpeer::{guest, netns};
use libtest_mimic::{Arguments, Failed, Trial};
use std::path::Path;
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
    let trials = found.into_iter().map(trial).collect();
    libtest_mimic::run(&args, trials).exit_code()
}

fn trial(found: Found) -> Trial {
    let cannot = is_virtual(&found) && guest::find().is_err();
    Trial::test(found.name.clone(), move || run(&found)).with_ignored_flag(cannot)
}

/// Such a scenario takes hours in real time: it runs where there is a guest kernel.
fn is_virtual(found: &Found) -> bool {
    let octets = std::fs::read(&found.path).unwrap_or_default();
    let variants = scenario::parse_all(&found.path.to_string_lossy(), &octets).unwrap_or_default();
    variants.iter().any(|variant| variant.case == found.case && variant.scenario.clock == Clock::Virtual)
}

fn run(found: &Found) -> Result<(), Failed> {
    match check_found(found) {
        Checked::Passed { .. } => Ok(()),
        other => Err(Failed::from(other.to_string())),
    }
}
