//! Many scenarios in one run: which of them run, in what form they are told, and the
//! status that says what they came to. Needs root, or user namespaces.
#![cfg(feature = "netns")]

use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

const DEADPEER: &str = env!("CARGO_BIN_EXE_deadpeer");

/// Files of scenarios that take a fraction of a second each.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let scenario = |second: &str, server: &str| {
        format!(
            "title: A <first> \"look\" & more\nnodes: {{ a: host, b: host }}\nlinks: [a -- b]\nclient: {{ on: a }}\n\
             server: {{ on: b{server} }}\nsteps: [connect]\npatience: 300ms\nexpect:\n  - a > b: SYN\n  - b > a: {second}\n  - ...\n"
        )
    };
    let files = [
        ("pass", scenario("SYN/ACK", "")),
        ("pass-too", scenario("SYN/ACK", "")),
        ("fail", scenario("RST", "")),
        ("skip", scenario("SYN/ACK", ", run: [no-such-program]")),
    ];
    for (name, text) in files {
        fs::write(folder.path().join(format!("{name}.yaml")), text).unwrap();
    }
    folder
}

fn run(folder: &Path, args: &[&str]) -> Output {
    Command::new(DEADPEER).arg("run").args(args).current_dir(folder).output().unwrap()
}

/// The status, and what was printed.
#[track_caller]
fn told(folder: &Path, args: &[&str]) -> (Option<i32>, String) {
    let output = run(folder, args);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(stderr, "", "{args:?}");
    (output.status.code(), String::from_utf8(output.stdout).unwrap())
}

fn lines(text: &str, word: &str) -> usize {
    text.lines().filter(|line| line.starts_with(word)).count()
}

#[test]
fn a_pass_is_0_and_leaves_nothing() {
    let folder = folder();
    let (status, text) = told(folder.path(), &["pass.yaml"]);
    assert_eq!(status, Some(0), "{text}");
    assert!(text.ends_with("1 passed, 0 failed, 0 inconclusive, 0 skipped\n"), "{text}");
    assert!(!folder.path().join("deadpeer-out").exists());
}

#[test]
fn a_failure_is_1_and_leaves_its_evidence() {
    let folder = folder();
    let (status, text) = told(folder.path(), &["pass.yaml", "fail.yaml", "skip.yaml"]);
    assert_eq!(status, Some(1), "{text}");
    assert!(text.contains("deadpeer run fail.yaml") && text.contains("deadpeer-out/fail"), "{text}");
    let out = folder.path().join("deadpeer-out");
    for file in ["record.jsonl", "capture.pcapng", "ladder.txt"] {
        assert!(out.join("fail").join(file).metadata().unwrap().len() > 0, "{file}");
    }
    assert!(!out.join("pass").exists());
    for record in ["deadpeer-out/fail", "deadpeer-out/fail/record.jsonl"] {
        let mut again = Command::new(DEADPEER);
        let again = again.args(["judge", "fail.yaml", record]).current_dir(folder.path()).output().unwrap();
        assert_eq!(again.status.code(), Some(1), "{record}: {}", String::from_utf8_lossy(&again.stderr));
    }
}

#[test]
fn a_record_that_broke_off_is_inconclusive() {
    let folder = folder();
    assert_eq!(run(folder.path(), &["pass.yaml", "--out", "out"]).status.code(), Some(0));
    let capture = folder.path().join("out/pass/capture.pcapng");
    let octets = fs::read(&capture).unwrap();
    let judge = || {
        let mut command = Command::new(DEADPEER);
        command.args(["judge", "pass.yaml", "out/pass"]).current_dir(folder.path()).output().unwrap().status.code()
    };
    assert_eq!(judge(), Some(0));
    let (_, last) = octets.split_at(octets.len() - 400);
    fs::write(&capture, &octets[..octets.len() - last.len()]).unwrap();
    assert_eq!(judge(), Some(3));
}

