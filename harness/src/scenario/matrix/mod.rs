//! `matrix:` makes one test for each combination of its values; `${name}` stands for the
//! value, anywhere in the file.
//!
//! ```text
//! text ─► mask ─► tree ─► read (the variables) ─► fill, for each combination ─► decode
//! ```

mod cases;
mod fill;
mod mask;
mod merge;
mod read;
mod reference;

pub(super) use cases::Case;
pub(super) use fill::{Ground, fill};
pub(super) use mask::mask;
pub(super) use merge::merged;
pub(super) use read::{Variable, split};
