use super::clock::Clock;
use super::error::{Error, part};
use super::reading::{self, Subject};
use super::steps::actor;
use super::world::World;
use crate::name::NodeName;
use crate::plan::{ReadingKind, ReadingPlan};
use crate::record::{Event, EventKind};
use crate::run::Happening;
use std::sync::mpsc::Sender;

/// Where a reading's result goes.
struct Told {
    rung: usize,
    clock: Clock,
    sink: Sender<Happening>,
}

impl World {
    /// Takes a reading of the plan, on its node's thread.
    pub(crate) fn take(&self, reading: usize) {
        let Some(ReadingPlan { rung, what }) = self.plan.readings.get(reading).cloned() else { return };
        let told = Told { rung, clock: self.clock, sink: self.sink.clone() };
        let name = self.node_of(&what).clone();
        match self.node(&name) {
            Ok(node) => node.order(move || told.of(&name, &what)),
            Err(error) => told.tell(EventKind::ReadingFailed { rung, error: error.to_string() }),
        }
    }

    fn node_of<'a>(&'a self, what: &'a ReadingKind) -> &'a NodeName {
        match what {
            ReadingKind::Sysctl { node, .. } | ReadingKind::Counter { node, .. } => node,
            ReadingKind::Option { side, .. } | ReadingKind::Info { side, .. } | ReadingKind::Alive { side } => {
                &self.endpoint(*side).node
            }
        }
    }
}

impl Told {
    fn of(self, node: &NodeName, what: &ReadingKind) {
        let (rung, begun) = (self.rung, self.clock.now());
        self.tell(match value(node, what) {
            Ok(value) => EventKind::Reading { rung, begun, value },
            Err(error) => EventKind::ReadingFailed { rung, error: error.to_string() },
        });
    }

    fn tell(&self, kind: EventKind) {
        drop(self.sink.send(Happening::Event(Event { at: self.clock.now(), kind })));
    }
}

fn value(node: &NodeName, what: &ReadingKind) -> Result<String, Error> {
    let taken = match what {
        ReadingKind::Sysctl { .. } | ReadingKind::Counter { .. } => reading::take(what, Subject::Node),
        ReadingKind::Option { side, .. } | ReadingKind::Info { side, .. } | ReadingKind::Alive { side } => {
            reading::take(what, actor(node, *side)?.subject())
        }
    };
    taken.map_err(part(node))
}
