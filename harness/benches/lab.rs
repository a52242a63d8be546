//! How long a lab takes: built, captured, connected, taken down.

#[path = "../tests/lab/plans.rs"]
#[allow(dead_code, reason = "the tests use the rest")]
mod plans;

use deadpeer::netns::{Lab, Options};
use deadpeer::plan::{Action, Plan};
use deadpeer::record::EventKind;
use deadpeer::run::{Backend, Happening};
use std::time::{Duration, Instant};

const RUNS: usize = 50;

fn main() {
    let mut plan = plans::switched();
    let connect = plans::step(&mut plan, "connect", Action::Connect);
    let mut bare = plan.clone();
    bare.vantages.clear();
    report("two hosts and a switch", || once(&plan, connect));
    report("the same without captures", || once(&bare, connect));
    report("64 of them at once, all in all", || at_once(&plan, connect, 64));
}

fn report(what: &str, run: impl Fn()) {
    run();
    let timed = |_| {
        let begun = Instant::now();
        run();
        begun.elapsed()
    };
    let mut times: Vec<Duration> = (0..if what.starts_with("64") { 3 } else { RUNS }).map(timed).collect();
    times.sort();
    let ms = |time: Duration| time.as_secs_f64() * 1e3;
    println!(
        "{what}: median {:.1} ms, least {:.1} ms, most {:.1} ms",
        ms(times[times.len() / 2]),
        ms(times[0]),
        ms(times[times.len() - 1])
    );
}

fn once(plan: &Plan, connect: usize) {
    let mut lab = Lab::build(plan, &Options::default()).unwrap_or_else(|error| panic!("failed to {error}"));
    let now = lab.now();
    lab.begin(connect, now);
    let applied = |happening: &Happening| matches!(happening, Happening::Event(event) if matches!(event.kind, EventKind::StepApplied { .. }));
    while !applied(&lab.next(now + Duration::from_secs(10)).expect("it connects")) {}
    lab.finish();
}

fn at_once(plan: &Plan, connect: usize, labs: usize) {
    std::thread::scope(|scope| {
        for _ in 0..labs {
            scope.spawn(|| once(plan, connect));
        }
    });
}
