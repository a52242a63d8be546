use nix::sched::{CpuSet, sched_getaffinity};
use nix::unistd::Pid;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The processor for a guest's own: another one at each call, and beginning elsewhere in
/// another process.
///
/// The user-mode port and the processes that it traces take turns, at every system call: on
/// two processors each turn has to wake the other one up, on one it takes a third of the time.
/// None where the kernel does not tell which processors may be used.
pub(super) fn next() -> Option<CpuSet> {
    static TURN: AtomicUsize = AtomicUsize::new(0);
    let turn = TURN.fetch_add(1, Ordering::Relaxed).wrapping_add(std::process::id() as usize);
    let allowed = sched_getaffinity(Pid::from_raw(0)).ok()?;
    let known: Vec<usize> = (0..CpuSet::count()).filter(|cpu| allowed.is_set(*cpu).unwrap_or(false)).collect();
    let mut own = CpuSet::new();
    own.set(*known.get(turn.checked_rem(known.len())?)?).ok()?;
    Some(own)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guests_side_by_side_get_processors_of_their_own() {
        let cpus = |set: &CpuSet| (0..CpuSet::count()).filter(|cpu| set.is_set(*cpu).unwrap()).collect::<Vec<_>>();
        let allowed = cpus(&sched_getaffinity(Pid::from_raw(0)).unwrap());
        let mut given: Vec<usize> = (0..allowed.len()).flat_map(|_| cpus(&next().unwrap())).collect();
        given.sort_unstable();
        assert_eq!(given, allowed);
    }
}
