//! A lab without root, in a user namespace. This test is a program of its own: the
//! namespace must be entered before any thread exists, and a test harness has some.

#[path = "lab/plans.rs"]
#[allow(dead_code, reason = "the other tests use the rest")]
mod plans;

use deadpeer::netns::{Lab, Options, Privilege, enter};
use std::net::{TcpListener, TcpStream};
use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode};

/// Any user but root.
const NOBODY: u32 = 65534;

fn main() -> ExitCode {
    if std::env::var_os("DEADPEER_AS_NOBODY").is_some() {
        unprivileged();
        return ExitCode::SUCCESS;
    }
    if !nix::unistd::geteuid().is_root() {
        println!("skipped: only root can become nobody");
        return ExitCode::SUCCESS;
    }
    let mut command = Command::new(std::env::current_exe().unwrap());
    let status = command.env("DEADPEER_AS_NOBODY", "1").gid(NOBODY).uid(NOBODY).status().unwrap();
    println!("a lab without root: {status}");
    ExitCode::from(u8::from(!status.success()))
}

fn unprivileged() {
    assert_eq!(enter().unwrap(), Privilege::UserNamespace);
    let lab = Lab::build(&plans::translated(), &Options::default()).unwrap_or_else(|error| panic!("failed to {error}"));
    let listener = lab.within(&plans::name("b"), || TcpListener::bind("10.2.0.1:6000").unwrap()).unwrap();
    lab.within(&plans::name("a"), || TcpStream::connect("10.2.0.1:6000").map(drop).unwrap()).unwrap();
    assert_eq!(listener.accept().unwrap().1.ip().to_string(), "10.2.0.254");
}
