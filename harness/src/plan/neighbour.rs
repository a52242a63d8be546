//! A node's neighbour table: its times, by interface, and what it knows for good.

use super::NeighbourPlan;
use super::topology::{Place, Topology};
use crate::scenario::{Family, Neighbours};
use std::time::Duration;

/// Where the sysctls of ARP's table live, and those of IPv6's neighbour discovery, which have
/// the same names.
fn table(family: Family) -> &'static str {
    match family {
        Family::Ipv4 => "net.ipv4.neigh",
        Family::Ipv6 => "net.ipv6.neigh",
    }
}

/// The sysctls of each interface that has an address (arp(7)).
pub(super) fn sysctls(settings: &Neighbours, family: Family, place: &Place) -> Vec<(String, String)> {
    let table = table(family);
    let milliseconds = |time: Duration| time.as_millis().to_string();
    let values = [
        ("base_reachable_time_ms", settings.reachable.map(milliseconds)),
        ("delay_first_probe_time", settings.delay.map(|time| time.as_secs().to_string())),
        ("retrans_time_ms", settings.retransmit.map(milliseconds)),
    ];
    let addressed = place.interfaces.iter().filter(|interface| interface.address.is_some());
    let of = |name: &str| {
        let key = |(key, value): &(&str, Option<String>)| Some((format!("{table}.{name}.{key}"), value.clone()?));
        values.iter().filter_map(key).collect::<Vec<_>>()
    };
    addressed.flat_map(|interface| of(&interface.name)).collect()
}

/// Every other node in the subnets of the node of this index.
pub(super) fn permanent(topology: &Topology, node: usize) -> Vec<NeighbourPlan> {
    let place = &topology.places[node];
    let own = place.interfaces.iter().zip(&place.subnets).filter(|(interface, _)| interface.address.is_some());
    own.flat_map(|(interface, subnet)| {
        let others = topology.places.iter().filter(|other| other.name != place.name);
        let there = others.flat_map(|other| other.interfaces.iter().zip(&other.subnets));
        let near = there.filter(move |(_, of)| *of == subnet);
        near.filter_map(|(theirs, _)| {
            Some(NeighbourPlan { interface: interface.name.clone(), address: theirs.address?, mac: theirs.mac })
        })
    })
    .collect()
}
