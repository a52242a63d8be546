//! Whatever is wrong with what deadpeer is given: it says what, where, and what mends
//! it, all at once and quickly, and ends with status 2.

use std::fs::{self, File};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

const DEADPEER: &str = env!("CARGO_BIN_EXE_deadpeer");

/// Nothing that is refused is worked on for long; the machine may be busy.
const QUICK: Duration = Duration::from_secs(5);

const GOOD: &str = "\
title: All is well
nodes: { alpha: host, beta: host }
links: [alpha -- beta]
client: { on: alpha }
server: { on: beta, port: 5050 }
steps: [connect]
expect:
  - alpha > beta: SYN
  - ...
";

fn deadpeer(args: &[&str], folder: &Path) -> Output {
    let began = Instant::now();
    let output = Command::new(DEADPEER).args(args).current_dir(folder).output().unwrap();
    assert!(began.elapsed() < QUICK, "{args:?} took {:?}", began.elapsed());
    output
}

/// What deadpeer says of this command line, which it must refuse.
#[track_caller]
fn refused(args: &[&str], folder: &Path) -> String {
    let output = deadpeer(args, folder);
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{args:?}: {stderr}");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "", "{args:?}");
    assert!(stderr.starts_with("error: "), "{stderr}");
    assert!(!stderr.contains("panicked") && !stderr.contains("deadpeer itself failed"), "{stderr}");
    stderr
}

#[track_caller]
fn holds(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "{part:?} is not in\n{text}");
    }
}

fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, octets) in files {
        fs::write(folder.path().join(name), octets).unwrap();
    }
    folder
}

/// What deadpeer says of a file with this text.
#[track_caller]
fn wrong(text: impl AsRef<[u8]>) -> String {
    let folder = folder(&[("x.yaml", text.as_ref())]);
    refused(&["validate", "x.yaml"], folder.path())
}

/// What deadpeer says of the good file with `old` replaced.
#[track_caller]
fn changed(old: &str, new: &str) -> String {
    assert!(GOOD.contains(old));
    wrong(GOOD.replacen(old, new, 1))
}

