//! ASCII ladders in the style of the classic keepalive HOWTO, read by tokens.
//!
//! ```text
//! text ─► glyphs ─► rows of tokens ─► lanes (head) ─► what each row says ─► parts
//! ```
//!
//! Columns mean nothing: web pages swallow blanks. What counts in a row are its bars,
//! what stands between two bars, and which lanes are alive at that moment.

mod arrow;
mod glyph;
mod head;
mod lanes;
mod mark;
mod parts;
mod phrase;
mod place;
mod read;
mod row;
mod saying;
mod script;
#[cfg(test)]
mod tests;
#[cfg(test)]
pub(in crate::scenario) use tests::samples;

pub(in crate::scenario) use head::names_a_nat;
pub(in crate::scenario) use lanes::{Lane, Lanes, State};
pub(in crate::scenario) use parts::role;
pub use parts::{Figure, Parts};
pub(in crate::scenario) use phrase::Change;
pub use place::Place;
pub use read::read;
pub(in crate::scenario) use saying::{Reach, Saying};
