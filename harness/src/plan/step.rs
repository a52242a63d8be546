//! Steps, with names and places filled in.

use super::fault::{Scene, fault};
use super::route::Outsides;
use super::topology::Topology;
use super::{
    Action, ConnectionPlan, DeadEndPlan, ImpairPlan, PlanError, STRANGERS, StepPlan, TakenPlan, VantagePlan, endpoint,
};
use crate::ladder::{Expected, Ladder, Rung};
use crate::name::{Label, NodeName, Side};
use crate::scenario::{self, Role, Scenario, Spanned, prober, step_names};
use std::net::SocketAddr;

/// All steps of a scenario.
pub(super) fn steps(
    scenario: &Scenario,
    topology: &Topology,
    outsides: &Outsides,
    connections: &[ConnectionPlan],
) -> Result<Vec<StepPlan>, PlanError> {
    let names = step_names(&scenario.steps);
    // Connections of one name are alike: the first stands for all.
    let of_each = scenario.connections().zip(connections);
    let mut waits: Vec<(&str, Waits)> =
        of_each.map(|(own, plan)| (first_part(&plan.name), Waits::new(own.expect, &plan.ladder))).collect();
    waits.dedup_by(|(one, _), (other, _)| one == other);
    let compiled = scenario.steps.iter().enumerate().map(|(index, step)| {
        let of = step.of.as_ref().map(|name| name.value.as_str());
        let ports = ports(connections, of);
        let answering = answering(scenario, of);
        let scene = |node: &NodeName| Scene { answering, ..scene(topology, index, node, ports.clone()) };
        let take = |node: &NodeName, port| taken(topology, outsides, node, port, &servers(connections, of));
        let own = waits.iter_mut().find(|(name, _)| of.is_none_or(|of| of == *name));
        let (_, own) = own.ok_or_else(|| PlanError::UnknownConnection(of.unwrap_or_default().to_owned()))?;
        let action = action(&step.action, &names, own, (&scene, &take), topology, index)?;
        waits.iter_mut().for_each(|(_, waits)| waits.pass(index, &action));
        let of = of.map_or(Vec::new(), |of| indices(connections, of));
        Ok(StepPlan { name: names.get(index).cloned().unwrap_or_default(), line: step.span.line, action, of })
    });
    compiled.collect()
}

/// Which side answers probes: in the connections that are meant, if they agree.
fn answering(scenario: &Scenario, of: Option<&str>) -> Option<Side> {
    let meant = scenario.connections().filter(|own| of.is_none_or(|of| first_part(own.name.unwrap_or_default()) == of));
    let mut sides = meant.map(|own| prober(own.client, own.server).map(Side::other));
    let first = sides.next()?;
    first.filter(|_| sides.all(|side| side == first))
}

/// `dead` of `dead.7`: many that are alike go by one name in the file.
fn first_part(name: &str) -> &str {
    name.split('.').next().unwrap_or(name)
}

fn indices(connections: &[ConnectionPlan], of: &str) -> Vec<usize> {
    let named = connections.iter().enumerate().filter(|(_, connection)| first_part(&connection.name) == of);
    named.map(|(index, _)| index).collect()
}

/// Where the servers listen, of the connections that go by this name, or of all.
fn ports(connections: &[ConnectionPlan], of: Option<&str>) -> Vec<u16> {
    let own = connections.iter().filter(|connection| of.is_none_or(|of| first_part(&connection.name) == of));
    own.filter_map(|connection| connection.server.port).collect()
}

/// Where clients find the servers of the connections that go by this name, or of all.
fn servers(connections: &[ConnectionPlan], of: Option<&str>) -> Vec<SocketAddr> {
    let own = connections.iter().filter(|connection| of.is_none_or(|of| first_part(&connection.name) == of));
    own.filter_map(|own| Some(SocketAddr::new(own.server.public(), own.server.port?))).collect()
}

type Take<'a> = &'a dyn Fn(&NodeName, u16) -> Result<Action, PlanError>;

fn taken(
    topology: &Topology,
    outsides: &Outsides,
    node: &NodeName,
    port: u16,
    servers: &[SocketAddr],
) -> Result<Action, PlanError> {
    let index = topology.index(node)?;
    let outside = outsides[index].and_then(|outside| topology.places[index].interfaces[outside].address);
    let entry = |server: &SocketAddr| {
        let outside = SocketAddr::new(outside?, port);
        let stranger = STRANGERS.into_iter().find(|ip| ip.is_ipv4() == outside.is_ipv4())?;
        Some(TakenPlan { inside: SocketAddr::new(stranger, port), outside, server: *server })
    };
    Ok(Action::TakePort { node: node.clone(), port, entries: servers.iter().filter_map(entry).collect() })
}

fn scene<'a>(topology: &'a Topology, step: usize, node: &NodeName, server_ports: Vec<u16>) -> Scene<'a> {
    let place = topology.places.iter().find(|place| place.name == *node);
    let interfaces = place.map(|place| place.interfaces.iter().map(|one| one.name.as_str()).collect());
    let is_switch = place.is_some_and(|place| place.role == Role::Switch);
    let interfaces = interfaces.unwrap_or_default();
    Scene { step, family: topology.family, server_ports, interfaces, is_switch, answering: None }
}

