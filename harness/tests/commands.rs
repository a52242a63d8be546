//! What the commands that run no lab print, and the status they end with.

use deadpeer::scenario;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const DEADPEER: &str = env!("CARGO_BIN_EXE_deadpeer");

fn scenarios() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios")
}

fn deadpeer(args: &[&str]) -> Output {
    Command::new(DEADPEER).args(args).current_dir(scenarios()).output().unwrap()
}

/// What a command that must succeed prints.
#[track_caller]
fn printed(args: &[&str]) -> String {
    let output = deadpeer(args);
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!((output.status.code(), stderr.as_str()), (Some(0), ""), "{args:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[track_caller]
fn holds(text: &str, lines: &[&str]) {
    for line in lines {
        assert!(text.lines().any(|one| one.trim() == *line), "no line {line:?} in\n{text}");
    }
}

#[test]
fn help_names_every_command_and_the_version_is_the_crates() {
    let help = printed(&["--help"]);
    for command in
        ["run", "list", "validate", "judge", "predict", "draw", "new", "schema", "presets", "survive", "doctor"]
    {
        assert!(help.lines().any(|line| line.trim_start().starts_with(command)), "{command} in\n{help}");
        printed(&[command, "--help"]);
    }
    assert_eq!(printed(&["--version"]), concat!("deadpeer ", env!("CARGO_PKG_VERSION"), "\n"));
}

#[test]
fn no_command_at_all_is_a_wrong_command_line() {
    assert_eq!(deadpeer(&[]).status.code(), Some(2));
}

#[test]
fn list_gives_names_below_the_folder_in_order() {
    let text = printed(&["list", "."]);
    let names: Vec<&str> = text.lines().collect();
    assert!(names.contains(&"article/peer-reboot") && names.contains(&"article/dead-peer-drop"), "{text}");
    assert_eq!(printed(&["list", "article/peer-reboot.yaml"]), "peer-reboot\n");
    assert_eq!(printed(&["list", "."]), text, "the order is always the same");
}

#[test]
fn what_can_not_have_its_effect_is_told_and_is_no_error() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("doubtful.yaml");
    let scenario = "title: t\nnodes: { a: host, b: host }\nlinks: [a -- b]\nclient: { on: a }\nserver: { on: b }\n\
        steps:\n  - connect\n  - drop: { on: b, flags: [SYN] }\nexpect:\n  - a > b: SYN\n";
    fs::write(&path, scenario).unwrap();
    let path = path.to_str().unwrap();
    let warning = "no segment with SYN comes any more once there is a connection; move the step above `connect`";
    let output = deadpeer(&["validate", path]);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&output.stderr), format!("warning: {path}:8: {warning}\n"));
    holds(&printed(&["run", "--dry-run", path]), &[&format!("line 8: {warning}")]);
    let plans: Value = serde_json::from_str(&printed(&["run", "--dry-run", "--format", "json", path])).unwrap();
    assert_eq!(plans[0]["warnings"][0]["line"], 8);
}

/// Those that show just what is warned of, and one whose loss is undone before it matters.
const WARNED: [&str; 3] = [
    "claims/user-timeout-alone-never-ends-an-idle-connection.yaml",
    "nat/unanswered-data-shortens-memory.yaml",
    "silence/user-timeout-alone.yaml",
];

#[test]
fn no_other_scenario_of_ours_is_warned_of() {
    let output = deadpeer(&["validate", "."]);
    assert_eq!(output.status.code(), Some(0));
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    let mut lines: Vec<&str> = told.lines().collect();
    lines.sort_unstable();
    assert_eq!(lines.len(), WARNED.len(), "{told}");
    for (line, name) in lines.iter().zip(WARNED) {
        assert!(line.contains(name), "{told}");
    }
}

#[test]
fn a_filter_chooses_and_shards_part() {
    let all = printed(&["list", "."]);
    let filtered = printed(&["list", ".", "--filter", "dead-peer"]);
    let expected: Vec<&str> = all.lines().filter(|name| name.contains("dead-peer")).collect();
    assert_eq!(filtered.lines().collect::<Vec<_>>(), expected);
    let shards = ["1/3", "2/3", "3/3"].map(|shard| printed(&["list", ".", "--shard", shard]));
    let mut names: Vec<&str> = shards.iter().flat_map(|shard| shard.lines()).collect();
    names.sort_unstable();
    let mut every: Vec<&str> = all.lines().collect();
    every.sort_unstable();
    assert_eq!(names, every, "each scenario is in one shard, and in one only");
}

#[test]
fn validate_counts_what_is_right() {
    let count = printed(&["list", "article"]).lines().count();
    assert_eq!(printed(&["validate", "article"]), format!("{count} scenarios, nothing wrong\n"));
}

