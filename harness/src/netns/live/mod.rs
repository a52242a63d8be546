//! The lab on the running kernel.

mod actor;
mod address;
mod bridge;
mod build;
mod capture;
mod carrier;
mod change;
mod clock;
mod conntrack;
mod doctor;
mod endpoint;
mod error;
mod fault;
mod filter;
mod interrupt;
mod kernel;
mod lab;
mod link;
mod needs;
mod netem;
mod netlink;
mod nft;
mod node;
mod offload;
mod parts;
mod poll;
mod power;
mod prepare;
mod program;
mod reading;
mod readings;
mod rtnl;
mod sink;
mod sockets;
mod steps;
mod sysctl;
#[cfg(test)]
mod testing;
mod tool;
mod userns;
mod watch;
mod wiring;
mod worker;
mod world;

use super::model;

pub use doctor::capabilities;
pub use error::Error;
pub use interrupt::interrupted;
pub use lab::Lab;
pub(crate) use needs::programs;
pub use needs::{lacks, lacks_for_guest};
pub use prepare::{heed_interruptions, hz, prepare};
pub(crate) use tool::find as find_program;
pub use userns::enter;
