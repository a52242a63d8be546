use super::cursor::{Cursor, Order};
use super::options::options;
use super::{Capture, Flaw, Interface, Packet};
use crate::wire::LinkType;

/// Block types (<https://datatracker.ietf.org/doc/draft-ietf-opsawg-pcapng/>).
pub(super) const SECTION: u32 = 0x0a0d_0d0a;
pub(super) const INTERFACE: u32 = 1;
const OBSOLETE_PACKET: u32 = 2;
const SIMPLE_PACKET: u32 = 3;
const STATISTICS: u32 = 5;
pub(super) const PACKET: u32 = 6;
/// Octets of a block around its body: type, length, and the length again.
const FRAME: u32 = 12;

/// Reads pcapng, with any number of sections.
///
/// # Errors
/// The first section header can't be read.
pub(super) fn read(file: &[u8]) -> Result<Capture<'_>, String> {
    let mut reader = Reader::new(file);
    while reader.capture.flaw.is_none() && reader.offset < file.len() {
        if let Err(flaw) = reader.block() {
            if reader.offset == 0 {
                return Err(format!("its section header is broken: {}", flaw.reason));
            }
            reader.capture.flaw = Some(flaw);
        }
    }
    Ok(reader.capture)
}

struct Reader<'a> {
    file: &'a [u8],
    /// Where the next block begins.
    offset: usize,
    order: Order,
    /// The section's first interface, as an index into the capture's.
    first: usize,
    clocks: Vec<Clock>,
    /// Of the last packet that had one: a simple packet has none.
    stamp: u64,
    capture: Capture<'a>,
}

impl<'a> Reader<'a> {
    fn new(file: &'a [u8]) -> Self {
        Self {
            file,
            offset: 0,
            order: Order::Little,
            first: 0,
            clocks: Vec::new(),
            stamp: 0,
            capture: Capture::default(),
        }
    }

    fn damaged(&self, reason: &'static str) -> Flaw {
        Flaw::damaged(self.offset, reason)
    }

    /// Reads the block at the offset, and goes on to the next.
    fn block(&mut self) -> Result<(), Flaw> {
        let (kind, len, body) = self.frame()?;
        match kind {
            SECTION => self.section(body)?,
            INTERFACE => self.interface(body).ok_or(self.damaged("a broken interface block"))?,
            PACKET => self.packet(body).ok_or(self.damaged("a broken packet block"))?,
            OBSOLETE_PACKET => {
                self.obsolete_packet(body).ok_or(self.damaged("a broken packet block"))?;
            }
            SIMPLE_PACKET => {
                self.simple_packet(body).ok_or(self.damaged("a broken simple packet block"))?;
            }
            STATISTICS => {
                // Nothing but statistics is lost by leaving out a broken one.
                let _ = self.statistics(body);
            }
            _ => {}
        }
        self.offset += len;
        Ok(())
    }

    /// The block's type, length and body.
    fn frame(&mut self) -> Result<(u32, usize, Cursor<'a>), Flaw> {
        let rest = self.file.get(self.offset..).unwrap_or_default();
        let torn = Flaw::torn(self.offset);
        self.order = self.order_of(rest)?;
        let mut cursor = Cursor { rest, order: self.order };
        let kind = cursor.u32().ok_or(torn)?;
        let len = cursor.u32().ok_or(torn)?;
        if len < FRAME || len % 4 != 0 {
            return Err(self.damaged("a block of an impossible length"));
        }
        let body = cursor.take(len - FRAME).ok_or(torn)?;
        if cursor.u32().ok_or(torn)? != len {
            return Err(self.damaged("a block whose two lengths differ"));
        }
        let len = usize::try_from(len).map_err(|_| torn)?;
        Ok((kind, len, Cursor { rest: body, order: self.order }))
    }

    /// A section header says its own byte order, its type being the same in both.
    fn order_of(&self, block: &[u8]) -> Result<Order, Flaw> {
        if !block.starts_with(&SECTION.to_be_bytes()) {
            return Ok(self.order);
        }
        match block.get(8..12) {
            Some([0x1a, 0x2b, 0x3c, 0x4d]) => Ok(Order::Big),
            Some([0x4d, 0x3c, 0x2b, 0x1a]) => Ok(Order::Little),
            Some(_) => Err(self.damaged("a section header without its magic number")),
            None => Err(Flaw::torn(self.offset)),
        }
    }

