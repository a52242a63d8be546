use super::link::change;
use super::rtnl::Request;
use super::wiring::{BRIDGE_INDEX, End};
use rtnetlink::packet_core::{NLM_F_CREATE, NLM_F_EXCL};
use rtnetlink::packet_route::RouteNetlinkMessage;
use rtnetlink::packet_route::link::BridgeStpState;
use rtnetlink::{LinkBridge, LinkUnspec};

/// The name of every switch's bridge.
pub(crate) const BRIDGE: &str = "br0";

/// Makes the bridge of a switch, up, and silent: without STP and multicast snooping
/// it sends nothing of its own, and a port forwards as soon as it has carrier
/// (net/bridge/br_stp.c, `br_make_forwarding`).
pub(crate) fn create() -> Request {
    let message = LinkBridge::new(BRIDGE)
        .index(BRIDGE_INDEX)
        .stp_state(BridgeStpState::Disabled)
        .forward_delay(0)
        .mcast_snooping(false)
        .build();
    Request::new("create bridge", BRIDGE, RouteNetlinkMessage::NewLink(message), NLM_F_CREATE | NLM_F_EXCL)
}

/// Makes an interface that is up a port of the bridge.
pub(crate) fn attach(end: &End) -> Request {
    let message = LinkUnspec::new_with_index(end.index).controller(BRIDGE_INDEX).build();
    change("attach to the bridge interface", &end.interface.name, message)
}
