//! A file with a matrix on the command line: every command knows its tests by name.

use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

const SCENARIO: &str = "\
title: A probe after ${idle}
matrix: { idle: [1s, 2s], count: [1, 3] }
nodes: { a: host, b: host }
links: [a -- b]
client: { on: a, keepalive: { idle: ${idle}, interval: 1s, count: ${count} } }
server: { on: b }
steps: [connect]
expect:
  - a > b: SYN
  - { b > a: SYN/ACK, as: armed }
  - a > b: ACK
  - { a > b: PROBE, after: ${idle}, since: armed }
  - b > a: PROBE/ACK
";
const NAMES: [&str; 4] = ["m[idle=1s,count=1]", "m[idle=1s,count=3]", "m[idle=2s,count=1]", "m[idle=2s,count=3]"];

fn deadpeer(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_deadpeer")).args(args).current_dir(folder).output().unwrap()
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("m.yaml"), SCENARIO).unwrap();
    folder
}

#[track_caller]
fn told(folder: &Path, args: &[&str], status: i32) -> String {
    let output = deadpeer(folder, args);
    let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    assert_eq!(output.status.code(), Some(status), "{args:?}: {text}");
    text
}

#[test]
fn every_combination_has_a_name_that_filters() {
    let folder = folder();
    let list = |args: &[&str]| told(folder.path(), &[&["list"], args].concat(), 0);
    assert_eq!(list(&["m.yaml"]).lines().collect::<Vec<_>>(), NAMES);
    assert_eq!(list(&["m.yaml", "--filter", "[idle=2s,count=1]"]), "m[idle=2s,count=1]\n");
    assert_eq!(list(&["m.yaml", "--filter", "idle=1s", "--shard", "2/2"]), "m[idle=1s,count=3]\n");
    assert_eq!(told(folder.path(), &["validate"], 0), "4 scenarios, nothing wrong\n");
}

#[test]
fn a_dry_run_has_each_with_its_values() {
    let folder = folder();
    let text = told(folder.path(), &["run", "--dry-run", "--format", "json", "m.yaml"], 0);
    let plans: Vec<Value> = serde_json::from_str(&text).unwrap();
    let names: Vec<&str> = plans.iter().filter_map(|plan| plan["name"].as_str()).collect();
    assert_eq!(names, NAMES);
    let idle = |plan: &Value| {
        let options = plan["client"]["options"].as_array().unwrap().clone();
        options.iter().find(|option| option["name"] == "TCP_KEEPIDLE").unwrap()["value"].as_i64()
    };
    assert_eq!(plans.iter().map(idle).collect::<Vec<_>>(), [Some(1), Some(1), Some(2), Some(2)]);
}

#[test]
fn draw_and_judge_ask_which() {
    let folder = folder();
    let asked = told(folder.path(), &["draw", "m.yaml"], 2);
    assert!(asked.contains("say which with --case: 'idle=1s,count=1' or 'idle=1s,count=3'"), "{asked}");
    let wrong = told(folder.path(), &["draw", "m.yaml", "--case", "idle=1s,count=2"], 2);
    assert!(wrong.contains("did you mean `idle=1s,count=1`?"), "{wrong}");
    for case in ["idle=2s,count=3", "[idle=2s,count=3]"] {
        let full = told(folder.path(), &["draw", "--full", "m.yaml", "--case", case], 0);
        assert!(full.contains("keepalive: { idle: 2s, interval: 1s, count: 3 }") && !full.contains('$'), "{full}");
    }
    fs::write(folder.path().join("plain.yaml"), SCENARIO.replace("${idle}", "1s").replace("${count}", "1")).unwrap();
    let text = fs::read_to_string(folder.path().join("plain.yaml")).unwrap();
    let text: Vec<&str> = text.lines().filter(|line| !line.starts_with("matrix")).collect();
    fs::write(folder.path().join("plain.yaml"), text.join("\n")).unwrap();
    told(folder.path(), &["draw", "plain.yaml"], 0);
    assert!(told(folder.path(), &["draw", "plain.yaml", "--case", "x"], 2).contains("leave `--case` out"));
}

#[test]
fn errors_point_into_the_file_as_it_is() {
    let folder = folder();
    fs::write(folder.path().join("m.yaml"), SCENARIO.replace("${count}", "${cuont}")).unwrap();
    let text = told(folder.path(), &["validate", "m.yaml"], 2);
    assert!(text.contains("m.yaml:5:67") && text.contains("did you mean `${count}`?"), "{text}");
    assert!(text.contains("keepalive: { idle: ${idle}, interval: 1s, count: ${cuont} }"), "{text}");
    assert!(text.contains("the variable `count` stands nowhere"), "{text}");
    assert_eq!(
        told(folder.path(), &["list", "m.yaml"], 0).lines().count(),
        4,
        "the names need no more than the matrix"
    );
}
