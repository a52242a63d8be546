//! The kernel's connection tracking of one namespace: its events and its table.

mod entry;
mod expiry;
mod monitor;
mod table;
#[cfg(test)]
mod tests;

pub(crate) use monitor::Monitor;
#[cfg(test)]
use table::list;
pub(crate) use table::{flush_tcp, probe};

/// Why conntrack can't be asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConntrackError {
    #[error("{operation} by netlink: {source}")]
    Netlink { operation: &'static str, source: std::io::Error },
}
