//! Plans made by hand.

use deadpeer::ladder::Ladder;
use deadpeer::name::{NodeName, Side};
use deadpeer::plan::{
    Action, EndpointPlan, FaultPlan, FilterText, InterfacePlan, LinkPlan, NodeKind, NodePlan, Plan, RoutePlan,
    StepPlan, VantagePlan,
};
use deadpeer::scenario::Impairment;
use std::net::IpAddr;
use std::time::Duration;

pub(crate) const PORT: u16 = 5050;

pub(crate) fn name(text: &str) -> NodeName {
    NodeName::new(text).unwrap()
}

/// What ends hold: node, peer, last octet of the MAC, address.
type Wire<'a> = (&'a str, &'a str, u8, Option<[u8; 4]>);

pub(crate) fn plan(nodes: &[(&str, NodeKind)], wires: &[[Wire<'_>; 2]], client: [u8; 4], server: [u8; 4]) -> Plan {
    let interfaces = |node: &str| {
        let ends = wires.iter().enumerate().flat_map(|(link, ends)| ends.iter().map(move |end| (link, end)));
        ends.filter(|(_, end)| end.0 == node).map(|(link, end)| interface(link, end)).collect()
    };
    let node = |(own, kind): &(&str, NodeKind)| NodePlan {
        name: name(own),
        kind: *kind,
        sysctls: Vec::new(),
        interfaces: interfaces(own),
        filter: None,
        conntrack: false,
        routes: Vec::new(),
        dead_ends: Vec::new(),
        neighbours: Vec::new(),
    };
    let nodes: Vec<NodePlan> = nodes.iter().map(node).collect();
    let vantage = |node: &NodePlan| {
        let own = node.name.clone();
        node.interfaces
            .iter()
            .map(move |i| VantagePlan { node: own.clone(), interface: i.name.clone() })
            .collect::<Vec<_>>()
    };
    Plan {
        name: "made by hand".into(),
        title: String::new(),
        vantages: nodes.iter().flat_map(vantage).collect(),
        links: wires.iter().map(|[a, b]| LinkPlan { ends: [name(a.0), name(b.0)] }).collect(),
        client: endpoint(Side::Client, "a", client, None),
        server: endpoint(Side::Server, "b", server, Some(PORT)),
        nodes,
        steps: Vec::new(),
        readings: Vec::new(),
        connection: String::new(),
        further: Vec::new(),
        ladder: Ladder {
            file: String::new(),
            rungs: Vec::new(),
            allow: Vec::new(),
            settle: Duration::ZERO,
            patience: Duration::ZERO,
            open_ended: false,
            transit: Duration::ZERO,
        },
        warnings: Vec::new(),
    }
}

fn interface(link: usize, (_, peer, mac, address): &Wire<'_>) -> InterfacePlan {
    InterfacePlan {
        name: format!("to-{peer}"),
        link,
        peer: name(peer),
        mac: [2, 0, 0, 0, 0, *mac],
        address: address.map(IpAddr::from),
        prefix: 24,
        mtu: 1500,
        impairment: Impairment::default(),
    }
}

fn endpoint(side: Side, node: &str, address: [u8; 4], port: Option<u16>) -> EndpointPlan {
    EndpointPlan {
        connection: 0,
        side,
        node: name(node),
        address: address.into(),
        forwarded: None,
        port,
        options: Vec::new(),
        program: None,
        reads: true,
        accepts: true,
        backlog: 16,
    }
}

/// `a -- sw -- b`
pub(crate) fn switched() -> Plan {
    let (a, b) = ([10, 0, 0, 1], [10, 0, 0, 2]);
    let nodes = [("a", NodeKind::Host), ("sw", NodeKind::Switch), ("b", NodeKind::Host)];
    plan(
        &nodes,
        &[[("a", "sw", 1, Some(a)), ("sw", "a", 2, None)], [("sw", "b", 3, None), ("b", "sw", 4, Some(b))]],
        a,
        b,
    )
}

/// `a -- b`
pub(crate) fn direct() -> Plan {
    let (a, b) = ([10, 0, 0, 1], [10, 0, 0, 2]);
    let nodes = [("a", NodeKind::Host), ("b", NodeKind::Host)];
    plan(&nodes, &[[("a", "b", 1, Some(a)), ("b", "a", 2, Some(b))]], a, b)
}

/// `a -- nat -- b`, where b knows no way to a.
pub(crate) fn translated() -> Plan {
    let (a, b) = ([10, 1, 0, 1], [10, 2, 0, 1]);
    let nodes = [("a", NodeKind::Host), ("nat", NodeKind::Nat), ("b", NodeKind::Host)];
    let inside = [("a", "nat", 1, Some(a)), ("nat", "a", 2, Some([10, 1, 0, 254]))];
    let outside = [("nat", "b", 3, Some([10, 2, 0, 254])), ("b", "nat", 4, Some(b))];
    let mut plan = plan(&nodes, &[inside, outside], a, b);
    let via = IpAddr::from([10, 1, 0, 254]);
    plan.nodes[0].routes.push(RoutePlan { destination: [0; 4].into(), prefix: 0, via });
    plan.nodes[1].filter = Some(FilterText {
        nft: Some("table ip nat {\n chain post {\n type nat hook postrouting priority srcnat;\n oifname \"to-b\" masquerade\n }\n}\n".into()),
        iptables: Some("*nat\n-A POSTROUTING -o to-b -j MASQUERADE\nCOMMIT\n".into()),
    });
    plan.nodes[1].sysctls.push(("net.netfilter.nf_conntrack_tcp_loose".into(), "0".into()));
    plan.nodes[1].conntrack = true;
    plan
}

pub(crate) fn step(plan: &mut Plan, step: &str, action: Action) -> usize {
    plan.steps.push(StepPlan { name: step.into(), line: 1, action, of: Vec::new() });
    plan.steps.len() - 1
}

/// Loses what comes in at a node's TCP port.
pub(crate) fn fault(node: &str, lasts: Option<Duration>) -> FaultPlan {
    let text = |nft: String, iptables: String| FilterText { nft: Some(nft), iptables: Some(iptables) };
    FaultPlan {
        node: name(node),
        set: text(
            format!(
                "table inet hole {{\n chain c {{\n type filter hook input priority 0;\n tcp dport {PORT} counter drop\n }}\n}}\n"
            ),
            format!("*filter\n:hole -\n-A hole -p tcp --dport {PORT} -j DROP\n-I INPUT -j hole\nCOMMIT\n"),
        ),
        unset: text("delete table inet hole\n".into(), "*filter\n-D INPUT -j hole\n-F hole\n-X hole\nCOMMIT\n".into()),
        handle: "hole".into(),
        lasts,
    }
}
