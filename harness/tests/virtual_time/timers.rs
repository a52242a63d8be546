//! What the kernel does in virtual time is what its arithmetic predicts, to the tick.

use super::{compile, deadpeer, kernel, options, scenarios, told};
use deadpeer::guest;
use deadpeer::name::Label;
use deadpeer::plan::Plan;
use deadpeer::record::{ClockKind, Record};
use deadpeer::time::from_jiffies;
use deadpeer::time::keepalive::{Keepalive, Traffic, simulate};
use deadpeer::timeline::timeline;
use std::time::{Duration, Instant};

/// Idle, interval (in s) and count: below, at and above the edges of the wheel's levels at
/// 250 ticks a second (63, 504, 4032, 32256, 258048 ticks and more).
const SETTINGS: [(u64, u64, u32); 20] = [
    (1, 1, 3),
    (2, 1, 9),
    (1, 2, 3),
    (2, 2, 2),
    (3, 1, 4),
    (5, 5, 3),
    (10, 3, 3),
    (15, 15, 9),
    (16, 17, 2),
    (17, 16, 2),
    (30, 10, 6),
    (60, 10, 6),
    (60, 75, 9),
    (75, 1, 2),
    (129, 130, 3),
    (300, 100, 3),
    (1032, 1033, 2),
    (3600, 60, 5),
    (7200, 75, 9),
    (32767, 32767, 2),
];

fn plan((idle, interval, count): (u64, u64, u32)) -> Plan {
    let text = format!(
        "title: dies\nnodes: {{ a: host, b: host }}\nlinks: [a -- b]\n\
         client: {{ on: a, keepalive: {{ idle: {idle}s, interval: {interval}s, count: {count} }} }}\n\
         server: {{ on: b }}\nsteps: [connect, drop: {{ on: b, hook: input }}]\n\
         expect:\n  - a > b: SYN\n  - {{ b > a: SYN/ACK, as: armed }}\n  - a > b: ACK\n  - step: drop\n\
         \x20 - {{ a > b: PROBE, times: {count}, after: {idle}s, every: {interval}s, since: armed }}\n\
         \x20 - {{ a > b: RST, after: {interval}s }}\n  - client: ETIMEDOUT\n"
    );
    compile(&format!("{idle}-{interval}-{count}"), &text)
}

/// How late each probe and the reset were against the prediction, in ticks.
fn lateness(record: &Record, (idle, interval, count): (u64, u64, u32)) -> Vec<f64> {
    let hz = record.manifest.kernel.hz;
    let phase = record.manifest.kernel.phase.expect("a guest's phase is known");
    let seen = timeline(record);
    let armed = seen.crossings.iter().find(|crossing| crossing.label == Label::SynAck).unwrap();
    let armed = phase.jiffies_at(armed.sightings.last().unwrap().at, hz);
    let seconds = Duration::from_secs;
    let settings = Keepalive::new(hz, seconds(idle), seconds(interval), count, None);
    let predicted = simulate(settings, armed, &Traffic::default(), u64::MAX);
    let sent: Vec<_> = seen.crossings.iter().filter(|c| matches!(c.label, Label::Probe | Label::Rst)).collect();
    assert_eq!(sent.len(), predicted.len(), "{idle}/{interval}/{count}: {sent:#?}");
    let tick = from_jiffies(1, hz).as_nanos() as f64;
    let pairs = sent.iter().zip(predicted);
    pairs.map(|(sent, firing)| (sent.sent.0 - phase.edge(firing.at, hz).0) as f64 / tick).collect()
}

#[test]
fn predicted_equals_measured_for_twenty_settings_side_by_side() {
    let Some(kernel) = kernel() else { return };
    let plans: Vec<Plan> = SETTINGS.into_iter().map(plan).collect();
    let all: Vec<&Plan> = plans.iter().collect();
    let records = guest::run(&all, &options(kernel)).unwrap();
    for (settings, record) in SETTINGS.into_iter().zip(records) {
        let record = record.unwrap();
        assert_eq!(record.manifest.clock, ClockKind::Virtual);
        for late in lateness(&record, settings) {
            // A callback runs on its tick; what it sends is stamped there.
            assert!((-0.01..1.0).contains(&late), "{settings:?}: {late} ticks late");
        }
    }
}

#[test]
fn two_hours_are_judged_in_seconds() {
    if kernel().is_none() {
        return;
    }
    let began = Instant::now();
    let output = deadpeer(&["run", scenarios("article/system-defaults.yaml").to_str().unwrap()]);
    assert!(output.status.success(), "{}", told(&output));
    // Two seconds on an idle machine; the bound is for a busy one.
    assert!(began.elapsed() < Duration::from_secs(30), "{:?}", began.elapsed());
}

#[test]
fn the_article_passes_in_one_guest() {
    if kernel().is_none() {
        return;
    }
    let output = deadpeer(&["run", "--clock", "virtual", "--deny-skips", scenarios("article").to_str().unwrap()]);
    assert!(output.status.success(), "{}", told(&output));
}

/// 73 s end on the edge of a slot before that of 75 s, which 74 s have in common.
#[test]
fn what_is_expected_a_slot_too_early_fails() {
    let Some(_) = kernel() else { return };
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("early.yaml");
    let text = std::fs::read_to_string(scenarios("article/system-defaults.yaml")).unwrap();
    std::fs::write(&file, text.replace("{ a > b: RST, after: 75s }", "{ a > b: RST, after: 73s }")).unwrap();
    let out = folder.path().join("out");
    let output = deadpeer(&["run", "--out", out.to_str().unwrap(), file.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1), "{}", told(&output));
    assert!(
        told(&output).contains("`a > b: RST` did not come; it was due at 7916.748..7916.756 s"),
        "{}",
        told(&output)
    );
}
