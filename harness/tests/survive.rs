//! Presets on the command line, and what virtual time makes of them. Without a guest kernel
//! the runs say so and do nothing, but under CI they fail.

use deadpeer::guest;
use deadpeer::preset::{MIDDLEBOXES, PROGRAMS};
use serde_json::Value;
use std::env;
use std::fs;
use std::process::{Command, Output};

fn deadpeer(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_deadpeer")).args(args).output().unwrap()
}

/// What it prints, which must end with this status.
#[track_caller]
fn told(args: &[&str], status: i32) -> String {
    let output = deadpeer(args);
    let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    assert_eq!(output.status.code(), Some(status), "{args:?}: {text}");
    text
}

fn virtual_time() -> bool {
    match guest::find() {
        Ok(_) => true,
        Err(lack) if env::var_os("CI").is_some() => panic!("{}; run `{}`", lack.why, lack.remedy),
        Err(lack) => {
            println!("skipped: {}; run `{}`", lack.why, lack.remedy);
            false
        }
    }
}

#[test]
fn every_preset_is_listed_with_source_and_day() {
    let text = told(&["presets"], 0);
    let sources = MIDDLEBOXES.iter().map(|one| (one.name, one.source));
    for (name, source) in sources.chain(PROGRAMS.iter().map(|one| (one.name, one.source))) {
        assert!(text.contains(&format!("\n  {name}  ")), "{name} in\n{text}");
        assert!(text.contains(&format!("{}, looked up {}", source.at, source.checked_on)), "{name} in\n{text}");
    }
    assert!(text.contains("not built: it is a proxy"), "{text}");
    let all: Value = serde_json::from_str(&told(&["presets", "--format", "json"], 0)).unwrap();
    let named = |list: &str, name: &str| {
        all[list].as_array().unwrap().iter().find(|one| one["name"] == name).unwrap_or(&Value::Null).clone()
    };
    let gateway = named("middleboxes", "aws-nat-gateway");
    assert_eq!((&gateway["idle_timeout"], &gateway["on_expiry"]), (&350.into(), &"reset-to-sender".into()));
    assert_eq!(named("middleboxes", "aws-alb")["runnable"], false);
    let redis = named("programs", "redis-server");
    assert_eq!((&redis["idle"], &redis["interval"], &redis["count"]), (&300.into(), &100.into(), &3.into()));
    assert_eq!(named("programs", "linux")["idle"], Value::Null, "the system's");
}

#[test]
fn wrong_arguments_are_told_with_the_remedy() {
    let cases: [(&[&str], &str); 7] = [
        (&["--client", "redis", "--through", "meraki"], "did you mean redis-server?"),
        (&["--client", "go", "--through", "meraky"], "did you mean meraki?"),
        (&["--client", "go", "--through", "aws-alb"], "it is a proxy"),
        (&["--client", "go"], "--through"),
        (&["--through", "meraki"], "--client"),
        (&["--keepalive", "60/10", "--through", "meraki"], "60/10/6"),
        (&["--all", "--through", "linux-nat"], "leave --all out"),
    ];
    for (args, remedy) in cases {
        let text = told(&[&["survive"], args].concat(), 2);
        assert!(text.contains(remedy), "{args:?}: {text}");
    }
}

#[test]
fn without_a_guest_kernel_nothing_is_said_of_the_connection() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_deadpeer"));
    command.args(["survive", "--client", "go", "--through", "meraki"]).env("DEADPEER_GUEST_KERNEL", "/no/such/kernel");
    let output = command.output().unwrap();
    assert_eq!((output.status.code(), output.stdout.len()), (Some(4), 0));
    assert!(String::from_utf8_lossy(&output.stderr).contains("mend it: "), "{output:?}");
}

#[test]
fn what_is_printed_is_a_scenario_that_runs() {
    let folder = tempfile::tempdir().unwrap();
    for (which, client) in [("idle", "go"), ("dead", "pgcat"), ("dead", "plain")] {
        let text = told(&["survive", "--client", client, "--through", "meraki", "--print", which], 0);
        fs::write(folder.path().join(format!("{which}-{client}.yaml")), text).unwrap();
    }
    let folder = folder.path().to_str().unwrap();
    told(&["validate", folder], 0);
    if virtual_time() {
        told(&["run", folder], 0);
    }
}

fn asked(client: &str, through: &str, status: i32) -> Value {
    let args = ["survive", "--client", client, "--through", through, "--format", "json"];
    serde_json::from_str(&told(&args, status)).unwrap()
}

