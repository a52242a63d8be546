//! Tells when the machine did not run us: then late outcomes prove nothing.

use super::clock::{Clock, monotonic};
use super::sink::Sink;
use crate::record::{Event, EventKind};
use crate::run::Happening;
use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
use nix::unistd::Pid;
use std::collections::BTreeSet;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::thread;

/// How often each CPU's thread wants to run, in ns.
const PERIOD: i64 = 5_000_000;

/// From how much lateness on it is a stall, in ns: more than a busy but healthy machine's
/// scheduler makes a thread wait (two ticks at HZ=250), and much less than the slack of
/// a due time in real time.
const LATE: i64 = 8_000_000;

/// As long as it lives, stalls are told to its sink.
pub(crate) struct Subscription {
    _listed: Arc<Subscriber>,
}

struct Subscriber {
    clock: Clock,
    sink: Sink,
}

/// The process has one set of threads, however many labs there are.
static WATCH: Mutex<Watch> = Mutex::new(Watch { subscribers: Vec::new(), running: BTreeSet::new() });

struct Watch {
    subscribers: Vec<Weak<Subscriber>>,
    /// CPUs whose thread runs.
    running: BTreeSet<usize>,
}

/// Watches every CPU that this process may run on until the subscription is dropped.
///
/// Not for virtual time, which would pass in steps of 5 ms; and not for a node's thread:
/// the new threads would hold its namespace.
///
/// # Errors
/// No threads are to be had.
pub(crate) fn subscribe(clock: Clock, sink: Sink) -> io::Result<Subscription> {
    let subscriber = Arc::new(Subscriber { clock, sink });
    let mut watch = watch();
    watch.subscribers.push(Arc::downgrade(&subscriber));
    for cpu in cpus() {
        if !watch.running.contains(&cpu) {
            thread::Builder::new().name(format!("watch-cpu-{cpu}")).stack_size(128 << 10).spawn(move || run(cpu))?;
            watch.running.insert(cpu);
        }
    }
    Ok(Subscription { _listed: subscriber })
}

fn watch() -> MutexGuard<'static, Watch> {
    // It is whole between any two of its calls, so a panic of another thread does no harm.
    WATCH.lock().unwrap_or_else(PoisonError::into_inner)
}

fn cpus() -> Vec<usize> {
    let Ok(set) = sched_getaffinity(Pid::from_raw(0)) else { return vec![] };
    (0..CpuSet::count()).filter(|&cpu| set.is_set(cpu).unwrap_or(false)).collect()
}

/// One CPU's thread, until nobody listens any more.
fn run(cpu: usize) {
    pin(cpu);
    let mut wanted = monotonic();
    loop {
        wanted += PERIOD;
        sleep_until(wanted);
        let now = monotonic();
        let mut watch = watch();
        watch.subscribers.retain(|subscriber| subscriber.strong_count() > 0);
        if watch.subscribers.is_empty() {
            watch.running.remove(&cpu);
            return;
        }
        if now - wanted > LATE {
            watch
                .subscribers
                .iter()
                .filter_map(Weak::upgrade)
                .for_each(|subscriber| subscriber.tell(cpu, now - wanted));
        }
        wanted = wanted.max(now - PERIOD);
    }
}

impl Subscriber {
    fn tell(&self, cpu: usize, late: i64) {
        let at = self.clock.now();
        let from = at - std::time::Duration::from_nanos(late.unsigned_abs());
        let kind = EventKind::Stall { from, cpu: u32::try_from(cpu).unwrap_or(u32::MAX) };
        drop(self.sink.send(Happening::Event(Event::new(at, kind))));
    }
}

/// Where it is refused the thread runs anywhere, and still tells of stalls.
fn pin(cpu: usize) {
    let mut set = CpuSet::new();
    if set.set(cpu).is_ok() {
        let _ = sched_setaffinity(Pid::from_raw(0), &set);
    }
}

fn sleep_until(ns: i64) {
    let at = libc::timespec { tv_sec: ns / 1_000_000_000, tv_nsec: ns % 1_000_000_000 };
    // SAFETY: a local; an absolute sleep needs no remainder.
    unsafe { libc::clock_nanosleep(libc::CLOCK_MONOTONIC, libc::TIMER_ABSTIME, &raw const at, std::ptr::null_mut()) };
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::netns::live::testing::Seen;
    use std::time::{Duration, Instant};

    fn threads() -> usize {
        let all = std::fs::read_dir("/proc/self/task").unwrap().flatten();
        all.filter(|task| {
            std::fs::read_to_string(task.path().join("comm")).is_ok_and(|name| name.starts_with("watch-cpu"))
        })
        .count()
    }

    #[test]
    fn a_starved_cpu_is_told_and_the_threads_end() {
        let mut seen = Seen::new();
        let subscription = subscribe(seen.clock, seen.sink.clone()).unwrap();
        let second = subscribe(seen.clock, Seen::new().sink).unwrap();
        until("the threads run", || threads() == cpus().len());
        let cpu = cpus()[0];
        let busy = thread::spawn(move || starve(cpu));
        let found = loop {
            let happening = seen.next(Duration::from_secs(5)).expect("a stall");
            if let Happening::Event(Event { at, kind: EventKind::Stall { from, cpu: told }, .. }) = happening
                && told as usize == cpu
            {
                break at.since(from);
            }
        };
        busy.join().unwrap();
        assert!(found > Duration::from_millis(8), "{found:?}");
        drop((subscription, second));
        until("the threads end", || threads() == 0);
    }

    fn until(what: &str, condition: impl Fn() -> bool) {
        let limit = Instant::now() + Duration::from_secs(5);
        while !condition() {
            assert!(Instant::now() < limit, "{what}");
            thread::sleep(Duration::from_millis(1));
        }
    }

    /// Real-time priority keeps a CPU from everything of normal priority.
    fn starve(cpu: usize) {
        pin(cpu);
        let most = libc::sched_param { sched_priority: 10 };
        // SAFETY: a local, this thread.
        assert_eq!(unsafe { libc::sched_setscheduler(0, libc::SCHED_FIFO, &raw const most) }, 0);
        let until = Instant::now() + Duration::from_millis(60);
        while Instant::now() < until {}
    }
}
