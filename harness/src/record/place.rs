use super::{EndpointInfo, InterfaceInfo, NodeInfo, Record};
use crate::plan::{EndpointPlan, InterfacePlan, NodePlan, Plan};

/// Lays a capture out in the plan's lab: which nodes stand between its vantages, which of
/// them translate, and where the endpoints are. A capture says none of that.
///
/// Only a capture whose vantages are all the plan's own, by name, is of that lab; any
/// other stays as it is.
#[must_use]
pub fn place(mut record: Record, plan: &Plan) -> Record {
    let manifest = &mut record.manifest;
    if manifest.vantages.is_empty() || !manifest.vantages.iter().all(|vantage| plan.vantages.contains(vantage)) {
        return record;
    }
    manifest.nodes = plan.nodes.iter().map(node).collect();
    manifest.client = endpoint(&plan.client);
    manifest.server = endpoint(&plan.server);
    manifest.further = plan.further.iter().map(|other| (endpoint(&other.client), endpoint(&other.server))).collect();
    record
}

fn node(plan: &NodePlan) -> NodeInfo {
    let interfaces = plan.interfaces.iter().map(interface).collect();
    NodeInfo { name: plan.name.clone(), kind: plan.kind, interfaces }
}

fn interface(plan: &InterfacePlan) -> InterfaceInfo {
    let (name, peer) = (plan.name.clone(), plan.peer.clone());
    InterfaceInfo { name, peer, mac: plan.mac, address: plan.address }
}

fn endpoint(plan: &EndpointPlan) -> EndpointInfo {
    let EndpointPlan { side, node, address, forwarded, port, .. } = plan.clone();
    EndpointInfo { side, node, address, forwarded, port }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::name::NodeName;
    use crate::plan::VantagePlan;
    use crate::record::{ClockKind, Kernel, Manifest, VERSION};
    use crate::{plan, scenario};

    const SCENARIO: &str = "\
title: t
nodes: { a: host, nat: nat, b: host }
links: [a -- nat, nat -- b]
client: { on: a }
server: { on: b }
steps: [connect]
expect: [a > b: SYN]
";

    fn lab() -> Plan {
        let scenario = scenario::parse("t.yaml", SCENARIO.as_bytes()).unwrap_or_else(|_| panic!("a scenario"));
        plan::compile("t", &scenario).unwrap()
    }

    /// A capture at these places, as one from elsewhere is read.
    fn capture(places: &[(&str, &str)]) -> Record {
        let vantage = |(node, interface): &(&str, &str)| VantagePlan {
            node: NodeName::new(node).unwrap(),
            interface: (*interface).to_owned(),
        };
        let end = |plan: EndpointPlan| EndpointInfo { port: Some(9), ..endpoint(&plan) };
        let manifest = Manifest {
            version: VERSION,
            name: "capture.pcapng".into(),
            began_unix_ns: 0,
            clock: ClockKind::Capture,
            kernel: Kernel { release: String::new(), hz: 250, phase: None },
            nodes: Vec::new(),
            vantages: places.iter().map(vantage).collect(),
            links: Vec::new(),
            copies: false,
            client: end(lab().client),
            server: end(lab().server),
            further: Vec::new(),
        };
        Record { manifest, events: Vec::new(), frames: Vec::new() }
    }

    #[test]
    fn a_capture_of_the_lab_gets_its_nodes_and_endpoints() {
        let plan = lab();
        for places in [&[("a", "to-nat"), ("nat", "to-a"), ("nat", "to-b"), ("b", "to-nat")][..], &[("nat", "to-b")]] {
            let placed = place(capture(places), &plan).manifest;
            let kinds: Vec<_> = placed.nodes.iter().map(|node| (node.name.as_str(), node.kind)).collect();
            assert_eq!(kinds, [("a", plan.nodes[0].kind), ("nat", plan.nodes[1].kind), ("b", plan.nodes[2].kind)]);
            assert_eq!(placed.nodes[1].interfaces[0].address, plan.nodes[1].interfaces[0].address);
            assert_eq!((placed.client.port, placed.server.port), (None, plan.server.port));
            assert_eq!(placed.vantages.len(), places.len());
        }
    }

    #[test]
    fn a_capture_from_elsewhere_stays_as_it_is() {
        for places in [&[][..], &[("capture", "eth0")], &[("a", "to-nat"), ("a", "eth0")]] {
            let record = capture(places);
            assert_eq!(place(record.clone(), &lab()), record);
        }
    }
}
