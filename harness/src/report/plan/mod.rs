//! A plan in words: what would be built, done and expected.

mod lab;
mod ladder;
mod picture;
mod steps;
mod table;
mod text;

pub use text::plan;
