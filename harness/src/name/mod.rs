//! Validated words, shared by all that follows.

mod errno;
mod label;
mod node;
mod option;
mod side;
mod suggest;

pub use errno::Errno;
pub use label::{Label, Unreachable};
pub use node::{NameError, NodeName};
pub use option::{SO_LINGER, SocketOption};
pub use side::Side;
pub use suggest::nearest;