#[test]
fn the_file_all_others_are_made_of_is_good() {
    let folder = folder(&[("x.yaml", GOOD.as_bytes())]);
    let output = deadpeer(&["validate", "x.yaml"], folder.path());
    assert_eq!(String::from_utf8_lossy(&output.stdout), "1 scenario, nothing wrong\n");
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn a_mistake_in_the_yaml_is_shown_where_it_is() {
    let told = changed("[alpha -- beta]", "[alpha -- beta");
    holds(&told, &["error: not YAML: ", "--> x.yaml:", "help: "]);
}

#[test]
fn an_unknown_key_names_the_nearest() {
    let told = changed("port:", "prot:");
    let expected = "\
error: unknown key of an endpoint: `prot`
 --> x.yaml:5:21
  |
5 | server: { on: beta, prot: 5050 }
  |                     ^^^^
  |
  = help: did you mean `port`?
";
    assert_eq!(told, expected);
}

#[test]
fn an_unknown_node_names_the_nearest() {
    let told = changed("on: alpha", "on: alhpa");
    holds(&told, &["unknown node `alhpa`", "--> x.yaml:4:15", "did you mean `alpha`?"]);
}

#[test]
fn a_link_to_itself_is_refused() {
    let told = changed("alpha -- beta]", "alpha -- beta, beta -- beta]");
    holds(&told, &["a link from beta to itself", "--> x.yaml:3:", "name the other one"]);
}

#[test]
fn doubled_names_are_refused() {
    let told = changed("beta: host", "beta: host, alpha: host");
    holds(&told, &["`alpha` stands here a second time", "--> x.yaml:2:", "keep one of the two"]);
    let told = changed("title:", "title: One\ntitle:");
    holds(&told, &["`title` stands here a second time", "--> x.yaml:2:1"]);
    let told = changed("steps: [connect]", "steps:\n  - connect\n  - { wait: 1s, as: w }\n  - { wait: 1s, as: w }");
    holds(&told, &["`w`", "--> x.yaml:9:", "help: "]);
}

#[test]
fn values_out_of_the_kernels_limits_are_refused() {
    let keepalive = |settings: &str| changed("on: alpha", &format!("on: alpha, keepalive: {{ {settings} }}"));
    for (settings, column, limits) in [
        ("idle: 0s", 41, "1s to 32767s"),
        ("idle: 32768s", 41, "1s to 32767s"),
        ("interval: 0s", 45, "1s to 32767s"),
        ("interval: 9h 6m 8s", 45, "1s to 32767s"),
        ("count: 0", 42, "1 to 127"),
        ("count: 128", 42, "1 to 127"),
        ("idle: 1500ms", 41, "1s to 32767s"),
    ] {
        holds(&keepalive(settings), &[&format!("--> x.yaml:4:{column}"), limits]);
    }
    for port in ["0", "65536", "-1", "http"] {
        holds(&changed("5050", port), &["--> x.yaml:5:27", "from 1 to 65535"]);
    }
}

#[test]
fn the_kernels_limits_themselves_are_good() {
    let keepalive = "on: alpha, keepalive: { idle: 32767s, interval: 1s, count: 127 }";
    let text = GOOD.replace("on: alpha", keepalive).replace("5050", "65535");
    let folder = folder(&[("x.yaml", text.as_bytes())]);
    assert_eq!(deadpeer(&["validate", "x.yaml"], folder.path()).status.code(), Some(0));
}

#[test]
fn durations_that_are_none_are_refused() {
    for duration in ["soon", "5 parsecs", "-1s", "1", "99999999999999999999s", "1e9s", "''"] {
        let told = changed("steps: [connect]", &format!("steps: [connect, {{ wait: {duration} }}]"));
        holds(&told, &["--> x.yaml:6:26", "help: "]);
    }
}

#[test]
fn unknown_labels_steps_and_roles_name_the_nearest() {
    holds(&changed("beta: SYN", "beta: SYM"), &["unknown label `SYM`", "did you mean `SYN`?"]);
    holds(&changed("[connect]", "[conect]"), &["unknown step `conect`", "did you mean `connect`?"]);
    holds(&changed("beta: host", "beta: hsot"), &["unknown role `hsot`", "did you mean `host`?"]);
}

#[test]
fn everything_is_told_at_once_in_the_order_of_the_file() {
    let text = GOOD
        .replace("beta: host", "beta: hots")
        .replace("on: alpha", "on: gamma")
        .replace("5050", "0")
        .replace("SYN", "SYM");
    let told = wrong(text);
    let places: Vec<&str> = told.lines().filter_map(|line| line.trim_start().strip_prefix("--> x.yaml:")).collect();
    let lines: Vec<&str> = places.iter().filter_map(|place| place.split(':').next()).collect();
    assert_eq!(lines, ["2", "4", "5", "8"], "{told}");
}

#[test]
fn all_files_are_told_at_once() {
    let folder = folder(&[("a.yaml", b""), ("b.yaml", GOOD.as_bytes()), ("c.yaml", b"title: x: y")]);
    let told = refused(&["validate", "."], folder.path());
    holds(&told, &["./a.yaml", "./c.yaml"]);
    assert!(!told.contains("b.yaml"), "{told}");
    let told = refused(&["run", "a.yaml", "nowhere.yaml", "nothing.yaml"], folder.path());
    holds(&told, &["nowhere.yaml", "nothing.yaml"]);
}

#[test]
fn a_figures_unknown_mark_is_shown_where_it_is() {
    let figure = "title: A figure\nfigure: |\n   _____        _____\n  |  A  |      |  B  |\n     |--->- SYN ->---|\n     |<--- flux capacitor\n";
    holds(&wrong(figure), &["unknown note `flux capacitor`", "--> x.yaml:6:", "help: known are"]);
}

#[test]
fn files_that_are_no_scenarios_are_refused_quickly() {
    holds(&wrong(""), &["x.yaml", "the file is empty", "deadpeer new"]);
    holds(&wrong("\n\n# nothing\n"), &["x.yaml", "help: "]);
    holds(&wrong([0xb7, 0xd2, 0x00, 0xff]), &["--> x.yaml:1:1", "not UTF-8", "save it in that encoding"]);
    holds(&wrong("title: \u{0}\n"), &["--> x.yaml:1:", "help: "]);
    holds(&wrong("a".repeat(10 << 20)), &["10485760 octets", "may have 1048576"]);
    holds(&wrong(format!("title: {}", "[".repeat(100_000))), &["--> x.yaml:1:", "help: "]);
}

/// No randomness that can't be had again: a xorshift with fixed seeds.
#[test]
fn random_octets_are_refused() {
    for seed in 1..=8u64 {
        let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let octets = (0..4096).map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state.to_le_bytes()[0]
        });
        holds(&wrong(octets.collect::<Vec<u8>>()), &["x.yaml", "help: "]);
    }
}

