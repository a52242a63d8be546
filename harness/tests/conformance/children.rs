//! Programs that watch a node from inside its namespace.

use deadpeer::name::NodeName;
use deadpeer::netns::Lab;
use nix::sys::signal::{SigSet, Signal, kill};
use nix::unistd::Pid;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, Stdio};
use std::time::{Duration, Instant};

/// Whether all these programs are in PATH; tells which is not.
pub fn installed(programs: &[&str]) -> bool {
    let paths: Vec<PathBuf> = std::env::var_os("PATH").iter().flat_map(std::env::split_paths).collect();
    let lacks = |program: &&&str| !paths.iter().any(|path| path.join(program).is_file());
    match programs.iter().find(lacks) {
        Some(program) => {
            eprintln!("SKIPPED: {program} is not installed, so nothing was compared with it");
            false
        }
        None => true,
    }
}

/// A child that is killed when it is dropped.
struct Own(Child);

impl Own {
    fn start(lab: &Lab, node: &NodeName, mut command: Command) -> Self {
        // A process with a lab has SIGTERM blocked, which children inherit.
        let unblock = || SigSet::empty().thread_set_mask().map_err(std::io::Error::from);
        // SAFETY: one sigprocmask(2), which is async-signal-safe.
        unsafe { command.pre_exec(unblock) };
        Self(lab.within(node, move || command.spawn()).unwrap().unwrap())
    }

    /// Asks it to end, and waits until it has.
    fn end(&mut self) {
        // One that ended by itself, because its interface is gone, is not there any more.
        if self.0.try_wait().unwrap().is_none() {
            kill(Pid::from_raw(i32::try_from(self.0.id()).unwrap()), Signal::SIGTERM).unwrap();
        }
        self.0.wait().unwrap();
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A tcpdump at one vantage.
pub struct Dump {
    child: Own,
    stderr: BufReader<ChildStderr>,
    pub vantage: usize,
    pub file: PathBuf,
}

impl Dump {
    /// On return it is listening.
    pub fn start(lab: &Lab, node: &NodeName, vantage: usize, interface: &str, file: PathBuf) -> Self {
        let mut command = Command::new("tcpdump");
        command.args(["-Z", "root", "--immediate-mode", "-U", "--nano", "-n", "-i", interface, "-w"]).arg(&file);
        command.stdin(Stdio::null()).stderr(Stdio::piped());
        let mut child = Own::start(lab, node, command);
        let mut stderr = BufReader::new(child.0.stderr.take().unwrap());
        let mut told = String::new();
        while !told.contains("listening on") {
            assert_ne!(stderr.read_line(&mut told).unwrap(), 0, "tcpdump: {told}");
        }
        Self { child, stderr, vantage, file }
    }

    /// Ends it; it must have missed nothing.
    pub fn end(mut self) -> (usize, PathBuf) {
        self.child.end();
        let mut told = String::new();
        self.stderr.read_to_string(&mut told).unwrap();
        assert!(told.contains("\n0 packets dropped by kernel"), "{told}");
        (self.vantage, self.file.clone())
    }
}

/// A `conntrack -E` in one node.
pub struct Events {
    child: Own,
    pub node: NodeName,
    file: PathBuf,
}

impl Events {
    /// On return it has subscribed.
    pub fn start(lab: &Lab, node: &NodeName, dir: &Path) -> Self {
        let file = dir.join(format!("{node}.conntrack"));
        let mut command = Command::new("conntrack");
        command.args(["-E", "-p", "tcp", "-o", "timestamp"]);
        command.stdin(Stdio::null()).stdout(File::create(&file).unwrap()).stderr(Stdio::null());
        let before = subscribers(lab, node);
        let child = Own::start(lab, node, command);
        let limit = Instant::now() + Duration::from_secs(10);
        while subscribers(lab, node) == before {
            assert!(Instant::now() < limit, "conntrack -E does not subscribe");
            std::thread::sleep(Duration::from_millis(2));
        }
        Self { child, node: node.clone(), file }
    }

    /// All it printed.
    pub fn end(mut self) -> (NodeName, String) {
        self.child.end();
        (self.node.clone(), fs::read_to_string(&self.file).unwrap())
    }
}

/// How many sockets of the node have conntrack's three groups of events.
fn subscribers(lab: &Lab, node: &NodeName) -> usize {
    let text = lab.within(node, || fs::read_to_string("/proc/thread-self/net/netlink")).unwrap().unwrap();
    let subscribed =
        |line: &&str| matches!(line.split_whitespace().collect::<Vec<_>>()[..], [_, "12", _, "00000007", ..]);
    text.lines().filter(subscribed).count()
}
