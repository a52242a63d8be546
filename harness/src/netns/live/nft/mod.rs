//! The packet filter that plans need, loaded without nft(8): starting that program is most
//! of what a fault takes, and in a guest kernel most of what a scenario does.
//!
//! What is read is the part of nft's language that plans are written in. The kernel gets the
//! very messages that nft would send, and takes all of a text or nothing.

mod expression;
mod rule;
#[cfg(test)]
mod tests;
mod text;

use super::netlink::batch;
use netlink_sys::protocols::NETLINK_NETFILTER;
use std::io;

/// NFNL_SUBSYS_NFTABLES (include/uapi/linux/netfilter/nfnetlink.h).
pub(super) const SUBSYSTEM: u16 = 10;

/// NFNL_MSG_BATCH_BEGIN and NFNL_MSG_BATCH_END of the same file.
const BEGIN: u16 = 0x10;
const END: u16 = 0x11;

/// One message of a batch: its type, flags, and what follows the header.
type Message = (u16, u16, Vec<u8>);

/// Loads `text` in the namespace of the calling thread; false where it says more than is
/// read here, and then nothing was done.
///
/// # Errors
/// What the kernel answers to the first message that it refuses; then it took none.
pub(super) fn load(text: &str) -> io::Result<bool> {
    let Some(orders) = text::read(text) else { return Ok(false) };
    let bound = |kind| (kind, 0, header(0, SUBSYSTEM));
    let messages: Vec<Message> = [bound(BEGIN)].into_iter().chain(orders).chain([bound(END)]).collect();
    batch(NETLINK_NETFILTER, &messages).map(|()| true)
}

/// `struct nfgenmsg`
fn header(family: u8, resource: u16) -> Vec<u8> {
    let [high, low] = resource.to_be_bytes();
    vec![family, 0, high, low]
}