#[test]
fn a_yaml_bomb_does_not_go_off() {
    let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let before = format!("*a{}, ", level - 1).repeat(10);
        text += &format!("a{level}: &a{level} [{before}]\n");
    }
    holds(&wrong(text), &["--> x.yaml:", "aliases", "help: "]);
}

#[test]
fn paths_that_hold_no_scenario_are_refused() {
    let folder = folder(&[("notes.md", b"x"), ("dir.md", b"x")]);
    fs::create_dir(folder.path().join("empty")).unwrap();
    let told = refused(&["list", "none.yaml", "notes.md", "empty", "/dev/null"], folder.path());
    let lines: Vec<&str> = told.lines().collect();
    let [missing, other, empty, device] = lines[..] else { panic!("{told}") };
    holds(missing, &["error: none.yaml: No such file", "give a scenario file, or a folder"]);
    holds(other, &["error: notes.md: not a scenario", "ends in `.yaml`"]);
    holds(empty, &["error: empty: no scenario in this folder", "end in `.yaml`"]);
    holds(device, &["error: /dev/null: not a file"]);
}

#[test]
fn a_pipe_is_not_waited_for() {
    let folder = folder(&[]);
    let pipe = folder.path().join("pipe.yaml");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    holds(&refused(&["validate", "pipe.yaml"], folder.path()), &["pipe.yaml: not a file"]);
    holds(&refused(&["validate", "."], folder.path()), &["no scenario in this folder"]);
}

#[test]
fn loops_of_links_end() {
    let folder = folder(&[("a.yaml", GOOD.as_bytes())]);
    symlink(".", folder.path().join("again")).unwrap();
    symlink("self.yaml", folder.path().join("self.yaml")).unwrap();
    let output = deadpeer(&["list", "."], folder.path());
    assert_eq!(String::from_utf8_lossy(&output.stdout), "a\nself\n");
    let told = refused(&["validate", "."], folder.path());
    holds(&told, &["./self.yaml: Too many levels of symbolic links", "that can be read"]);
}

#[test]
fn an_unreadable_file_is_told_as_such() {
    let folder = folder(&[("x.yaml", GOOD.as_bytes())]);
    let file = folder.path().join("x.yaml");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o0)).unwrap();
    if fs::read(&file).is_ok() {
        eprintln!("skipped: to root every file is readable");
        return;
    }
    holds(&refused(&["validate", "x.yaml"], folder.path()), &["x.yaml: Permission denied", "that can be read"]);
}

#[test]
fn wrong_options_say_what_is_right() {
    let folder = folder(&[("x.yaml", GOOD.as_bytes())]);
    let cases: [(&[&str], &[&str]); 12] = [
        (&["run", "--shard", "5/4"], &["'5/4'", "--shard", "1 <= I <= N"]),
        (&["run", "--shard", "0/4"], &["'0/4'", "1 <= I <= N"]),
        (&["run", "--shard", "x"], &["'x'", "such as 2/4"]),
        (&["run", "--jobs", "0"], &["--jobs", "at least 1"]),
        (&["run", "--repeat", "-1"], &["-1"]),
        (&["run", "--format", "xml"], &["'xml'", "junit"]),
        (&["run", "--clock", "mine"], &["'mine'", "virtual"]),
        (&["frobnicate"], &["'frobnicate'", "--help"]),
        (&["lst"], &["'lst'", "'list'"]),
        (&["run", "--filter", "zzz", "."], &["no scenario's name contains `zzz`", "deadpeer list"]),
        (&["run", "--dry-run", "--format", "junit", "x.yaml"], &["no such form", "human or json"]),
        (&["new", "novel"], &["'novel'", "dead-peer"]),
    ];
    for (args, parts) in cases {
        holds(&refused(args, folder.path()), parts);
    }
}

