//! Ladder against timeline: every finding.
//!
//! ```text
//! rungs ─► slots ─┐
//!                 ├─► fits (what was taken for each slot) ─► checks ─► drafts ─► findings
//! timeline ───────┘                                  doubts ───────────────┘
//! ```

mod align;
mod checks;
mod conntrack;
mod doubts;
mod draft;
mod due;
mod events;
mod fate;
mod judge;
mod matching;
mod missing;
mod model;
#[doc(hidden)]
pub mod mutate;
mod order;
mod outcomes;
mod progress;
mod quiet;
mod reason;
mod segments;
mod slot;
#[cfg(test)]
pub(crate) mod tests;
mod times;
mod unexpected;
mod words;

pub use judge::judge;
pub use model::*;
pub use progress::progress;
pub use reason::Reason;
pub use words::{show_crossing, show_due, show_fate, show_happening, show_repeat, show_time};
