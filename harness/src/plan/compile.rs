use super::endpoint::{Address, endpoint};
use super::route::{Outsides, routes, toward};
use super::step::steps;
use super::topology::{Place, Topology};
use super::warnings::warnings;
use super::{
    ConnectionPlan, EndpointPlan, LinkPlan, NodeKind, NodePlan, Plan, ReadingKind, ReadingPlan, VantagePlan, forward,
    nat, neighbour,
};
use crate::ladder::{self, LadderError};
use crate::name::{NodeName, Side, SocketOption};
use crate::scenario::{
    ConnectionOf, DeadEnd, Endpoint, Expected, Node, Outcome, Rejection, Role, Rung, Scenario, Spanned, default_port,
    step_names,
};
use std::net::IpAddr;

/// Why a checked scenario can't be carried out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    #[error("no node is called `{0}`")]
    UnknownNode(NodeName),
    #[error("there is no way from `{from}` to `{to}`: join them with links, by way of switches or routers")]
    NoWay { from: NodeName, to: NodeName },
    #[error("`{a}` and `{b}` are joined twice: one link a pair is enough")]
    DoubledLink { a: NodeName, b: NodeName },
    #[error("{nodes} nodes in {subnets} subnets are too many: at most 254 and 256")]
    TooLarge { nodes: usize, subnets: usize },
    #[error("no step is called `{0}`")]
    UnknownStep(String),
    #[error("no connection is called `{0}`")]
    UnknownConnection(String),
    #[error("no line of `expect` reads `{0}`, or all that do were waited for before")]
    UnknownRung(String),
    #[error("socket option `{0}` is not known")]
    UnknownOption(String),
    #[error("{value} is no value for {name}: it takes an int")]
    OptionValue { name: String, value: i64 },
    #[error("`{node}` is a switch, which iptables does not reach: use `via: nft`, or drop elsewhere")]
    IptablesOnSwitch { node: NodeName },
    #[error("ICMPv6 has no `{}`: reject with another word, or under `family: ipv4`", with.word())]
    NotInIcmpv6 { with: Rejection },
    #[error(transparent)]
    Ladder(#[from] LadderError),
}

/// Decides everything about `scenario`, which goes by `name`.
///
/// # Errors
/// What can't be built, with the remedy.
pub fn compile(name: &str, scenario: &Scenario) -> Result<Plan, PlanError> {
    let topology = Topology::new(scenario)?;
    let outsides = outsides(scenario, &topology)?;
    let mut connections = connections(scenario, &topology, &outsides)?;
    let steps = steps(scenario, &topology, &outsides, &connections)?;
    let warnings = warnings(scenario, forward::warnings(scenario, &topology, &outsides, &connections)?);
    let further = connections.split_off(1);
    let Some(ConnectionPlan { name: connection, client, server, readings, ladder }) = connections.pop() else {
        return Err(PlanError::Ladder(LadderError::Empty));
    };
    let nodes = scenario.nodes.iter().enumerate();
    Ok(Plan {
        name: name.to_owned(),
        title: scenario.title.clone(),
        nodes: nodes
            .map(|(index, node)| {
                // The file's own come last, for they say it in more detail.
                let mut all = neighbour::sysctls(&node.neighbours, topology.family, &topology.places[index]);
                all.extend(node.sysctls.iter().map(|(k, v)| (k.value.clone(), v.value.clone())));
                let dead_ends = dead_ends(&topology, node)?;
                let known = if node.neighbours.permanent { neighbour::permanent(&topology, index) } else { Vec::new() };
                Ok(NodePlan { dead_ends, neighbours: known, ..node_plan(&topology, &outsides, index, all)? })
            })
            .collect::<Result<_, PlanError>>()?,
        links: scenario
            .links
            .iter()
            .map(|link| LinkPlan { ends: [link.ends[0].value.clone(), link.ends[1].value.clone()] })
            .collect(),
        vantages: vantages(&topology.places),
        steps,
        readings,
        client,
        server,
        ladder,
        connection,
        further,
        warnings,
    })
}

/// The outside interface of each NAT.
fn outsides(scenario: &Scenario, topology: &Topology) -> Result<Outsides, PlanError> {
    let outside = |(index, place): (usize, &Place)| match &place.role {
        Role::Nat(nat) => {
            let to = nat.toward.as_ref().map_or(&scenario.server.on.value, |node| &node.value);
            toward(topology, index, to).map(Some)
        }
        _ => Ok(None),
    };
    topology.places.iter().enumerate().map(outside).collect()
}

fn node_plan(
    topology: &Topology,
    outsides: &Outsides,
    index: usize,
    mut sysctls: Vec<(String, String)>,
) -> Result<NodePlan, PlanError> {
    let place = &topology.places[index];
    let mut filter = None;
    if let (Role::Nat(nat), Some(outside)) = (&place.role, outsides[index]) {
        let forward = forward::ports(topology, nat, index)?;
        filter = Some(nat::filter(nat, &place.interfaces[outside].name, &forward));
        sysctls.extend(nat::sysctls(nat));
    }
    Ok(NodePlan {
        name: place.name.clone(),
        kind: kind(&place.role),
        sysctls,
        interfaces: place.interfaces.clone(),
        conntrack: filter.is_some(),
        filter,
        routes: match place.role {
            Role::Switch => Vec::new(),
            _ => routes(topology, outsides, index),
        },
        dead_ends: Vec::new(),
        neighbours: Vec::new(),
    })
}

