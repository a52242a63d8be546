//! A record as one ordered list: what was sent where, in which role, how far it got.

mod model;

pub use model::*;