#[test]
fn skips_are_told_and_can_be_denied() {
    let folder = folder();
    let (status, text) = told(folder.path(), &["pass.yaml", "skip.yaml"]);
    assert_eq!(status, Some(0), "{text}");
    assert!(text.contains("`no-such-program`, which is neither beside deadpeer nor in PATH"), "{text}");
    assert!(text.contains("mend it: install `no-such-program`"), "{text}");
    assert_eq!(told(folder.path(), &["pass.yaml", "skip.yaml", "--deny-skips"]).0, Some(4));
    assert_eq!(told(folder.path(), &["pass.yaml", "--deny-skips"]).0, Some(0));
    assert_eq!(told(folder.path(), &["skip.yaml"]).0, Some(4), "nothing could run");
}

#[test]
fn fail_fast_begins_no_more() {
    let folder = folder();
    let (status, text) = told(folder.path(), &["fail.yaml", "--repeat", "20", "--jobs", "1", "--fail-fast"]);
    assert_eq!(status, Some(1), "{text}");
    assert!(lines(&text, "FAIL") < 20, "{text}");
    let (status, text) = told(folder.path(), &["fail.yaml", "--repeat", "3", "--jobs", "1"]);
    assert_eq!(status, Some(1));
    assert!(text.ends_with("0 passed, 3 failed, 0 inconclusive, 0 skipped\n"), "{text}");
}

#[test]
fn repeats_run_and_keep_their_evidence_apart() {
    let folder = folder();
    let (status, text) = told(folder.path(), &["pass.yaml", "pass.yaml", "--repeat", "2", "--out", "out"]);
    assert_eq!(status, Some(0), "{text}");
    assert_eq!(lines(&text, "PASS"), 4, "{text}");
    for name in ["pass.1", "pass.1~2", "pass.2", "pass.2~2"] {
        assert!(folder.path().join("out").join(name).join("record.jsonl").exists(), "{name}");
    }
}

#[test]
fn filters_and_shards_choose_what_runs() {
    let folder = folder();
    let (status, text) = told(folder.path(), &[".", "--filter", "pass"]);
    assert_eq!((status, lines(&text, "PASS")), (Some(0), 2), "{text}");
    let (_, text) = told(folder.path(), &[".", "--filter", "pass", "--shard", "2/2"]);
    assert_eq!(lines(&text, "PASS"), 1, "{text}");
    assert!(text.contains("pass-too"), "{text}");
    assert_eq!(told(folder.path(), &[".", "--filter", "pass", "--shard", "9/9"]).0, Some(0), "a shard may be empty");
}

#[test]
fn only_short_ones_run_if_asked() {
    let folder = folder();
    let long = fs::read_to_string(folder.path().join("pass.yaml")).unwrap().replace("[connect]", "[connect, wait: 1h]");
    fs::write(folder.path().join("long.yaml"), long).unwrap();
    let (status, text) = told(folder.path(), &["pass.yaml", "long.yaml", "--within", "10s"]);
    assert_eq!((status, lines(&text, "PASS")), (Some(0), 1), "{text}");
    let output = run(folder.path(), &["long.yaml", "--within", "10s"]);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{stderr}");
    assert!(stderr.contains("no scenario takes only 10s: the shortest takes 1h 0.3s"), "{stderr}");
}

#[test]
fn json_is_one_document() {
    let folder = folder();
    let (status, text) = told(folder.path(), &[".", "--format", "json"]);
    assert_eq!(status, Some(1));
    let value: Value = serde_json::from_str(&text).unwrap();
    let counts = ["passed", "failed", "inconclusive", "skipped"].map(|name| value[name].as_u64());
    assert_eq!(counts, [Some(2), Some(1), Some(0), Some(1)], "{text}");
}

#[test]
fn junit_is_well_formed() {
    let folder = folder();
    let (status, text) = told(folder.path(), &[".", "--format", "junit"]);
    assert_eq!(status, Some(1));
    fs::write(folder.path().join("junit.xml"), &text).unwrap();
    let script = "import sys, xml.etree.ElementTree as t; r = t.parse('junit.xml').getroot(); \
        print(len(r.findall('.//testcase')), len(r.findall('.//failure')), len(r.findall('.//skipped')))";
    match Command::new("python3").args(["-c", script]).current_dir(folder.path()).output() {
        Ok(read) => assert_eq!(String::from_utf8_lossy(&read.stdout), "4 1 1\n", "{text}"),
        Err(_) => eprintln!("not parsed: there is no python3"),
    }
}

