use super::error::Error;
use super::netlink::BUFFER;
use super::poll::register;
use super::rtnl::{messages, socket_error};
use super::wiring::End;
use super::{link, rtnl};
use crate::name::NodeName;
use netlink_sys::{Socket, SocketAddr, protocols::NETLINK_ROUTE};
use rtnetlink::packet_core::{NLM_F_DUMP, NLM_F_REQUEST, NetlinkMessage, NetlinkPayload};
use rtnetlink::packet_route::address::{AddressHeaderFlags, AddressMessage, AddressScope};
use rtnetlink::packet_route::link::{
    BridgePortState, InfoBridgePort, InfoPortData, LinkAttribute, LinkInfo, LinkMessage, State,
};
use rtnetlink::packet_route::{AddressFamily, RouteNetlinkMessage};
use std::collections::BTreeSet;
use std::io;
use std::time::Duration;
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

/// RTNLGRP_LINK and RTNLGRP_IPV6_IFADDR as bits of a socket's groups (rtnetlink(7)).
const LINK_EVENTS: u32 = 1;
const ADDRESS_EVENTS: u32 = 1 << 8;

/// Far beyond what a loaded machine needs; only a broken lab waits so long.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

/// Waits until each of `ends` has carrier and is operational (RFC 2863, ifOperStatus
/// up): before that its first frames may be lost.
///
/// # Errors
/// One is not within [`PATIENCE`], or there is no netlink socket.
pub(crate) async fn until_up(node: &NodeName, ends: &[End]) -> Result<(), Error> {
    until(node, "up", ends, is_up).await
}

/// Waits until each of `ends` is a bridge port that forwards.
///
/// # Errors
/// As [`until_up`].
pub(crate) async fn until_forwarding(node: &NodeName, ends: &[End]) -> Result<(), Error> {
    until(node, "forwarding", ends, is_forwarding).await
}

/// Waits until the IPv6 addresses of `ends` are usable: the planned one, and that of the
/// link, without which a router can't look for a neighbour on behalf of others
/// (net/ipv6/ndisc.c, `ndisc_send_ns`). The kernel takes a moment to let its neighbours
/// find an address even if it does not ask whether somebody has it already.
///
/// # Errors
/// As [`until_up`].
pub(crate) async fn until_addressed(node: &NodeName, ends: &[End]) -> Result<(), Error> {
    let with: Vec<&End> = ends.iter().filter(|end| end.interface.address.is_some_and(|own| own.is_ipv6())).collect();
    let all = with.iter().flat_map(|end| [(end.index, false), (end.index, true)]);
    let get = RouteNetlinkMessage::GetAddress(of_ipv6());
    let waiting = wait(node, ADDRESS_EVENTS, get, all.collect(), usable).await?;
    let late = with.iter().filter(|end| waiting.iter().any(|(index, _)| *index == end.index));
    ready(node, "addressed by IPv6", late.copied())?;
    // An address is told of just before the kernel takes packets for it, and both happen
    // under the lock that this waits for (net/ipv6/addrconf.c, `addrconf_dad_work`).
    rtnl::apply(node, with.into_iter().map(link::up).collect())
}

async fn until(node: &NodeName, state: &str, ends: &[End], holds: fn(&LinkMessage) -> bool) -> Result<(), Error> {
    let all = ends.iter().map(|end| end.index).collect();
    let told = move |message: RouteNetlinkMessage| match message {
        RouteNetlinkMessage::NewLink(link) if holds(&link) => Some(link.header.index),
        _ => None,
    };
    let get = RouteNetlinkMessage::GetLink(LinkMessage::default());
    let waiting = wait(node, LINK_EVENTS, get, all, told).await?;
    ready(node, state, ends.iter().filter(|end| waiting.contains(&end.index)))
}

fn ready<'a>(node: &NodeName, state: &str, late: impl Iterator<Item = &'a End>) -> Result<(), Error> {
    let names: Vec<&str> = late.map(|end| end.interface.name.as_str()).collect();
    if names.is_empty() {
        return Ok(());
    }
    let what = format!("interface {} {state}", names.join(", "));
    Err(Error::NotReady { node: node.clone(), what, waited: PATIENCE })
}