fn action<'a>(
    action: &scenario::Action,
    names: &[String],
    waits: &mut Waits,
    (scene, take): (&dyn Fn(&NodeName) -> Scene<'a>, Take),
    topology: &Topology,
    step: usize,
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
        From::PowerOn(back) => {
            let macs = if back.new_mac { new_macs(topology, &back.node, step)? } else { Vec::new() };
            Action::PowerOn { node: back.node.value.clone(), macs, listens: back.listens }
        }
        From::LinkDown { of, toward } => {
            Action::LinkDown { node: of.value.clone(), interface: format!("to-{toward}", toward = toward.value) }
        }
        From::LinkUp { of, toward } => {
            Action::LinkUp { node: of.value.clone(), interface: format!("to-{toward}", toward = toward.value) }
        }
        From::Drop(what) => Action::Drop(fault(what, None, &scene(&what.on))?),
        From::Reject { what, with } => {
            Action::Reject { fault: fault(what, Some(*with), &scene(&what.on))?, with: *with }
        }
        From::Impair(what) => Action::Impair(impair(what)),
        From::Route(route) => Action::Route(dead_end(route, topology)?),
        From::Undo(name) => Action::Undo {
            step: names
                .iter()
                .position(|known| *known == name.value)
                .ok_or_else(|| PlanError::UnknownStep(name.value.clone()))?,
        },
        From::TakePort { on, port } => take(on, *port)?,
        From::FlushNeighbours(node) => Action::FlushNeighbours { node: node.value.clone() },
        From::FlushNat(node) => Action::FlushNat { node: node.value.clone() },
        From::Kill(side) => Action::Kill { side: *side },
        From::Freeze(side) => Action::Freeze { side: *side },
        From::Thaw(side) => Action::Thaw { side: *side },
        From::Sysctl { on, key, value } => {
            Action::Sysctl { node: on.value.clone(), key: key.value.clone(), value: value.value.clone() }
        }
        From::Sockopt { on, option, value } => Action::Sockopt { side: *on, option: endpoint::option(option, *value)? },
    })
}

/// MACs that no interface of the lab has, nor had before this step.
fn new_macs(topology: &Topology, node: &NodeName, step: usize) -> Result<Vec<[u8; 6]>, PlanError> {
    let generation = u8::try_from(step + 1).unwrap_or(u8::MAX);
    let place = &topology.places[topology.index(node)?];
    Ok(place.interfaces.iter().map(|i| [i.mac[0], i.mac[1], i.mac[2], generation, i.mac[4], i.mac[5]]).collect())
}

fn dead_end(route: &scenario::Route, topology: &Topology) -> Result<DeadEndPlan, PlanError> {
    let to = topology.addresses(&route.to)?;
    Ok(DeadEndPlan { node: route.on.value.clone(), kind: route.kind, to, lasts: route.lasts })
}

fn impair(what: &scenario::Impair) -> ImpairPlan {
    let sender = |node: &NodeName, peer: &NodeName| VantagePlan { node: node.clone(), interface: format!("to-{peer}") };
    let back = what.both.then(|| sender(&what.toward, &what.of));
    let senders = [sender(&what.of, &what.toward)].into_iter().chain(back).collect();
    ImpairPlan { senders, how: what.how, lasts: what.lasts }
}

/// Which rung each `wait_for` means: the first that reads like it and that no step
/// before has passed.
struct Waits<'a> {
    expect: &'a [Spanned<scenario::Rung>],
    ladder: &'a Ladder,
    /// Rungs before this one are met when the step at hand begins.
    next: usize,
}

impl<'a> Waits<'a> {
    fn new(expect: &'a [Spanned<scenario::Rung>], ladder: &'a Ladder) -> Self {
        Self { expect, ladder, next: 0 }
    }

    fn find(&mut self, wanted: &scenario::Rung) -> Result<Action, PlanError> {
        let lines = self.expect.iter().zip(&self.ladder.rungs).enumerate().skip(self.next);
        let mut alike = lines.filter(|(_, (line, _))| line.what.reads_like(&wanted.what));
        let unknown = || PlanError::UnknownRung(wanted.what.to_string());
        let (index, (_, rung)) = alike.next().ok_or_else(unknown)?;
        let times = wanted.times.min(rung.times);
        // The same line may be waited for again only while repeats of it are left.
        self.next = if times < rung.times { index } else { index + 1 };
        Ok(Action::WaitFor { rung: index, times })
    }

    /// Takes note that the step of this index is done when the next begins.
    fn pass(&mut self, index: usize, action: &Action) {
        let line = self.ladder.rungs.iter().position(|rung| rung.what == Expected::Step(index));
        let handshake = (*action == Action::Connect).then(|| self.handshake()).flatten();
        self.next = self.next.max(line.max(handshake).map_or(0, |met| met + 1));
    }

    /// The rung of the client's ACK that completes the handshake.
    fn handshake(&self) -> Option<usize> {
        let label = |rung: &Rung| match &rung.what {
            Expected::Segment { label, .. } => Some(*label),
            _ => None,
        };
        let answered = self.ladder.rungs.iter().position(|rung| label(rung) == Some(Label::SynAck))?;
        let completed = self.ladder.rungs[answered..].iter().position(|rung| label(rung) == Some(Label::Ack))?;
        Some(answered + completed)
    }
}
