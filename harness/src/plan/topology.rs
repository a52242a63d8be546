//! Interfaces, addresses and MACs, by one rule.
//!
//! A *subnet* is what switches join: its links, taken in the file's order, number it
//! from 0. Node *n* (from 1, in the file's order) has the address `10.0.SUBNET.n`, or
//! `fd00:0:0:SUBNET::n`, in each of its subnets, and the MAC `02:dd:00:00:n:i` on its
//! *i*-th interface. The interface of a node towards its neighbour `b` is `to-b`.

use super::address::{address, octet, prefix};
use super::{InterfacePlan, PlanError};
use crate::name::NodeName;
use crate::scenario::{Family, Link, Role, Scenario};
use std::net::IpAddr;

const DEFAULT_MTU: u32 = 1500;

/// One node's interfaces, and which subnet each is in.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) name: NodeName,
    pub(super) role: Role,
    pub(super) interfaces: Vec<InterfacePlan>,
    /// For each interface.
    pub(super) subnets: Vec<usize>,
}

/// All nodes with their interfaces, in the file's order.
#[derive(Debug, Clone)]
pub(super) struct Topology {
    pub(super) places: Vec<Place>,
    pub(super) subnets: usize,
    pub(super) family: Family,
}

impl Topology {
    pub(super) fn new(scenario: &Scenario) -> Result<Self, PlanError> {
        let names: Vec<&NodeName> = scenario.nodes.iter().map(|node| &node.name.value).collect();
        let ends = link_ends(scenario, &names)?;
        let is_switch = |node: usize| scenario.nodes.get(node).is_some_and(|n| n.role == Role::Switch);
        let (subnet_of, subnets) = subnets(&ends, is_switch);
        if names.len() > 254 || subnets > 256 {
            return Err(PlanError::TooLarge { nodes: names.len(), subnets });
        }
        let mut places: Vec<Place> = scenario
            .nodes
            .iter()
            .map(|node| Place {
                name: node.name.value.clone(),
                role: node.role.clone(),
                interfaces: Vec::new(),
                subnets: Vec::new(),
            })
            .collect();
        for (link, (a, b)) in ends.iter().enumerate() {
            let settings = &scenario.links[link].value;
            for (node, peer) in [(*a, *b), (*b, *a)] {
                places[node].attach(scenario.family, node, link, names[peer], subnet_of[link], settings)?;
            }
        }
        Ok(Self { places, subnets, family: scenario.family })
    }

    /// All addresses of a node.
    pub(super) fn addresses(&self, name: &NodeName) -> Result<Vec<IpAddr>, PlanError> {
        let place = &self.places[self.index(name)?];
        Ok(place.interfaces.iter().filter_map(|interface| interface.address).collect())
    }

    pub(super) fn index(&self, name: &NodeName) -> Result<usize, PlanError> {
        let found = self.places.iter().position(|place| place.name == *name);
        found.ok_or_else(|| PlanError::UnknownNode(name.clone()))
    }
}

impl Place {
    fn attach(
        &mut self,
        family: Family,
        node: usize,
        link: usize,
        peer: &NodeName,
        subnet: usize,
        settings: &Link,
    ) -> Result<(), PlanError> {
        let name = format!("to-{peer}");
        if self.interfaces.iter().any(|interface| interface.name == name) {
            return Err(PlanError::DoubledLink { a: self.name.clone(), b: peer.clone() });
        }
        let number = node + 1;
        self.interfaces.push(InterfacePlan {
            name,
            link,
            peer: peer.clone(),
            mac: [0x02, 0xdd, 0, 0, octet(number), octet(self.interfaces.len())],
            address: (self.role != Role::Switch).then(|| address(family, subnet, number)),
            prefix: prefix(family),
            mtu: settings.mtu.unwrap_or(DEFAULT_MTU),
            impairment: settings.impairment,
        });
        self.subnets.push(subnet);
        Ok(())
    }
}

/// Each link's two nodes, by index.
fn link_ends(scenario: &Scenario, names: &[&NodeName]) -> Result<Vec<(usize, usize)>, PlanError> {
    let index = |name: &NodeName| {
        let found = names.iter().position(|known| *known == name);
        found.ok_or_else(|| PlanError::UnknownNode(name.clone()))
    };
    let ends = scenario.links.iter().map(|link| Ok((index(&link.ends[0])?, index(&link.ends[1])?)));
    ends.collect()
}

/// The subnet of each link, and how many there are: links that meet at a switch share
/// one.
fn subnets(ends: &[(usize, usize)], is_switch: impl Fn(usize) -> bool) -> (Vec<usize>, usize) {
    let mut group: Vec<usize> = (0..ends.len()).collect();
    for i in 0..ends.len() {
        for j in 0..i {
            let shared = [ends[i].0, ends[i].1].into_iter().find(|n| *n == ends[j].0 || *n == ends[j].1);
            if shared.is_some_and(&is_switch) {
                let (old, new) = (group[i], group[j]);
                group.iter_mut().filter(|g| **g == old).for_each(|g| *g = new);
            }
        }
    }
    let mut seen: Vec<usize> = Vec::new();
    let numbered = group
        .iter()
        .map(|g| {
            seen.iter().position(|known| known == g).unwrap_or_else(|| {
                seen.push(*g);
                seen.len() - 1
            })
        })
        .collect();
    (numbered, seen.len())
}
