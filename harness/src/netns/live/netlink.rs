//! What conntrack and sock_diag share of netlink(7).

use netlink_packet_core::{NLM_F_ACK, NLM_F_REQUEST, NLMSG_DONE, NLMSG_ERROR, NetlinkBuffer, NlasIterator};
use netlink_sys::{Socket, SocketAddr};
use std::io;

/// Larger than any message of the kernel: a dump's come in 32 KiB at most
/// (net/netlink/af_netlink.c, `netlink_dump`).
pub(super) const BUFFER: usize = 64 << 10;

/// One message: its type, flags, and what follows the header.
pub(super) struct Message<'a> {
    pub(super) kind: u16,
    pub(super) flags: u16,
    pub(super) payload: &'a [u8],
}

/// The messages in what one recv(2) gave; ends at the first that does not fit.
pub(super) fn messages(mut octets: &[u8]) -> impl Iterator<Item = Message<'_>> {
    std::iter::from_fn(move || {
        let buffer = NetlinkBuffer::new_checked(octets).ok()?;
        let length = usize::try_from(buffer.length()).ok()?;
        octets = octets.get(length.next_multiple_of(4)..).unwrap_or_default();
        Some(Message { kind: buffer.message_type(), flags: buffer.flags(), payload: buffer.payload() })
    })
}

/// Calls `each` with the type and value of every attribute that is whole.
pub(super) fn attributes(octets: &[u8], mut each: impl FnMut(u16, &[u8])) {
    for attribute in NlasIterator::new(octets).map_while(Result::ok) {
        each(attribute.kind(), attribute.value());
    }
}

/// An attribute as it is sent, padded.
pub(super) fn attribute(kind: u16, value: &[u8]) -> Vec<u8> {
    let length = u16::try_from(value.len() + 4).unwrap_or(u16::MAX);
    let mut octets = [length.to_ne_bytes(), kind.to_ne_bytes()].concat();
    octets.extend_from_slice(value);
    octets.resize(octets.len().next_multiple_of(4), 0);
    octets
}

/// Sends one request, and calls `each` with every message of the answer.
///
/// # Errors
/// What the kernel answers, by its errno; or the socket calls' own.
pub(super) fn request(
    protocol: isize,
    kind: u16,
    flags: u16,
    payload: &[u8],
    mut each: impl FnMut(Message<'_>),
) -> io::Result<()> {
    let socket = Socket::new(protocol)?;
    socket.send_to(&message(kind, flags, payload), &SocketAddr::new(0, 0), 0)?;
    let mut buffer = Vec::with_capacity(BUFFER);
    loop {
        buffer.clear();
        socket.recv(&mut buffer, 0)?;
        for message in messages(&buffer) {
            match message.kind {
                NLMSG_DONE => return Ok(()),
                NLMSG_ERROR => return answer(message.payload),
                _ => each(message),
            }
        }
    }
}

/// Sends messages of which the kernel takes all or none: their types, flags, and what follows
/// the header; the first and the last begin and end the batch.
///
/// # Errors
/// What the kernel answers to the first that it refuses; or the socket calls' own.
pub(super) fn batch(protocol: isize, messages: &[(u16, u16, Vec<u8>)]) -> io::Result<()> {
    let socket = Socket::new(protocol)?;
    // One answer is enough: of those to refused messages the first comes first.
    let last = messages.len().saturating_sub(2);
    let flags = |at: usize| if at == last { NLM_F_ACK } else { 0 };
    let whole = messages.iter().enumerate().flat_map(|(at, (kind, own, rest))| framed(*kind, own | flags(at), rest));
    socket.send_to(&whole.collect::<Vec<u8>>(), &SocketAddr::new(0, 0), 0)?;
    let mut buffer = Vec::with_capacity(BUFFER);
    loop {
        buffer.clear();
        socket.recv(&mut buffer, 0)?;
        if let Some(told) = self::messages(&buffer).find(|message| message.kind == NLMSG_ERROR) {
            return answer(told.payload);
        }
    }
}

/// A dump ends by NLMSG_DONE; all else by an acknowledgement.
fn message(kind: u16, flags: u16, payload: &[u8]) -> Vec<u8> {
    framed(kind, flags | NLM_F_ACK, payload)
}

fn framed(kind: u16, flags: u16, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len() + 16).unwrap_or(u32::MAX);
    let mut octets = length.to_ne_bytes().to_vec();
    octets.extend_from_slice(&kind.to_ne_bytes());
    octets.extend_from_slice(&(flags | NLM_F_REQUEST).to_ne_bytes());
    // Sequence number and port: one request a socket needs neither.
    octets.extend_from_slice(&[0; 8]);
    octets.extend_from_slice(payload);
    octets
}

/// `struct nlmsgerr`: a negative errno first, 0 for an acknowledgement.
fn answer(payload: &[u8]) -> io::Result<()> {
    let code = payload.first_chunk().map_or(-libc::EPROTO, |code| i32::from_ne_bytes(*code));
    if code == 0 { Ok(()) } else { Err(io::Error::from_raw_os_error(-code)) }
}
