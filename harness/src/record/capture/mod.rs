//! Capture files, read in both formats and written in the newer one. Octets alone: what
//! the interfaces are called means nothing here.
//!
//! Kept small and its own, for the packet records of production captures are rarely by
//! the book, and one odd option must not cost the rest of the file.

mod cursor;
mod model;
mod options;
mod pcap;
mod pcapng;
mod read;
mod write;

pub(super) use model::{Capture, Flaw, Interface, Packet};
pub(super) use read::read;
pub(super) use write::{interface, packet, section};
