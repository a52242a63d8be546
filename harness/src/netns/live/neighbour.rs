use super::error::{Error, kernel};
use super::netlink::{Message, attribute, attributes, request};
use super::wiring::End;
use crate::name::NodeName;
use crate::plan::NeighbourPlan;
use netlink_packet_core::{NLM_F_CREATE, NLM_F_DUMP, NLM_F_REPLACE};
use netlink_sys::protocols::NETLINK_ROUTE;
use std::io;
use std::net::IpAddr;

/// RTM_NEWNEIGH, RTM_DELNEIGH and RTM_GETNEIGH (rtnetlink(7)).
const NEW: u16 = 28;
const DELETE: u16 = 29;
const GET: u16 = 30;

/// NDA_DST and NDA_LLADDR (include/uapi/linux/neighbour.h).
const ADDRESS: u16 = 1;
const MAC: u16 = 2;

/// NUD_PERMANENT, and NUD_NOARP: that of addresses which nobody has to ask for.
const PERMANENT: u16 = 0x80;
const NO_ARP: u16 = 0x40;

/// The length of `struct ndmsg`.
const HEADER: usize = 12;

/// Tells the calling thread's namespace, which is that of `node`, hardware addresses for
/// good.
///
/// # Errors
/// The kernel refused one.
pub(crate) fn make_permanent(node: &NodeName, end: &End, known: &[NeighbourPlan]) -> Result<(), Error> {
    for one in known.iter().filter(|one| one.interface == end.interface.name) {
        let (family, address) = match one.address {
            IpAddr::V4(address) => (libc::AF_INET, address.octets().to_vec()),
            IpAddr::V6(address) => (libc::AF_INET6, address.octets().to_vec()),
        };
        let payload = [
            header(family as u8, end.index, PERMANENT).to_vec(),
            attribute(ADDRESS, &address),
            attribute(MAC, &one.mac),
        ];
        let told = request(NETLINK_ROUTE, NEW, NLM_F_CREATE | NLM_F_REPLACE, &payload.concat(), |_| {});
        told.map_err(kernel("set the hardware address of", &one.address.to_string(), node))?;
    }
    Ok(())
}

/// Deletes what the calling thread's namespace, which is that of `node`, has found out of
/// its neighbours; permanent entries stay, as with `ip neigh flush`. The kernel has done so
/// when it answers.
///
/// # Errors
/// The kernel refused.
pub(crate) fn flush(node: &NodeName) -> Result<(), Error> {
    let mut entries = Vec::new();
    request(NETLINK_ROUTE, GET, NLM_F_DUMP, &header(0, 0, 0), |message| entries.extend(found_out(&message)))
        .map_err(kernel("list", "neighbours", node))?;
    entries.iter().try_for_each(|named| delete(named)).map_err(kernel("forget", "neighbours", node))
}

/// The message that names an entry, if it is one that was found out.
fn found_out(message: &Message<'_>) -> Option<Vec<u8>> {
    let (header, rest) = message.payload.split_at_checked(HEADER)?;
    let state = u16::from_ne_bytes([header[8], header[9]]);
    let mut named = header.to_vec();
    attributes(rest, |kind, value| {
        if kind == ADDRESS {
            named.extend(attribute(ADDRESS, value));
        }
    });
    (message.kind == NEW && state & (PERMANENT | NO_ARP) == 0).then_some(named)
}

fn delete(named: &[u8]) -> io::Result<()> {
    match request(NETLINK_ROUTE, DELETE, 0, named, |_| {}) {
        // It went by itself meanwhile.
        Err(error) if error.raw_os_error() == Some(libc::ENOENT) => Ok(()),
        other => other,
    }
}

/// `struct ndmsg`: family, interface, state.
fn header(family: u8, interface: u32, state: u16) -> [u8; HEADER] {
    let mut octets = [0; HEADER];
    octets[0] = family;
    octets[4..8].copy_from_slice(&interface.to_ne_bytes());
    octets[8..10].copy_from_slice(&state.to_ne_bytes());
    octets
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::netns::live::testing::{inside, sh};

    fn node() -> NodeName {
        NodeName::new("a").unwrap()
    }

    #[test]
    fn what_was_found_out_goes_and_what_is_permanent_stays() {
        inside(async || {
            sh("ip link add v type veth peer name w && ip link set v up && ip link set w up");
            sh("ip addr add 10.9.0.1/24 dev v");
            sh("ip neigh add 10.9.0.2 lladdr 02:00:00:00:00:02 dev v nud reachable");
            sh("ip neigh add 10.9.0.3 lladdr 02:00:00:00:00:03 dev v nud permanent");
            flush(&node()).unwrap();
            assert_eq!(sh("ip neigh").trim(), "10.9.0.3 dev v lladdr 02:00:00:00:00:03 PERMANENT");
            flush(&node()).unwrap();
        });
    }
}
