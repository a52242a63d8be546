//! Validated words, shared by all that follows.

mod counter;
mod errno;
mod label;
mod node;
mod option;
mod side;
mod socket;
mod suggest;
mod tcp_info;

pub use counter::Counter;
pub use errno::Errno;
pub use label::{Label, Unreachable};
pub use node::{NameError, NodeName};
pub use option::{SO_LINGER, SocketOption};
pub use side::Side;
pub use socket::SocketField;
pub use suggest::nearest;
pub use tcp_info::TcpInfo;
