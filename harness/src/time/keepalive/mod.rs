//! The keepalive timer as the kernel runs it (net/ipv4/tcp_timer.c, `tcp_keepalive_timer`).

mod simulate;
mod timer;
mod timetable;

pub use simulate::{Firing, Traffic, simulate};
pub use timer::{Fired, Keepalive, KeepaliveTimer, Path};
pub use timetable::{ProbeTime, Timetable, answered_gap, one_loss_kills};

#[cfg(test)]
mod tests;
