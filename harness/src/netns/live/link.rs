use super::rtnl::Request;
use super::wiring::End;
use crate::name::NodeName;
use rtnetlink::packet_core::{NLM_F_CREATE, NLM_F_EXCL};
use rtnetlink::packet_route::RouteNetlinkMessage;
use rtnetlink::packet_route::link::{InfoData, InfoKind, InfoVeth, LinkAttribute, LinkInfo, LinkMessage};
use rtnetlink::{LinkMessageBuilder, LinkUnspec};
use std::os::fd::RawFd;

/// Makes a veth pair (veth(4)): `here` in the namespace of the thread that asks,
/// `there` in the one behind `namespace`. Both have their names, indices and addresses
/// from their first moment on, and neither is ever anywhere else.
pub(crate) fn create(here: &End, there: &End, namespace: RawFd) -> Request {
    pair(here, described(LinkUnspec::new_with_index(there.index), there).setns_by_fd(namespace), &there.node)
}

/// As [`create`], with both ends in the namespace of the thread that asks.
pub(crate) fn create_here(one: &End, other: &End) -> Request {
    pair(one, described(LinkUnspec::new_with_index(other.index), other), &other.node)
}

fn pair(here: &End, there: LinkMessageBuilder<LinkUnspec>, node: &NodeName) -> Request {
    let message = described(LinkUnspec::new_with_index(here.index), here)
        .append_extra_attribute(LinkAttribute::LinkInfo(vec![
            LinkInfo::Kind(InfoKind::Veth),
            LinkInfo::Data(InfoData::Veth(InfoVeth::Peer(there.build()))),
        ]))
        .build();
    let object = format!("{} -- {node}", here.node);
    Request::new("create link", object, RouteNetlinkMessage::NewLink(message), NLM_F_CREATE | NLM_F_EXCL)
}

fn described<T>(message: LinkMessageBuilder<T>, end: &End) -> LinkMessageBuilder<T> {
    message.name(&end.interface.name).address(end.interface.mac.to_vec()).mtu(end.interface.mtu)
}

/// Sets IFF_UP (netdevice(7)).
pub(crate) fn up(end: &End) -> Request {
    let message = LinkUnspec::new_with_index(end.index).up().build();
    change("bring up interface", &end.interface.name, message)
}

/// Clears IFF_UP.
pub(crate) fn down(end: &End) -> Request {
    let message = LinkUnspec::new_with_index(end.index).down().build();
    change("take down interface", &end.interface.name, message)
}

/// Brings up the loopback, which has index 1 in every namespace.
pub(crate) fn loopback() -> Request {
    change("bring up interface", "lo", LinkUnspec::new_with_index(1).up().build())
}

/// Deletes a veth pair by one of its ends.
pub(crate) fn delete(end: &End) -> Request {
    let message = LinkUnspec::new_with_index(end.index).build();
    Request::new("delete interface", &end.interface.name, RouteNetlinkMessage::DelLink(message), 0)
}

pub(crate) fn change(operation: &'static str, name: &str, message: LinkMessage) -> Request {
    Request::new(operation, name, RouteNetlinkMessage::SetLink(message), 0)
}
