//! Lab time, durations as written, and when a kernel timer fires.

mod duration;
mod lab;
mod timer;

pub use duration::{DurationError, parse_duration, show_duration};
pub use lab::LabTime;
pub use timer::{Due, Jiffies, Phase, fire};
