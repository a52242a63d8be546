use super::ConntrackError;
use super::entry::{ID, TUPLE_ORIG, Told, parse};
use crate::netns::live::netlink::{attribute, request};
#[cfg(test)]
use crate::record::Entry;
use netlink_packet_core::{NLA_F_NESTED, NLM_F_DUMP};
use netlink_sys::protocols::NETLINK_NETFILTER;
use std::io;

/// NFNL_SUBSYS_CTNETLINK, the upper octet of a message's type.
pub(super) const SUBSYSTEM: u16 = 1 << 8;
/// IPCTNL_MSG_CT_GET, IPCTNL_MSG_CT_DELETE.
const GET: u16 = SUBSYSTEM | 1;
const DELETE: u16 = SUBSYSTEM | 2;

/// `struct nfgenmsg` for IPv4.
pub(super) const IPV4: [u8; 4] = [libc::AF_INET as u8, 0, 0, 0];

/// Whether the kernel tells of conntrack at all.
///
/// # Errors
/// EINVAL or EPROTONOSUPPORT where it lacks nf_conntrack_netlink; EPERM without
/// CAP_NET_ADMIN in the namespace.
pub(crate) fn probe() -> Result<(), ConntrackError> {
    dump().map(drop)
}

/// The IPv4 TCP entries of the calling thread's namespace, in no order.
///
/// # Errors
/// As [`probe`].
#[cfg(test)]
pub(crate) fn list() -> Result<Vec<Entry>, ConntrackError> {
    Ok(dump()?.into_iter().map(|told| told.entry).collect())
}

/// Deletes every IPv4 TCP entry, and says how many there were.
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
    let payload = [IPV4.to_vec(), attribute(TUPLE_ORIG | NLA_F_NESTED, original)].concat();
    request(NETLINK_NETFILTER, GET, 0, &payload, |message| found = parse(message.payload)).ok()?;
    // An entry on its way out has no time-out any more.
    found?.entry.timeout
}

fn dump() -> Result<Vec<Told>, ConntrackError> {
    let mut all = Vec::new();
    request(NETLINK_NETFILTER, GET, NLM_F_DUMP, &IPV4, |message| all.extend(parse(message.payload)))
        .map_err(|source| ConntrackError::Netlink { operation: "list conntrack entries", source })?;
    Ok(all)
}

/// With the entry's id, so that a new entry of the same tuple stays.
fn delete(told: &Told) -> io::Result<()> {
    let payload =
        [IPV4.to_vec(), attribute(TUPLE_ORIG | NLA_F_NESTED, &told.original), attribute(ID, &told.id)].concat();
    request(NETLINK_NETFILTER, DELETE, 0, &payload, |_| {})
}
