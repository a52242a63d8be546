//! Namespaces, links, packet filters, captures and endpoints: all that touches the
//! kernel. Without the feature `netns` the same calls give [`Error::NotBuilt`].

#[cfg(not(feature = "netns"))]
mod disabled;
#[cfg(feature = "netns")]
mod live;
mod model;

#[cfg(not(feature = "netns"))]
pub use disabled::{
    Error, Lab, capabilities, enter, heed_interruptions, hz, interrupted, lacks, lacks_for_guest, prepare,
};
#[cfg(feature = "netns")]
pub use live::{Error, Lab, capabilities, enter, heed_interruptions, hz, interrupted, lacks, lacks_for_guest, prepare};
#[cfg(feature = "netns")]
pub(crate) use live::{find_program, programs};
pub use model::{Check, Lack, Options, Privilege};
