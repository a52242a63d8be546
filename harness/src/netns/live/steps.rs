use super::actor::Actor;
use super::clock::Clock;
use super::error::{Error, part};
use super::parts;
use super::world::World;
use crate::name::{NodeName, Side};
use crate::plan::Action;
use crate::record::{Event, EventKind};
use crate::run::Happening;
use crate::time::LabTime;
use std::rc::Rc;
use std::sync::mpsc::Sender;

/// A step under way. Whatever becomes of it, it is told: a report that is dropped
/// tells that the step failed.
#[must_use]
struct Report {
    step: usize,
    clock: Clock,
    sink: Sender<Happening>,
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
        drop(self.sink.send(Happening::Event(Event { at: self.clock.now(), kind })));
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
        let Some(action) = self.plan.steps.get(step).map(|step| step.action.clone()) else {
            return report.end(Err(Error::Unplanned { what: format!("step {step}") }));
        };
        match self.shape(step, &action) {
            Some(result) => report.end(result),
            None => self.act(action, report),
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
            Action::Sysctl { node, key, value } => self.set_sysctl(node, key, value),
            Action::Wait(_) | Action::WaitFor { .. } => {
                Err(Error::Unplanned { what: "anything to do for a wait".to_owned() })
            }
            _ => return None,
        })
    }

    /// Steps of an endpoint, on its node's thread: other steps go on meanwhile.
    fn act(&self, action: Action, report: Report) {
        let Some(side) = side_of(&action) else { return };
        let plan = self.endpoint(side).clone();
        let ready = if action == Action::Connect { self.serve() } else { Ok(()) };
        let (server, clock, sink) = (self.server_address(), self.clock, self.sink.clone());
        match ready.and_then(|()| self.node(&plan.node)) {
            Ok(node) => node.post(move || async move {
                report.end(match action {
                    Action::Connect => parts::connect(&plan, server, clock, sink).await,
                    _ => perform(&plan.node, side, &action).await,
                });
            }),
            Err(error) => report.end(Err(error)),
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

async fn perform(node: &NodeName, side: Side, action: &Action) -> Result<(), Error> {
    actor(node, side)?.perform(action).await.map_err(part(node))
}

/// What plays this side in the calling node.
///
/// # Errors
/// Nothing does yet, or not since the node was powered on.
pub(crate) fn actor(node: &NodeName, side: Side) -> Result<Rc<Actor>, Error> {
    parts::actor(side).ok_or_else(|| Error::Refused {
        operation: "use",
        object: format!("the {side}"),
        node: node.clone(),
        why: "it has not been started since the node was powered on".to_owned(),
    })
}
