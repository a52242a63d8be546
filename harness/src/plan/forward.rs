//! Ports that a NAT forwards: to which address inside, and at which outside a client finds
//! its server.

use super::route::{Outsides, hops, toward};
use super::topology::{Place, Topology};
use super::{ConnectionPlan, EndpointPlan, PlanError, Warning};
use crate::name::NodeName;
use crate::scenario::{ConnectionOf, Nat, Role, Scenario, Spanned};
use std::net::IpAddr;

/// Each port that the NAT of this index forwards, with the address to which.
pub(super) fn ports(topology: &Topology, nat: &Nat, node: usize) -> Result<Vec<(u16, IpAddr)>, PlanError> {
    let own = &topology.places[node].name;
    let address = |to: &NodeName| {
        let place = topology.index(to)?;
        let near = &topology.places[place].interfaces[toward(topology, place, own)?];
        near.address.ok_or_else(|| PlanError::NoWay { from: own.clone(), to: to.clone() })
    };
    nat.forward.iter().map(|(port, to)| Ok((port.value, address(to)?))).collect()
}

/// How a client comes to its server.
pub(super) enum Way {
    /// By routes.
    Open,
    /// Through these NATs, each of which forwards the server's port to the one before; the
    /// first to the server itself.
    Forwarded(Vec<usize>),
    /// A NAT hides the server, and nobody forwards its port from where the client is.
    Hidden,
}

pub(super) fn way(
    topology: &Topology,
    outsides: &Outsides,
    client: &NodeName,
    (server, address, port): (&NodeName, IpAddr, Option<u16>),
) -> Result<Way, PlanError> {
    let hops = hops(topology, outsides, topology.index(client)?);
    let knows = |node: usize, interface: usize| hops[topology.places[node].subnets[interface]].is_some();
    let at = topology.index(server)?;
    let own = topology.places[at].interfaces.iter().position(|one| one.address == Some(address));
    if own.is_none_or(|own| knows(at, own)) {
        return Ok(Way::Open);
    }
    let found = |nat: usize| outsides[nat].is_some_and(|outside| knows(nat, outside));
    let mut passed = Vec::new();
    Ok(if forwarded(topology, at, port, &found, &mut passed) { Way::Forwarded(passed) } else { Way::Hidden })
}

/// Whether NATs that forward the port to the node of this index lead to one that is found;
/// `passed` gets them.
fn forwarded(
    topology: &Topology,
    to: usize,
    port: Option<u16>,
    found: &dyn Fn(usize) -> bool,
    passed: &mut Vec<usize>,
) -> bool {
    for nat in forwarders(topology, to, port) {
        if passed.contains(&nat) {
            continue;
        }
        passed.push(nat);
        if found(nat) || forwarded(topology, nat, port, found, passed) {
            return true;
        }
        passed.pop();
    }
    false
}

/// The outside address of the outermost NAT.
pub(super) fn public(topology: &Topology, outsides: &Outsides, way: &Way) -> Option<IpAddr> {
    let Way::Forwarded(nats) = way else { return None };
    let outermost = *nats.last()?;
    topology.places[outermost].interfaces[outsides[outermost]?].address
}

/// Of servers that nobody can find, and of ports at which nobody asks.
pub(super) fn warnings(
    scenario: &Scenario,
    topology: &Topology,
    outsides: &Outsides,
    connections: &[ConnectionPlan],
) -> Result<Vec<Warning>, PlanError> {
    let mut all = Vec::new();
    let mut used: Vec<(usize, Option<u16>)> = Vec::new();
    for (own, plan) in scenario.connections().zip(connections) {
        let server = &plan.server;
        match way(topology, outsides, &plan.client.node, (&server.node, server.address, server.port))? {
            Way::Open => {}
            Way::Forwarded(nats) => used.extend(nats.into_iter().map(|nat| (nat, server.port))),
            Way::Hidden => all.push(hidden(own, server)),
        }
    }
    for (index, place) in topology.places.iter().enumerate() {
        let Role::Nat(nat) = &place.role else { continue };
        let idle = nat.forward.iter().filter(|(port, _)| !used.contains(&(index, Some(port.value))));
        all.extend(idle.map(|(port, _)| unused(port, &place.name)));
    }
    Ok(all)
}

fn hidden(own: ConnectionOf<'_>, server: &EndpointPlan) -> Warning {
    let (on, port) = (&server.node, server.port.unwrap_or_default());
    let text = format!(
        "{on} is behind a nat, and {} finds no way to it; have the nat `forward: {{ {port}: {on} }}`",
        own.client.on.value
    );
    Warning { line: own.server.on.span.line, text }
}

fn unused(port: &Spanned<u16>, nat: &NodeName) -> Warning {
    let text = format!(
        "no client comes to port {} of {nat} from its outside; put one there, or take the port out of `forward`",
        port.value
    );
    Warning { line: port.span.line, text }
}

/// The NATs that forward this port to the node.
fn forwarders(topology: &Topology, to: usize, port: Option<u16>) -> impl Iterator<Item = usize> {
    let target = &topology.places[to].name;
    let forwards = move |place: &Place| match &place.role {
        Role::Nat(nat) => nat.forward.iter().any(|(own, to)| Some(own.value) == port && to.value == *target),
        _ => false,
    };
    topology.places.iter().enumerate().filter(move |(_, place)| forwards(place)).map(|(nat, _)| nat)
}
