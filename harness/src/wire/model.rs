use crate::name::Unreachable;
use std::net::{IpAddr, SocketAddr};

/// What one captured frame holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Packet {
    Tcp(Segment),
    Icmp(Icmp),
    /// Neighbour resolution: ARP, or ICMPv6 neighbour discovery.
    Neighbour,
    /// Anything else, with the reason why it is no segment.
    Other(&'static str),
}

/// One TCP segment, with what of its IP header tells it from others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    pub source: SocketAddr,
    pub destination: SocketAddr,
    pub seq: Seq,
    pub ack: Seq,
    pub flags: Flags,
    /// As in the header, not scaled.
    pub window: u16,
    pub urgent: u16,
    pub options: Options,
    /// Octets of payload, from the IP length; the capture may hold fewer.
    pub len: u32,
    /// IPv4 identification.
    pub ip_id: Option<u16>,
    pub ttl: u8,
    /// None if the capture holds too few octets to tell.
    pub checksum_ok: Option<bool>,
}

/// The options Linux sends (RFC 9293 §3.1, RFC 7323, RFC 2018).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Options {
    pub mss: Option<u16>,
    pub window_scale: Option<u8>,
    pub sack_permitted: bool,
    /// TSval, TSecr.
    pub timestamps: Option<(u32, u32)>,
    pub sack: Vec<(Seq, Seq)>,
}

/// ICMP or ICMPv6 destination unreachable that quotes a TCP segment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Icmp {
    pub source: IpAddr,
    pub destination: IpAddr,
    pub code: Unreachable,
    pub quoted_source: SocketAddr,
    pub quoted_destination: SocketAddr,
    pub quoted_seq: Seq,
}

/// A sequence number: 32 bits, compared modulo 2^32 (RFC 9293 §3.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Seq(pub u32);

impl Seq {
    /// `self - other` in sequence space: negative if `self` is before `other`.
    #[must_use]
    pub fn minus(self, other: Self) -> i32 {
        self.0.wrapping_sub(other.0).cast_signed()
    }

    #[must_use]
    pub fn plus(self, octets: u32) -> Self {
        Self(self.0.wrapping_add(octets))
    }
}

/// The control bits (RFC 9293 §3.1), as they stand in the header's low octet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Flags(pub u8);

impl Flags {
    pub const FIN: Self = Self(0x01);
    pub const SYN: Self = Self(0x02);
    pub const RST: Self = Self(0x04);
    pub const PSH: Self = Self(0x08);
    pub const ACK: Self = Self(0x10);
    pub const URG: Self = Self(0x20);
    pub const ECE: Self = Self(0x40);
    pub const CWR: Self = Self(0x80);

    /// Whether all bits of `other` are set.
    #[must_use]
    pub fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}
