//! How long runs side by side take, against the longest of them: all scenarios of the
//! article, and 64 copies of one. By the program itself, as its users run it.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Runs what `arguments` say in real time; the wall time, and each scenario's own.
fn run(path: &str, arguments: &[&str]) -> (Duration, f64) {
    let scenarios = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios").join(path);
    let out = tempfile::tempdir().unwrap();
    let began = Instant::now();
    let output = Command::new(env!("CARGO_BIN_EXE_deadpeer"))
        .arg("run")
        .arg(scenarios)
        .args(["--clock", "real", "--out"])
        .arg(out.path())
        .args(arguments)
        .stderr(Stdio::inherit())
        .output()
        .unwrap();
    let wall = began.elapsed();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{text}");
    (wall, text.lines().filter_map(seconds).fold(0.0, f64::max))
}

/// `PASS          name  4.45 s`
fn seconds(line: &str) -> Option<f64> {
    line.strip_prefix("PASS")?.trim().strip_suffix(" s")?.rsplit(' ').next()?.parse().ok()
}

fn main() {
    let (one, _) = run("article/dead-peer-drop.yaml", &[]);
    let (many, _) = run("article/dead-peer-drop.yaml", &["--repeat", "64"]);
    let ratio = many.as_secs_f64() / one.as_secs_f64();
    println!("dead-peer-drop: one in {one:.2?}, 64 at once in {many:.2?}: {ratio:.2} times one");
    let (all, longest) = run("article", &[]);
    let ratio = all.as_secs_f64() / longest;
    println!("the article: all in {all:.2?}, the longest in {longest:.2} s: {ratio:.2} times the longest");
}
