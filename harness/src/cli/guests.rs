//! Many plans in one guest kernel, judged here.

use super::args::{Guest, GuestChoice};
use super::evidence::Place;
use super::one::{Outcome, judged};
use super::say::chain;
use crate::guest::{self, Kernel, Kind, Options};
use crate::netns::{Check, Lack};
use crate::plan::Plan;
use crate::record::{self, Record};
use std::env;
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

/// A guest with one plan is given so long by the host's clock, and some more for each
/// further plan: many times what they take.
const LIMIT: Duration = Duration::from_secs(120);
const FOR_EACH: Duration = Duration::from_secs(5);

/// So many plans in one guest: what each takes grows with their number, and its memory does.
/// It is no matter of this machine, for equal seeds are to give equal runs.
const IN_ONE: usize = 64;

/// Runs all plans, in as few guests as hold them, side by side as far as there are processors;
/// gives their outcomes in the same order.
pub(super) fn run_all(plans: &[(&Plan, &Place)], kernel: &Kernel, seed: u64) -> Vec<Outcome> {
    let guests = plans.len().div_ceil(IN_ONE).max(1);
    // The plans come with the longest first: each guest gets its share of them.
    let share = |guest: usize| plans.iter().copied().skip(guest).step_by(guests).collect::<Vec<_>>();
    let shares: Vec<Vec<(&Plan, &Place)>> = (0..guests).map(share).collect();
    let at_a_time = thread::available_parallelism().map_or(1, usize::from);
    let mut outcomes: Vec<std::vec::IntoIter<Outcome>> = Vec::new();
    for shares in shares.chunks(at_a_time) {
        thread::scope(|scope| {
            let run = |share| move || run_in_one(share, kernel, seed);
            let running: Vec<_> = shares.iter().map(|share| scope.spawn(run(share.as_slice()))).collect();
            let ended = running.into_iter().map(|guest| guest.join().unwrap_or_else(|panic| resume_unwind(panic)));
            outcomes.extend(ended.map(Vec::into_iter));
        });
    }
    (0..plans.len()).filter_map(|index| outcomes.get_mut(index % guests)?.next()).collect()
}

/// Runs all plans in one guest; gives their outcomes in the same order.
fn run_in_one(plans: &[(&Plan, &Place)], kernel: &Kernel, seed: u64) -> Vec<Outcome> {
    let began = Instant::now();
    let ran = program().map_err(|why| why.to_string()).and_then(|program| {
        let more = FOR_EACH.saturating_mul(u32::try_from(plans.len()).unwrap_or(u32::MAX));
        let options = Options { kernel: kernel.clone(), program, seed, limit: LIMIT.saturating_add(more) };
        let all: Vec<&Plan> = plans.iter().map(|(plan, _)| *plan).collect();
        guest::run(&all, &options).map_err(|error| format!("failed to {}", chain(&error)))
    });
    // They ran side by side: each has its share.
    let wall = began.elapsed() / u32::try_from(plans.len().max(1)).unwrap_or(u32::MAX);
    match ran {
        Ok(records) => plans.iter().zip(records).map(|(job, record)| outcome(*job, record, wall)).collect(),
        Err(reason) => plans.iter().map(|_| Outcome::Broken { reason: reason.clone() }).collect(),
    }
}

fn outcome((plan, place): (&Plan, &Place), record: Result<Record, guest::Error>, wall: Duration) -> Outcome {
    let record = match record {
        Ok(record) => record,
        Err(error) => return Outcome::Broken { reason: format!("failed to {}", chain(&error)) },
    };
    let dir = place.dir();
    match record::save(&dir, &record) {
        Ok(()) => Outcome::Judged(Box::new(judged(plan, &record, wall, place, &dir))),
        Err(error) => {
            Outcome::Broken { reason: format!("the evidence could not be kept: failed to {}", chain(&error)) }
        }
    }
}

/// This program, or, where a test asks, the one that cargo put in the folder above.
fn program() -> Result<PathBuf, &'static str> {
    let own = env::current_exe().map_err(|_| "deadpeer's own path can't be told")?;
    let name = |path: &Path| path.file_name().is_some_and(|name| name == "deadpeer");
    if name(&own) {
        return Ok(own);
    }
    let mut beside = own.ancestors().skip(1).take(2).map(|folder| folder.join("deadpeer"));
    beside
        .find(|path| path.is_file())
        .ok_or("the program `deadpeer`, which a guest starts with, is not beside this one")
}

/// The kernel of the guest that was asked for.
///
/// # Errors
/// What is lacking.
pub(super) fn pick(wanted: &Guest) -> Result<Kernel, Lack> {
    let kind = match wanted.kind {
        GuestChoice::Uml => Kind::Uml,
        GuestChoice::Qemu => Kind::Qemu,
    };
    guest::pick(kind, wanted.kernel.as_deref())
}

/// Whether there are guest kernels, for `doctor`.
#[must_use]
pub(super) fn checks() -> Vec<Check> {
    let path = |kernel: Kernel| kernel.path.display().to_string();
    let kinds = [("guest kernel", Kind::Uml), ("guest kernel under QEMU", Kind::Qemu)];
    kinds.map(|(name, kind)| Check { name, vital: false, found: guest::pick(kind, None).map(path) }).into()
}