/// Each by hand: 3 probes of 300 s fit into 1050 s; Linux gives a write up after 15
/// retransmissions, 924.6 s and more; an NLB answers at once.
#[test]
fn connections_live_and_die_as_their_settings_say() {
    if !virtual_time() {
        return;
    }
    let lives = asked("redis-server", "aws-nat-gateway", 0);
    assert_eq!((&lives["lives"], &lives["probes"], &lives["left_idle"]), (&true.into(), &3.into(), &1050.0.into()));
    assert_eq!((&lives["forgotten_after"], &lives["writer_sees"]), (&Value::Null, &Value::Null));

    let silent = asked("linux", "azure-load-balancer", 1);
    assert_eq!((&silent["lives"], &silent["writer_sees"]["errno"]), (&false.into(), &"ETIMEDOUT".into()));
    assert!((924.0..945.0).contains(&silent["writer_sees"]["after"].as_f64().unwrap()), "{silent}");
    assert!((240.0..241.0).contains(&silent["forgotten_after"].as_f64().unwrap()), "{silent}");

    let reset = asked("linux", "aws-nlb", 1);
    assert_eq!(reset["writer_sees"]["errno"], "ECONNRESET");
    assert!(reset["writer_sees"]["after"].as_f64().unwrap() < 0.01, "{reset}");
    assert_eq!(reset["dead_peer"]["errno"], "ECONNRESET", "the NLB answers the probe for the dead peer");
    assert!((7200.0..7332.0).contains(&reset["dead_peer"]["after"].as_f64().unwrap()), "{reset}");

    let late = asked("redis-server", "meraki", 1);
    assert_eq!(late["seen_before_writing"]["errno"], "ETIMEDOUT", "its probes were late themselves");
    assert!((600.0..640.0).contains(&late["seen_before_writing"]["after"].as_f64().unwrap()), "{late}");

    let loose = asked("plain", "kube-proxy", 0);
    assert_eq!(loose["lives"], true, "it is forgotten, and taken up again");
    assert!(loose["forgotten_after"].as_f64().unwrap() >= 86400.0, "{loose}");
    assert_eq!((&loose["dead_peer"], &loose["dead_peer_watched"].as_f64().unwrap().floor()), (&Value::Null, &86400.0));
}

#[test]
fn a_column_of_the_table_has_all_middleboxes() {
    if !virtual_time() {
        return;
    }
    let text = told(&["survive", "--all", "--client", "plain"], 0);
    let cell = |name: &str| {
        let line = text.lines().find(|line| line.starts_with(&format!("{name} "))).unwrap_or_default();
        line.split_whitespace().nth(1).unwrap_or_default().to_owned()
    };
    assert_eq!((cell("aws-nat-gateway").as_str(), cell("azure-nat-gateway").as_str()), ("RST", "RST"), "{text}");
    assert!(cell("meraki").starts_with("15m") && cell("rfc5382").starts_with("15m"), "{text}");
    assert!(text.contains("like aws-nat-gateway: aws-nlb"), "{text}");
}

#[test]
fn words_give_the_same_figures() {
    if !virtual_time() {
        return;
    }
    let text = told(&["survive", "--keepalive", "300/100/3", "--through", "aws-nat-gateway", "--ladder"], 0);
    assert!(text.starts_with("a client (keepalive 300/100/3) through aws-nat-gateway"), "{text}");
    assert!(text.contains("LIVES      Left idle for 17m 30s and then written to, it works; 3 probes"), "{text}");
    assert!(text.contains("an idle client sees ETIMEDOUT 10m") && text.contains("<--- ETIMEDOUT"), "{text}");
}

/// The README shows what is printed. Another kernel's ticks give other figures.
#[test]
fn the_readme_shows_real_answers() {
    let readme = include_str!("../../README.md");
    let shown: Vec<&str> = readme.split("$ deadpeer survive ").skip(1).collect();
    assert!(shown.len() >= 2, "{shown:?}");
    let ticks = guest::find().is_ok_and(|kernel| kernel.path.to_string_lossy().contains("hz250"));
    if !virtual_time() || !ticks {
        return;
    }
    for example in shown {
        let (args, rest) = example.split_once('\n').unwrap();
        let args: Vec<&str> = ["survive"].into_iter().chain(args.split_whitespace()).collect();
        let text = String::from_utf8(deadpeer(&args).stdout).unwrap();
        let (answer, shown) = (to_the_minute(&text), to_the_minute(rest));
        assert!(shown.starts_with(&answer), "{args:?} prints\n{text}");
    }
}

/// The words without seconds: how long Linux retransmits hangs on the round trip's time.
fn to_the_minute(text: &str) -> Vec<&str> {
    let seconds = |word: &&str| word.strip_suffix('s').is_some_and(|n| n.parse::<u32>().is_ok());
    text.split_whitespace().filter(|word| !seconds(word)).collect()
}
