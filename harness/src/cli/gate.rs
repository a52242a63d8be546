use std::sync::{Condvar, Mutex, PoisonError};

/// Lets so many in at a time. Building a lab is work for the processor, and one that
/// waits its turn harms nobody; one that is built half as fast harms all.
#[derive(Debug)]
pub(super) struct Gate {
    free: Mutex<usize>,
    freed: Condvar,
}

/// A place inside; given back when dropped.
#[must_use]
#[derive(Debug)]
pub(super) struct Pass<'a>(&'a Gate);

impl Gate {
    #[must_use]
    pub(super) fn new(places: usize) -> Self {
        Self { free: Mutex::new(places.max(1)), freed: Condvar::new() }
    }

    /// Waits for a place.
    pub(super) fn enter(&self) -> Pass<'_> {
        let free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        let mut free = self.freed.wait_while(free, |n| *n == 0).unwrap_or_else(PoisonError::into_inner);
        *free -= 1;
        Pass(self)
    }
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        *self.0.free.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.0.freed.notify_one();
    }
}
