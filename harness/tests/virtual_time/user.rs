//! A guest needs no privilege.

use super::{deadpeer_program, kernel, scenarios, told};
use deadpeer::guest::Kernel;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

/// A place that anyone can read: the kernel and the programs may be in a private one.
fn copy(from: &Path, to: &Path) {
    fs::copy(from, to).unwrap();
    fs::set_permissions(to, fs::Permissions::from_mode(0o755)).unwrap();
}

/// A run of this scenario by nobody, without capabilities.
pub fn as_nobody(kernel: &Kernel, scenario: &str, more: &[&str]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o777)).unwrap();
    let at = |name: &str| folder.path().join(name);
    copy(&kernel.path, &at("linux"));
    copy(&deadpeer_program(), &at("deadpeer"));
    fs::write(at("scenario.yaml"), scenario).unwrap();
    let mut command = Command::new("setpriv");
    command.args([
        "--reuid=65534",
        "--regid=65534",
        "--clear-groups",
        "--no-new-privs",
        "--inh-caps=-all",
        "--bounding-set=-all",
    ]);
    command.arg(at("deadpeer")).args(["run", "scenario.yaml"]).args(more).current_dir(folder.path());
    command.env("DEADPEER_GUEST_KERNEL", at("linux")).env("HOME", folder.path()).output().unwrap()
}

#[test]
fn nobody_without_capabilities_runs_it() {
    let Some(kernel) = kernel() else { return };
    if !nix::unistd::Uid::effective().is_root() {
        println!("skipped: only root can become nobody");
        return;
    }
    let scenario = fs::read_to_string(scenarios("article/system-defaults.yaml")).unwrap();
    let output = as_nobody(&kernel, &scenario, &[]);
    assert!(output.status.success(), "{}", told(&output));
}
