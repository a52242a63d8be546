//! Recorded runs judged by the program itself, as a user would do it.

use crate::recorded::{self, Recorded};
use deadpeer::ladder::Expected;
use std::fs;
use std::path::Path;
use std::process::Command;

/// Exit codes of `deadpeer judge`.
const PASSED: i32 = 0;
const FAILED: i32 = 1;
const USAGE: i32 = 2;
const INCONCLUSIVE: i32 = 3;

/// The exit code, and what it printed.
fn judge(scenario: &Path, record: &Path) -> (i32, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_deadpeer"));
    let output = command.arg("judge").arg(scenario).arg(record).output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.code().unwrap(), String::from_utf8(said).unwrap())
}

fn recorded(name: &str) -> Recorded {
    recorded::kept().into_iter().find(|run| run.name == name).unwrap()
}

/// Judges the run by its scenario with one text in place of another.
fn judge_changed(run: &Recorded, from: &str, to: &str, record: &Path) -> (i32, String) {
    let text = fs::read_to_string(&run.scenario).unwrap();
    assert_eq!(text.matches(from).count(), 1, "{from} in {}", run.name);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("changed.yaml");
    fs::write(&path, text.replace(from, to)).unwrap();
    judge(&path, record)
}

#[test]
fn the_right_scenario_passes() {
    for run in recorded::kept() {
        let (code, said) = judge(&run.scenario, &run.folder);
        assert_eq!(code, PASSED, "{}: {said}", run.name);
    }
}

#[test]
fn another_scenario_fails() {
    let run = recorded("peer-reboot");
    let (code, said) = judge(&recorded("probe-answered").scenario, &run.folder);
    assert_eq!(code, FAILED, "{said}");
}

#[test]
fn a_changed_scenario_fails_and_says_why() {
    let cases = [
        ("dead-peer-drop", "times: 3", "times: 2", "once more than line 20 says"),
        (
            "dead-peer-drop",
            "client: ETIMEDOUT",
            "client: ECONNRESET",
            "`client: ECONNRESET` was expected, and `client: ETIMEDOUT` was seen",
        ),
        (
            "dead-peer-power-off",
            "PROBE, times: 3, after: 1s, every: 1s",
            "PROBE, times: 3, after: 1s, every: 2s",
            "early",
        ),
        ("peer-reboot", "client: ECONNRESET", "client: EOF", "`client: EOF` was expected"),
        ("programs", "client: exit 1", "client: exit 0", "`client: exit 0` was expected"),
    ];
    for (name, from, to, why) in cases {
        let run = recorded(name);
        let (code, said) = judge_changed(&run, from, to, &run.folder);
        assert_eq!(code, FAILED, "{name}: {to}: {said}");
        assert!(said.contains(why), "{name}: {to}: {said}");
    }
}

#[test]
fn a_capture_alone_can_not_show_steps_and_outcomes() {
    // A capture without packets is no capture at all.
    for run in recorded::kept().into_iter().filter(|run| !run.record.frames.is_empty()) {
        let (code, said) = judge(&run.scenario, &run.folder.join("capture.pcapng"));
        assert_eq!(code, INCONCLUSIVE, "{}: {said}", run.name);
        let hidden = run.ladder().rungs.iter().any(|rung| !matches!(rung.what, Expected::Segment { .. }));
        assert!(hidden && said.contains("A capture shows segments only"), "{}: {said}", run.name);
        assert!(!said.contains("wrong:"), "{}: {said}", run.name);
    }
}

#[test]
fn a_capture_alone_still_shows_what_is_wrong_with_segments() {
    let run = recorded("dead-peer-drop");
    let (code, said) = judge_changed(&run, "times: 3", "times: 2", &run.folder.join("capture.pcapng"));
    assert_eq!(code, FAILED, "{said}");
    assert!(said.contains("once more than line 20 says"), "{said}");
}

#[test]
fn what_can_not_be_read_is_a_wrong_command() {
    let run = recorded("peer-reboot");
    for record in ["no-such-record", "README.md"] {
        let (code, said) = judge(&run.scenario, &run.folder.join("..").join(record));
        assert_eq!(code, USAGE, "{record}: {said}");
        assert!(said.contains("error: "), "{said}");
    }
}
