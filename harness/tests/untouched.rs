//! The caller's machine is as it was before, however a run ends.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

const DEADPEER: &str = env!("CARGO_BIN_EXE_deadpeer");

fn scenarios(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios").join(path)
}

fn output(program: &str, args: &[&str]) -> String {
    let output = Command::new(program).args(args).output();
    let output = output.unwrap_or_else(|error| panic!("{program} {args:?}: {error}"));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Everything of the machine that a lab might have changed.
fn machine() -> Vec<(String, String)> {
    let mut facts = Vec::new();
    for args in [["link", "show"], ["rule", "show"], ["netns", "list"]] {
        facts.push((format!("ip {}", args.join(" ")), output("ip", &args)));
    }
    // Without the remaining lifetimes, which count down.
    facts.push(("ip addr".into(), output("ip", &["-br", "addr"])));
    facts.push(("ip route".into(), output("ip", &["route", "show", "table", "all"])));
    facts.push(("nft".into(), output("nft", &["list", "ruleset"])));
    for entry in fs::read_dir("/proc/sys/net/ipv4").unwrap().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with("tcp_") || name.starts_with("ip_forward") {
            let value = fs::read_to_string(entry.path()).unwrap_or_default();
            facts.push((name, value));
        }
    }
    facts.sort();
    facts
}

/// Network namespaces that any thread of these processes is in.
fn namespaces(processes: &[PathBuf]) -> BTreeSet<PathBuf> {
    let tasks = processes.iter().flat_map(|process| numbered(process.join("task")));
    tasks.filter_map(|task| fs::read_link(task.join("ns/net")).ok()).collect()
}

fn numbered(folder: impl AsRef<Path>) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let number = |path: &PathBuf| path.file_name().is_some_and(|n| n.to_string_lossy().parse::<u32>().is_ok());
    entries.map(|entry| entry.path()).filter(number).collect()
}

/// Processes that a run with this marker in its environment started, itself included.
fn marked(marker: &str) -> Vec<PathBuf> {
    let has = |process: &PathBuf| {
        let environ = fs::read(process.join("environ")).unwrap_or_default();
        environ.windows(marker.len()).any(|window| window == marker.as_bytes())
    };
    numbered("/proc").into_iter().filter(has).collect()
}

fn start(marker: &str, args: &[&str], out: &Path) -> Child {
    let (name, value) = marker.split_once('=').unwrap();
    let mut command = Command::new(DEADPEER);
    command.arg("run").args(args).arg("--out").arg(out).env(name, value);
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

/// Waits until `gone` holds; what is still there if it does not within a second.
fn within_a_second(what: &str, gone: impl Fn() -> bool) {
    let limit = Instant::now() + Duration::from_secs(1);
    while !gone() {
        assert!(Instant::now() < limit, "{what} a second later");
        thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_run_leaves_the_machine_as_it_was() {
    let before = machine();
    let out = tempfile::tempdir().unwrap();
    let status = Command::new(DEADPEER)
        .arg("run")
        .args([scenarios("article/peer-reboot.yaml"), scenarios("article/nat-table-drop-loose.yaml")])
        .args(["--out".as_ref(), out.path()])
        .status()
        .unwrap();
    assert!(status.success());
    assert_eq!(machine(), before);
}

/// Waits until this run's threads are in at least so many namespaces; gives them.
fn once_it_has(run: &Child, least: usize, own: &BTreeSet<PathBuf>) -> BTreeSet<PathBuf> {
    let limit = Instant::now() + Duration::from_secs(60);
    loop {
        let made = &namespaces(&[PathBuf::from(format!("/proc/{}", run.id()))]) - own;
        if made.len() >= least {
            return made;
        }
        assert!(Instant::now() < limit, "{} namespaces after a minute, and not {least}", made.len());
    }
}

/// How many namespaces the article's labs have at least, all together.
const LABS: u64 = 25;

#[test]
fn sigkill_at_any_moment_leaves_nothing_behind() {
    let own = namespaces(&[PathBuf::from("/proc/self")]);
    let links = output("ip", &["-br", "link"]);
    let article = scenarios("article");
    let out = tempfile::tempdir().unwrap();
    for moment in 0..50u64 {
        let marker = format!("DEADPEER_TEST_MARK=kill{}-{moment}", std::process::id());
        // In real time all labs are here; what a guest leaves is tested with the guests.
        let mut child = start(&marker, &["--clock", "real", article.to_str().unwrap()], out.path());
        // While the labs are built: with each number of namespaces once; and then while they run.
        let least = usize::try_from(moment.min(LABS)).unwrap();
        let mut made = once_it_has(&child, least, &own);
        thread::sleep(Duration::from_millis(40 * moment.saturating_sub(LABS)));
        made.append(&mut (&namespaces(&marked(&marker)) - &own));
        child.kill().unwrap();
        child.wait().unwrap();
        within_a_second("a process is left", || marked(&marker).is_empty());
        // Other labs on this machine are none of our business.
        within_a_second("a namespace is left", || namespaces(&numbered("/proc")).is_disjoint(&made));
        assert_eq!(output("ip", &["-br", "link"]), links);
    }
}

#[test]
fn an_interrupt_ends_a_run_within_a_second_and_keeps_the_record() {
    let out = tempfile::tempdir().unwrap();
    let mut child = Command::new(DEADPEER)
        .arg("run")
        .arg(scenarios("article/dead-peer-drop.yaml"))
        .args(["--out".as_ref(), out.path()])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let record = out.path().join("dead-peer-drop/record.jsonl");
    let limit = Instant::now() + Duration::from_secs(10);
    let connected = |text: &str| text.contains("\"connected\"");
    while !fs::read_to_string(&record).is_ok_and(|text| connected(&text)) {
        assert!(Instant::now() < limit, "no connection within 10 s");
        thread::sleep(Duration::from_millis(5));
    }
    let interrupted = Instant::now();
    let pid = child.id().to_string();
    assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
    let status = child.wait().unwrap();
    assert!(interrupted.elapsed() < Duration::from_secs(1), "{:?}", interrupted.elapsed());
    assert_eq!(status.code(), Some(3));
    let text = fs::read_to_string(&record).unwrap();
    assert!(text.contains("interrupted"), "{text}");
    assert!(out.path().join("dead-peer-drop/capture.pcapng").metadata().unwrap().len() > 0);
}
