use super::Packet;
use super::pcapng::{INTERFACE, PACKET, SECTION};
use crate::wire::LinkType;

/// `if_tsresol`: nanoseconds.
const NANOSECONDS: u8 = 9;
/// The length of a section or snapshot is not given.
const UNKNOWN: u64 = u64::MAX;
const UNLIMITED: u32 = 0;

/// Adds a section header.
pub(in crate::record) fn section(out: &mut Vec<u8>, hardware: &str, system: &str, program: &str) {
    block(out, SECTION, |out| {
        out.extend(0x1a2b_3c4d_u32.to_le_bytes());
        out.extend([1, 0, 0, 0]);
        out.extend(UNKNOWN.to_le_bytes());
        option(out, 2, hardware.as_bytes());
        option(out, 3, system.as_bytes());
        option(out, 4, program.as_bytes());
        option(out, 0, &[]);
    });
}

/// Adds an interface; those of a section are numbered from 0 as they come.
pub(in crate::record) fn interface(out: &mut Vec<u8>, name: &str, link: LinkType) {
    block(out, INTERFACE, |out| {
        out.extend(link.number().to_le_bytes());
        out.extend([0, 0]);
        out.extend(UNLIMITED.to_le_bytes());
        option(out, 2, name.as_bytes());
        option(out, 9, &[NANOSECONDS]);
        option(out, 0, &[]);
    });
}

/// Adds a packet, with its comment if there is one.
pub(in crate::record) fn packet(out: &mut Vec<u8>, packet: &Packet, comment: Option<&str>) {
    block(out, PACKET, |out| {
        out.extend(word(packet.interface).to_le_bytes());
        // The high half first, whatever the byte order.
        out.extend(packet.stamp.rotate_left(32).to_le_bytes());
        out.extend(word(packet.octets.len()).to_le_bytes());
        out.extend(packet.wire_len.to_le_bytes());
        out.extend(packet.octets);
        pad(out);
        if let Some(comment) = comment {
            option(out, 1, comment.as_bytes());
            option(out, 0, &[]);
        }
    });
}

/// Writes `body` between the type and lengths of a block.
fn block(out: &mut Vec<u8>, kind: u32, body: impl FnOnce(&mut Vec<u8>)) {
    let start = out.len();
    out.extend(kind.to_le_bytes());
    out.extend([0; 4]);
    body(out);
    let len = word(out.len() - start + 4).to_le_bytes();
    if let Some(place) = out.get_mut(start + 4..start + 8) {
        place.copy_from_slice(&len);
    }
    out.extend(len);
}

/// A text longer than an option can hold is cut, between two characters.
fn option(out: &mut Vec<u8>, code: u16, value: &[u8]) {
    let mut len = value.len().min(usize::from(u16::MAX));
    while value.get(len).is_some_and(|octet| octet & 0xc0 == 0x80) {
        len -= 1;
    }
    out.extend(code.to_le_bytes());
    out.extend(u16::try_from(len).unwrap_or(u16::MAX).to_le_bytes());
    out.extend(value.iter().take(len));
    pad(out);
}

/// All blocks begin at whole words, so what is written so far tells the padding.
fn pad(out: &mut Vec<u8>) {
    out.resize(out.len().next_multiple_of(4), 0);
}

/// A frame of 4 GiB can't be, and no record has so many vantages.
fn word(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}
