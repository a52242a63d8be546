use super::rtnl::Request;
use super::wiring::End;
use crate::plan::{DeadEnd, RoutePlan};
use rtnetlink::packet_core::{NLM_F_CREATE, NLM_F_EXCL, NLM_F_REPLACE};
use rtnetlink::packet_route::RouteNetlinkMessage;
use rtnetlink::packet_route::route::{RouteAttribute, RouteMessage, RouteType};
use rtnetlink::{AddressMessageBuilder, RouteMessageBuilder};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Gives an interface its address, if the plan has one for it. The connected route
/// comes with it.
pub(crate) fn assign(end: &End) -> Option<Request> {
    let address = end.interface.address?;
    let prefix = end.interface.prefix;
    let message = match address {
        IpAddr::V4(own) => AddressMessageBuilder::<Ipv4Addr>::new().index(end.index).address(own, prefix).build(),
        IpAddr::V6(own) => AddressMessageBuilder::<Ipv6Addr>::new().index(end.index).address(own, prefix).build(),
    };
    let object = format!("{address}/{prefix} to {}", end.interface.name);
    let flags = NLM_F_CREATE | NLM_F_EXCL;
    Some(Request::new("give address", object, RouteNetlinkMessage::NewAddress(message), flags))
}

/// Adds a static route, or puts it in place of one to the same destination.
pub(crate) fn route(route: &RoutePlan) -> Request {
    let mut message = to(route.destination, route.prefix);
    message.attributes.push(RouteAttribute::Gateway(route.via.into()));
    let object = format!("to {}/{} via {}", route.destination, route.prefix, route.via);
    Request::new("add the route", object, RouteNetlinkMessage::NewRoute(message), NLM_F_CREATE | NLM_F_REPLACE)
}

/// Adds a route to this one address that leads nowhere.
pub(crate) fn dead_end(kind: DeadEnd, to: IpAddr) -> Request {
    let message = RouteNetlinkMessage::NewRoute(nowhere(kind, to));
    Request::new("add the route", object(kind, to), message, NLM_F_CREATE | NLM_F_EXCL)
}

/// Takes it away.
pub(crate) fn reopen(kind: DeadEnd, to: IpAddr) -> Request {
    Request::new("delete the route", object(kind, to), RouteNetlinkMessage::DelRoute(nowhere(kind, to)), 0)
}

fn nowhere(kind: DeadEnd, address: IpAddr) -> RouteMessage {
    let kind = match kind {
        DeadEnd::Blackhole => RouteType::BlackHole,
        DeadEnd::Unreachable => RouteType::Unreachable,
        DeadEnd::Prohibit => RouteType::Prohibit,
        DeadEnd::Throw => RouteType::Throw,
    };
    let mut message = to(address, if address.is_ipv6() { 128 } else { 32 });
    message.header.kind = kind;
    message
}

/// A route of the main table to this destination, of the destination's family.
fn to(destination: IpAddr, prefix: u8) -> RouteMessage {
    match destination {
        IpAddr::V4(to) => RouteMessageBuilder::<Ipv4Addr>::new().destination_prefix(to, prefix).build(),
        IpAddr::V6(to) => RouteMessageBuilder::<Ipv6Addr>::new().destination_prefix(to, prefix).build(),
    }
}

fn object(kind: DeadEnd, to: IpAddr) -> String {
    format!("{} {to}", kind.word())
}

/// Whether `route` goes out through this end: its gateway is a neighbour there.
pub(crate) fn leads_through(route: &RoutePlan, end: &End) -> bool {
    let prefix = u32::from(end.interface.prefix);
    end.interface.address.is_some_and(|own| shared_bits(own, route.via) >= prefix)
}

/// How many bits two addresses have in common from the first on; none across families.
fn shared_bits(one: IpAddr, other: IpAddr) -> u32 {
    match (one, other) {
        (IpAddr::V4(one), IpAddr::V4(other)) => (u32::from(one) ^ u32::from(other)).leading_zeros(),
        (IpAddr::V6(one), IpAddr::V6(other)) => (u128::from(one) ^ u128::from(other)).leading_zeros(),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_are_shared_within_a_family() {
        let of = |one: &str, other: &str| shared_bits(one.parse().unwrap(), other.parse().unwrap());
        assert_eq!(of("10.0.1.1", "10.0.1.1"), 32);
        assert_eq!(of("10.0.1.1", "10.0.0.1"), 23);
        assert_eq!(of("fd00::1", "fd00::2"), 126);
        assert_eq!(of("fd00::1", "fd00:0:0:1::1"), 63);
        assert_eq!(of("10.0.0.1", "::ffff:10.0.0.1"), 0);
    }
}
