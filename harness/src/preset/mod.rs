//! What known middleboxes and programs do by default, as data: each with its source and
//! the day it was looked up. Builds nothing.

mod middleboxes;
mod model;
mod names;
mod programs;
#[cfg(test)]
mod tests;

pub use middleboxes::MIDDLEBOXES;
pub use model::{Build, Keepalive, Middlebox, OnExpiry, Program, Source};
pub use names::{BUILDABLE_NAMES, PROGRAM_NAMES, alike, middlebox, program};
pub use programs::PROGRAMS;
