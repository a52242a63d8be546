use super::actor::Actor;
use super::clock::Clock;
use super::error::{Error, part};
use super::parts;
use super::sink::Sink;
use super::world::World;
use crate::name::{NodeName, Side};
use crate::plan::{Action, EndpointPlan, StepPlan};
use crate::record::{Event, EventKind};
use crate::run::Happening;
use crate::time::LabTime;
use std::net::{Ipv4Addr, SocketAddr};
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError};

/// A step under way. Whatever becomes of it, it is told: a report that is dropped
/// tells that the step failed.
#[must_use]
struct Report {
    step: usize,
    clock: Clock,
    sink: Sink,
    told: bool,
}

impl Report {
    fn begin(world: &World, step: usize, planned: LabTime) -> Self {
        let planned_step = world.plan.steps.get(step);
        let name = planned_step.map(|step| step.name.clone()).unwrap_or_default();
        let fault = planned_step.is_some_and(|step| step.action.is_fault());
        world.tell(EventKind::StepBegun { step, name, planned, fault });
        Self { step, clock: world.clock, sink: world.sink.clone(), told: false }
    }

    fn end(mut self, result: Result<(), Error>) {
        let step = self.step;
        self.tell(match result {
            Ok(()) => EventKind::StepApplied { step },
            Err(error) => EventKind::StepFailed { step, error: error.to_string() },
        });
    }

    fn tell(&mut self, kind: EventKind) {
        self.told = true;
        drop(self.sink.send(Happening::Event(Event::new(self.clock.now(), kind))));
    }
}

impl Drop for Report {
    fn drop(&mut self) {
        if !self.told {
            let error = "finish: its node ended before".to_owned();
            self.tell(EventKind::StepFailed { step: self.step, error });
        }
    }
}

impl World {
    /// Carries out a step. What changes the lab is done on return; what an endpoint
    /// does has begun.
    pub(crate) fn step(&mut self, step: usize, planned: LabTime) {
        let report = Report::begin(self, step, planned);
        let Some(planned) = self.plan.steps.get(step).cloned() else {
            return report.end(Err(Error::Unplanned { what: format!("step {step}") }));
        };
        match self.shape(step, &planned.action) {
            Some(result) => report.end(result),
            None => self.act(&planned, report),
        }
    }

    /// Steps of the lab itself.
    fn shape(&mut self, step: usize, action: &Action) -> Option<Result<(), Error>> {
        Some(match action {
            Action::PowerOff { node } => self.power_off(node),
            Action::PowerOn { node, macs, listens } => self.come_back(node, macs, *listens),
            Action::LinkDown { node, interface } => self.link_down(node, interface),
            Action::LinkUp { node, interface } => self.link_up(node, interface),
            Action::Drop(_) | Action::Reject { .. } | Action::Impair(_) | Action::Route(_) => {
                self.set_fault(step, action)
            }
            Action::Undo { step } => self.unset_fault(*step),
            Action::FlushNat { node } => self.flush_nat(node),
            Action::TakePort { node, entries, .. } => self.take_port(node, entries),
            Action::FlushNeighbours { node } => self.flush_neighbours(node),
            Action::Sysctl { node, key, value } => self.set_sysctl(node, key, value),
            Action::Wait(_) | Action::WaitFor { .. } => {
                Err(Error::Unplanned { what: "anything to do for a wait".to_owned() })
            }
            _ => return None,
        })
    }

    /// Steps of endpoints, on their nodes' threads: other steps go on meanwhile. It is done
    /// when the last is.
    fn act(&self, step: &StepPlan, report: Report) {
        let Some(side) = side_of(&step.action) else { return };
        let ready = if step.action == Action::Connect { self.serve() } else { Ok(()) };
        if let Err(error) = ready {
            return report.end(Err(error));
        }
        let endpoints = self.endpoints(step, side);
        let report = Shared::new(report, endpoints.len());
        for plan in endpoints {
            self.act_one(plan, step.action.clone(), report.clone());
        }
    }

    fn act_one(&self, plan: EndpointPlan, action: Action, report: Shared) {
        let (clock, sink) = (self.clock, self.sink.of(plan.connection));
        let server = self.server_of(plan.connection);
        match self.node(&plan.node) {
            Ok(node) => node.post(move || async move {
                let done = match action {
                    Action::Connect => parts::connect(&plan, server, clock, sink).await,
                    _ => perform(&plan, &action).await,
                };
                report.part(done);
            }),
            Err(error) => report.part(Err(error)),
        }
    }

    fn server_of(&self, connection: usize) -> SocketAddr {
        let own = self.plan.connections().nth(connection).map(|own| own.server);
        own.map_or(SocketAddr::new(Ipv4Addr::UNSPECIFIED.into(), 0), |server| {
            SocketAddr::new(server.public(), server.port.unwrap_or(0))
        })
    }
}

/// One report of a step in which several take part: it ends with the last of them, or with
/// the first that fails.
#[derive(Clone)]
struct Shared(Arc<Mutex<(Option<Report>, usize)>>);

impl Shared {
    fn new(report: Report, parts: usize) -> Self {
        Self(Arc::new(Mutex::new((Some(report), parts))))
    }

    /// One of them is done.
    fn part(&self, result: Result<(), Error>) {
        let mut shared = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        shared.1 = shared.1.saturating_sub(1);
        if (shared.1 == 0 || result.is_err())
            && let Some(report) = shared.0.take()
        {
            report.end(result);
        }
    }
}

fn side_of(action: &Action) -> Option<Side> {
    match action {
        Action::Connect => Some(Side::Client),
        Action::Send { from: side, .. }
        | Action::Read { on: side, .. }
        | Action::Shutdown { from: side }
        | Action::Close { from: side }
        | Action::Kill { side }
        | Action::Freeze { side }
        | Action::Thaw { side }
        | Action::Sockopt { side, .. } => Some(*side),
        _ => None,
    }
}

async fn perform(plan: &EndpointPlan, action: &Action) -> Result<(), Error> {
    actor(&plan.node, plan.connection, plan.side)?.perform(action).await.map_err(part(&plan.node))
}

/// What plays this side of a connection in the calling node.
///
/// # Errors
/// Nothing does yet, or not since the node was powered on.
pub(crate) fn actor(node: &NodeName, connection: usize, side: Side) -> Result<Rc<Actor>, Error> {
    parts::actor(connection, side).ok_or_else(|| Error::Refused {
        operation: "use",
        object: format!("the {side}"),
        node: node.clone(),
        why: "it has not been started since the node was powered on".to_owned(),
    })
}
