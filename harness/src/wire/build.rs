use super::checksum::Sum;
use super::{Options, Segment};
use std::net::IpAddr;

/// IANA's number of TCP.
const TCP: u8 = 6;
/// IPv4's header without options, IPv6's, TCP's.
const IPV4_HEADER: usize = 20;
const TCP_HEADER: usize = 20;
/// The most that TCP's 4-bit header length leaves for options.
const MAX_OPTIONS: usize = 40;

/// An Ethernet frame that holds `segment`, with zeros for its payload.
///
/// [`decode`](super::decode) gives the same segment back, with two exceptions:
/// options that do not fit into 40 octets are left out, from the last; and
/// `checksum_ok: None` becomes `Some(true)`, for nothing is cut off. A `Some(false)`
/// makes a wrong checksum. A segment beyond 64 KiB has no IP length, as Linux leaves it
/// on such frames.
#[must_use]
pub fn encode(segment: &Segment, source_mac: [u8; 6], destination_mac: [u8; 6]) -> Vec<u8> {
    let tcp = tcp(segment);
    let mut frame = Vec::with_capacity(54 + tcp.len());
    frame.extend(destination_mac);
    frame.extend(source_mac);
    match (segment.source.ip(), segment.destination.ip()) {
        (IpAddr::V4(source), IpAddr::V4(destination)) => {
            frame.extend([0x08, 0x00]);
            frame.extend(ipv4(segment, source.octets(), destination.octets(), tcp.len()));
        }
        (source, destination) => {
            frame.extend([0x86, 0xdd]);
            frame.extend(ipv6(segment, source, destination, tcp.len()));
        }
    }
    frame.extend(tcp);
    frame
}

fn ipv4(segment: &Segment, source: [u8; 4], destination: [u8; 4], len: usize) -> Vec<u8> {
    let total = u16::try_from(IPV4_HEADER + len).unwrap_or(0);
    let mut header = vec![0x45, 0];
    header.extend(total.to_be_bytes());
    header.extend(segment.ip_id.unwrap_or(0).to_be_bytes());
    // Don't fragment, as Linux sets it under path MTU discovery.
    header.extend([0x40, 0, segment.ttl, TCP, 0, 0]);
    header.extend(source);
    header.extend(destination);
    let checksum = Sum::default().add(&header).checksum();
    put(&mut header, 10, checksum);
    header
}

fn ipv6(segment: &Segment, source: IpAddr, destination: IpAddr, len: usize) -> Vec<u8> {
    let mut header = vec![0x60, 0, 0, 0];
    header.extend(u16::try_from(len).unwrap_or(0).to_be_bytes());
    header.extend([TCP, segment.ttl]);
    header.extend(mapped(source));
    header.extend(mapped(destination));
    header
}

/// An IPv4 address beside an IPv6 one stands in its mapped form.
fn mapped(address: IpAddr) -> [u8; 16] {
    match address {
        IpAddr::V4(address) => address.to_ipv6_mapped().octets(),
        IpAddr::V6(address) => address.octets(),
    }
}

fn tcp(segment: &Segment) -> Vec<u8> {
    let options = options(&segment.options);
    let words = u8::try_from((TCP_HEADER + options.len()) / 4).unwrap_or(15);
    let mut tcp = Vec::new();
    tcp.extend(segment.source.port().to_be_bytes());
    tcp.extend(segment.destination.port().to_be_bytes());
    tcp.extend(segment.seq.0.to_be_bytes());
    tcp.extend(segment.ack.0.to_be_bytes());
    tcp.extend([words << 4, segment.flags.0]);
    tcp.extend(segment.window.to_be_bytes());
    tcp.extend([0, 0]);
    tcp.extend(segment.urgent.to_be_bytes());
    tcp.extend(options);
    tcp.resize(tcp.len() + usize::try_from(segment.len).unwrap_or(0), 0);
    let checksum = checksum(segment, &tcp);
    put(&mut tcp, 16, checksum);
    tcp
}

fn checksum(segment: &Segment, tcp: &[u8]) -> u16 {
    let len = u32::try_from(tcp.len()).unwrap_or(u32::MAX);
    let pseudo = Sum::pseudo(segment.source.ip(), segment.destination.ip(), TCP, len);
    let right = pseudo.add(tcp).checksum();
    if segment.checksum_ok == Some(false) { right ^ 0x0101 } else { right }
}

/// In the order in which Linux writes them, padded to whole words.
fn options(options: &Options) -> Vec<u8> {
    let mut list = Vec::new();
    let mut add = |kind: u8, value: &[u8]| {
        let len = 2 + value.len();
        if list.len() + len <= MAX_OPTIONS {
            list.extend([kind, u8::try_from(len).unwrap_or(0)]);
            list.extend(value);
        }
    };
    if let Some(mss) = options.mss {
        add(2, &mss.to_be_bytes());
    }
    if options.sack_permitted {
        add(4, &[]);
    }
    if let Some((value, echo)) = options.timestamps {
        add(8, &[value.to_be_bytes(), echo.to_be_bytes()].concat());
    }
    if let Some(scale) = options.window_scale {
        add(3, &[scale]);
    }
    if !options.sack.is_empty() {
        let edges = options.sack.iter().flat_map(|(left, right)| [left.0, right.0]);
        add(5, &edges.flat_map(u32::to_be_bytes).collect::<Vec<u8>>());
    }
    list.resize(list.len().next_multiple_of(4), 0);
    list
}

/// Writes 16 bits in network order; does nothing where there is no room.
fn put(octets: &mut [u8], at: usize, value: u16) {
    if let Some(place) = octets.get_mut(at..at + 2) {
        place.copy_from_slice(&value.to_be_bytes());
    }
}
