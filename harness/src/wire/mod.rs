//! Captured octets into segments. Any header fits; nothing odd is refused.

mod model;

pub use model::*;