/// Strikes out of `waiting` what `told` makes of the answers to `get` and of further
/// events, and gives what is left after [`PATIENCE`].
async fn wait<T: Ord>(
    node: &NodeName,
    events: u32,
    get: RouteNetlinkMessage,
    mut waiting: BTreeSet<T>,
    told: impl Fn(RouteNetlinkMessage) -> Option<T>,
) -> Result<BTreeSet<T>, Error> {
    if waiting.is_empty() {
        return Ok(waiting);
    }
    let watch = Watch::open(events, get).map_err(|error| socket_error(node, &error))?;
    match tokio::time::timeout(PATIENCE, watch.strike_out(&mut waiting, told)).await {
        Ok(Err(error)) => Err(socket_error(node, &error)),
        Ok(Ok(())) | Err(_) => Ok(waiting),
    }
}

/// Hears what the kernel tells of a namespace's links or addresses: first their present
/// state, then every change.
struct Watch {
    socket: AsyncFd<Socket>,
}

impl Watch {
    fn open(events: u32, get: RouteNetlinkMessage) -> io::Result<Self> {
        let mut socket = Socket::new(NETLINK_ROUTE)?;
        socket.bind(&SocketAddr::new(0, events))?;
        socket.set_non_blocking(true)?;
        let watch = Self { socket: register(socket, Interest::READABLE)? };
        // Asked only now, when no change can be missed any more.
        watch.ask_for_all(get)?;
        Ok(watch)
    }

    fn ask_for_all(&self, get: RouteNetlinkMessage) -> io::Result<()> {
        let mut request = NetlinkMessage::from(get);
        request.header.flags = NLM_F_REQUEST | NLM_F_DUMP;
        request.finalize();
        let mut octets = vec![0; request.buffer_len()];
        request.serialize(&mut octets);
        self.socket.get_ref().send_to(&octets, &SocketAddr::new(0, 0), 0).map(drop)
    }

    async fn strike_out<T: Ord>(
        &self,
        waiting: &mut BTreeSet<T>,
        told: impl Fn(RouteNetlinkMessage) -> Option<T>,
    ) -> io::Result<()> {
        let mut received = Vec::with_capacity(BUFFER);
        while !waiting.is_empty() {
            let mut ready = self.socket.readable().await?;
            received.clear();
            let Ok(octets) = ready.try_io(|socket| socket.get_ref().recv(&mut received, 0)) else { continue };
            octets?;
            for message in messages(&received) {
                if let NetlinkPayload::InnerMessage(inner) = message.payload
                    && let Some(met) = told(inner)
                {
                    waiting.remove(&met);
                }
            }
        }
        Ok(())
    }
}

fn of_ipv6() -> AddressMessage {
    let mut all = AddressMessage::default();
    all.header.family = AddressFamily::Inet6;
    all
}

/// The interface of an address that is no longer tentative, and whether it is the link's.
fn usable(message: RouteNetlinkMessage) -> Option<(u32, bool)> {
    let RouteNetlinkMessage::NewAddress(told) = message else { return None };
    let link = told.header.scope == AddressScope::Link;
    let tentative = told.header.flags.contains(AddressHeaderFlags::Tentative);
    (told.header.family == AddressFamily::Inet6 && !tentative).then_some((told.header.index, link))
}

fn is_up(link: &LinkMessage) -> bool {
    link.attributes.contains(&LinkAttribute::OperState(State::Up))
}

fn is_forwarding(link: &LinkMessage) -> bool {
    let forwarding = InfoBridgePort::State(BridgePortState::Forwarding);
    link.attributes.iter().any(|attribute| match attribute {
        LinkAttribute::LinkInfo(infos) => infos.iter().any(|info| match info {
            LinkInfo::PortData(InfoPortData::BridgePort(port)) => port.contains(&forwarding),
            _ => false,
        }),
        _ => false,
    })
}
