//! A scenario file, checked, with the place of everything in it.

mod model;
mod source;

pub use model::*;
pub use source::{Diagnostic, Source, Span, Spanned};
