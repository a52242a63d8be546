use super::entry::Told;
use crate::ladder::EntryChange;
use crate::time::LabTime;
use std::collections::BTreeMap;
use std::time::Duration;

/// The kernel tells whole seconds left, rounded down. Of an entry in its last one it
/// is asked again after so long.
const AGAIN: Duration = Duration::from_millis(20);

/// When the entries of a namespace are due to expire.
///
/// The kernel deletes an expired entry, and tells of it, only once something comes upon
/// it: a look-up, or garbage collection, which in a quiet kernel is up to a minute later
/// (net/netfilter/nf_conntrack_core.c, `gc_worker`).
#[derive(Debug, Default)]
pub(super) struct Expiry {
    /// By CTA_TUPLE_ORIG.
    due: BTreeMap<Vec<u8>, LabTime>,
}

impl Expiry {
    /// Takes note of what an event of `at` says.
    pub(super) fn note(&mut self, told: &Told, change: EntryChange, at: LabTime) {
        match (change, told.entry.timeout) {
            (EntryChange::Deleted, _) => drop(self.due.remove(&told.original)),
            (_, Some(left)) => drop(self.due.insert(told.original.clone(), at + seconds(left))),
            (_, None) => {}
        }
    }

    /// When the next entry is due.
    pub(super) fn next(&self) -> Option<LabTime> {
        self.due.values().min().copied()
    }

    /// Asks by `left` how many seconds each entry that is due by `now` has left: packets
    /// that refresh an entry cause no event. One that has none left any more is forgotten.
    pub(super) fn look(&mut self, now: LabTime, left: impl Fn(&[u8]) -> Option<u32>) {
        self.due.retain(|original, due| {
            if *due <= now {
                let Some(left) = left(original) else { return false };
                *due = now + seconds(left).max(AGAIN);
            }
            true
        });
    }
}

fn seconds(number: u32) -> Duration {
    Duration::from_secs(number.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Entry, Tuple};

    fn told(port: u16, timeout: Option<u32>) -> Told {
        let end = |port| std::net::SocketAddr::from(([10, 0, 0, 1], port));
        let tuple = Tuple { source: end(port), destination: end(5050) };
        let entry = Entry { original: tuple, reply: tuple, state: None, timeout, assured: false, replied: false };
        Told { entry, started: None, stopped: None, happened: None, original: port.to_be_bytes().into(), id: vec![] }
    }

    fn at(ms: i64) -> LabTime {
        LabTime(ms * 1_000_000)
    }

    #[test]
    fn the_last_event_of_the_first_entry_counts() {
        let mut expiry = Expiry::default();
        assert_eq!(expiry.next(), None);
        expiry.note(&told(1, Some(120)), EntryChange::Created, at(0));
        expiry.note(&told(2, Some(60)), EntryChange::Created, at(0));
        expiry.note(&told(1, Some(3)), EntryChange::Updated, at(10));
        expiry.note(&told(1, None), EntryChange::Updated, at(20));
        assert_eq!(expiry.next(), Some(at(3_010)));
        expiry.note(&told(1, None), EntryChange::Deleted, at(30));
        assert_eq!(expiry.next(), Some(at(60_000)));
    }

    #[test]
    fn nobody_is_asked_before_the_time() {
        let mut expiry = Expiry::default();
        expiry.note(&told(1, Some(3)), EntryChange::Created, at(0));
        expiry.look(at(2_999), |_| panic!("asked"));
        assert_eq!(expiry.next(), Some(at(3_000)));
    }

    #[test]
    fn a_refreshed_entry_is_due_later_and_an_expired_one_no_more() {
        let mut expiry = Expiry::default();
        expiry.note(&told(1, Some(3)), EntryChange::Created, at(0));
        expiry.note(&told(2, Some(9)), EntryChange::Created, at(0));
        expiry.look(at(3_000), |_| Some(2));
        assert_eq!(expiry.next(), Some(at(5_000)));
        expiry.look(at(5_000), |_| Some(0));
        assert_eq!(expiry.next(), Some(at(5_020)));
        expiry.look(at(5_020), |_| None);
        assert_eq!(expiry.next(), Some(at(9_000)));
    }
}
