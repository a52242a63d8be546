//! What runs in the guest, as its first process.

mod ground;
mod module;
mod mount;
mod port;
mod start;
mod work;

pub use start::init_main;
