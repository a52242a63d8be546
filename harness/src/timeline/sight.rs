use super::hash::Map;
use crate::name::{Side, Unreachable};
use crate::time::LabTime;
use crate::wire::{Flags, Packet, Segment, Seq};
use std::net::SocketAddr;

/// One packet at one vantage: what puts it in its place. The whole packet is taken from
/// its frame again at the end, for a long record has hundreds of thousands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sight {
    pub(super) at: LabTime,
    /// Index into the record's frames.
    pub(super) frame: u32,
    pub(super) vantage: u32,
    /// Index into [`Sights::ends`].
    pub(super) ends: u32,
    pub(super) head: Head,
    /// Who sent the segment; of ICMP, the side that the quoted one was sent to. Known
    /// once the connection is.
    pub(super) sender: Side,
}

/// What of a segment tells it from others, and its role. Of ICMP, the sequence number
/// that it quotes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) seq: Seq,
    pub(super) ack: Seq,
    pub(super) len: u32,
    timestamps: Option<(u32, u32)>,
    pub(super) window: u16,
    ip_id: Option<u16>,
    pub(super) flags: Flags,
    pub(super) scale: Option<u8>,
    pub(super) mss: Option<u16>,
    pub(super) has_sack: bool,
    pub(super) icmp: Option<Unreachable>,
}

/// What stays the same of a packet from its sender to its receiver: all but the
/// addresses, the time to live and the checksum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Key {
    seq: Seq,
    ack: Seq,
    len: u32,
    timestamps: Option<(u32, u32)>,
    ip_id: Option<u16>,
    window: u16,
    flags: Flags,
    icmp: Option<Unreachable>,
    sender: Side,
}

impl Sight {
    /// The side it goes to.
    pub(super) fn toward(&self) -> Side {
        self.sender.other()
    }

    pub(super) fn vantage(&self) -> usize {
        self.vantage as usize
    }

    pub(super) fn key(&self) -> Key {
        self.head.key(self.sender)
    }
}

impl Head {
    fn of_segment(segment: &Segment) -> Self {
        Self {
            seq: segment.seq,
            ack: segment.ack,
            len: segment.len,
            timestamps: segment.options.timestamps,
            window: segment.window,
            ip_id: segment.ip_id,
            flags: segment.flags,
            scale: segment.options.window_scale,
            mss: segment.options.mss,
            has_sack: !segment.options.sack.is_empty(),
            icmp: None,
        }
    }

    fn of_icmp(code: Unreachable, seq: Seq) -> Self {
        Self {
            seq,
            ack: Seq(0),
            len: 0,
            timestamps: None,
            window: 0,
            ip_id: None,
            flags: Flags(0),
            scale: None,
            mss: None,
            has_sack: false,
            icmp: Some(code),
        }
    }

    pub(super) fn key(&self, sender: Side) -> Key {
        let Self { seq, ack, len, timestamps, ip_id, window, flags, icmp, .. } = *self;
        Key { seq, ack, len, timestamps, ip_id, window, flags, icmp, sender }
    }

    pub(super) fn has(&self, flags: Flags) -> bool {
        self.flags.has(flags)
    }

    pub(super) fn opens(&self) -> bool {
        self.has(Flags::SYN) && !self.has(Flags::ACK)
    }

    /// Whether two packets of one connection can hardly share a key. Linux numbers the
    /// segments of a connected socket, but sends RST and SYN/ACK with an IP ID of 0
    /// (`ip_select_ident_segs` in include/net/ip.h).
    pub(super) fn is_unique(&self) -> bool {
        self.timestamps.is_some() || self.ip_id.is_some_and(|id| id != 0)
    }
}

/// What a frame's packet is read by: from octets, or made by a test.
pub(super) type Read<'a> = &'a dyn Fn(usize) -> Packet;

/// Source and destination; of ICMP, those of the segment it quotes.
pub(super) type Ends = (SocketAddr, SocketAddr);

/// TCP and ICMP, by time; what has one time as it stands in the record, which keeps the
/// order of each vantage.
#[derive(Debug, Clone, Default)]
pub(super) struct Sights {
    pub(super) list: Vec<Sight>,
    pub(super) ends: Vec<Ends>,
}

impl Sights {
    /// Of frames that were seen at these vantages and times. `same` tells whether two
    /// frames surely read the same: a switch passes on what it gets.
    pub(super) fn new(
        seen: impl Iterator<Item = (usize, LabTime)>,
        same: impl Fn(usize, usize) -> bool,
        read: Read,
    ) -> Self {
        let mut order: Vec<(LabTime, u32, u32)> =
            (0_u32..).zip(seen).map(|(frame, (vantage, at))| (at, frame, number(vantage))).collect();
        order.sort_unstable();
        let mut this = Self { list: Vec::with_capacity(order.len()), ends: Vec::new() };
        let mut known = Map::default();
        let mut last = None;
        for (at, frame, vantage) in order {
            let found = match last {
                Some((before, found)) if same(before, frame as usize) => found,
                _ => parts(&read(frame as usize)),
            };
            last = Some((frame as usize, found));
            if let Some((ends, head)) = found {
                let ends = this.number_of(ends, &mut known);
                this.list.push(Sight { at, frame, vantage, ends, head, sender: Side::Client });
            }
        }
        this
    }

    fn number_of(&mut self, ends: Ends, known: &mut Map<Ends, u32>) -> u32 {
        let last = self.list.last().map(|sight| sight.ends);
        if let Some(same) = last.filter(|last| self.ends.get(*last as usize) == Some(&ends)) {
            return same;
        }
        *known.entry(ends).or_insert_with(|| {
            self.ends.push(ends);
            number(self.ends.len() - 1)
        })
    }

    pub(super) fn ends(&self, sight: &Sight) -> Option<Ends> {
        self.ends.get(sight.ends as usize).copied()
    }
}

/// Beyond 2^32 there is no vantage and no address.
fn number(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

fn parts(packet: &Packet) -> Option<(Ends, Head)> {
    match packet {
        Packet::Tcp(segment) => Some(((segment.source, segment.destination), Head::of_segment(segment))),
        Packet::Icmp(icmp) => {
            let head = Head::of_icmp(icmp.code, icmp.quoted_seq);
            Some(((icmp.quoted_source, icmp.quoted_destination), head))
        }
        Packet::Neighbour | Packet::Other(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timeline::fixture::Lab;
    use std::cell::Cell;

    /// How many frames are read of a connection's opening, seen at four vantages by turns.
    fn reads(same: impl Fn(usize, usize) -> bool) -> (usize, Sights) {
        let (lab, count) = (Lab::switched().connected(), Cell::new(0));
        let read = |frame: usize| {
            count.set(count.get() + 1);
            lab.sights[frame].packet.clone()
        };
        let sights = Sights::new(lab.sights.iter().map(|seen| (seen.vantage, seen.at)), same, &read);
        (count.get(), sights)
    }

    #[test]
    fn what_reads_the_same_is_read_once() {
        let (all, one_by_one) = reads(|_, _| false);
        let (few, at_once) = reads(|one, other| one / 4 == other / 4);
        assert_eq!((all, few), (12, 3));
        let told = |sights: &Sights| format!("{sights:?}");
        assert_eq!(told(&at_once), told(&one_by_one));
    }

    #[test]
    fn what_was_wrongly_called_the_same_shows() {
        let (count, sights) = reads(|_, _| true);
        assert_eq!((count, sights.ends.len()), (1, 1));
    }
}
