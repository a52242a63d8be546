//! Ctrl-C and its kin: runs end at once, and keep what was recorded.

use super::sink::Sink;
use crate::run::Happening;
use nix::sys::signal::{SigSet, SigmaskHow, Signal, pthread_sigmask};
use std::process;
use std::sync::{Mutex, PoisonError};
use std::thread;

/// Signals that ask a process to end (signal(7)).
const SIGNALS: [Signal; 3] = [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP];

/// The runs to be told, and whether the signal has come.
static RUNS: Mutex<Runs> = Mutex::new(Runs { interrupted: false, sinks: Vec::new() });

struct Runs {
    interrupted: bool,
    sinks: Vec<Sink>,
}

/// From now on a first signal interrupts all runs, and a second ends the process. To be
/// called before any other thread exists: the signals are blocked in every thread.
///
/// # Errors
/// No thread could be started.
pub(super) fn install() -> std::io::Result<()> {
    let set: SigSet = SIGNALS.into_iter().collect();
    pthread_sigmask(SigmaskHow::SIG_BLOCK, Some(&set), None)?;
    thread::Builder::new().name("deadpeer-signals".to_owned()).spawn(move || wait(&set))?;
    Ok(())
}

fn wait(set: &SigSet) {
    while let Ok(signal) = set.wait() {
        let mut runs = RUNS.lock().unwrap_or_else(PoisonError::into_inner);
        if runs.interrupted {
            process::exit(128 + signal as i32);
        }
        runs.interrupted = true;
        runs.sinks.drain(..).for_each(|sink| drop(sink.send(Happening::Interrupted)));
    }
}

/// Tells `sink` when the signal comes, or now if it has come.
pub(super) fn subscribe(sink: Sink) {
    let mut runs = RUNS.lock().unwrap_or_else(PoisonError::into_inner);
    if runs.interrupted {
        let _ = sink.send(Happening::Interrupted);
    } else {
        runs.sinks.push(sink);
    }
}

/// Whether the signal has come: nothing more should begin.
#[must_use]
pub fn interrupted() -> bool {
    RUNS.lock().unwrap_or_else(PoisonError::into_inner).interrupted
}
