//! Carries out a plan's steps on a backend, and collects the record.

mod model;

pub use model::*;
