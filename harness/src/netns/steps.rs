use super::clock::Clock;
use super::endpoint::{EndpointError, Handle};
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
        let name = world.plan.steps.get(step).map(|step| step.name.clone()).unwrap_or_default();
        world.tell(EventKind::StepBegun { step, name, planned });
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
            Action::PowerOn { node } => self.power_on(node),
            Action::LinkDown { node, interface } => self.link_down(node, interface),
            Action::LinkUp { node, interface } => self.link_up(node, interface),
            Action::Drop(fault) => self.set_fault(step, fault),
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
        // A server that went down with its node listens again when it is needed.
        let reopened = match action {
            Action::Connect => self.open_endpoint(Side::Server).and_then(|()| self.open_endpoint(Side::Client)),
            _ => Ok(()),
        };
        let Some(side) = side_of(&action) else { return };
        let name = self.endpoint(side).node.clone();
        match reopened.and_then(|()| self.node(&name)) {
            Ok(node) => node.post(move || async move { report.end(carry_out(&name, side, &action).await) }),
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

/// The endpoint of the calling node.
///
/// # Errors
/// It has none of this side: it went with its node's power.
pub(crate) fn endpoint(node: &NodeName, side: Side) -> Result<Rc<Handle>, Error> {
    parts::endpoint(side).ok_or_else(|| Error::Refused {
        operation: "use",
        object: format!("the {side}"),
        node: node.clone(),
        why: "it has not been started since the node was powered on".to_owned(),
    })
}

async fn carry_out(node: &NodeName, side: Side, action: &Action) -> Result<(), Error> {
    let handle = endpoint(node, side)?;
    perform(&handle, action).await.map_err(part(node))
}

async fn perform(handle: &Handle, action: &Action) -> Result<(), EndpointError> {
    match action {
        Action::Connect => handle.connect().await,
        Action::Send { bytes, .. } => handle.send(*bytes).await,
        Action::Read { bytes, .. } => handle.read(*bytes).await,
        Action::Shutdown { .. } => handle.shutdown().await,
        Action::Close { .. } => handle.close().await,
        Action::Kill { .. } => handle.kill().await,
        Action::Freeze { .. } => handle.freeze().await,
        Action::Thaw { .. } => handle.thaw().await,
        Action::Sockopt { option, .. } => handle.set_option(option).await,
        _ => Ok(()),
    }
}
