//! What is expected: rungs in order, with everything a name stood for filled in.

mod compile;
mod model;
mod transit;

pub use compile::{LadderError, compile};
pub use model::*;
