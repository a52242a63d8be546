//! The same lab in a guest kernel whose clock jumps to the next timer as soon as all are
//! idle. Without the feature `netns` the same calls give [`Error::NotBuilt`].
//!
//! [`run`] writes a job into a folder, starts the kernel with `deadpeer` as its first
//! process (`inside`), and reads the records from that folder. The kernel is a program of
//! its own (`uml`), which sees the folder, or that of a PC (`qemu`), to which the folder goes
//! as an archive and from which it comes back as one.

#[cfg(feature = "netns")]
mod caller;
#[cfg(feature = "netns")]
mod closed;
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
#[cfg(feature = "netns")]
mod lock;
mod model;
#[cfg(feature = "netns")]
mod process;
#[cfg(feature = "netns")]
mod processor;
#[cfg(feature = "netns")]
mod qemu;
#[cfg(feature = "netns")]
mod uml;

#[cfg(not(feature = "netns"))]
pub use disabled::{Error, find, init_main, pick, run};
#[cfg(feature = "netns")]
pub use error::Error;
#[cfg(feature = "netns")]
pub use find::{find, pick};
#[cfg(feature = "netns")]
pub use host::run;
#[cfg(feature = "netns")]
pub use inside::init_main;
pub use model::{INIT, Kernel, Kind, Machine, Options, Watcher};
