//! What a program does in a guest stays there, and ends with it.

use super::user::as_nobody;
use super::{deadpeer_program, kernel, told};
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;
use std::process::{Command, Output};
use std::time::{Duration, SystemTime};

/// Says what came of each try, and then sleeps for ever without having connected.
fn scenario(watched: &Path) -> String {
    let at = watched.display();
    let tries = [
        "mount -o remount,rw /".to_owned(),
        "mkdir /run/again".to_owned(),
        format!("mount -t hostfs -o {at} none /run/again"),
        format!("echo changed >{at}/file"),
        format!("echo new >{at}/new"),
        "echo new >/run/again/other".to_owned(),
        format!("rm -f {at}/file"),
        format!("mkdir {at}/folder"),
        format!("chmod 600 {at}/file"),
        format!("chown 1:1 {at}/file"),
        format!("touch -d 2001-02-03 {at}/file"),
        "chmod 600 /run/again/file".to_owned(),
        "touch -d 2001-02-03 /run/again/file".to_owned(),
    ];
    let tries = tries.map(|each| format!("({each}) 2>/dev/null; ")).concat();
    format!(
        "title: tries\nnodes: {{ a: host, b: host }}\nlinks: [a -- b]\n\
         client: {{ on: a, as_root: true, run: [sh, -c, '{tries} echo tried; exec sleep infinity'] }}\n\
         server: {{ on: b }}\nsteps: [connect]\nexpect: [client: {{ prints: tried }}, a > b: SYN]\n"
    )
}

/// Names, contents, owners and permissions, and times of change.
fn state(folder: &Path) -> Vec<(String, Vec<u8>, [u32; 3], SystemTime)> {
    let mut all: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .flatten()
        .map(|entry| {
            let about = entry.metadata().unwrap();
            let name = entry.file_name().to_string_lossy().into_owned();
            let owned = [about.uid(), about.gid(), about.mode()];
            (name, fs::read(entry.path()).unwrap_or_default(), owned, about.modified().unwrap())
        })
        .collect();
    all.sort();
    all
}

/// Below /var/tmp: in a guest /tmp is another folder anyway. Anyone may write there.
fn leaves_alone(owner: Option<u32>, run: impl Fn(&Path) -> Output) {
    let watched = tempfile::tempdir_in("/var/tmp").unwrap();
    fs::write(watched.path().join("file"), "kept").unwrap();
    fs::set_permissions(watched.path(), fs::Permissions::from_mode(0o777)).unwrap();
    fs::set_permissions(watched.path().join("file"), fs::Permissions::from_mode(0o666)).unwrap();
    // Only its owner can change all of a file.
    std::os::unix::fs::chown(watched.path().join("file"), owner, owner).unwrap();
    let before = state(watched.path());
    let output = run(watched.path());
    // The segment is missing, but what was to be printed is not: all was tried.
    assert_eq!(output.status.code(), Some(3), "{}", told(&output));
    assert!(told(&output).contains("`a > b: SYN` did not come"), "{}", told(&output));
    assert!(told(&output).lines().any(|line| line.contains("prints \"tried\"") && line.ends_with('✓')));
    assert_eq!(state(watched.path()), before);
}

#[test]
fn a_program_that_is_root_in_a_guest_changes_nothing_of_the_host() {
    if kernel().is_none() {
        return;
    }
    leaves_alone(None, |watched| {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("tries.yaml"), scenario(watched)).unwrap();
        let mut command = Command::new(deadpeer_program());
        command.args(["run", "--clock", "virtual", "tries.yaml"]).current_dir(folder.path());
        command.output().unwrap()
    });
}

#[test]
fn nor_does_one_of_nobody() {
    let Some(kernel) = kernel() else { return };
    if nix::unistd::Uid::effective().is_root() {
        leaves_alone(Some(65534), |watched| as_nobody(&kernel, &scenario(watched), &["--clock", "virtual"]));
    }
}

#[test]
fn a_program_that_sleeps_for_ever_ends_with_its_run() {
    let Some(kernel) = kernel() else { return };
    let folder = tempfile::tempdir().unwrap();
    let kernel = super::failures::own_copy(&kernel, folder.path());
    let text = "title: sleeps\nnodes: { a: host, b: host }\nlinks: [a -- b]\n\
        client: { on: a, run: [sleep, infinity] }\nserver: { on: b }\nsteps: [connect]\nexpect: [a > b: SYN]\n";
    fs::write(folder.path().join("sleeps.yaml"), text).unwrap();
    let began = std::time::Instant::now();
    let mut command = Command::new(deadpeer_program());
    command.args(["run", "--clock", "virtual", "sleeps.yaml"]).current_dir(folder.path());
    let output = command.env("DEADPEER_GUEST_KERNEL", &kernel.path).output().unwrap();
    assert!(told(&output).contains("`sleep infinity` runs, but there was no segment"), "{}", told(&output));
    assert_eq!(output.status.code(), Some(3), "{}", told(&output));
    // Its patience of 30 s passes by the guest's clock.
    assert!(began.elapsed() < Duration::from_secs(60), "{:?}", began.elapsed());
    assert!(super::failures::processes(&kernel.path).is_empty());
}
