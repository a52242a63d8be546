//! A scenario with everything decided: addresses, rule texts, options, rungs.
//! Values only; carrying them out is for [`netns`](crate::netns).

mod model;

pub use model::*;
