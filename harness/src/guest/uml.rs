//! Linux's user-mode port, an ordinary program that sees the host's files.

use super::folder::{Folder, UML};
use super::model::{INIT, Options};
use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

/// The guest's realtime clock begins here, 2026-01-01 UTC: runs with equal seeds are to be
/// equal whenever they are made.
const BEGIN_UNIX_NS: u64 = 1_767_225_600_000_000_000;

/// MiB: some 60 labs at a time, at 0.45 for a pair of nodes and a few for each process.
const MEMORY: u64 = 512;

/// The command that starts the kernel.
pub(super) fn command(options: &Options, folder: &Folder) -> Command {
    let mut command = Command::new(&options.kernel.path);
    command.args(arguments(&options.program));
    command.env_clear().env("HOME", folder.uml()).env("UML_SEED", options.seed.to_string());
    command.env("TMPDIR", folder.memory());
    command
}

/// The kernel's command line. It is mixed into the guest's entropy: what differs from run
/// to run goes another way. The working folder is the shared one.
fn arguments(program: &Path) -> Vec<OsString> {
    let fixed =
        ["root=none", "rootfstype=hostfs", "rootflags=/", "ro", "quiet", "con=null", "con0=null,fd:1", "uml_dir=uml/"];
    let mut all: Vec<OsString> = fixed.iter().map(OsString::from).collect();
    all.push(format!("mem={MEMORY}M").into());
    all.push("time-travel=inf-cpu".into());
    all.push(format!("time-travel-start={BEGIN_UNIX_NS}").into());
    all.push(init(program));
    all.extend(["--", INIT, UML].map(OsString::from));
    all
}

/// Quoted, for the kernel parts its command line at blanks (lib/cmdline.c, `next_arg`).
fn init(program: &Path) -> OsString {
    let mut argument = OsString::from("\"init=");
    argument.push(program);
    argument.push("\"");
    argument
}
