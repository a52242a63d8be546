//! Captured octets into segments. Any header fits; nothing odd is refused.

mod build;
mod checksum;
mod decode;
mod icmp;
mod ip;
mod link;
mod model;
mod notation;
mod octets;
mod tcp;

pub use build::encode;
pub use decode::decode;
pub use link::LinkType;
pub use model::*;
pub use notation::{Notation, NotationError};
