//! The same lab in a guest kernel whose clock jumps to the next timer as soon as all are
//! idle. Without the feature `netns` the same calls give [`Error::NotBuilt`].

#[cfg(feature = "netns")]
mod caller;
#[cfg(feature = "netns")]
mod child;
#[cfg(feature = "netns")]
mod console;
#[cfg(not(feature = "netns"))]
mod disabled;
#[cfg(feature = "netns")]
mod error;
#[cfg(feature = "netns")]
mod find;
#[cfg(feature = "netns")]
mod folder;
#[cfg(feature = "netns")]
mod host;
#[cfg(feature = "netns")]
mod inside;
mod model;

#[cfg(not(feature = "netns"))]
pub use disabled::{Error, find, init_main, run};
#[cfg(feature = "netns")]
pub use error::Error;
#[cfg(feature = "netns")]
pub use find::find;
#[cfg(feature = "netns")]
pub use host::run;
#[cfg(feature = "netns")]
pub use inside::init_main;
pub use model::{INIT, Kernel, Options, Watcher};
