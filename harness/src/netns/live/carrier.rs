use super::error::Error;
use super::netlink::BUFFER;
use super::poll::register;
use super::rtnl::{messages, socket_error};
use super::wiring::End;
use crate::name::NodeName;
use netlink_sys::{Socket, SocketAddr, protocols::NETLINK_ROUTE};
use rtnetlink::packet_core::{NLM_F_DUMP, NLM_F_REQUEST, NetlinkMessage, NetlinkPayload};
use rtnetlink::packet_route::RouteNetlinkMessage;
use rtnetlink::packet_route::link::{
    BridgePortState, InfoBridgePort, InfoPortData, LinkAttribute, LinkInfo, LinkMessage, State,
};
use std::collections::BTreeSet;
use std::io;
use std::time::Duration;
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

/// RTNLGRP_LINK as a bit of a socket's groups (rtnetlink(7)).
const LINK_EVENTS: u32 = 1;

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

async fn until(node: &NodeName, state: &str, ends: &[End], holds: fn(&LinkMessage) -> bool) -> Result<(), Error> {
    let mut waiting: BTreeSet<u32> = ends.iter().map(|end| end.index).collect();
    if waiting.is_empty() {
        return Ok(());
    }
    let watch = LinkWatch::open().map_err(|error| socket_error(node, &error))?;
    match tokio::time::timeout(PATIENCE, watch.strike_out(&mut waiting, holds)).await {
        Ok(result) => result.map_err(|error| socket_error(node, &error)),
        Err(_) => Err(not_ready(node, state, ends, &waiting)),
    }
}

fn not_ready(node: &NodeName, state: &str, ends: &[End], waiting: &BTreeSet<u32>) -> Error {
    let names = ends.iter().filter(|end| waiting.contains(&end.index));
    let names: Vec<&str> = names.map(|end| end.interface.name.as_str()).collect();
    let what = format!("interface {} {state}", names.join(", "));
    Error::NotReady { node: node.clone(), what, waited: PATIENCE }
}

/// Hears what the kernel tells of a namespace's links: first their present state,
/// then every change.
struct LinkWatch {
    socket: AsyncFd<Socket>,
}

impl LinkWatch {
    fn open() -> io::Result<Self> {
        let mut socket = Socket::new(NETLINK_ROUTE)?;
        socket.bind(&SocketAddr::new(0, LINK_EVENTS))?;
        socket.set_non_blocking(true)?;
        let watch = Self { socket: register(socket, Interest::READABLE)? };
        // Asked only now, when no change can be missed any more.
        watch.ask_for_all()?;
        Ok(watch)
    }

    fn ask_for_all(&self) -> io::Result<()> {
        let mut request = NetlinkMessage::from(RouteNetlinkMessage::GetLink(LinkMessage::default()));
        request.header.flags = NLM_F_REQUEST | NLM_F_DUMP;
        request.finalize();
        let mut octets = vec![0; request.buffer_len()];
        request.serialize(&mut octets);
        self.socket.get_ref().send_to(&octets, &SocketAddr::new(0, 0), 0).map(drop)
    }

    async fn strike_out(&self, waiting: &mut BTreeSet<u32>, holds: fn(&LinkMessage) -> bool) -> io::Result<()> {
        let mut received = Vec::with_capacity(BUFFER);
        while !waiting.is_empty() {
            let mut ready = self.socket.readable().await?;
            received.clear();
            let Ok(octets) = ready.try_io(|socket| socket.get_ref().recv(&mut received, 0)) else { continue };
            octets?;
            for message in messages(&received) {
                if let NetlinkPayload::InnerMessage(RouteNetlinkMessage::NewLink(link)) = message.payload
                    && holds(&link)
                {
                    waiting.remove(&link.header.index);
                }
            }
        }
        Ok(())
    }
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
