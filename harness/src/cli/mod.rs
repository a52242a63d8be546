//! Arguments into calls of the rest, and exit codes.

mod args;
mod check;
mod clock;
mod commands;
mod dry_run;
mod entry;
mod evidence;
mod exit;
mod fault;
mod find;
mod gate;
mod guests;
mod judgement;
mod main;
mod one;
mod pool;
pub mod predict;
mod presets;
pub mod programs;
mod progress;
mod say;
mod select;
mod suite;
mod survive;
mod templates;
mod watch;

pub use check::{Checked, check, check_found};
pub use exit::Exit;
pub use find::{FindError, Found, find};
pub use main::main;
pub use select::LoadError;
