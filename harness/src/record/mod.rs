//! What a run leaves: the waist between what needs Linux and what needs nothing.
//!
//! On disk it is a directory of two files: `record.jsonl`, the manifest and then one
//! event a line, and `capture.pcapng`, the frames, for any tool to open.

mod annotate;
mod capture;
mod endpoints;
mod error;
mod import;
mod load;
mod model;
mod place;
mod save;
mod views;

pub use annotate::{annotate, write_capture};
pub use error::RecordError;
pub use import::from_capture;
pub use load::load;
pub use model::*;
pub use place::place;
pub use save::{CAPTURE, EVENTS, Writer, save};
pub use views::{View, Views};

#[cfg(test)]
mod tests;
