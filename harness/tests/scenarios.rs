//! Each scenario file is one named test. Listing them touches no kernel.
//!
//! Where there is a guest kernel, all run in virtual time, in one guest: what a busy machine
//! does to a library of hundreds is not what is tested. The article's, and those that are only
//! for the real clock, run in real time.
//!
//! The READMEs of the folders hold the ladders of that same run, or are held against it.

#[path = "scenarios/book.rs"]
mod book;
#[path = "scenarios/times.rs"]
mod times;

use deadpeer::cli::{Checked, Found, check_found, find};
use deadpeer::scenario::{self, Clock};
use deadpeer::{guest, netns};
use libtest_mimic::{Arguments, Failed, Trial};
use serde_json::Value;
use std::path::Path;
use std::process::{Command, ExitCode};
use std::sync::OnceLock;
use tempfile::TempDir;

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
    let mut trials: Vec<Trial> = found.into_iter().map(trial).collect();
    trials.extend(book::folders().into_iter().map(|(folder, files)| readme(folder, files)));
    trials.push(Trial::test("README: examples", examples).with_ignored_flag(guest::find().is_err()));
    trials.push(Trial::test("README: ladders are told apart", || Ok(times::tells_ladders_apart()?)));
    libtest_mimic::run(&args, trials).exit_code()
}

fn trial(found: Found) -> Trial {
    let cannot = clock(&found) == Clock::Virtual && guest::find().is_err();
    Trial::test(found.name.clone(), move || run(&found)).with_ignored_flag(cannot)
}

fn readme(folder: String, files: Vec<Found>) -> Trial {
    let cannot = guest::find().is_err();
    let check = move |folder: &str| Ok(book::check(folder, &files, everything().1.path())?);
    Trial::test(format!("README: {folder}"), move || check(&folder)).with_ignored_flag(cannot)
}

/// What the README shows as a scenario is one, and passes.
fn examples() -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let blocks = include_str!("../../README.md").split("```yaml\n").skip(1).filter_map(|rest| rest.split("```").next());
    let whole: Vec<&str> = blocks.filter(|block| block.starts_with("title: ")).collect();
    for (number, block) in whole.iter().enumerate() {
        std::fs::write(folder.path().join(format!("{number}.yaml")), block)?;
    }
    let mut command = Command::new(env!("CARGO_BIN_EXE_deadpeer"));
    let output = command.args(["run", "--clock", "virtual", "."]).current_dir(folder.path()).output()?;
    let told = String::from_utf8_lossy(&output.stdout);
    let all = format!("{} passed, 0 failed, 0 inconclusive, 0 skipped\n", whole.len());
    if whole.len() >= 2 && told.ends_with(&all) { Ok(()) } else { Err(Failed::from(told.into_owned())) }
}

fn clock(found: &Found) -> Clock {
    let octets = std::fs::read(&found.path).unwrap_or_default();
    let variants = scenario::parse_all(&found.path.to_string_lossy(), &octets).unwrap_or_default();
    let own = variants.into_iter().find(|variant| variant.case == found.case);
    own.map_or(Clock::Any, |variant| variant.scenario.clock)
}

fn run(found: &Found) -> Result<(), Failed> {
    let jumps = match clock(found) {
        Clock::Real => false,
        Clock::Virtual => true,
        Clock::Any => !found.name.starts_with("article/"),
    };
    if jumps && guest::find().is_ok() {
        return in_the_guest(&found.name);
    }
    match check_found(found) {
        Checked::Passed { .. } => Ok(()),
        other => Err(Failed::from(other.to_string())),
    }
}

/// What the one run of all scenarios in virtual time says of this one.
fn in_the_guest(name: &str) -> Result<(), Failed> {
    let own = everything().0["runs"].as_array().into_iter().flatten().find(|run| run["name"] == name);
    match own {
        Some(run) if run["judgement"] == "pass" => Ok(()),
        Some(run) => Err(Failed::from(format!("{run:#}"))),
        None => Err(Failed::from(format!("the run of all scenarios tells nothing of {name}"))),
    }
}

/// The one run of all scenarios in virtual time: what it says, and its evidence.
fn everything() -> &'static (Value, TempDir) {
    static ALL: OnceLock<(Value, TempDir)> = OnceLock::new();
    ALL.get_or_init(|| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios");
        let out = tempfile::tempdir().expect("a folder for evidence");
        let mut command = Command::new(env!("CARGO_BIN_EXE_deadpeer"));
        command.args(["run", "--clock", "virtual", "--format", "json", "--out"]).args([out.path(), &folder]);
        let output = command.output().expect("deadpeer can be run");
        (serde_json::from_slice(&output.stdout).unwrap_or_default(), out)
    })
}
