//! Samples of the connections' sockets, for readers of the record.

use super::clock::Clock;
use super::diag::{self, End, Found};
use super::sink::Sink;
use super::world::World;
use crate::name::{NodeName, Side, SocketField, TcpInfo};
use crate::plan::Plan;
use crate::record::{Event, EventKind, SocketSample};
use crate::run::Happening;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Sockets of more connections are not sampled: that would be the dearest part of a run.
const MOST_CONNECTIONS: usize = 16;
/// A program may read a million times: after so many outcomes only steps are followed by samples.
const MOST_OUTCOMES: u32 = 100;

/// Says when samples are to be taken: after each step, and after an application saw
/// something.
pub(crate) struct Samples {
    on: bool,
    outcomes: u32,
    asked: Asked,
}

/// One that was asked for and is not taken yet stands for all that are asked for meanwhile.
#[derive(Clone, Default)]
pub(crate) struct Asked(Arc<AtomicBool>);

impl Asked {
    /// It is taken now.
    pub(crate) fn taken(&self) {
        self.0.store(false, Ordering::SeqCst);
    }
}

impl Samples {
    pub(crate) fn of(plan: &Plan) -> Self {
        Self { on: plan.further.len() < MOST_CONNECTIONS, outcomes: 0, asked: Asked::default() }
    }

    /// Whether samples are due after this, and none is under way.
    pub(crate) fn after(&mut self, happening: &Happening) -> Option<Asked> {
        let Happening::Event(event) = happening else { return None };
        let due = match event.kind {
            EventKind::StepApplied { .. } => true,
            EventKind::Outcome { .. } => {
                self.outcomes = self.outcomes.saturating_add(1);
                self.outcomes <= MOST_OUTCOMES
            }
            _ => false,
        };
        let asks = self.on && due && !self.asked.0.swap(true, Ordering::SeqCst);
        asks.then(|| self.asked.clone())
    }
}

/// The ends of connections in one node.
#[derive(Default)]
struct Here {
    /// Each with its connection's index.
    ends: Vec<(usize, Side, End)>,
    /// A real program may speak IPv4 by sockets of IPv6.
    programs: bool,
}

impl World {
    /// Has each node that is on tell of its connections' sockets.
    pub(crate) fn sample(&self) {
        let mut nodes: BTreeMap<&NodeName, Here> = BTreeMap::new();
        for (index, own) in self.plan.connections().enumerate() {
            let server = SocketAddr::new(own.server.public(), own.server.port.unwrap_or(0));
            for plan in [own.client, own.server] {
                let here = nodes.entry(&plan.node).or_default();
                here.ends.push((index, plan.side, End::of(plan.side, server)));
                here.programs |= plan.program.is_some() || server.is_ipv6();
            }
        }
        for (name, here) in nodes {
            let (clock, sink) = (self.clock, self.sink.clone());
            if let Ok(node) = self.node(name) {
                node.order(move || here.tell(clock, &sink));
            }
        }
    }
}

impl Here {
    /// Of sockets that can't be listed nothing is told: samples are no one's expectation.
    fn tell(&self, clock: Clock, sink: &Sink) {
        let Ok(all) = diag::all(self.programs) else { return };
        let at = clock.now();
        for (connection, side, end) in &self.ends {
            let sockets = all.iter().filter(|found| end.is(found)).map(sample).collect();
            let event = Event::new(at, EventKind::Sample { side: *side, sockets });
            drop(sink.of(*connection).send(Happening::Event(event)));
        }
    }
}

fn sample(found: &Found) -> SocketSample {
    let info = |name: &'static str| Some((name.to_owned(), TcpInfo::find(name)?.of(&found.info)?));
    SocketSample {
        state: found.state.name(),
        timer: SocketField::timer(found.timer).map_or(found.timer.to_string(), ToOwned::to_owned),
        repeated: found.retrans,
        fires_in_ms: found.expires,
        unread: found.queues.0,
        unacknowledged: found.queues.1,
        info: TcpInfo::all().filter_map(info).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ladder::Outcome;

    fn samples(on: bool) -> Samples {
        Samples { on, outcomes: 0, asked: Asked::default() }
    }

    fn event(kind: EventKind) -> Happening {
        Happening::Event(Event::new(crate::time::LabTime::ZERO, kind))
    }

    fn read() -> Happening {
        event(EventKind::Outcome { side: Side::Client, outcome: Outcome::Bytes(1) })
    }

    fn applied() -> Happening {
        event(EventKind::StepApplied { step: 0 })
    }

    #[test]
    fn one_that_is_not_taken_yet_stands_for_all() {
        let mut samples = samples(true);
        let asked = samples.after(&applied()).unwrap();
        assert!(samples.after(&read()).is_none() && samples.after(&applied()).is_none());
        asked.taken();
        assert!(samples.after(&event(EventKind::ClockStep { nanoseconds: 0 })).is_none());
        assert!(samples.after(&read()).is_some());
    }

    #[test]
    fn after_many_outcomes_only_steps_are_followed() {
        let mut samples = samples(true);
        let mut due = |happening: &Happening| {
            let asked = samples.after(happening);
            asked.iter().for_each(Asked::taken);
            asked.is_some()
        };
        let taken = (0..1000).filter(|_| due(&read())).count();
        assert_eq!(taken, MOST_OUTCOMES as usize);
        assert!(due(&applied()));
    }

    #[test]
    fn of_very_many_connections_there_are_none() {
        assert!(samples(false).after(&applied()).is_none());
    }
}
