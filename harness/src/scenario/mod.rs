//! A scenario file, checked, with the place of everything in it.

pub mod draw;
pub mod figure;
mod model;
mod source;
mod wording;

mod standin;
pub use standin::*;
pub use model::*;
pub use source::{Diagnostic, Source, Span, Spanned};
pub use wording::{reads_alike, rung_text};
