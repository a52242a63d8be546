use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::collections::BTreeMap;
use std::io::{self, IsTerminal};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// A clock of seconds need not be drawn more often.
const REDRAW: Duration = Duration::from_millis(500);
/// So many names of running scenarios are shown.
const SHOWN: usize = 3;

/// One line on the terminal that says how far a suite is while nothing else does. It is
/// drawn on standard error, and is gone when this is dropped.
pub(super) struct Progress {
    state: Arc<Mutex<State>>,
    drawn: Option<Drawn>,
}

struct Drawn {
    bar: ProgressBar,
    /// Dropping it ends the thread.
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct State {
    all: usize,
    done: usize,
    failed: usize,
    /// By index: what runs, and since when.
    running: BTreeMap<usize, (String, Instant)>,
}

impl Progress {
    /// For so many runs; nothing is drawn unless it is `wanted` and standard error is a
    /// terminal.
    pub(super) fn new(all: usize, wanted: bool) -> Self {
        let state = Arc::new(Mutex::new(State { all, ..State::default() }));
        let drawn = (wanted && io::stderr().is_terminal()).then(|| Drawn::start(Arc::clone(&state)));
        Self { state, drawn }
    }

    /// The run of this index begins.
    pub(super) fn begin(&self, index: usize, name: &str) {
        lock(&self.state).running.insert(index, (name.to_owned(), Instant::now()));
    }

    /// The run of this index is over.
    pub(super) fn end(&self, index: usize, failed: bool) {
        let mut state = lock(&self.state);
        state.running.remove(&index);
        state.done += 1;
        state.failed += usize::from(failed);
    }

    /// Does `write`, which prints, with the line out of its way.
    pub(super) fn around<T>(&self, write: impl FnOnce() -> T) -> T {
        match &self.drawn {
            Some(drawn) => drawn.bar.suspend(write),
            None => write(),
        }
    }
}

impl Drawn {
    fn start(state: Arc<Mutex<State>>) -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        if let Ok(style) = ProgressStyle::with_template("{wide_msg}") {
            bar.set_style(style);
        }
        let (stop, stopped) = channel();
        let own = bar.clone();
        let thread = thread::spawn(move || {
            while stopped.recv_timeout(REDRAW) == Err(RecvTimeoutError::Timeout) {
                own.set_message(lock(&state).words(Instant::now()));
            }
        });
        Self { bar, stop: Some(stop), thread: Some(thread) }
    }
}

impl Drop for Drawn {
    fn drop(&mut self) {
        self.stop = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
        self.bar.finish_and_clear();
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

impl State {
    /// `12 of 30 done, 1 failed; running 5: article/a 12s, article/b 3s, ...`
    fn words(&self, now: Instant) -> String {
        let failed = if self.failed > 0 { format!(", {} failed", self.failed) } else { String::new() };
        let mut running: Vec<&(String, Instant)> = self.running.values().collect();
        running.sort_by_key(|(_, since)| *since);
        let shown = running.iter().take(SHOWN);
        let shown = shown.map(|(name, since)| format!("{name} {}s", now.saturating_duration_since(*since).as_secs()));
        let mut shown: Vec<String> = shown.collect();
        if running.len() > SHOWN {
            shown.push("...".to_owned());
        }
        let running = if running.is_empty() {
            String::new()
        } else {
            format!("; running {}: {}", running.len(), shown.join(", "))
        };
        format!("{} of {} done{failed}{running}", self.done, self.all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_running_are_named_first() {
        let progress = Progress::new(30, false);
        for (index, name) in ["a", "b", "c", "d", "e"].into_iter().enumerate() {
            progress.begin(index, name);
        }
        progress.end(0, false);
        let mut state = lock(&progress.state);
        let began = Instant::now();
        let ages = [(1, 3), (2, 70), (3, 9), (4, 1)];
        for (index, seconds) in ages {
            state.running.get_mut(&index).unwrap().1 = began;
            state.running.get_mut(&index).unwrap().1 += Duration::from_secs(100 - seconds);
        }
        let now = began + Duration::from_secs(100);
        assert_eq!(state.words(now), "1 of 30 done; running 4: c 70s, d 9s, b 3s, ...");
    }

    #[test]
    fn failures_are_counted_and_the_end_has_none_running() {
        let progress = Progress::new(2, false);
        for index in 0..2 {
            progress.begin(index, "x");
            progress.end(index, index == 1);
        }
        assert_eq!(lock(&progress.state).words(Instant::now()), "2 of 2 done, 1 failed");
    }

    #[test]
    fn without_a_terminal_nothing_is_drawn() {
        let progress = Progress::new(1, false);
        assert!(progress.drawn.is_none());
        assert_eq!(progress.around(|| 7), 7);
    }
}
