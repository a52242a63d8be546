use super::import::Vantage;
use super::{EndpointInfo, Frame, RecordError};
use crate::name::{NodeName, Side};
use crate::wire::{Flags, Packet, Segment, decode};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// Who is client and who is server in a capture that does not say: the first SYN tells,
/// or where there is none, the ports of the first segment, for a server's is the lower.
///
/// Nodes are those whose vantage saw the endpoint's segments first, if the capture names
/// its nodes; else `a` and `b`. A capture without TCP has the unspecified address, and no
/// ports.
///
/// # Errors
/// None that a capture could bring about.
pub(super) fn endpoints(vantages: &[Vantage], frames: &[Frame]) -> Result<(EndpointInfo, EndpointInfo), RecordError> {
    let seen = segments(vantages, frames);
    let pair = first_connection(&seen);
    let client_at = pair.and_then(|(client, _)| node_of(client, &seen));
    let server_at = pair.and_then(|(_, server)| node_of(server, &seen));
    let (client_node, server_node) = distinct(client_at, server_at)?;
    let client = info(Side::Client, client_node, pair.map(|(client, _)| client));
    let server = info(Side::Server, server_node, pair.map(|(_, server)| server));
    Ok((client, server))
}

/// A segment and where it was seen, by time.
struct Sighting<'a> {
    vantage: &'a Vantage,
    segment: Segment,
}

fn segments<'a>(vantages: &'a [Vantage], frames: &[Frame]) -> Vec<Sighting<'a>> {
    let mut ordered: Vec<&Frame> = frames.iter().collect();
    ordered.sort_by_key(|frame| frame.at);
    let seen = ordered.into_iter().filter_map(|frame| {
        let vantage = vantages.get(frame.vantage)?;
        match decode(vantage.link(), &frame.octets, frame.wire_len) {
            Packet::Tcp(segment) => Some(Sighting { vantage, segment }),
            _ => None,
        }
    });
    seen.collect()
}

/// The addresses of client and server.
fn first_connection(seen: &[Sighting]) -> Option<(SocketAddr, SocketAddr)> {
    let opening = seen.iter().find(|sighting| sighting.segment.flags.has(Flags::SYN));
    let segment = &opening.or(seen.first())?.segment;
    let from_server = match opening {
        Some(_) => segment.flags.has(Flags::ACK),
        None => segment.source.port() < segment.destination.port(),
    };
    let sides = (segment.source, segment.destination);
    Some(if from_server { (sides.1, sides.0) } else { sides })
}

/// The node where this endpoint's segments were seen first; if it sent none, the one
/// where those for it were seen last, at the end of the first one's way.
fn node_of(endpoint: SocketAddr, seen: &[Sighting]) -> Option<NodeName> {
    let named = || seen.iter().filter(|sighting| sighting.vantage.named);
    let sent = named().find(|sighting| sighting.segment.source == endpoint);
    let sent_to = || named().rfind(|sighting| sighting.segment.destination == endpoint);
    let sighting = sent.or_else(sent_to)?;
    Some(sighting.vantage.plan.node.clone())
}

/// Gives names where the capture has none, or the same for both.
fn distinct(client: Option<NodeName>, server: Option<NodeName>) -> Result<(NodeName, NodeName), RecordError> {
    let (a, b) = (NodeName::new("a")?, NodeName::new("b")?);
    let server = server.filter(|server| Some(server) != client.as_ref());
    Ok(match (client, server) {
        (Some(client), Some(server)) => (client, server),
        (Some(client), None) if client == b => (client, a),
        (Some(client), None) => (client, b),
        (None, Some(server)) if server == a => (b, server),
        (None, Some(server)) => (a, server),
        (None, None) => (a, b),
    })
}

fn info(side: Side, node: NodeName, address: Option<SocketAddr>) -> EndpointInfo {
    let ip = address.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |address| address.ip());
    EndpointInfo { side, node, address: ip, forwarded: None, port: address.map(|address| address.port()) }
}
