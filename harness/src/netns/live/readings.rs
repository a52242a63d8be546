use super::clock::Clock;
use super::error::{Error, part};
use super::reading::{self, Subject};
use super::sink::Sink;
use super::steps::actor;
use super::world::World;
use crate::name::{NodeName, Side};
use crate::plan::{Connection, ReadingKind, ReadingPlan};
use crate::record::{Event, EventKind};
use crate::run::Happening;

/// Where a reading's result goes.
struct Told {
    rung: usize,
    clock: Clock,
    sink: Sink,
}

impl World {
    /// Takes a reading of the plan, on its node's thread.
    pub(crate) fn take(&self, connection: usize, reading: usize) {
        let Some(own) = self.plan.connections().nth(connection) else { return };
        let Some(ReadingPlan { rung, what }) = own.readings.get(reading).cloned() else { return };
        let told = Told { rung, clock: self.clock, sink: self.sink.of(connection) };
        let name = node_of(own, &what).clone();
        match self.node(&name) {
            Ok(node) => node.order(move || told.of(&name, connection, &what)),
            Err(error) => told.tell(EventKind::ReadingFailed { rung, error: error.to_string() }),
        }
    }
}

fn node_of<'a>(own: Connection<'a>, what: &'a ReadingKind) -> &'a NodeName {
    match what {
        ReadingKind::Sysctl { node, .. } | ReadingKind::Counter { node, .. } => node,
        ReadingKind::Option { side, .. } | ReadingKind::Info { side, .. } | ReadingKind::Alive { side } => match side {
            Side::Client => &own.client.node,
            Side::Server => &own.server.node,
        },
    }
}

impl Told {
    fn of(self, node: &NodeName, connection: usize, what: &ReadingKind) {
        let (rung, begun) = (self.rung, self.clock.now());
        self.tell(match value(node, connection, what) {
            Ok(value) => EventKind::Reading { rung, begun, value },
            Err(error) => EventKind::ReadingFailed { rung, error: error.to_string() },
        });
    }

    fn tell(&self, kind: EventKind) {
        drop(self.sink.send(Happening::Event(Event::new(self.clock.now(), kind))));
    }
}

fn value(node: &NodeName, connection: usize, what: &ReadingKind) -> Result<String, Error> {
    let taken = match what {
        ReadingKind::Sysctl { .. } | ReadingKind::Counter { .. } => reading::take(what, Subject::Node),
        ReadingKind::Option { side, .. } | ReadingKind::Info { side, .. } | ReadingKind::Alive { side } => {
            reading::take(what, actor(node, connection, *side)?.subject())
        }
    };
    taken.map_err(part(node))
}
