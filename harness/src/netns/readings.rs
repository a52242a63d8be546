use super::clock::Clock;
use super::error::{Error, part};
use super::steps::endpoint;
use super::sysctl;
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
            Ok(node) => node.post(move || async move { told.of(&name, &what).await }),
            Err(error) => told.tell(EventKind::ReadingFailed { rung, error: error.to_string() }),
        }
    }

    fn node_of<'a>(&'a self, what: &'a ReadingKind) -> &'a NodeName {
        match what {
            ReadingKind::Sysctl { node, .. } => node,
            ReadingKind::Option { side, .. } | ReadingKind::Alive { side } => &self.endpoint(*side).node,
        }
    }
}

impl Told {
    async fn of(self, node: &NodeName, what: &ReadingKind) {
        let (rung, begun) = (self.rung, self.clock.now());
        self.tell(match value(node, what).await {
            Ok(value) => EventKind::Reading { rung, begun, value },
            Err(error) => EventKind::ReadingFailed { rung, error: error.to_string() },
        });
    }

    fn tell(&self, kind: EventKind) {
        drop(self.sink.send(Happening::Event(Event { at: self.clock.now(), kind })));
    }
}

async fn value(node: &NodeName, what: &ReadingKind) -> Result<String, Error> {
    match what {
        ReadingKind::Sysctl { key, .. } => sysctl::read(node, key),
        ReadingKind::Option { side, level, number, .. } => {
            let value = endpoint(node, *side)?.get_option(*level, *number).await;
            value.map(|value| value.to_string()).map_err(part(node))
        }
        ReadingKind::Alive { side } => endpoint(node, *side)?.state().await.map_err(part(node)),
    }
}
