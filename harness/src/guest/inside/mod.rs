//! What runs in the guest, as its first process.

mod mount;
mod power;
mod start;
mod work;

pub use start::init_main;
