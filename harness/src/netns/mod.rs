//! See the crate's page.

#[cfg(feature = "netns")]
pub(crate) mod capture;
#[cfg(feature = "netns")]
pub(crate) mod clock;
#[cfg(feature = "netns")]
pub(crate) mod conntrack;
#[cfg(feature = "netns")]
pub(crate) mod endpoint;
#[cfg(feature = "netns")]
pub(crate) mod kernel;
#[cfg(feature = "netns")]
mod netlink;
#[cfg(feature = "netns")]
mod poll;
#[cfg(feature = "netns")]
pub(crate) mod program;
#[cfg(feature = "netns")]
pub(crate) mod reading;
#[cfg(feature = "netns")]
pub(crate) mod sockets;
#[cfg(feature = "netns")]
pub(crate) mod watch;
#[cfg(all(test, feature = "netns"))]
mod testing;
