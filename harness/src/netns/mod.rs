//! Namespaces, links, packet filters, captures and endpoints: all that touches the
//! kernel. Without the feature `netns` the same calls give [`Error::NotBuilt`].

#[cfg(feature = "netns")]
mod actor;
#[cfg(feature = "netns")]
mod address;
#[cfg(feature = "netns")]
mod bridge;
#[cfg(feature = "netns")]
mod build;
#[cfg(feature = "netns")]
mod capture;
#[cfg(feature = "netns")]
mod carrier;
#[cfg(feature = "netns")]
mod clock;
#[cfg(feature = "netns")]
mod conntrack;
#[cfg(not(feature = "netns"))]
mod disabled;
#[cfg(feature = "netns")]
mod doctor;
#[cfg(feature = "netns")]
mod endpoint;
#[cfg(feature = "netns")]
mod error;
#[cfg(feature = "netns")]
mod fault;
#[cfg(feature = "netns")]
mod filter;
#[cfg(feature = "netns")]
mod interrupt;
#[cfg(feature = "netns")]
mod kernel;
#[cfg(feature = "netns")]
mod lab;
#[cfg(feature = "netns")]
mod link;
#[cfg(feature = "netns")]
mod needs;
#[cfg(feature = "netns")]
mod netlink;
#[cfg(feature = "netns")]
mod node;
#[cfg(feature = "netns")]
mod offload;
#[cfg(feature = "netns")]
mod parts;
#[cfg(feature = "netns")]
mod poll;
#[cfg(feature = "netns")]
mod power;
#[cfg(feature = "netns")]
mod prepare;
#[cfg(feature = "netns")]
mod program;
#[cfg(feature = "netns")]
mod reading;
#[cfg(feature = "netns")]
mod readings;
#[cfg(feature = "netns")]
mod rtnl;
#[cfg(feature = "netns")]
mod sockets;
#[cfg(feature = "netns")]
mod steps;
#[cfg(feature = "netns")]
mod sysctl;
#[cfg(feature = "netns")]
mod tool;
#[cfg(feature = "netns")]
mod userns;
#[cfg(feature = "netns")]
mod watch;
#[cfg(feature = "netns")]
mod wiring;
#[cfg(feature = "netns")]
mod worker;
#[cfg(feature = "netns")]
mod world;
mod model;
#[cfg(all(test, feature = "netns"))]
mod testing;

pub use model::{Check, Lack, Options, Privilege};

#[cfg(not(feature = "netns"))]
pub use disabled::{Error, Lab, capabilities, enter, heed_interruptions, hz, interrupted, lacks, prepare};
#[cfg(feature = "netns")]
pub use doctor::capabilities;
#[cfg(feature = "netns")]
pub use interrupt::interrupted;
#[cfg(feature = "netns")]
pub use needs::lacks;
#[cfg(feature = "netns")]
pub use prepare::{heed_interruptions, hz, prepare};
#[cfg(feature = "netns")]
pub use error::Error;
#[cfg(feature = "netns")]
pub use lab::Lab;
#[cfg(feature = "netns")]
pub use userns::enter;