#[test]
fn github_gets_a_line_for_each_finding() {
    let folder = folder();
    let (status, text) = told(folder.path(), &[".", "--format", "github"]);
    assert_eq!(status, Some(1));
    assert!(text.contains("::error file=") && text.contains("fail.yaml,line=10,"), "{text}");
    assert!(text.contains("::notice title=skip::"), "{text}");
    assert!(text.lines().all(|line| line.starts_with("::")), "{text}");
}

#[test]
fn a_reader_that_goes_away_gets_the_status_all_the_same() {
    let folder = folder();
    let status = |file: &str| {
        let mut command = Command::new(DEADPEER);
        command.args(["run", file]).current_dir(folder.path()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stderr), "");
        output.status.code()
    };
    assert_eq!(status("pass.yaml"), Some(0));
    assert_eq!(status("fail.yaml"), Some(1));
}

#[test]
fn on_a_terminal_there_is_a_line_of_progress_that_goes_away() {
    let folder = folder();
    // script(1) lends the run a terminal.
    let args = format!("{DEADPEER} run pass.yaml --repeat 40 --jobs 1");
    let mut script = Command::new("script");
    script.args(["-qec", &args, "/dev/null"]).current_dir(folder.path()).stdin(Stdio::null()).env("TERM", "xterm");
    let Ok(output) = script.output() else {
        eprintln!("skipped: there is no script(1)");
        return;
    };
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.contains(" of 40 done"), "{text}");
    assert!(text.contains("40 passed, 0 failed"), "{text}");
    let (_, piped) = told(folder.path(), &["pass.yaml"]);
    assert!(!piped.contains("done"), "{piped}");
}

/// Each combination is a test of its own: in the lines, in JUnit, in its evidence, and in
/// the command that runs it again.
#[test]
fn a_matrix_is_told_test_by_test() {
    let folder = tempfile::tempdir().unwrap();
    let text = "title: t\nmatrix: { label: [SYN/ACK, RST] }\nnodes: { a: host, b: host }\nlinks: [a -- b]\n\
                client: { on: a }\nserver: { on: b }\nsteps: [connect]\npatience: 300ms\nexpect:\n  - a > b: SYN\n  \
                - b > a: ${label}\n  - ...\n";
    fs::write(folder.path().join("m.yaml"), text).unwrap();
    let (status, text) = told(folder.path(), &["m.yaml", "--out", "out"]);
    assert_eq!(status, Some(1), "{text}");
    let mut fails = text.lines().filter(|line| line.starts_with("FAIL "));
    assert!(fails.all(|line| line.contains("m[label=RST]")), "{text}");
    assert!(text.contains("again     deadpeer run m.yaml --filter '[label=RST]'"), "{text}");
    assert!(folder.path().join("out/m[label=RST]/record.jsonl").is_file());
    assert!(folder.path().join("out/m[label=SYN_ACK]/record.jsonl").is_file());

    let (status, junit) = told(folder.path(), &["m.yaml", "--format", "junit"]);
    assert_eq!(status, Some(1));
    assert!(junit.contains("m[label=RST]") && junit.contains("m[label=SYN_ACK]"), "{junit}");
    let (status, _) = told(folder.path(), &["m.yaml", "--filter", "[label=SYN_ACK]"]);
    assert_eq!(status, Some(0), "the other combination is not run");

    let judge = |args: &[&str]| {
        let output = Command::new(DEADPEER).arg("judge").args(args).current_dir(folder.path()).output().unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    };
    let (status, text) = judge(&["m.yaml", "out/m[label=SYN_ACK]"]);
    assert_eq!(status, Some(0), "the record says which it is: {text}");
    assert_eq!(judge(&["m.yaml", "out/m[label=SYN_ACK]", "--case", "label=RST"]).0, Some(1));
}
