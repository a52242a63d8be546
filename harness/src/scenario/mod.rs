//! A scenario file, checked, with the place of everything in it.

mod model;
mod source;

mod standin;
pub use standin::*;
pub use model::*;
pub use source::{Diagnostic, Source, Span, Spanned};
