//! Verdicts as text and data. Decides nothing: every mark stands for a finding.

mod canvas;
mod comment;
mod failure;
mod github;
mod json;
mod junit;
mod ladder;
mod lanes;
mod marks;
mod model;
mod plan;
mod rows;
mod summary;
#[cfg(test)]
mod tests;

pub use comment::{frame_comment, frame_comments};
pub use failure::{judged, show_warning};
pub use github::github;
pub use json::json;
pub use junit::junit;
pub use ladder::ladder;
pub use model::{Entry, Run, Skipped};
pub use plan::plan;
pub use summary::{line, totals};
