//! What a run records is what tcpdump and conntrack saw of it, run by hand beside it.
//!
//! Where tcpdump, tshark or conntrack is not installed, the tests say so and pass.

#[path = "conformance/children.rs"]
mod children;
#[path = "conformance/entries.rs"]
mod entries;
#[path = "conformance/segments.rs"]
mod segments;
#[path = "conformance/watched.rs"]
mod watched;

use deadpeer::netns;
use deadpeer::plan::{Plan, compile};
use deadpeer::record::{EventKind, Record};
use deadpeer::run::{Backend, Happening, Progress, State, Watch, execute};
use deadpeer::scenario;
use deadpeer::time::LabTime;
use deadpeer::timeline::timeline;
use deadpeer::verdict::{self, Judgement};
use std::path::Path;
use tempfile::tempdir;
use watched::Watched;

struct Judge<'a>(&'a Plan);

impl Watch for Judge<'_> {
    fn look(&mut self, record: &Record, now: LabTime) -> Vec<Progress> {
        let progress = verdict::progress(&self.0.ladder, &timeline(record), now);
        let state = match progress.state {
            verdict::State::Waiting { until } => State::Waiting { until },
            verdict::State::Settling { until } => State::Settling { until },
            verdict::State::Over => State::Over,
        };
        vec![Progress { met: progress.met, state }]
    }
}

fn plan(name: &str) -> Plan {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../scenarios/{name}.yaml"));
    let octets = std::fs::read(&path).unwrap();
    compile(name, &scenario::parse(name, &octets).unwrap_or_else(|failure| panic!("{}", failure.render(false))))
        .unwrap()
}

/// Runs a scenario, watched by others, and compares all that they and we saw.
fn agrees(name: &str) {
    if !children::installed(&["tcpdump", "tshark", "conntrack"]) {
        return;
    }
    netns::prepare().unwrap();
    let (plan, dir) = (plan(name), tempdir().unwrap());
    let mut watched = Watched::build(&plan, dir.path());
    let record = execute(&plan, &mut watched, &mut Judge(&plan), &mut |_| {});
    let verdict = verdict::judge(&plan.ladder, &timeline(&record));
    // A busy machine makes a run inconclusive; what was captured must agree all the same.
    assert_ne!(verdict.judgement, Judgement::Fail, "{:#?}", verdict.findings);
    let (files, tables) = watched.end();
    for (vantage, files) in files.iter().enumerate() {
        segments::agree(&record, vantage, files);
    }
    for (node, text) in &tables {
        entries::agree(&record, node, text);
    }
    assert_eq!(files.len(), plan.vantages.len());
    assert_eq!(tables.len(), plan.nodes.iter().filter(|node| node.conntrack).count());
}

#[test]
fn a_dead_peer() {
    agrees("article/dead-peer-drop");
}

#[test]
fn answered_probes() {
    agrees("article/probe-answered");
}

#[test]
fn a_peer_that_reboots() {
    agrees("article/peer-reboot");
}

#[test]
fn a_loose_nat_that_forgets() {
    agrees("article/nat-table-drop-loose");
}

#[test]
fn a_strict_nat_that_forgets() {
    agrees("article/nat-table-drop");
}

#[test]
fn an_entry_that_expires() {
    agrees("article/idle-nat-entry-expires");
}

#[test]
fn a_dead_peer_over_ipv6() {
    agrees("ipv6/dead-peer");
}

#[test]
fn a_nat_of_ipv6_that_forgets() {
    agrees("ipv6/nat66-forgets");
}

/// Errors of ICMPv6 beside the segments that they quote.
#[test]
fn a_router_of_ipv6_without_a_route() {
    agrees("ipv6/router-says-no-route");
}

/// The backend hides nothing that the lab itself would tell.
#[test]
fn a_watched_lab_tells_of_each_capture() {
    if !children::installed(&["tcpdump", "tshark", "conntrack"]) {
        return;
    }
    let (plan, dir) = (plan("article/dead-peer-drop"), tempdir().unwrap());
    let mut watched = Watched::build(&plan, dir.path());
    // A busy machine stands still at times, which is told as well.
    let told = watched.finish();
    let ended = |happening: &&Happening| match happening {
        Happening::Event(event) => matches!(event.kind, EventKind::CaptureEnded { .. }),
        _ => false,
    };
    assert_eq!(told.iter().filter(ended).count(), plan.vantages.len(), "{told:?}");
    assert_eq!(watched.end().0.iter().flatten().count(), plan.vantages.len());
}
