//! Hand-made ladders and timelines, and what the judge says of them.

mod any;
mod dead_peer;
mod doubt;
mod happenings;
mod mutants;
mod progress;
pub(crate) mod sample;
mod segments;
mod time;
