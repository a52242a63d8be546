//! A stand-in for a node in tests: a thread in a network namespace of its own, with a
//! current-thread runtime and a `LocalSet`.

use super::clock::Clock;
use super::sink::Sink;
use crate::record::EventKind;
use crate::run::Happening;
use crate::time::LabTime;
use nix::sched::{CloneFlags, unshare};
use std::process::Command;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};
use tokio::task::LocalSet;

/// Runs `body` in a fresh namespace with `lo` up.
pub(crate) fn inside<F, T>(body: F) -> T
where
    F: AsyncFnOnce() -> T + Send + 'static,
    T: Send + 'static,
{
    let thread = std::thread::spawn(move || {
        unshare(CloneFlags::CLONE_NEWNET).expect("these tests need root");
        sh("ip link set lo up");
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        LocalSet::new().block_on(&runtime, body())
    });
    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

/// Runs a shell command in the calling thread's namespace, and gives what it printed.
pub(crate) fn sh(command: &str) -> String {
    let output = Command::new("sh").args(["-c", command]).output().unwrap();
    assert!(output.status.success(), "{command}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// A veth pair in one namespace: `va` and `vb`, up, without IPv6.
pub(crate) fn veth() {
    sh("sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1; \
        ip link add va type veth peer name vb; ip link set va up; ip link set vb up");
}

/// A clock, a sink, and what comes out of it.
pub(crate) struct Seen {
    pub(crate) clock: Clock,
    pub(crate) sink: Sink,
    from: Receiver<Happening>,
    pub(crate) all: Vec<Happening>,
}

impl Seen {
    pub(crate) fn new() -> Self {
        let (sink, from) = Sink::new();
        Self { clock: Clock::start(), sink, from, all: Vec::new() }
    }

    /// Waits until an event that `wanted` likes has come since the last call.
    pub(crate) async fn event(
        &mut self,
        what: &str,
        mut wanted: impl FnMut(&EventKind) -> bool,
    ) -> (LabTime, EventKind) {
        let limit = Instant::now() + Duration::from_secs(20);
        loop {
            while let Ok(happening) = self.from.try_recv() {
                self.all.push(happening.clone());
                if let Happening::Event(event) = happening
                    && wanted(&event.kind)
                {
                    return (event.at, event.kind);
                }
            }
            assert!(Instant::now() < limit, "no {what} in {:#?}", self.events());
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    /// Waits, and collects what has come.
    pub(crate) async fn wait(&mut self, time: Duration) {
        tokio::time::sleep(time).await;
        self.all.extend(self.from.try_iter());
    }

    /// The next happening, for threads without a runtime.
    pub(crate) fn next(&mut self, time: Duration) -> Result<Happening, RecvTimeoutError> {
        self.from.recv_timeout(time)
    }

    /// All events collected so far.
    pub(crate) fn events(&self) -> Vec<EventKind> {
        let event = |happening: &Happening| match happening {
            Happening::Event(event) => Some(event.kind.clone()),
            Happening::Frame(_) | Happening::Interrupted => None,
        };
        self.all.iter().filter_map(event).collect()
    }
}
