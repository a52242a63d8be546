use super::ip::{Datagram, Fragment, datagram};
use super::link::{LinkType, Payload, payload};
use super::{Packet, icmp, tcp};
use etherparse::IpNumber;

/// Takes a captured frame apart. Total: whatever the octets are, the answer is a
/// [`Packet`], [`Packet::Other`] where they hold no segment.
///
/// `wire_len` is the frame's length on the wire; `octets` may be its beginning only.
#[must_use]
pub fn decode(link: LinkType, octets: &[u8], wire_len: u32) -> Packet {
    let ip = match payload(link, octets) {
        Ok(Payload::Ip(ip)) => ip,
        Ok(Payload::Arp) => return Packet::Neighbour,
        Err(why) => return Packet::Other(why),
    };
    let header = octets.len() - ip.len();
    let wire_len = usize::try_from(wire_len).unwrap_or(usize::MAX);
    match datagram(ip, wire_len.max(octets.len()) - header) {
        Ok(datagram) => transport(&datagram),
        Err(why) => Packet::Other(why),
    }
}

fn transport(datagram: &Datagram) -> Packet {
    if datagram.fragment == Fragment::Later {
        return Packet::Other("fragment, not the first");
    }
    match datagram.protocol {
        IpNumber::TCP => tcp::segment(datagram).map_or_else(Packet::Other, Packet::Tcp),
        IpNumber::ICMP => icmp::version4(datagram),
        IpNumber::IPV6_ICMP => icmp::version6(datagram),
        IpNumber::UDP => Packet::Other("UDP"),
        _ => Packet::Other("neither TCP nor ICMP"),
    }
}

#[cfg(test)]
#[path = "decode_tests.rs"]
mod tests;
