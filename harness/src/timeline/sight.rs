use crate::name::Side;
use crate::record::Frame;
use crate::time::LabTime;
use crate::wire::{Icmp, LinkType, Packet, Segment, Seq, decode};
use std::net::SocketAddr;

/// One packet at one vantage, taken apart.
#[derive(Debug, Clone)]
pub(super) struct Sight {
    /// Index into the record's frames.
    pub(super) frame: usize,
    pub(super) vantage: usize,
    pub(super) at: LabTime,
    /// [`Packet::Tcp`] or [`Packet::Icmp`].
    pub(super) packet: Packet,
}

/// The frames that hold TCP or ICMP, by time; frames of one time as they stand in the
/// record, which keeps the order of each vantage.
pub(super) fn sights(frames: &[Frame]) -> Vec<Sight> {
    let mut order: Vec<(LabTime, usize)> =
        frames.iter().enumerate().map(|(index, frame)| (frame.at, index)).collect();
    order.sort_by_key(|(at, _)| *at);
    let sight = |(at, index): (LabTime, usize)| {
        let frame = frames.get(index)?;
        let packet = decode(LinkType::Ethernet, &frame.octets, frame.wire_len);
        matches!(packet, Packet::Tcp(_) | Packet::Icmp(_)).then_some(Sight {
            frame: index,
            vantage: frame.vantage,
            at,
            packet,
        })
    };
    order.into_iter().filter_map(sight).collect()
}

/// What stays the same of a packet from its sender to its receiver: all but the
/// addresses, the time to live and the checksum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Key {
    pub(super) sender: Side,
    shape: Shape,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Shape {
    Tcp {
        seq: Seq,
        ack: Seq,
        len: u32,
        timestamps: Option<(u32, u32)>,
        ip_id: Option<u16>,
        window: u16,
        flags: u8,
    },
    Icmp { code: crate::name::Unreachable, seq: Seq },
}

impl Key {
    /// Of a segment that `sender` sent.
    pub(super) fn of_segment(sender: Side, segment: &Segment) -> Self {
        let shape = Shape::Tcp {
            seq: segment.seq,
            ack: segment.ack,
            len: segment.len,
            timestamps: segment.options.timestamps,
            ip_id: segment.ip_id,
            window: segment.window,
            flags: segment.flags.0,
        };
        Self { sender, shape }
    }

    /// Of a message that quotes a segment of `quoted`'s, and so goes to `quoted`.
    pub(super) fn of_icmp(quoted: Side, icmp: &Icmp) -> Self {
        let shape = Shape::Icmp { code: icmp.code, seq: icmp.quoted_seq };
        Self { sender: quoted.other(), shape }
    }

    /// Whether two packets of one connection can hardly share it. Linux numbers the
    /// segments of a connected socket, but sends RST and SYN/ACK with an IP ID of 0
    /// (`ip_select_ident_segs` in include/net/ip.h).
    pub(super) fn is_strong(&self) -> bool {
        match self.shape {
            Shape::Tcp { ip_id, timestamps, .. } => {
                timestamps.is_some() || ip_id.is_some_and(|id| id != 0)
            }
            Shape::Icmp { .. } => false,
        }
    }
}

/// Both ends that a packet names: its own, or those of the segment it quotes.
pub(super) fn ends(packet: &Packet) -> Option<(SocketAddr, SocketAddr)> {
    match packet {
        Packet::Tcp(segment) => Some((segment.source, segment.destination)),
        Packet::Icmp(icmp) => Some((icmp.quoted_source, icmp.quoted_destination)),
        Packet::Neighbour | Packet::Other(_) => None,
    }
}
