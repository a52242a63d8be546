//! When TCP stops retransmitting (net/ipv4/tcp_timer.c, `tcp_write_timeout`).
//!
//! No RST is sent then: the peer is told nothing.

mod backoff;
mod established;
mod syn;

pub use established::{FirstFlight, Retransmission};
pub use syn::{Syn, SynTimetable};

#[cfg(test)]
mod tests;
