//! The kernel's connection tracking of one namespace: its events and its table.

mod entry;
mod expiry;
mod monitor;
mod table;
mod take;
#[cfg(test)]
mod tests;

pub(crate) use monitor::Monitor;
#[cfg(test)]
use table::list;
pub(crate) use table::{flush_tcp, probe};
pub(crate) use take::take;

/// Why conntrack can't be asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConntrackError {
    #[error("{operation} by netlink: {source}")]
    Netlink { operation: &'static str, source: std::io::Error },
    #[error("take port {0}: a connection has it already; flush the table first")]
    Taken(u16),
}
