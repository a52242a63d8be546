//! The article's two programs: a client and a server that do nothing but keep a
//! connection, and tell how it ends.
//!
//! Both ignore SIGPIPE, as every Rust program does unless it says otherwise: a write to
//! a dead connection is an EPIPE, and doesn't kill.

/// `tcp_keepalive_client`
pub mod client;
mod ending;
/// `tcp_keepalive_server`
pub mod server;
mod talk;
mod usage;
