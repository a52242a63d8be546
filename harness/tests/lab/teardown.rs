//! A lab leaves nothing behind.

use crate::plans::{fault, step, switched};
use crate::{build, carry_out, sh};
use deadpeer::plan::Action;
use std::collections::BTreeSet;
use std::fs;
use std::time::{Duration, Instant};

/// The network namespaces that some thread is in or some process holds open.
fn namespaces() -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for process in fs::read_dir("/proc").unwrap().flatten() {
        for task in fs::read_dir(process.path().join("task")).into_iter().flatten().flatten() {
            all.extend(fs::read_link(task.path().join("ns/net")).ok().map(|p| p.display().to_string()));
        }
        for open in fs::read_dir(process.path().join("fd")).into_iter().flatten().flatten() {
            let target = fs::read_link(open.path()).map(|p| p.display().to_string()).unwrap_or_default();
            all.extend(target.starts_with("net:[").then_some(target));
        }
    }
    all
}

#[test]
fn a_dropped_lab_is_gone() {
    let lab = build(&switched());
    let own: BTreeSet<String> =
        ["a", "sw", "b"].iter().map(|node| sh(&lab, node, "readlink /proc/self/ns/net").trim().to_owned()).collect();
    assert_eq!(own.len(), 3);
    assert!(own.is_subset(&namespaces()));
    drop(lab);
    let limit = Instant::now() + Duration::from_secs(1);
    while !own.is_disjoint(&namespaces()) {
        assert!(Instant::now() < limit, "a namespace is still there");
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn sixty_four_labs_at_once() {
    let threads: Vec<_> = (0..64).map(|_| std::thread::spawn(|| build(&switched()))).collect();
    let labs: Vec<_> = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
    assert_eq!(labs.len(), 64);
}

/// Closed sockets that the kernel still keeps, in all namespaces; each keeps its own.
fn orphans() -> u32 {
    let text = fs::read_to_string("/proc/net/sockstat").unwrap();
    let words: Vec<&str> = text.split_whitespace().collect();
    words.windows(2).find(|pair| pair[0] == "orphan").unwrap()[1].parse().unwrap()
}

#[test]
fn an_unanswered_fin_keeps_nothing() {
    let before = orphans();
    let mut plan = switched();
    let connect = step(&mut plan, "connect", Action::Connect);
    let lose = step(&mut plan, "drop", Action::Drop(fault("b", None)));
    let mut lab = build(&plan);
    carry_out(&mut lab, connect).unwrap();
    carry_out(&mut lab, lose).unwrap();
    drop(lab);
    let limit = Instant::now() + Duration::from_secs(10);
    while orphans() > before {
        assert!(Instant::now() < limit, "a closed socket is still there");
        std::thread::sleep(Duration::from_millis(50));
    }
}
