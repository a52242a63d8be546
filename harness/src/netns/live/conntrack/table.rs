use super::ConntrackError;
use super::entry::{ID, TUPLE_ORIG, Told, parse, tuple};
use crate::netns::live::netlink::{attribute, request};
#[cfg(test)]
use crate::record::Entry;
use netlink_packet_core::{NLA_F_NESTED, NLM_F_DUMP};
use netlink_sys::protocols::NETLINK_NETFILTER;
use std::io;
use std::net::{IpAddr, Ipv4Addr};

/// NFNL_SUBSYS_CTNETLINK, the upper octet of a message's type.
pub(super) const SUBSYSTEM: u16 = 1 << 8;
/// IPCTNL_MSG_CT_GET, IPCTNL_MSG_CT_DELETE.
const GET: u16 = SUBSYSTEM | 1;
const DELETE: u16 = SUBSYSTEM | 2;

/// `struct nfgenmsg` for a family; AF_UNSPEC stands for all.
const fn message(family: i32) -> [u8; 4] {
    [family as u8, 0, 0, 0]
}

/// The same for that of an address.
pub(super) const fn message_in(address: IpAddr) -> [u8; 4] {
    message(if address.is_ipv6() { libc::AF_INET6 } else { libc::AF_INET })
}

/// The same for that of an entry's CTA_TUPLE_ORIG.
fn message_of(original: &[u8]) -> Vec<u8> {
    let ip = tuple(original).map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |tuple| tuple.source.ip());
    message_in(ip).to_vec()
}

/// Whether the kernel tells of conntrack at all.
///
/// # Errors
/// EINVAL or EPROTONOSUPPORT where it lacks nf_conntrack_netlink; EPERM without
/// CAP_NET_ADMIN in the namespace.
pub(crate) fn probe() -> Result<(), ConntrackError> {
    dump().map(drop)
}

/// The TCP entries of the calling thread's namespace, in no order.
///
/// # Errors
/// As [`probe`].
#[cfg(test)]
pub(crate) fn list() -> Result<Vec<Entry>, ConntrackError> {
    Ok(dump()?.into_iter().map(|told| told.entry).collect())
}

/// Deletes every TCP entry, and says how many there were.
///
/// # Errors
/// As [`probe`].
pub(crate) fn flush_tcp() -> Result<usize, ConntrackError> {
    let mut deleted = 0;
    for told in dump()? {
        match delete(&told) {
            Ok(()) => deleted += 1,
            // It went by itself meanwhile.
            Err(error) if error.raw_os_error() == Some(libc::ENOENT) => {}
            Err(source) => return Err(ConntrackError::Netlink { operation: "delete a conntrack entry", source }),
        }
    }
    Ok(deleted)
}

/// How many seconds, rounded down, the entry of this CTA_TUPLE_ORIG has left; none if
/// there is no such entry, or it can't be asked for. An entry found expired is deleted by
/// the look-up itself (net/netfilter/nf_conntrack_core.c, `____nf_conntrack_find`).
pub(super) fn left(original: &[u8]) -> Option<u32> {
    let mut found = None;
    let payload = [message_of(original), attribute(TUPLE_ORIG | NLA_F_NESTED, original)].concat();
    request(NETLINK_NETFILTER, GET, 0, &payload, |message| found = parse(message.payload)).ok()?;
    // An entry on its way out has no time-out any more.
    found?.entry.timeout
}

fn dump() -> Result<Vec<Told>, ConntrackError> {
    let mut all = Vec::new();
    request(NETLINK_NETFILTER, GET, NLM_F_DUMP, &message(libc::AF_UNSPEC), |message| {
        all.extend(parse(message.payload))
    })
    .map_err(|source| ConntrackError::Netlink { operation: "list conntrack entries", source })?;
    Ok(all)
}

/// With the entry's id, so that a new entry of the same tuple stays.
fn delete(told: &Told) -> io::Result<()> {
    let original = attribute(TUPLE_ORIG | NLA_F_NESTED, &told.original);
    let payload = [message_of(&told.original), original, attribute(ID, &told.id)].concat();
    request(NETLINK_NETFILTER, DELETE, 0, &payload, |_| {})
}
