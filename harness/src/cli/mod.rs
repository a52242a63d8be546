//! See the crate's page.

/// The kernel's timetable for keepalive settings.
pub mod predict;
/// The article's two programs.
pub mod programs;
