//! A plan in words: what would be built, done and expected.

mod ladder;
mod lab;
mod picture;
mod steps;
mod table;
mod text;

pub use text::plan;
