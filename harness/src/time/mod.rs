//! Lab time, durations as written, and when a kernel timer fires.

mod due;
mod duration;
/// When keepalive probes and the final RST are sent.
pub mod keepalive;
mod lab;
/// When retransmission gives a connection up.
pub mod retransmit;
mod span;
mod tick;
mod timer;

pub use due::{Armed, Ticks, TimerDue, due};
pub use duration::{DurationError, parse_duration, show_duration};
pub use lab::LabTime;
pub use span::{Prediction, Span};
pub use tick::{SOFTIRQ_DEFERRAL, Slack, from_jiffies, tick, to_jiffies};
pub use timer::{Due, Jiffies, Phase, fire, granularity};
