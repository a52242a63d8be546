//! What is expected: rungs in order, with everything a name stood for filled in.

mod model;

pub use model::*;
