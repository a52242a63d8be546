//! A lab that others watch beside it.

use crate::children::{Dump, Events};
use deadpeer::name::NodeName;
use deadpeer::netns::{Lab, Options};
use deadpeer::plan::{Action, Plan};
use deadpeer::record::{EventKind, Manifest};
use deadpeer::run::{Backend, Happening};
use deadpeer::time::LabTime;
use std::path::{Path, PathBuf};

/// A lab with a tcpdump at each vantage, and a `conntrack -E` in each NAT.
pub struct Watched<'a> {
    lab: Lab,
    plan: &'a Plan,
    dir: &'a Path,
    dumps: Vec<Dump>,
    tables: Vec<Events>,
}

/// For each vantage its tcpdump's files, and for each NAT what its conntrack printed.
pub type Seen = (Vec<Vec<PathBuf>>, Vec<(NodeName, String)>);

impl<'a> Watched<'a> {
    /// On return all are watching, and nothing has been sent.
    pub fn build(plan: &'a Plan, dir: &'a Path) -> Self {
        let lab = Lab::build(plan, &Options::default()).unwrap_or_else(|error| panic!("failed to {error}"));
        let mut watched = Self { lab, plan, dir, dumps: Vec::new(), tables: Vec::new() };
        watched.dump(|_, _| true);
        for node in plan.nodes.iter().filter(|node| node.conntrack) {
            watched.tables.push(Events::start(&watched.lab, &node.name, dir));
        }
        watched
    }

    /// Starts a tcpdump at each interface that `wanted` likes, by its node and its peer.
    fn dump(&mut self, wanted: impl Fn(&NodeName, &NodeName) -> bool) {
        for (index, vantage) in self.plan.vantages.iter().enumerate() {
            let node = self.plan.nodes.iter().find(|node| node.name == vantage.node).unwrap();
            let interface = node.interfaces.iter().find(|interface| interface.name == vantage.interface).unwrap();
            if wanted(&node.name, &interface.peer) {
                let file = self.dir.join(format!("{}.pcap", self.dumps.len()));
                self.dumps.push(Dump::start(&self.lab, &node.name, index, &interface.name, file));
            }
        }
    }

    /// What they saw.
    pub fn end(self) -> Seen {
        let mut files = vec![Vec::new(); self.plan.vantages.len()];
        for (vantage, file) in self.dumps.into_iter().map(Dump::end) {
            files[vantage].push(file);
        }
        (files, self.tables.into_iter().map(Events::end).collect())
    }
}

impl Backend for Watched<'_> {
    fn manifest(&self) -> Manifest {
        self.lab.manifest()
    }

    fn now(&self) -> LabTime {
        self.lab.now()
    }

    /// A node that was powered on has new interfaces, as have its links' other ends.
    fn next(&mut self, until: LabTime) -> Option<Happening> {
        let happening = self.lab.next(until)?;
        if let Happening::Event(event) = &happening
            && let EventKind::StepApplied { step } = event.kind
            && let Action::PowerOn { node, .. } = &self.plan.steps[step].action
        {
            self.dump(|own, peer| own == node || peer == node);
        }
        Some(happening)
    }

    fn begin(&mut self, step: usize, planned: LabTime) {
        self.lab.begin(step, planned);
    }

    fn take(&mut self, connection: usize, reading: usize) {
        self.lab.take(connection, reading);
    }

    fn finish(&mut self) -> Vec<Happening> {
        self.lab.finish()
    }
}
