use super::*;
use crate::ladder::Outcome;
use crate::name::{Errno, NodeName, Side};
use crate::netns::live::endpoint;
use crate::netns::live::reading::{Subject, take};
use crate::netns::live::testing::{Seen, inside, sh};
use crate::plan::{EndpointPlan, OptionPlan, ProgramPlan, ReadingKind};
use crate::record::EventKind;
use std::env;
use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, SocketAddr};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const LIMIT: Duration = Duration::from_secs(5);

fn start(seen: &Seen, words: &[&str]) -> Result<Program, ProgramError> {
    let plan = ProgramPlan { words: words.iter().map(ToString::to_string).collect(), as_root: true };
    Program::start(Side::Server, &plan, seen.clock, &seen.sink)
}

fn shell(seen: &Seen, text: &str) -> Program {
    start(seen, &["sh", "-c", text]).unwrap()
}

async fn ending(seen: &mut Seen) -> Outcome {
    let (_, kind) = seen.event("an end", |kind| matches!(kind, EventKind::Outcome { .. })).await;
    let EventKind::Outcome { outcome, .. } = kind else { unreachable!() };
    outcome
}

fn printed(seen: &Seen) -> Vec<String> {
    let line = |kind| match kind {
        EventKind::Printed { line, .. } => Some(line),
        _ => None,
    };
    seen.events().into_iter().filter_map(line).collect()
}

/// How many processes have `mark` among their arguments.
fn processes(mark: &str) -> usize {
    let all = std::fs::read_dir("/proc").unwrap().flatten();
    let has = |path: std::path::PathBuf| {
        std::fs::read(path.join("cmdline"))
            .is_ok_and(|words| words.split(|&o| o == 0).any(|word| word == mark.as_bytes()))
    };
    all.filter(|entry| has(entry.path())).count()
}

fn gone_within(mark: &str, limit: Duration) -> bool {
    let until = Instant::now() + limit;
    while processes(mark) > 0 && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(5));
    }
    processes(mark) == 0
}

#[test]
fn what_it_prints_and_how_it_ends() {
    inside(async || {
        let mut seen = Seen::new();
        let _program = shell(&seen, "echo one; echo two >&2; printf 'half\\r\\nlast'; cat; exit 3");
        assert_eq!(ending(&mut seen).await, Outcome::Exit(3));
        seen.wait(Duration::from_millis(20)).await;
        let mut lines = printed(&seen);
        lines.sort();
        assert_eq!(lines, ["half", "last", "one", "two"]);
        for (text, signal) in [("kill -ABRT $$", 6), ("kill -PIPE $$", 13), ("kill -TERM $$", 15)] {
            let _program = shell(&seen, text);
            assert_eq!(ending(&mut seen).await, Outcome::Signal(signal), "{text}");
        }
    });
}

#[test]
fn it_runs_in_the_node_with_a_proc_of_its_own() {
    inside(async || {
        sh("sysctl -qw net.ipv4.tcp_keepalive_time=4711");
        let mut seen = Seen::new();
        let _program = shell(
            &seen,
            "cat /proc/sys/net/ipv4/tcp_keepalive_time; test /proc/$$ -ef /proc/self && echo same; ls /proc | grep -c '^[0-9]'",
        );
        assert_eq!(ending(&mut seen).await, Outcome::Exit(0));
        seen.wait(Duration::from_millis(20)).await;
        let lines = printed(&seen);
        assert_eq!(lines[0], "4711");
        // init, sh, ls and grep.
        assert!(lines.last().unwrap().parse::<u32>().unwrap() <= 4, "{lines:?}");
    });
}

#[test]
fn what_can_not_be_run_is_named() {
    inside(async || {
        let seen = Seen::new();
        let error = |words: &[&str]| start(&seen, words).err().unwrap().to_string();
        let missing = error(&["no-such-program", "x"]);
        let path = env::var("PATH").unwrap();
        assert_eq!(missing, format!("run `no-such-program`: No such file or directory (os error 2) (PATH is {path})"));
        assert_eq!(error(&["/etc/passwd"]), "run `/etc/passwd`: Permission denied (os error 13)");
        let mut seen = Seen::new();
        seen.wait(Duration::from_millis(20)).await;
        assert_eq!(seen.events(), []);
    });
}

