//! A scenario file, checked, with the place of everything in it.
//!
//! ```text
//! octets ─► text ─► tree (every value with its place) ─► matrix ─► decode ─► Scenario
//!                                               figure ─► parts ──────┘
//! ```

mod alike;
mod dead_end;
mod decode;
pub mod draw;
pub mod figure;
mod impairment;
mod keys;
mod matrix;
mod model;
mod names;
mod parse;
mod probing;
mod rejection;
mod render;
mod schema;
mod show;
mod source;
mod text;
mod tree;
mod wording;

pub use dead_end::DeadEnd;
pub use impairment::Impairment;
pub use model::*;
pub use names::step_names;
pub use parse::{Failure, Variant, cases, parse, parse_all};
pub use probing::prober;
pub use rejection::Rejection;
pub use schema::schema;
pub use source::{Diagnostic, Source, Span, Spanned};
pub use text::MAX_OCTETS;
pub use wording::{reads_alike, rung_text, show_packets};

#[cfg(test)]
mod tests;
