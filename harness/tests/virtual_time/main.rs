//! Plans in a guest kernel whose clock jumps. Without a guest kernel these tests say so and
//! do nothing, but under CI they fail.

mod failures;
mod qemu;
mod repeat;
mod timers;
mod user;

use deadpeer::guest::{self, Kernel, Options};
use deadpeer::plan::{self, Plan};
use deadpeer::scenario;
use std::env;
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
