//! The kernel's connection tracking of one namespace: its events and its table.

mod entry;
mod monitor;
mod table;
#[cfg(test)]
mod tests;

pub(crate) use monitor::Monitor;
pub(crate) use table::{flush_tcp, list, probe};

/// Why conntrack can't be asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConntrackError {
    #[error("{operation} by netlink: {source}")]
    Netlink { operation: &'static str, source: std::io::Error },
}