#[test]
fn a_dry_run_draws_and_describes() {
    let text = printed(&["run", "--dry-run", "article/nat-table-drop.yaml"]);
    let head = "\
nat-table-drop: A NAT forgets the connection; what A sends then dies there

 +------+                          +-----+                          +------+
 | a    | to-nat              to-a | nat | to-b              to-nat | b    |
 | host |--------------------------| nat |--------------------------| host |
 +------+ 10.0.0.1/24  10.0.0.2/24 +-----+ 10.0.1.2/24  10.0.1.3/24 +------+

interfaces
";
    assert!(text.starts_with(head), "{text}");
    holds(
        &text,
        &[
            "a  10.0.1.0/24 via 10.0.0.2",
            "ct state invalid counter drop",
            "server  on b  10.0.1.3 port 5050",
            "2.  line 19  flush_nat  nat forgets all connections",
            "line 21  a > b: PSH, lost at nat",
        ],
    );
}

#[test]
fn a_dry_run_of_several_is_one_json_document() {
    let text = printed(&["run", "--dry-run", "--format", "json", "article"]);
    let plans: Vec<Value> = serde_json::from_str(&text).unwrap();
    assert_eq!(plans.len(), printed(&["list", "article"]).lines().count());
    let names: Vec<&str> = plans.iter().filter_map(|plan| plan["name"].as_str()).collect();
    assert!(names.contains(&"peer-reboot"), "{names:?}");
}

#[test]
fn a_dry_run_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let file = scenarios().join("article/peer-reboot.yaml");
    let mut command = Command::new(DEADPEER);
    command.args(["run", "--dry-run"]).arg(file).current_dir(folder.path());
    assert!(command.output().unwrap().status.success());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn both_drawings_mean_the_same() {
    let expect = |text: &str| {
        let scenario = scenario::parse("drawn.yaml", text.as_bytes());
        let scenario = scenario.unwrap_or_else(|failure| panic!("{text}\n{}", failure.render(false)));
        scenario.expect.iter().map(|line| scenario::rung_text(&line.what)).collect::<Vec<_>>()
    };
    for name in ["article/peer-reboot.yaml", "article/nat-table-drop.yaml", "article/dead-peer-power-off.yaml"] {
        let file = fs::read_to_string(scenarios().join(name)).unwrap();
        let figure = printed(&["draw", name]);
        assert!(figure.contains("figure: |"), "{figure}");
        let full = printed(&["draw", "--full", name]);
        assert!(full.contains("\nexpect:\n"), "{full}");
        assert_eq!(expect(&figure), expect(&file), "{name}");
        assert_eq!(expect(&full), expect(&file), "{name}");
    }
}

#[test]
fn every_template_is_a_valid_scenario() {
    let folder = tempfile::tempdir().unwrap();
    for template in ["dead-peer", "reboot", "nat", "figure", "program"] {
        let file = folder.path().join(format!("{template}.yaml"));
        fs::write(&file, printed(&["new", template])).unwrap();
        assert_eq!(printed(&["validate", file.to_str().unwrap()]), "1 scenario, nothing wrong\n", "{template}");
    }
    assert_eq!(printed(&["new"]), printed(&["new", "dead-peer"]));
}

#[test]
fn the_schema_is_one_that_editors_take() {
    let schema: Value = serde_json::from_str(&printed(&["schema"])).unwrap();
    assert!(schema["$schema"].as_str().is_some_and(|uri| uri.contains("json-schema.org")), "{schema}");
    let title = &schema["properties"]["title"];
    assert!(title["description"].as_str().is_some_and(|text| text.contains("sentence")), "{title}");
}

#[test]
fn predict_gives_the_kernels_timetable() {
    let text = printed(&["predict", "--idle", "1s", "--interval", "1s", "--count", "3", "--hz", "250"]);
    holds(&text, &["idle 1 s, interval 1 s, count 3; HZ=250"]);
    let probes = text.lines().filter(|line| line.trim_start().starts_with("probe ")).count();
    assert_eq!(probes, 3, "{text}");
    assert!(text.contains("ETIMEDOUT"), "{text}");
    let json = printed(&["predict", "--idle", "1s", "--interval", "1s", "--count", "3", "--hz", "250", "--json"]);
    serde_json::from_str::<Value>(&json).unwrap();
}

#[test]
fn doctor_names_what_it_looked_at_and_mends_what_is_lacking() {
    let output = deadpeer(&["doctor"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    let lacking = text.lines().filter(|line| line.starts_with("lacking  ")).count();
    let expected = if lacking > 0 { 4 } else { 0 };
    assert_eq!(output.status.code(), Some(expected), "{text}");
    let told = |word: &str| text.lines().filter(|line| line.starts_with(word)).count();
    let mends = text.lines().filter(|line| line.trim_start().starts_with("mend it: ")).count();
    assert_eq!(mends, lacking + told("without  "), "{text}");
    if cfg!(feature = "netns") {
        assert!(text.contains("  privilege  ") && text.contains("  kernel timers  "), "{text}");
    } else {
        assert!(text.contains("cargo build --features netns"), "{text}");
    }
}

#[test]
fn without_the_feature_a_run_says_how_to_get_it() {
    if cfg!(feature = "netns") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let file = scenarios().join("article/peer-reboot.yaml");
    let output = Command::new(DEADPEER).arg("run").arg(file).current_dir(folder.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(4));
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(stderr.starts_with("error: failed to use a lab: ") && stderr.contains("--features netns"), "{stderr}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "no empty folder is left");
}
