use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

/// Does `work` on all of `items`, at most `jobs` at a time, and hands each result to
/// `done` with the item's index as it comes. No further item begins once `done` says
/// `false`; those never begun give no result.
pub(super) fn each<T: Sync, R: Send>(
    items: &[T],
    jobs: usize,
    work: impl Fn(&T) -> R + Sync,
    mut done: impl FnMut(usize, R) -> bool,
) {
    let next = AtomicUsize::new(0);
    let (results, inbox) = mpsc::channel();
    thread::scope(|scope| {
        for _ in 0..jobs.min(items.len()) {
            let (results, next, work) = (results.clone(), &next, &work);
            scope.spawn(move || {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(item) = items.get(index) else { return };
                    if results.send((index, work(item))).is_err() {
                        return;
                    }
                }
            });
        }
        drop(results);
        for (index, result) in inbox {
            if !done(index, result) {
                next.store(items.len(), Ordering::Relaxed);
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_item_gives_one_result() {
        let items: Vec<usize> = (0..100).collect();
        let mut results = Vec::new();
        each(
            &items,
            7,
            |n| n * 2,
            |index, result| {
                results.push((index, result));
                true
            },
        );
        results.sort_unstable();
        assert_eq!(results, items.iter().map(|n| (*n, n * 2)).collect::<Vec<_>>());
    }

    #[test]
    fn nothing_begins_after_the_end_was_called() {
        // The second item begins only once the first result has been taken in, or not at all.
        let (taken, told) = mpsc::channel();
        let told = std::sync::Mutex::new(told);
        let begun = AtomicUsize::new(0);
        let work = |item: &usize| {
            begun.fetch_add(1, Ordering::Relaxed);
            if *item > 0 {
                let _ = told.lock().unwrap().recv();
            }
            *item
        };
        let items: Vec<usize> = (0..1000).collect();
        each(&items, 1, work, |_, _| {
            let _ = taken.send(());
            false
        });
        // One may be at work when the end is called, and one more begin in that moment.
        assert!(begun.into_inner() <= 3);
    }
}
