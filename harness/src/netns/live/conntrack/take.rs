use super::ConntrackError;
use super::entry::{IPS_ASSURED, IPS_SEEN_REPLY, PROTOINFO, STATUS, TIMEOUT, TUPLE_ORIG, TUPLE_REPLY};
use super::table::{SUBSYSTEM, message_in};
use crate::netns::live::netlink::{attribute, request};
use crate::plan::TakenPlan;
use netlink_packet_core::{NLA_F_NESTED, NLM_F_CREATE, NLM_F_EXCL};
use netlink_sys::protocols::NETLINK_NETFILTER;
use std::net::{IpAddr, SocketAddr};

/// IPCTNL_MSG_CT_NEW, the lower octet of a message's type.
const NEW: u16 = SUBSYSTEM;
/// The kernel takes only entries that are confirmed (net/netfilter/nf_conntrack_netlink.c).
const IPS_CONFIRMED: u32 = 1 << 3;
/// TCP_CONNTRACK_ESTABLISHED, and what nf_conntrack gives one in seconds.
const ESTABLISHED: u8 = 3;
const FIVE_DAYS: u32 = 432_000;

/// Makes the entry of an established connection of somebody else in the calling thread's
/// namespace.
///
/// # Errors
/// Another entry has its ends; else as [`probe`](super::probe).
pub(crate) fn take(entry: &TakenPlan) -> Result<(), ConntrackError> {
    match request(NETLINK_NETFILTER, NEW, NLM_F_CREATE | NLM_F_EXCL, &message(entry), |_| {}) {
        Err(error) if error.raw_os_error() == Some(libc::EEXIST) => Err(ConntrackError::Taken(entry.outside.port())),
        other => other.map_err(|source| ConntrackError::Netlink { operation: "make a conntrack entry", source }),
    }
}

fn message(entry: &TakenPlan) -> Vec<u8> {
    let status = IPS_SEEN_REPLY | IPS_ASSURED | IPS_CONFIRMED;
    // CTA_PROTOINFO_TCP, in it CTA_PROTOINFO_TCP_STATE: both number 1.
    let state = nested(1, &[attribute(1, &[ESTABLISHED])]);
    [
        message_in(entry.server.ip()).to_vec(),
        nested(TUPLE_ORIG, &tuple(entry.inside, entry.server)),
        nested(TUPLE_REPLY, &tuple(entry.server, entry.outside)),
        attribute(STATUS, &status.to_be_bytes()),
        nested(PROTOINFO, &[state]),
        attribute(TIMEOUT, &FIVE_DAYS.to_be_bytes()),
    ]
    .concat()
}

/// CTA_TUPLE_IP and CTA_TUPLE_PROTO.
fn tuple(source: SocketAddr, destination: SocketAddr) -> [Vec<u8>; 2] {
    // CTA_IP_V4_SRC and CTA_IP_V4_DST, or those of IPv6.
    let first = if source.is_ipv4() { 1 } else { 3 };
    let ip = [attribute(first, &octets(source.ip())), attribute(first + 1, &octets(destination.ip()))];
    let port = |end: SocketAddr| end.port().to_be_bytes();
    let protocol = [libc::IPPROTO_TCP as u8];
    let proto = [attribute(1, &protocol), attribute(2, &port(source)), attribute(3, &port(destination))];
    [nested(1, &ip), nested(2, &proto)]
}

fn octets(address: IpAddr) -> Vec<u8> {
    match address {
        IpAddr::V4(address) => address.octets().to_vec(),
        IpAddr::V6(address) => address.octets().to_vec(),
    }
}

fn nested(kind: u16, parts: &[Vec<u8>]) -> Vec<u8> {
    attribute(kind | NLA_F_NESTED, &parts.concat())
}
