//! Plans in a guest kernel whose clock jumps. Without a guest kernel these tests say so and
//! do nothing, but under CI they fail.

mod failures;
mod qemu;
mod repeat;
mod settings;
mod timers;
mod untouched;
mod user;

use deadpeer::guest::{self, Kernel, Options};
use deadpeer::plan::{self, Plan};
use deadpeer::scenario;
use std::env;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};
use std::time::Duration;

/// The guest kernel, or none, told.
fn kernel() -> Option<Kernel> {
    match guest::find() {
        Ok(kernel) => Some(kernel),
        Err(lack) if env::var_os("CI").is_some() => panic!("{}; run `{}`", lack.why, lack.remedy),
        Err(lack) => {
            println!("skipped: {}; run `{}`", lack.why, lack.remedy);
            None
        }
    }
}

/// The newest guest kernel of this tick frequency in the folder that the usual one lies in,
/// or none, told.
fn kernel_of(hz: u32) -> Option<Kernel> {
    let usual = kernel()?;
    let beside = fs::read_dir(usual.path.parent()?).into_iter().flatten().flatten();
    let wanted = format!("-hz{hz}-");
    let fits = |path: &PathBuf| path.file_name().is_some_and(|name| name.to_string_lossy().contains(&wanted));
    let age = |path: &PathBuf| fs::metadata(path).and_then(|metadata| metadata.modified()).ok();
    let found = beside.map(|file| file.path()).filter(fits).max_by_key(age);
    let lack = format!("there is no guest kernel of {hz} ticks a second; run `ci/guest-kernel --hz {hz}`");
    assert!(found.is_some() || env::var_os("CI").is_none(), "{lack}");
    if found.is_none() {
        println!("skipped: {lack}");
    }
    found.map(Kernel::uml)
}

fn options(kernel: Kernel) -> Options {
    Options { kernel, program: deadpeer_program(), seed: 1, limit: Duration::from_secs(120) }
}

fn deadpeer_program() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_deadpeer"))
}

fn scenarios(below: &str) -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../scenarios")).join(below)
}

fn compile(name: &str, text: &str) -> Plan {
    let scenario = scenario::parse(name, text.as_bytes()).unwrap_or_else(|failure| panic!("{}", failure.render(false)));
    plan::compile(name, &scenario).unwrap()
}

fn told(output: &Output) -> String {
    format!("{}\n{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn deadpeer(words: &[&str]) -> Output {
    Command::new(deadpeer_program()).args(words).output().unwrap()
}
