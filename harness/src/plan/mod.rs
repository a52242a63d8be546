//! A scenario with everything decided: addresses, rule texts, options, rungs.
//! Values only; carrying them out is for [`netns`](crate::netns).

mod address;
mod compile;
mod endpoint;
mod fault;
mod forward;
#[cfg(test)]
mod ipv6_tests;
mod length;
#[cfg(test)]
pub(crate) mod library;
mod model;
mod nat;
mod neighbour;
mod route;
mod step;
#[cfg(test)]
mod tests;
mod topology;
mod warnings;
#[cfg(test)]
mod warnings_tests;

pub use compile::{PlanError, compile};
pub use model::*;
pub use warnings::Warning;
