//! Carries out a plan's steps on a backend, and collects the record.

mod execute;
mod model;
mod script;
#[cfg(test)]
mod tests;

pub use execute::execute;
pub use model::*;
