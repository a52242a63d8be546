//! The built-in endpoints: one TCP connection each, driven step by step, every outcome
//! stamped when the application sees it. All of this runs on one node's thread.

mod handle;
mod open;
mod option;
mod stream;
#[cfg(test)]
mod tests;

use crate::ladder::Outcome;
use crate::name::{Errno, Side};
use crate::netns::live::clock::Clock;
use crate::netns::live::sink::Sink;
use crate::record::{Event, EventKind};
use crate::run::Happening;
use std::io;

pub(crate) use handle::Handle;
pub(crate) use open::{connect, listen};

/// Why an endpoint can't do as it is told. What the connection's own calls return is no
/// error here but an [`Outcome`].
#[derive(Debug, thiserror::Error)]
pub(crate) enum EndpointError {
    #[error("{operation} {object}: {source}")]
    Socket { operation: &'static str, object: String, source: io::Error },
    #[error("use the {side}'s connection: it has none")]
    NoConnection { side: Side },
}

impl EndpointError {
    fn socket(operation: &'static str, object: impl ToString) -> impl FnOnce(io::Error) -> Self {
        let object = object.to_string();
        move |source| Self::Socket { operation, object, source }
    }
}

/// Where an endpoint's outcomes go.
#[derive(Debug, Clone)]
struct Report {
    side: Side,
    clock: Clock,
    sink: Sink,
}

impl Report {
    /// It was seen now.
    fn outcome(&self, outcome: Outcome) {
        let kind = EventKind::Outcome { side: self.side, outcome };
        drop(self.sink.send(Happening::Event(Event::new(self.clock.now(), kind))));
    }

    fn error(&self, error: &io::Error) {
        self.outcome(Outcome::Errno(Errno(error.raw_os_error().unwrap_or(libc::EIO))));
    }
}
