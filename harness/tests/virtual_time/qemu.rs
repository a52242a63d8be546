//! The same on a distribution's kernel, on a PC that QEMU emulates.

use super::{compile, deadpeer, deadpeer_program, scenarios, told};
use deadpeer::guest::{self, Error, Kernel, Kind, Machine, Options};
use std::env;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

/// The kernel, or none, told.
fn kernel() -> Option<Kernel> {
    match guest::pick(Kind::Qemu, None) {
        Ok(kernel) => Some(kernel),
        Err(lack) if env::var_os("CI").is_some() => panic!("{}; run `{}`", lack.why, lack.remedy),
        Err(lack) => {
            println!("skipped: {}; run `{}`", lack.why, lack.remedy);
            None
        }
    }
}

fn error_of(text: &str, kernel: Kernel, limit: Duration) -> Error {
    let plan = compile("plan", text);
    let options = Options { kernel, program: deadpeer_program(), seed: 1, limit };
    guest::run(&[&plan], &options).and_then(|mut records| records.pop().unwrap()).unwrap_err()
}

const DIES: &str = "title: dies\nnodes: { a: host, b: host }\nlinks: [a -- b]\nclient: { on: a }\n\
    server: { on: b }\nsteps: [connect]\nexpect: [a > b: SYN]\n";

/// With a script in QEMU's place.
fn pretended(folder: &Path, kernel: &Kernel, script: &str) -> Kernel {
    let program = folder.join("qemu");
    fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    let Machine::Qemu { modules, .. } = &kernel.machine else { panic!("{kernel:?}") };
    Kernel { path: kernel.path.clone(), machine: Machine::Qemu { program, modules: modules.clone() } }
}

/// The same expectations as everywhere, those of two hours among them.
#[test]
fn the_article_passes_on_a_stock_kernel() {
    let Some(kernel) = kernel() else { return };
    let (path, article) = (kernel.path.to_str().unwrap(), scenarios("article"));
    let fixed = ["run", "--clock", "virtual", "--guest", "qemu", "--kernel", path, "--deny-skips"];
    let output = deadpeer(&[&fixed[..], &[article.to_str().unwrap()]].concat());
    assert!(output.status.success(), "{}", told(&output));
    assert!(told(&output).contains("for 2h 11m"), "{}", told(&output));
}

#[test]
fn a_failure_tells_how_to_see_it_again() {
    if kernel().is_none() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("wrong.yaml");
    fs::write(&file, DIES.replace("SYN]", "RST]")).unwrap();
    let fixed = ["run", "--clock", "virtual", "--guest", "qemu", "--seed", "9", "--out"];
    let out = folder.path().join("out");
    let output = deadpeer(&[&fixed[..], &[out.to_str().unwrap(), file.to_str().unwrap()]].concat());
    assert_eq!(output.status.code(), Some(1), "{}", told(&output));
    assert!(told(&output).contains("--clock virtual --guest qemu --seed 9"), "{}", told(&output));
}

#[test]
fn a_program_that_spins_is_ended() {
    let Some(kernel) = kernel() else { return };
    let spins = DIES.replace("{ on: a }", "{ on: a, run: [/usr/bin/yes] }");
    let text = error_of(&spins, kernel, Duration::from_secs(20)).to_string();
    assert!(text.contains("20s"), "{text}");
}

#[test]
fn an_emulator_that_breaks_off_is_told_with_what_it_said() {
    let Some(kernel) = kernel() else { return };
    let folder = tempfile::tempdir().unwrap();
    let other = pretended(folder.path(), &kernel, "echo no such machine >&2; touch out.tar; exit 1");
    let error = error_of(DIES, other, Duration::from_secs(10));
    assert!(matches!(error, Error::NotBooted { .. }), "{error}");
    assert!(error.to_string().contains("no such machine"), "{error}");
}

#[test]
fn an_emulator_whose_clock_can_not_jump_is_told() {
    let Some(kernel) = kernel() else { return };
    let folder = tempfile::tempdir().unwrap();
    let other = pretended(folder.path(), &kernel, "printf kvm-clock >booted && tar -cf out.tar booted");
    let error = error_of(DIES, other, Duration::from_secs(10));
    assert!(matches!(&error, Error::NoTimeTravel { clock, .. } if clock == "kvm-clock"), "{error}");
}

#[test]
fn a_file_that_is_no_kernel_is_refused_with_the_remedy() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("vmlinuz");
    fs::write(&file, [0; 4096]).unwrap();
    let lack = guest::pick(Kind::Qemu, Some(&file)).unwrap_err();
    assert!(lack.why.contains("no Linux kernel") || lack.why.contains("qemu-system-x86_64"), "{lack:?}");
    let Some(kernel) = kernel() else { return };
    let alone = folder.path().join("boot/vmlinuz");
    fs::create_dir(alone.parent().unwrap()).unwrap();
    fs::copy(&kernel.path, &alone).unwrap();
    let lack = guest::pick(Kind::Uml, Some(&alone)).unwrap_err();
    assert_eq!(lack.remedy, "give `--guest qemu`, too");
    // Its modules may be installed on this machine: then it can be used as it is.
    if let Err(lack) = guest::pick(Kind::Qemu, Some(&alone)) {
        assert!(lack.why.contains("modules.dep"), "{lack:?}");
    }
}