#[test]
fn killing_it_kills_all_it_started() {
    inside(async || {
        let mut seen = Seen::new();
        let mut program = shell(&seen, "setsid sleep 98761 & (sleep 98761 &) ; echo ready; sleep 98761");
        seen.event("ready", |kind| matches!(kind, EventKind::Printed { .. })).await;
        let until = Instant::now() + LIMIT;
        while processes("98761") < 3 && Instant::now() < until {}
        assert_eq!(processes("98761"), 3);
        program.kill().await;
        assert_eq!(processes("98761"), 0);
        assert_eq!(ending(&mut seen).await, Outcome::Signal(libc::SIGKILL));
        assert!(matches!(program.freeze().await, Err(ProgramError::Ended { .. })));
    });
}

#[test]
fn dropping_it_kills_it_and_leaves_no_zombie() {
    inside(async || {
        let seen = Seen::new();
        let program = shell(&seen, "sleep 98762 & sleep 98762");
        drop(program);
        assert_eq!(processes("98762"), 0);
        drop(start(&seen, &["no-such-program"]));
        // Those of other tests go when their programs are dropped.
        until("there are zombies", || zombies() == 0);
    });
}

fn until(what: &str, holds: impl Fn() -> bool) {
    let end = Instant::now() + Duration::from_secs(10);
    while !holds() {
        assert!(Instant::now() < end, "{what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Children that ended and were not waited for.
fn zombies() -> usize {
    let children = sh(&format!("cat /proc/{}/task/*/children; true", std::process::id()));
    let ended =
        |child: &&str| std::fs::read_to_string(format!("/proc/{child}/stat")).is_ok_and(|stat| stat.contains(") Z "));
    children.split_whitespace().filter(ended).count()
}

#[test]
fn what_it_left_in_the_background_lives_on() {
    inside(async || {
        let mut seen = Seen::new();
        let mut program = shell(&seen, "sleep 98763 & exit 0");
        assert_eq!(ending(&mut seen).await, Outcome::Exit(0));
        // The shell may end before its child has become another program.
        until("it is gone", || processes("98763") == 1);
        program.kill().await;
        assert_eq!(processes("98763"), 0);
    });
}

#[test]
fn a_frozen_program_does_nothing_until_it_thaws() {
    inside(async || {
        let mut seen = Seen::new();
        let mut program = shell(&seen, "while :; do echo x; sleep 0.01; done");
        seen.event("a line", |kind| matches!(kind, EventKind::Printed { .. })).await;
        program.freeze().await.unwrap();
        seen.wait(Duration::from_millis(50)).await;
        let before = printed(&seen).len();
        seen.wait(Duration::from_millis(200)).await;
        assert_eq!(printed(&seen).len(), before);
        program.thaw().await.unwrap();
        seen.event("a line", |kind| matches!(kind, EventKind::Printed { .. })).await;
    });
}

/// perl is on every Debian machine.
const SERVER: &str = "use IO::Socket; my $l = IO::Socket::INET->new(Listen => 5, LocalAddr => '127.0.0.1', LocalPort => 5051, ReuseAddr => 1) \
    or die; my $c = $l->accept; while (sysread $c, my $b, 99) { print length($b), qq(\\n); $| = 1 } print qq(end\\n)";

fn client() -> EndpointPlan {
    let option = |level, number, value| OptionPlan { name: String::new(), level, number, value };
    EndpointPlan {
        connection: 0,
        side: Side::Client,
        node: NodeName::new("a").unwrap(),
        address: Ipv4Addr::LOCALHOST.into(),
        forwarded: None,
        port: None,
        // 1/1/1.
        options: vec![option(1, 9, 1), option(6, 4, 1), option(6, 5, 1), option(6, 6, 1)],
        program: None,
        reads: true,
        accepts: true,
        backlog: 16,
    }
}

#[test]
fn a_stopped_servers_kernel_answers_probes() {
    inside(async || {
        let mut seen = Seen::new();
        let mut program = start(&seen, &["perl", "-e", SERVER]).unwrap();
        let listener = program.await_listening(5051, LIMIT).await.unwrap();
        assert_eq!(listener.local, SocketAddr::from((Ipv4Addr::LOCALHOST, 5051)));
        let client = endpoint::connect(&client(), listener.local, seen.clock, seen.sink.clone()).unwrap();
        assert!(client.connected().await);
        program.freeze().await.unwrap();
        seen.wait(Duration::from_millis(3000)).await;
        client.send(5).unwrap();
        seen.wait(Duration::from_millis(50)).await;
        assert_eq!(client.state().unwrap(), "ESTABLISHED");
        assert_eq!(printed(&seen).len(), 0);
        program.thaw().await.unwrap();
        seen.event("5", |kind| *kind == EventKind::Printed { side: Side::Server, line: "5".to_owned() }).await;
        let local = client.local().unwrap();
        let subject = Subject::Program { local: listener.local, remote: local };
        let kind = ReadingKind::Alive { side: Side::Server };
        assert_eq!(take(&kind, subject).unwrap(), "alive");
        program.kill().await;
        // Its FIN is sent, and perhaps acknowledged.
        assert!(take(&kind, subject).unwrap().starts_with("FIN_WAIT"));
        seen.event("EOF", |kind| *kind == EventKind::Outcome { side: Side::Client, outcome: Outcome::Eof }).await;
        assert!(
            !seen
                .events()
                .contains(&EventKind::Outcome { side: Side::Client, outcome: Outcome::Errno(Errno(libc::ETIMEDOUT)) })
        );
    });
}

#[test]
fn a_client_program_is_seen_connecting() {
    inside(async || {
        let seen = Seen::new();
        let _server = std::net::TcpListener::bind("127.0.0.1:5052").unwrap();
        let text = "use IO::Socket; my $c = IO::Socket::INET->new('127.0.0.1:5052') or die; sleep 99";
        let program = start(&seen, &["perl", "-e", text]).unwrap();
        let socket = program.await_established("127.0.0.1:5052".parse().unwrap(), LIMIT).await.unwrap();
        assert_eq!(sh("ss -Htn state established 'dport = 5052'").matches(&socket.local.to_string()).count(), 1);
    });
}

#[test]
fn what_never_listens_is_told() {
    inside(async || {
        let seen = Seen::new();
        let ends = shell(&seen, "exit 1");
        let error = ends.await_listening(5050, LIMIT).await.unwrap_err().to_string();
        assert_eq!(error, "await that `sh` listens at port 5050: it has ended");
        let stays = shell(&seen, "sleep 98764");
        let error = stays.await_listening(5050, Duration::from_millis(100)).await.unwrap_err().to_string();
        assert_eq!(error, "await that `sh` listens at port 5050: it did not in 100ms");
    });
}

/// This test in another process, with more in its environment.
fn again(name: &str, variables: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env::current_exe().unwrap());
    command
        .args(["--exact", name, "--nocapture", "--test-threads=1"])
        .env("AGAIN", "1")
        .envs(variables.iter().copied());
    command
}

#[test]
fn it_runs_as_the_user_who_called_sudo() {
    if env::var_os("AGAIN").is_some() {
        inside(async || {
            let mut seen = Seen::new();
            for as_root in [false, true] {
                let words = ["sh", "-c", "id -u; id -g; echo $HOME"].map(ToString::to_string).to_vec();
                let _program =
                    Program::start(Side::Client, &ProgramPlan { words, as_root }, seen.clock, &seen.sink).unwrap();
                assert_eq!(ending(&mut seen).await, Outcome::Exit(0));
                seen.wait(Duration::from_millis(20)).await;
            }
            let lines = printed(&seen);
            assert_eq!(
                (&lines[..2], &lines[3..5]),
                (&["65534".to_owned(), "65534".to_owned()][..], &["0".to_owned(), "0".to_owned()][..])
            );
            assert_eq!(lines[2], "/nonexistent");
        });
        return;
    }
    let name = "netns::live::program::tests::it_runs_as_the_user_who_called_sudo";
    let output = again(name, &[("SUDO_UID", "65534"), ("SUDO_GID", "65534")]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

#[test]
fn it_dies_with_us_however_that_comes() {
    if env::var_os("AGAIN").is_some() {
        inside(async || {
            let mut seen = Seen::new();
            let _program = shell(&seen, "setsid sleep 98765 & (sleep 98765 &); echo; sleep 98765");
            seen.event("a line", |kind| matches!(kind, EventKind::Printed { .. })).await;
            println!("ready");
            seen.wait(Duration::from_secs(60)).await;
        });
        return;
    }
    let mut child = again("netns::live::program::tests::it_dies_with_us_however_that_comes", &[])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap().ends_with("ready")));
    assert_ne!(processes("98765"), 0);
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(gone_within("98765", Duration::from_secs(10)));
}
