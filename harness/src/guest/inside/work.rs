use crate::guest::folder::{Folder, Job};
use crate::guest::model::Watcher;
use crate::netns::{Lab, Options};
use crate::plan::Plan;
use crate::record::{CAPTURE, ClockKind, EVENTS, RecordError, Writer};
use crate::run::{Backend, Happening, execute};
use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// So many labs at a time, where computing takes no time: what each takes grows with their
/// number, and more do not end sooner. Their memory is a small part of the guest's. Elsewhere
/// they would make each other late, and waiting costs nothing.
const fn side_by_side(clock: ClockKind) -> usize {
    if matches!(clock, ClockKind::Virtual) { 8 } else { 1 }
}

/// Runs all plans, each into a record of its own.
///
/// # Errors
/// Why a plan could not be run could not be written down.
pub(super) fn all(job: &Job, folder: &Folder, clock: ClockKind, watcher: Watcher) -> io::Result<()> {
    let next = AtomicUsize::new(0);
    let one_after_another = || -> io::Result<()> {
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(plan) = job.plans.get(index) else { return Ok(()) };
            if let Err(why) = one(plan, &folder.record(index), clock, watcher) {
                fs::write(folder.failed(index), why)?;
            }
        }
    };
    thread::scope(|scope| {
        let workers: Vec<_> =
            (0..side_by_side(clock).min(job.plans.len())).map(|_| scope.spawn(one_after_another)).collect();
        workers
            .into_iter()
            .try_for_each(|worker| worker.join().unwrap_or_else(|_| Err(io::Error::other("go on: a thread broke off"))))
    })
}

fn one(plan: &Plan, folder: &Path, clock: ClockKind, watcher: Watcher) -> Result<(), String> {
    let options = Options { clock, ..Options::default() };
    let lab = Lab::build(plan, &options).map_err(|error| format!("the lab could not be built: failed to {error}"))?;
    record_in(lab, plan, folder, watcher)
        .map_err(|error| format!("the evidence could not be kept: failed to {error}"))?;
    // The host's disk may have refused what the guest's page cache had taken.
    for name in [EVENTS, CAPTURE] {
        let kept = File::open(folder.join(name)).and_then(|file| file.sync_all());
        kept.map_err(|error| format!("the evidence could not be kept: failed to write `{name}`: {error}"))?;
    }
    Ok(())
}

fn record_in(mut lab: Lab, plan: &Plan, folder: &Path, watcher: Watcher) -> Result<(), RecordError> {
    let mut writer = Writer::create(folder, &lab.manifest())?;
    let mut failed = None;
    let mut keep = |happening: &Happening| {
        let kept = match happening {
            Happening::Frame(frame) => writer.frame(frame),
            Happening::Event(event) => writer.event(event),
            Happening::Interrupted => Ok(()),
        };
        failed = failed.take().or(kept.err());
    };
    execute(plan, &mut lab, &mut *watcher(plan), &mut keep);
    let flushed = writer.flush();
    failed.map_or(flushed, Err)
}