    fn section(&mut self, mut body: Cursor) -> Result<(), Flaw> {
        let version = body.u32().and_then(|_magic| body.u16());
        if version != Some(1) {
            return Err(self.damaged("a section of an unknown version"));
        }
        self.first = self.capture.interfaces.len();
        self.clocks.clear();
        Ok(())
    }

    fn interface(&mut self, mut body: Cursor) -> Option<()> {
        let link = LinkType::from_number(body.u16()?);
        let _reserved_and_snapshot_length = (body.u16()?, body.u32()?);
        let mut interface = Interface { link, ..Interface::default() };
        let mut clock = Clock::default();
        for (code, mut value) in options(body) {
            match code {
                2 => interface.name = Some(text(value.rest)),
                9 => clock.resolution = value.rest.first().copied().unwrap_or(clock.resolution),
                14 => clock.offset = value.u64().unwrap_or(0).cast_signed(),
                _ => {}
            }
        }
        self.capture.interfaces.push(interface);
        self.clocks.push(clock);
        Some(())
    }

    fn packet(&mut self, mut body: Cursor<'a>) -> Option<()> {
        let interface = usize::try_from(body.u32()?).ok()?;
        self.stamped(interface, body)
    }

    fn obsolete_packet(&mut self, mut body: Cursor<'a>) -> Option<()> {
        let interface = usize::from(body.u16()?);
        let _drops = body.u16()?;
        self.stamped(interface, body)
    }

    /// What both kinds have after the interface.
    fn stamped(&mut self, interface: usize, mut body: Cursor<'a>) -> Option<()> {
        let (high, low) = (body.u32()?, body.u32()?);
        let (held, wire_len) = (body.u32()?, body.u32()?);
        let octets = body.take_padded(held)?;
        self.stamp = self.clocks.get(interface)?.unix(u64::from(high) << 32 | u64::from(low));
        self.push(interface, wire_len, octets)
    }

    /// Of the section's first interface, without a stamp, cut by the snapshot length.
    fn simple_packet(&mut self, mut body: Cursor<'a>) -> Option<()> {
        let wire_len = body.u32()?;
        let held = wire_len.min(u32::try_from(body.rest.len()).unwrap_or(u32::MAX));
        let octets = body.take(held)?;
        self.push(0, wire_len, octets)
    }

    fn push(&mut self, interface: usize, wire_len: u32, octets: &'a [u8]) -> Option<()> {
        let interface = self.first.checked_add(interface)?;
        self.capture.interfaces.get(interface)?;
        self.capture.packets.push(Packet { interface, stamp: self.stamp, wire_len, octets });
        Some(())
    }

    /// The last block of an interface counts: its numbers are since the beginning.
    fn statistics(&mut self, mut body: Cursor) -> Option<()> {
        let interface = usize::try_from(body.u32()?).ok()?;
        let _stamp = body.u64()?;
        let lost = options(body).filter(|(code, _)| matches!(code, 5 | 7));
        let lost = lost.filter_map(|(_, mut value)| value.u64());
        let dropped = lost.fold(0, u64::saturating_add);
        let place = self.first.checked_add(interface)?;
        self.capture.interfaces.get_mut(place)?.dropped = dropped;
        Some(())
    }
}

fn text(octets: &[u8]) -> String {
    String::from_utf8_lossy(octets).trim_end_matches('\0').to_owned()
}

/// How an interface's stamps count.
#[derive(Debug, Clone, Copy)]
struct Clock {
    /// `if_tsresol`: negative power of 10, or of 2 with the highest bit.
    resolution: u8,
    /// `if_tsoffset`: seconds to be added.
    offset: i64,
}

impl Default for Clock {
    fn default() -> Self {
        Self { resolution: 6, offset: 0 }
    }
}

impl Clock {
    /// Nanoseconds of Unix time, held within what 64 bits can say.
    fn unix(self, ticks: u64) -> u64 {
        let ticks = i128::from(ticks);
        let nanoseconds = match self.resolution {
            // 2^64 ticks of 10^9 ns are below 2^94; more than 64 bits are shifted out whole.
            exponent @ 0x80.. => (ticks * 1_000_000_000) >> (exponent & 0x7f),
            exponent @ 0..=9 => ticks * 10_i128.pow(9 - u32::from(exponent)),
            exponent @ 10..=46 => ticks / 10_i128.pow(u32::from(exponent) - 9),
            _ => 0,
        };
        let offset = i128::from(self.offset) * 1_000_000_000;
        u64::try_from((nanoseconds + offset).max(0)).unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
#[path = "pcapng_tests.rs"]
mod tests;
