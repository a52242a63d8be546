//! What a run leaves: the waist between what needs Linux and what needs nothing.

mod model;

pub use model::*;
