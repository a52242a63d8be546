//! Steps, with names and places filled in.

use super::fault::{Scene, fault};
use super::topology::Topology;
use super::{Action, PlanError, StepPlan, endpoint};
use crate::ladder::Ladder;
use crate::name::NodeName;
use crate::scenario::{self, Role, Scenario, rung_text, step_names};

/// All steps of a scenario.
pub(super) fn steps(
    scenario: &Scenario,
    topology: &Topology,
    ladder: &Ladder,
    server_port: u16,
) -> Result<Vec<StepPlan>, PlanError> {
    let names = step_names(&scenario.steps);
    let mut waits = Waits::new(ladder);
    let compiled = scenario.steps.iter().enumerate().map(|(index, step)| {
        let scene = |node: &NodeName| scene(topology, index, node, server_port);
        Ok(StepPlan {
            name: names.get(index).cloned().unwrap_or_default(),
            line: step.span.line,
            action: action(&step.action, &names, &mut waits, &scene)?,
        })
    });
    compiled.collect()
}

fn scene<'a>(topology: &'a Topology, step: usize, node: &NodeName, server_port: u16) -> Scene<'a> {
    let switch = topology.places.iter().find(|p| p.name == *node && p.role == Role::Switch);
    let ports = switch.map(|place| place.interfaces.iter().map(|i| i.name.as_str()).collect());
    Scene { step, server_port, switch_ports: ports.unwrap_or_default() }
}

fn action<'a>(
    action: &scenario::Action,
    names: &[String],
    waits: &mut Waits,
    scene: &dyn Fn(&NodeName) -> Scene<'a>,
) -> Result<Action, PlanError> {
    use scenario::Action as From;
    Ok(match action {
        From::Connect => Action::Connect,
        From::Send { from, bytes } => Action::Send { from: *from, bytes: *bytes },
        From::Read { on, bytes } => Action::Read { on: *on, bytes: *bytes },
        From::Shutdown { from } => Action::Shutdown { from: *from },
        From::Close { from } => Action::Close { from: *from },
        From::Wait(duration) => Action::Wait(*duration),
        From::WaitFor(rung) => waits.find(rung)?,
        From::PowerOff(node) => Action::PowerOff { node: node.value.clone() },
        From::PowerOn(node) => Action::PowerOn { node: node.value.clone() },
        From::LinkDown { of, toward } => {
            Action::LinkDown { node: of.value.clone(), interface: format!("to-{toward}", toward = toward.value) }
        }
        From::LinkUp { of, toward } => {
            Action::LinkUp { node: of.value.clone(), interface: format!("to-{toward}", toward = toward.value) }
        }
        From::Drop(hole) => Action::Drop(fault(hole, &scene(&hole.on))?),
        From::Undo(name) => Action::Undo {
            step: names
                .iter()
                .position(|known| *known == name.value)
                .ok_or_else(|| PlanError::UnknownStep(name.value.clone()))?,
        },
        From::FlushNat(node) => Action::FlushNat { node: node.value.clone() },
        From::Kill(side) => Action::Kill { side: *side },
        From::Freeze(side) => Action::Freeze { side: *side },
        From::Thaw(side) => Action::Thaw { side: *side },
        From::Sysctl { on, key, value } => Action::Sysctl {
            node: on.value.clone(),
            key: key.value.clone(),
            value: value.value.clone(),
        },
        From::Sockopt { on, option, value } => {
            Action::Sockopt { side: *on, option: endpoint::option(option, *value)? }
        }
    })
}

/// Which rung each `wait_for` means: the first that reads like it and was not waited
/// for before.
struct Waits<'a> {
    ladder: &'a Ladder,
    next: usize,
}

impl<'a> Waits<'a> {
    fn new(ladder: &'a Ladder) -> Self {
        Self { ladder, next: 0 }
    }

    fn find(&mut self, wanted: &scenario::Rung) -> Result<Action, PlanError> {
        let text = rung_text(&wanted.what);
        let matching = |(_, rung): &(usize, &crate::ladder::Rung)| rung.text == text;
        let (index, rung) = self
            .ladder
            .rungs
            .iter()
            .enumerate()
            .skip(self.next)
            .find(matching)
            .ok_or(PlanError::UnknownRung(text.clone()))?;
        let times = wanted.times.min(rung.times);
        // The same line may be waited for again only while repeats of it are left.
        self.next = if times < rung.times { index } else { index + 1 };
        Ok(Action::WaitFor { rung: index, times })
    }
}
