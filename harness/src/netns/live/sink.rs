use crate::run::Happening;
use std::sync::mpsc::{Receiver, SendError, Sender, channel};

/// Where a lab's happenings go, each with the connection that it is about.
#[derive(Debug, Clone)]
pub(crate) struct Sink {
    to: Sender<Happening>,
    connection: usize,
}

impl Sink {
    /// One of the first connection, and what takes all that is sent.
    pub(crate) fn new() -> (Self, Receiver<Happening>) {
        let (to, all) = channel();
        (Self { to, connection: 0 }, all)
    }

    /// The same for what is about another connection.
    pub(crate) fn of(&self, connection: usize) -> Self {
        Self { to: self.to.clone(), connection }
    }

    /// # Errors
    /// Nobody takes it any more.
    pub(crate) fn send(&self, mut happening: Happening) -> Result<(), Box<SendError<Happening>>> {
        if let Happening::Event(event) = &mut happening {
            event.connection = self.connection;
        }
        self.to.send(happening).map_err(Box::new)
    }
}
