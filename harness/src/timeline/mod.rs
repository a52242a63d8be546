//! A record as one ordered list: what was sent where, in which role, how far it got.
//!
//! ```text
//! frames ─► sights ─► connection ─► passages ─► fates ─► turns ─► roles ─► crossings
//! ```

mod assemble;
mod connection;
mod coverage;
mod crossing;
mod doubt;
mod fate;
mod flow;
mod happening;
mod hash;
mod matching;
mod model;
mod order;
mod others;
mod passage;
mod role;
mod sight;
#[cfg(test)]
mod spoilt_tests;
mod topology;
mod translation;
mod turn;

pub use assemble::timeline;
pub use model::*;
pub use others::{Others, others};

#[cfg(test)]
mod crossing_tests;
#[cfg(test)]
mod doubt_tests;
#[cfg(test)]
mod fixture;
#[cfg(test)]
mod prop_tests;
#[cfg(test)]
mod role_tests;
