use super::clock::Clock;
use super::diag::{self, End};
use super::error::{Error, part};
use super::parts;
use super::reading::{self, ReadingError, Subject};
use super::sink::Sink;
use super::steps::actor;
use super::world::World;
use crate::ladder::show_packets;
use crate::name::{NodeName, Side, SocketField};
use crate::plan::{Connection, EndpointPlan, ReadingKind, ReadingPlan};
use crate::record::{Event, EventKind};
use crate::run::Happening;
use std::net::SocketAddr;

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
        if let ReadingKind::Packets { step } = what {
            return told.what(|| self.packets(step).map(show_packets));
        }
        let server = own.server.clone();
        let name = node_of(own, &what).clone();
        match self.node(&name) {
            Ok(node) => node.order(move || told.what(|| value(&name, &server, connection, &what))),
            Err(error) => told.tell(EventKind::ReadingFailed { rung, error: error.to_string() }),
        }
    }
}

fn node_of<'a>(own: Connection<'a>, what: &'a ReadingKind) -> &'a NodeName {
    match what {
        ReadingKind::Sysctl { node, .. } | ReadingKind::Counter { node, .. } => node,
        ReadingKind::Option { side, .. }
        | ReadingKind::Info { side, .. }
        | ReadingKind::Socket { side, .. }
        | ReadingKind::Alive { side } => match side {
            Side::Client => &own.client.node,
            Side::Server => &own.server.node,
        },
        // Of no node's thread.
        ReadingKind::Packets { .. } => &own.client.node,
    }
}

impl Told {
    fn what(self, read: impl FnOnce() -> Result<String, Error>) {
        let (rung, begun) = (self.rung, self.clock.now());
        self.tell(match read() {
            Ok(value) => EventKind::Reading { rung, begun, value },
            Err(error) => EventKind::ReadingFailed { rung, error: error.to_string() },
        });
    }

    fn tell(&self, kind: EventKind) {
        drop(self.sink.send(Happening::Event(Event::new(self.clock.now(), kind))));
    }
}

fn value(node: &NodeName, server: &EndpointPlan, connection: usize, what: &ReadingKind) -> Result<String, Error> {
    let taken = match what {
        ReadingKind::Sysctl { .. } | ReadingKind::Counter { .. } | ReadingKind::Packets { .. } => {
            reading::take(what, Subject::Node)
        }
        ReadingKind::Socket { side, field } => socket(server, connection, *side, *field),
        ReadingKind::Option { side, .. } | ReadingKind::Info { side, .. } | ReadingKind::Alive { side } => {
            reading::take(what, actor(node, connection, *side)?.subject())
        }
    };
    taken.map_err(part(node))
}

/// What sock_diag(7) tells of a side's socket. A real program's is known by its addresses,
/// if it has had a connection: it may open others.
fn socket(server: &EndpointPlan, connection: usize, side: Side, field: SocketField) -> Result<String, ReadingError> {
    let known = parts::actor(connection, side).and_then(|actor| match actor.subject() {
        Subject::Program { local, remote } => Some((local, remote)),
        _ => None,
    });
    let end = End::of(side, SocketAddr::new(server.public(), server.port.unwrap_or(0)));
    let found = diag::find(end, known, false).map_err(|source| reading::kernel("the list of sockets", source))?;
    diag::word(field, &found).ok_or(ReadingError::Several { side, count: found.len() })
}
