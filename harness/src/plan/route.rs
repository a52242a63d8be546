//! Static routes: every node knows every subnet, but none behind a NAT from outside.

use super::address::{address, prefix};
use super::topology::Topology;
use super::{PlanError, RoutePlan};
use crate::name::NodeName;
use crate::scenario::Role;
use std::collections::VecDeque;
use std::net::IpAddr;

/// Where a packet from one node leaves for a subnet.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hop {
    /// Index of the node's interface.
    pub(super) interface: usize,
    /// The router's address; none on the subnet itself.
    pub(super) via: Option<IpAddr>,
}

/// For each NAT, by node index, the index of its interface towards the outside.
pub(super) type Outsides = Vec<Option<usize>>;

/// The way from `node` to every subnet, none where there is no way.
pub(super) fn hops(topology: &Topology, outsides: &Outsides, node: usize) -> Vec<Option<Hop>> {
    let mut found: Vec<Option<Hop>> = vec![None; topology.subnets];
    let mut queue = VecDeque::new();
    for (interface, subnet) in topology.places[node].subnets.iter().enumerate() {
        if topology.places[node].role != Role::Switch && found[*subnet].is_none() {
            found[*subnet] = Some(Hop { interface, via: None });
            queue.push_back(*subnet);
        }
    }
    while let Some(subnet) = queue.pop_front() {
        let Some(hop) = found[subnet] else { continue };
        for (router, entry, next) in crossings(topology, outsides, subnet) {
            if router != node && found[next].is_none() {
                let via = hop.via.or(topology.places[router].interfaces[entry].address);
                found[next] = Some(Hop { interface: hop.interface, via });
                queue.push_back(next);
            }
        }
    }
    found
}

/// Routers that lead out of `subnet`: node, its interface here, and the next subnet.
fn crossings(topology: &Topology, outsides: &Outsides, subnet: usize) -> Vec<(usize, usize, usize)> {
    let mut all = Vec::new();
    for (node, place) in topology.places.iter().enumerate() {
        let forwards = matches!(place.role, Role::Router | Role::Nat(_));
        let entry = place.subnets.iter().position(|s| *s == subnet);
        let Some(entry) = entry.filter(|_| forwards) else { continue };
        let from_outside = outsides[node] == Some(entry);
        if !from_outside {
            all.extend(place.subnets.iter().filter(|s| **s != subnet).map(|next| (node, entry, *next)));
        }
    }
    all
}

/// The routes of `node` beyond its own subnets.
pub(super) fn routes(topology: &Topology, outsides: &Outsides, node: usize) -> Vec<RoutePlan> {
    let hops = hops(topology, outsides, node);
    let routed = hops.iter().enumerate().filter_map(|(subnet, hop)| Some((subnet, (*hop)?.via?)));
    routed
        .map(|(subnet, via)| RoutePlan {
            destination: address(topology.family, subnet, 0),
            prefix: prefix(topology.family),
            via,
        })
        .collect()
}

/// The interface of `from` that is nearer to `to`, for an address and for the outside
/// of a NAT. Switches are passed; NATs are passed in any direction.
pub(super) fn toward(topology: &Topology, from: usize, to: &NodeName) -> Result<usize, PlanError> {
    let open: Outsides = vec![None; topology.places.len()];
    let target = topology.index(to)?;
    let hops = hops(topology, &open, from);
    let reached = topology.places[target].subnets.iter().filter_map(|subnet| hops[*subnet]);
    let nearest = reached.min_by_key(|hop| hop.via.is_some());
    nearest
        .map(|hop| hop.interface)
        .ok_or_else(|| PlanError::NoWay { from: topology.places[from].name.clone(), to: to.clone() })
}
