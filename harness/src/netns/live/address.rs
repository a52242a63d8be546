use super::rtnl::Request;
use super::wiring::End;
use crate::plan::{DeadEnd, RoutePlan};
use rtnetlink::packet_core::{NLM_F_CREATE, NLM_F_EXCL, NLM_F_REPLACE};
use rtnetlink::packet_route::RouteNetlinkMessage;
use rtnetlink::packet_route::route::{RouteMessage, RouteType};
use rtnetlink::{AddressMessageBuilder, RouteMessageBuilder};
use std::net::Ipv4Addr;

/// Gives an interface its address, if the plan has one for it. The connected route
/// comes with it.
pub(crate) fn assign(end: &End) -> Option<Request> {
    let address = end.interface.address?;
    let message =
        AddressMessageBuilder::<Ipv4Addr>::new().index(end.index).address(address, end.interface.prefix).build();
    let object = format!("{address}/{} to {}", end.interface.prefix, end.interface.name);
    let flags = NLM_F_CREATE | NLM_F_EXCL;
    Some(Request::new("give address", object, RouteNetlinkMessage::NewAddress(message), flags))
}

/// Adds a static route, or puts it in place of one to the same destination.
pub(crate) fn route(route: &RoutePlan) -> Request {
    let message = RouteMessageBuilder::<Ipv4Addr>::new()
        .destination_prefix(route.destination, route.prefix)
        .gateway(route.via)
        .build();
    let object = format!("to {}/{} via {}", route.destination, route.prefix, route.via);
    Request::new("add the route", object, RouteNetlinkMessage::NewRoute(message), NLM_F_CREATE | NLM_F_REPLACE)
}

/// Adds a route to this one address that leads nowhere.
pub(crate) fn dead_end(kind: DeadEnd, to: Ipv4Addr) -> Request {
    let message = RouteNetlinkMessage::NewRoute(nowhere(kind, to));
    Request::new("add the route", object(kind, to), message, NLM_F_CREATE | NLM_F_EXCL)
}

/// Takes it away.
pub(crate) fn reopen(kind: DeadEnd, to: Ipv4Addr) -> Request {
    Request::new("delete the route", object(kind, to), RouteNetlinkMessage::DelRoute(nowhere(kind, to)), 0)
}

fn nowhere(kind: DeadEnd, to: Ipv4Addr) -> RouteMessage {
    let kind = match kind {
        DeadEnd::Blackhole => RouteType::BlackHole,
        DeadEnd::Unreachable => RouteType::Unreachable,
        DeadEnd::Prohibit => RouteType::Prohibit,
        DeadEnd::Throw => RouteType::Throw,
    };
    RouteMessageBuilder::<Ipv4Addr>::new().destination_prefix(to, 32).kind(kind).build()
}

fn object(kind: DeadEnd, to: Ipv4Addr) -> String {
    format!("{} {to}", kind.word())
}

/// Whether `route` goes out through this end: its gateway is a neighbour there.
pub(crate) fn leads_through(route: &RoutePlan, end: &End) -> bool {
    let mask = u32::MAX.checked_shl(32 - u32::from(end.interface.prefix.min(32))).unwrap_or(0);
    let network = |address: Ipv4Addr| u32::from(address) & mask;
    end.interface.address.is_some_and(|own| network(own) == network(route.via))
}
