//! Ladder against timeline: every finding.

mod model;

pub use model::*;