fn dead_ends(topology: &Topology, node: &Node) -> Result<Vec<(DeadEnd, IpAddr)>, PlanError> {
    let mut all = Vec::new();
    for (kind, to) in &node.routes {
        all.extend(topology.addresses(to)?.into_iter().map(|address| (*kind, address)));
    }
    Ok(all)
}

fn kind(role: &Role) -> NodeKind {
    match role {
        Role::Host => NodeKind::Host,
        Role::Switch => NodeKind::Switch,
        Role::Router => NodeKind::Router,
        Role::Nat(_) => NodeKind::Nat,
    }
}

/// Every interface of every node.
fn vantages(places: &[Place]) -> Vec<VantagePlan> {
    let of = |place: &Place| {
        let node = place.name.clone();
        place
            .interfaces
            .iter()
            .map(move |i| VantagePlan { node: node.clone(), interface: i.name.clone() })
            .collect::<Vec<_>>()
    };
    places.iter().flat_map(of).collect()
}

/// All connections, the one of `client` and `server` first.
fn connections(
    scenario: &Scenario,
    topology: &Topology,
    outsides: &Outsides,
) -> Result<Vec<ConnectionPlan>, PlanError> {
    let all = scenario.connections().enumerate();
    all.map(|(index, own)| connection(scenario, topology, outsides, index, own)).collect()
}

fn connection(
    scenario: &Scenario,
    topology: &Topology,
    outsides: &Outsides,
    index: usize,
    own: ConnectionOf<'_>,
) -> Result<ConnectionPlan, PlanError> {
    let (client, server) = endpoints(own.client, own.server, topology, outsides, index)?;
    Ok(ConnectionPlan {
        name: own.name.unwrap_or_default().to_owned(),
        client,
        server,
        readings: readings(own.expect, &step_names(&scenario.steps))?,
        ladder: ladder::compile(scenario, own.expect)?,
    })
}

/// Those of one connection; each server of several has a port of its own.
fn endpoints(
    client_of: &Endpoint,
    server_of: &Endpoint,
    topology: &Topology,
    outsides: &Outsides,
    index: usize,
) -> Result<(EndpointPlan, EndpointPlan), PlanError> {
    let client = address(topology, Side::Client, client_of, &server_of.on.value, index)?;
    let mut server = address(topology, Side::Server, server_of, &client_of.on.value, index)?;
    let way = forward::way(topology, outsides, &client.node, (&server.node, server.address, server.port))?;
    server.forwarded = forward::public(topology, outsides, &way);
    let port = |port: Option<u16>| port.map_or_else(|| "0".to_owned(), |p| p.to_string());
    // Each side is told the address at which it finds the server, or binds to as that.
    let words = |server_address: IpAddr| {
        let fill = [
            ("{client.address}", client.address.to_string()),
            ("{client.port}", port(client.port)),
            ("{server.address}", server_address.to_string()),
            ("{server.port}", port(server.port)),
        ];
        move |word: &str| fill.iter().fold(word.to_owned(), |w, (from, to)| w.replace(from, to))
    };
    let (public, own) = (words(server.forwarded.unwrap_or(server.address)), words(server.address));
    Ok((endpoint(client_of, client, &public)?, endpoint(server_of, server, &own)?))
}

fn address(
    topology: &Topology,
    side: Side,
    own: &Endpoint,
    other: &NodeName,
    connection: usize,
) -> Result<Address, PlanError> {
    let node = topology.index(&own.on.value)?;
    let interface = toward(topology, node, other)?;
    let place = &topology.places[node];
    let no_way = || PlanError::NoWay { from: place.name.clone(), to: other.clone() };
    let port = match side {
        Side::Server => Some(own.port.unwrap_or(default_port(connection))),
        Side::Client => own.port,
    };
    let address = place.interfaces[interface].address.ok_or_else(no_way)?;
    Ok(Address { connection, side, node: place.name.clone(), address, forwarded: None, port })
}

/// What must be read when the rung before is met.
fn readings(expect: &[Spanned<Rung>], steps: &[String]) -> Result<Vec<ReadingPlan>, PlanError> {
    let mut all = Vec::new();
    for (rung, line) in expect.iter().enumerate() {
        let what = match &line.what {
            Expected::Option { side, option, .. } => {
                let known = SocketOption::find(option).ok_or_else(|| PlanError::UnknownOption(option.value.clone()))?;
                let name = option.value.clone();
                ReadingKind::Option { side: *side, name, level: known.level, number: known.number }
            }
            Expected::Sysctl { node, key, .. } => {
                ReadingKind::Sysctl { node: node.value.clone(), key: key.value.clone() }
            }
            Expected::Counter { node, counter, .. } => {
                ReadingKind::Counter { node: node.value.clone(), name: counter.name().to_owned() }
            }
            Expected::Info { side, field, .. } => ReadingKind::Info { side: *side, name: field.name.to_owned() },
            Expected::Socket { side, field, .. } => ReadingKind::Socket { side: *side, field: *field },
            Expected::Packets { step, .. } => {
                let index = steps.iter().position(|name| *name == step.value);
                ReadingKind::Packets { step: index.ok_or_else(|| PlanError::UnknownStep(step.value.clone()))? }
            }
            Expected::Outcome { side, outcome: Outcome::Alive } => ReadingKind::Alive { side: *side },
            _ => continue,
        };
        all.push(ReadingPlan { rung, what });
    }
    Ok(all)
}
