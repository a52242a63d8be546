use super::ip::{Datagram, Fragment, datagram};
use super::octets::{u16_at, u32_at};
use super::{Icmp, Packet, Seq};
use crate::name::Unreachable;
use etherparse::IpNumber;
use std::net::SocketAddr;

/// Octets before what an unreachable quotes (RFC 792, RFC 4443 §3.1).
const HEADER: usize = 8;

/// What an ICMP message says of a segment.
pub(super) fn version4(outer: &Datagram) -> Packet {
    match outer.octets {
        [3, code, ..] => unreachable(outer, code_of_version4(*code)),
        _ => Packet::Other("ICMP, but not destination unreachable"),
    }
}

/// The same for ICMPv6. "Packet too big" is what IPv4 calls "fragmentation needed".
pub(super) fn version6(outer: &Datagram) -> Packet {
    match outer.octets {
        [1, code, ..] => unreachable(outer, code_of_version6(*code)),
        [2, ..] => unreachable(outer, Unreachable::FragmentationNeeded),
        // Router and neighbour solicitations, advertisements, redirect (RFC 4861 §4).
        [133..=137, ..] => Packet::Neighbour,
        _ => Packet::Other("ICMPv6, but neither unreachable nor neighbour discovery"),
    }
}

/// RFC 792, RFC 1122 §3.2.2.1, RFC 1812 §5.2.7.1.
fn code_of_version4(code: u8) -> Unreachable {
    match code {
        0 | 6 | 11 => Unreachable::Network,
        1 | 7 | 12 => Unreachable::Host,
        2 => Unreachable::Protocol,
        3 => Unreachable::Port,
        4 => Unreachable::FragmentationNeeded,
        9 | 10 | 13 => Unreachable::AdminProhibited,
        _ => Unreachable::Other,
    }
}

/// RFC 4443 §3.1: codes 5 and 6 are finer forms of 1.
fn code_of_version6(code: u8) -> Unreachable {
    match code {
        0 => Unreachable::Network,
        1 | 5 | 6 => Unreachable::AdminProhibited,
        3 => Unreachable::Host,
        4 => Unreachable::Port,
        _ => Unreachable::Other,
    }
}

fn unreachable(outer: &Datagram, code: Unreachable) -> Packet {
    quoted(outer, code).map_or_else(Packet::Other, Packet::Icmp)
}

/// The quote may hold no more than 8 octets of the segment, so only those are read.
fn quoted(outer: &Datagram, code: Unreachable) -> Result<Icmp, &'static str> {
    const CUT: &str = "unreachable whose quote is cut short";
    let quote = outer.octets.get(HEADER..).ok_or(CUT)?;
    let inner = datagram(quote, quote.len())?;
    if inner.protocol != IpNumber::TCP || inner.fragment == Fragment::Later {
        return Err("unreachable that quotes no TCP segment");
    }
    let port = |at| u16_at(inner.octets, at).ok_or(CUT);
    Ok(Icmp {
        source: outer.source,
        destination: outer.destination,
        code,
        quoted_source: SocketAddr::new(inner.source, port(0)?),
        quoted_destination: SocketAddr::new(inner.destination, port(2)?),
        quoted_seq: Seq(u32_at(inner.octets, 4).ok_or(CUT)?),
    })
}