#[test]
fn predict_tells_every_wrong_value() {
    let folder = folder(&[]);
    let told = refused(&["predict", "--idle", "0s", "--interval", "1500ms", "--count", "128"], folder.path());
    let expected = "\
error: --idle 0s: write whole seconds from 1 to 32767
error: --interval 1.5s: write whole seconds from 1 to 32767
error: --count 128: write a number from 1 to 127
";
    assert_eq!(told, expected);
    for args in [["--idle", "soon"], ["--count", "many"], ["--hz", "0"], ["--user-timeout", "40d"]] {
        holds(&refused(&[&["predict"], &args[..]].concat(), folder.path()), &[args[0]]);
    }
}

#[test]
fn judge_tells_what_is_wrong_with_a_record() {
    let folder = folder(&[("x.yaml", GOOD.as_bytes()), ("x.pcap", b"no capture"), ("empty.pcap", b"")]);
    fs::create_dir(folder.path().join("bare")).unwrap();
    fs::create_dir(folder.path().join("garbage")).unwrap();
    fs::write(folder.path().join("garbage/record.jsonl"), "{ not a record\n").unwrap();
    let judge = |record: &str| refused(&["judge", "x.yaml", record], folder.path());
    let remedy = "give a run's folder under --out, or a capture file";
    holds(&judge("nowhere"), &["`nowhere`", "No such file", remedy]);
    holds(&judge("bare"), &["`bare/record.jsonl`", "No such file", remedy]);
    holds(&judge("garbage"), &["`garbage/record.jsonl`", "first line", remedy]);
    holds(&judge("x.pcap"), &["`x.pcap`", "neither pcap nor pcapng"]);
    holds(&judge("empty.pcap"), &["`empty.pcap`", "error: failed to read"]);
    let told = refused(&["judge", "none.yaml", "bare"], folder.path());
    holds(&told, &["none.yaml: No such file"]);
}

#[test]
fn a_closed_pipe_is_no_error() {
    let folder = folder(&[("x.yaml", GOOD.as_bytes())]);
    let commands: [&[&str]; 5] =
        [&["schema"], &["list", "."], &["predict"], &["run", "--dry-run", "x.yaml"], &["draw", "--full", "x.yaml"]];
    for args in commands {
        let mut command = Command::new(DEADPEER);
        command.args(args).current_dir(folder.path()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{args:?}");
        assert_eq!(output.status.code(), Some(0), "{args:?}");
    }
}

#[test]
fn a_closed_standard_error_is_no_fault() {
    let mut command = Command::new(DEADPEER);
    command.args(["list", "nowhere"]).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    drop(child.stderr.take());
    assert_eq!(child.wait().unwrap().code(), Some(2));
}

#[test]
fn a_full_disk_is_told() {
    let folder = folder(&[("x.yaml", GOOD.as_bytes())]);
    let commands: [&[&str]; 4] = [&["schema"], &["list", "."], &["predict"], &["run", "--dry-run", "x.yaml"]];
    for args in commands {
        let full = File::options().write(true).open("/dev/full").unwrap();
        let output = Command::new(DEADPEER).args(args).current_dir(folder.path()).stdout(full).output().unwrap();
        let told = String::from_utf8_lossy(&output.stderr);
        holds(&told, &["error: failed to write to standard output: No space left on device", "send it elsewhere"]);
        assert_eq!(output.status.code(), Some(2), "{args:?}");
    }
}

#[test]
fn a_place_that_takes_no_evidence_is_told_before_anything_runs() {
    let folder = folder(&[("x.yaml", GOOD.as_bytes()), ("taken", b"")]);
    for out in ["taken", "taken/below", "/proc/nowhere", "/dev/null"] {
        let told = refused(&["run", "x.yaml", "--out", out], folder.path());
        holds(&told, &[&format!("the evidence can't be kept in {out}: "), "--out DIR"]);
    }
    let read_only = folder.path().join("read-only");
    fs::create_dir(&read_only).unwrap();
    fs::set_permissions(&read_only, fs::Permissions::from_mode(0o555)).unwrap();
    if fs::write(read_only.join("probe"), "").is_ok() {
        eprintln!("skipped: to root every folder is writable");
        return;
    }
    let path: PathBuf = read_only.join("out");
    holds(&refused(&["run", "x.yaml", "--out", path.to_str().unwrap()], folder.path()), &["Permission denied"]);
}
