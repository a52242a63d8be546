//! What can go wrong with a guest, and that nothing of it stays.

use super::{compile, deadpeer_program, kernel, options, scenarios, told};
use deadpeer::guest::{self, Error, Kernel};
use deadpeer::plan::Plan;
use deadpeer::record::Record;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// A program that never waits: time stands still for it.
const SPINNING: &str = "title: spins\nnodes: { a: host, b: host }\nlinks: [a -- b]\n\
    client: { on: a, run: [sh, -c, 'while :; do :; done'] }\nserver: { on: b }\n\
    steps: [connect]\nexpect: [a > b: SYN]\n";

fn spinning() -> Plan {
    compile("spins", SPINNING)
}

fn run_one(plan: &Plan, options: &guest::Options) -> Result<Record, Error> {
    guest::run(&[plan], options)?.pop().unwrap()
}

/// A script in the kernel's place.
fn pretender(folder: &Path, script: &str) -> Kernel {
    let path = folder.join("linux");
    fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    Kernel::uml(path)
}

/// The processes whose command line begins with this program.
pub fn processes(program: &Path) -> Vec<i32> {
    let wanted = program.to_str().unwrap().as_bytes();
    let all = fs::read_dir("/proc").unwrap().flatten();
    let pids = all.filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
    let runs = |pid: &i32| fs::read(format!("/proc/{pid}/cmdline")).is_ok_and(|line| line.starts_with(wanted));
    pids.filter(runs).collect()
}

fn until(what: &str, holds: impl Fn() -> bool) {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < Duration::from_secs(60), "{what}");
        thread::sleep(Duration::from_millis(10));
    }
}

/// The kernel under a name of its own, so that its processes can be told from others'.
pub fn own_copy(kernel: &Kernel, folder: &Path) -> Kernel {
    let path: PathBuf = folder.join("linux");
    fs::copy(&kernel.path, &path).unwrap();
    Kernel::uml(path)
}

#[test]
fn what_is_no_kernel_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let options = options(pretender(folder.path(), "echo I am no kernel; exit 3"));
    let error = run_one(&spinning(), &options).unwrap_err();
    assert!(matches!(error, Error::NotBooted { .. }), "{error}");
    assert!(error.to_string().contains("I am no kernel") && error.to_string().contains('3'), "{error}");
    let missing = guest::Options { kernel: Kernel::uml("/none/linux"), ..options };
    assert!(matches!(run_one(&spinning(), &missing), Err(Error::Start { .. })));
}

#[test]
fn a_kernel_that_hangs_at_boot_is_ended() {
    let folder = tempfile::tempdir().unwrap();
    let kernel = pretender(folder.path(), "sleep 1000");
    let options = guest::Options { limit: Duration::from_millis(300), ..options(kernel) };
    let error = run_one(&spinning(), &options).unwrap_err();
    assert!(matches!(error, Error::NoProgress { .. }), "{error}");
}

#[test]
fn a_kernel_without_time_travel_is_told_with_the_remedy() {
    let folder = tempfile::tempdir().unwrap();
    // As its init would: the working folder is the shared one.
    let options = options(pretender(folder.path(), "printf timer >booted"));
    let error = run_one(&spinning(), &options).unwrap_err();
    assert!(matches!(&error, Error::NoTimeTravel { clock, .. } if clock == "timer"), "{error}");
    assert!(error.to_string().contains("ci/guest-kernel"), "{error}");
}

#[test]
fn a_program_that_spins_is_ended_and_leaves_nothing() {
    let Some(kernel) = kernel() else { return };
    let folder = tempfile::tempdir().unwrap();
    let kernel = own_copy(&kernel, folder.path());
    let options = guest::Options { limit: Duration::from_secs(15), ..options(kernel.clone()) };
    let error = run_one(&spinning(), &options).unwrap_err();
    assert!(error.to_string().contains("spinning"), "{error}");
    until("the guest's processes are still there", || processes(&kernel.path).is_empty());
}

#[test]
fn a_guest_that_is_killed_from_outside_is_told() {
    let Some(kernel) = kernel() else { return };
    let folder = tempfile::tempdir().unwrap();
    let kernel = own_copy(&kernel, folder.path());
    let options = options(kernel.clone());
    let running = thread::spawn(move || run_one(&spinning(), &options));
    until("the guest does not start", || !processes(&kernel.path).is_empty());
    thread::sleep(Duration::from_secs(3));
    let first = processes(&kernel.path).into_iter().min().unwrap();
    nix::sys::signal::kill(nix::unistd::Pid::from_raw(first), nix::sys::signal::Signal::SIGKILL).unwrap();
    let error = running.join().unwrap().unwrap_err();
    assert!(error.to_string().contains("signal: 9"), "{error}");
    until("the guest's processes are still there", || processes(&kernel.path).is_empty());
}

/// The host's disk is full before the guest has written its records.
#[test]
fn a_full_disk_is_told_and_passes_nothing() {
    if kernel().is_none() || !nix::unistd::Uid::effective().is_root() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let script = "mount -t tmpfs -o size=48k none \"$0\" && TMPDIR=\"$0\" exec \"$1\" run --clock virtual \"$2\"";
    let mut command = Command::new("unshare");
    command.args(["-m", "sh", "-c", script]).arg(folder.path()).arg(deadpeer_program());
    let output = command.arg(scenarios("article/dead-peer-drop.yaml")).output().unwrap();
    assert_eq!(output.status.code(), Some(3), "{}", told(&output));
    assert!(told(&output).contains("failed to"), "{}", told(&output));
}

/// A deadpeer whose guest spins, once the guest runs.
fn deadpeer_with_a_spinning_guest(folder: &Path, kernel: &Kernel) -> Child {
    let file = folder.join("spins.yaml");
    fs::write(&file, SPINNING).unwrap();
    let mut command = Command::new(deadpeer_program());
    command.args(["run", "--clock", "virtual"]).arg(file).current_dir(folder);
    command.env("DEADPEER_GUEST_KERNEL", &kernel.path).env("TMPDIR", folder);
    let child = command.stdout(Stdio::piped()).spawn().unwrap();
    until("the guest does not start", || !processes(&kernel.path).is_empty());
    thread::sleep(Duration::from_secs(2));
    child
}

#[test]
fn no_guest_outlives_a_deadpeer_that_is_killed() {
    let Some(kernel) = kernel() else { return };
    let folder = tempfile::tempdir().unwrap();
    let kernel = own_copy(&kernel, folder.path());
    let mut child = deadpeer_with_a_spinning_guest(folder.path(), &kernel);
    let is_guests = |entry: &fs::DirEntry| entry.file_name().to_string_lossy().starts_with("deadpeer-guest-");
    let guests = || fs::read_dir(folder.path()).unwrap().flatten().filter(is_guests).count();
    assert_eq!(guests(), 1);
    child.kill().unwrap();
    child.wait().unwrap();
    until("the guest's processes are still there", || processes(&kernel.path).is_empty());
    until("the guest's folder is still there", || guests() == 0);
}

#[test]
fn an_interruption_ends_the_guest_and_is_told() {
    let Some(kernel) = kernel() else { return };
    let folder = tempfile::tempdir().unwrap();
    let kernel = own_copy(&kernel, folder.path());
    let child = deadpeer_with_a_spinning_guest(folder.path(), &kernel);
    let pid = nix::unistd::Pid::from_raw(i32::try_from(child.id()).unwrap());
    nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGINT).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(3), "{}", told(&output));
    assert!(told(&output).contains("interrupted"), "{}", told(&output));
    assert!(processes(&kernel.path).is_empty());
}
