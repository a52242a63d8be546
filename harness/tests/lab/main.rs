//! Labs built on this machine's kernel. They need root, and nothing of the network.

mod endpoints;
mod faults;
mod ipv6;
mod plans;
mod power;
mod settings;
mod shape;
mod teardown;

use deadpeer::name::NodeName;
use deadpeer::netns::{Lab, Options};
use deadpeer::plan::Plan;
use deadpeer::record::EventKind;
use deadpeer::run::{Backend, Happening};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::Command;
use std::time::Duration;

fn build(plan: &Plan) -> Lab {
    Lab::build(plan, &Options::default()).unwrap_or_else(|error| panic!("failed to {error}"))
}

/// What a shell command prints in a node.
fn sh(lab: &Lab, node: &str, command: &str) -> String {
    let (node, command) = (plans::name(node), command.to_owned());
    lab.within(&node, move || shell(&command)).unwrap()
}

fn shell(command: &str) -> String {
    let output = Command::new("sh").args(["-c", command]).output().unwrap();
    assert!(output.status.success(), "{command}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Begins a step and waits until it is told to be done.
fn carry_out(lab: &mut Lab, step: usize) -> Result<Vec<Happening>, String> {
    let now = lab.now();
    lab.begin(step, now);
    let mut seen = Vec::new();
    loop {
        let happening = lab.next(now + Duration::from_secs(20)).expect("the step is told to be done");
        if let Happening::Event(event) = &happening {
            match &event.kind {
                EventKind::StepApplied { step: done } if *done == step => return Ok(seen),
                EventKind::StepFailed { step: done, error } if *done == step => return Err(error.clone()),
                _ => {}
            }
        }
        seen.push(happening);
    }
}

fn events(happenings: &[Happening]) -> Vec<EventKind> {
    let event = |happening: &Happening| match happening {
        Happening::Event(event) => Some(event.kind.clone()),
        Happening::Frame(_) | Happening::Interrupted => None,
    };
    happenings.iter().filter_map(event).collect()
}

fn listen(lab: &Lab, node: &str, address: &str) -> TcpListener {
    let address = address.to_owned();
    let listen = move || TcpListener::bind(address).unwrap();
    lab.within(&NodeName::new(node).unwrap(), listen).unwrap()
}

fn connect(lab: &Lab, node: &str, address: &str) -> std::io::Result<TcpStream> {
    let address: SocketAddr = address.parse().unwrap();
    let connect = move || TcpStream::connect_timeout(&address, Duration::from_millis(600));
    lab.within(&NodeName::new(node).unwrap(), connect).unwrap()
}
