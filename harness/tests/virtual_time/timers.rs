//! What the kernel does in virtual time is what its arithmetic predicts, to the tick.

use super::settings::{Setting, settings};
use super::{compile, deadpeer, kernel, kernel_of, options, scenarios, told};
use deadpeer::guest;
use deadpeer::name::{Label, Side};
use deadpeer::plan::Plan;
use deadpeer::record::{ClockKind, Record};
use deadpeer::time::keepalive::{Fired, Firing, Keepalive, Traffic, simulate};
use deadpeer::time::{LabTime, granularity};
use deadpeer::timeline::{Timeline, What, timeline};
use std::time::{Duration, Instant};

/// The peer is lost by its link: that takes no process for a packet filter, of which each
/// costs as much as all the rest. Its address stays resolved for half a day.
fn plan(setting: &Setting) -> Plan {
    let Setting { idle, interval, count, .. } = setting;
    let timeout = setting.user_timeout.map(|ms| format!(", user_timeout: {ms}ms")).unwrap_or_default();
    let text = format!(
        "title: dies\nnodes:\n\
         \x20 a: {{ role: host, sysctl: {{ net.ipv4.neigh.to-sw.base_reachable_time_ms: 100000000 }} }}\n\
         \x20 sw: switch\n  b: host\nlinks: [a -- sw, sw -- b]\n\
         client: {{ on: a, keepalive: {{ idle: {idle}s, interval: {interval}s, count: {count} }}{timeout} }}\n\
         server: {{ on: b }}\nsteps: [connect, link_down: sw -- b]\npatience: 1000000s\nallow: [PROBE, RST]\n\
         expect: [a > b: SYN, b > a: SYN/ACK, a > b: ACK, step: link_down, client: ETIMEDOUT]\n"
    );
    compile(&setting.name(), &text)
}

/// What is predicted of a connection, and what was seen of it.
struct Case {
    setting: Setting,
    keepalive: Keepalive,
    armed: u64,
    predicted: Vec<Firing>,
    /// With the tick in which it was stamped.
    seen: Vec<(u64, String)>,
}

impl Case {
    fn of(record: &Record, setting: Setting) -> Self {
        let hz = record.manifest.kernel.hz;
        let phase = record.manifest.kernel.phase.expect("a guest's phase is known");
        let at = |time: LabTime| phase.jiffies_at(time, hz);
        let timeline = timeline(record);
        let armed = timeline.crossings.iter().find(|crossing| crossing.label == Label::SynAck).unwrap();
        let armed = at(armed.sightings.last().unwrap().at);
        let seconds = Duration::from_secs;
        let user_timeout = setting.user_timeout();
        let keepalive =
            Keepalive::new(hz, seconds(setting.idle), seconds(setting.interval), setting.count, user_timeout);
        let mut predicted = simulate(keepalive, armed, &Traffic::default(), u64::MAX);
        predicted.retain(|firing| firing.what != Fired::Waited);
        let seen = sent(&timeline).chain(errors(&timeline)).map(|(time, what)| (at(time), what)).collect();
        Self { setting, keepalive, armed, predicted, seen }
    }

    /// In the words of `seen`.
    fn expected(&self) -> Vec<(u64, String)> {
        let word = |firing: &Firing| if firing.what == Fired::Reset { "RST" } else { "PROBE" };
        let sent = self.predicted.iter().map(|firing| (firing.at, word(firing).to_owned()));
        let end = self.predicted.last().map(|firing| (firing.at, "ETIMEDOUT".to_owned()));
        sent.chain(end).collect()
    }

    /// None if all came in its tick.
    fn miss(&self) -> Option<String> {
        let expected = self.expected();
        (expected != self.seen).then(|| format!("{}\n{}", self.arithmetic(), self.side_by_side(&expected)))
    }

    fn arithmetic(&self) -> String {
        let Keepalive { hz, idle, interval, user_timeout, .. } = self.keepalive;
        format!(
            "{:?} at HZ={hz}: armed in tick {}; idle {idle} ticks in slots of {}, interval {interval} in slots of {}, \
             user timeout {user_timeout:?} ticks",
            self.setting,
            self.armed,
            granularity(idle),
            granularity(interval.saturating_sub(1)),
        )
    }

    fn side_by_side(&self, expected: &[(u64, String)]) -> String {
        let line = |index: usize| {
            let show = |all: &[(u64, String)]| {
                all.get(index).map_or("nothing".to_owned(), |(tick, what)| {
                    format!("{what} at {tick} (armed + {})", tick.saturating_sub(self.armed))
                })
            };
            format!("  predicted {:45} seen {}", show(expected), show(&self.seen))
        };
        (0..expected.len().max(self.seen.len())).map(line).collect::<Vec<_>>().join("\n")
    }
}

fn sent(timeline: &Timeline) -> impl Iterator<Item = (LabTime, String)> {
    let ours = timeline.crossings.iter().filter(|crossing| matches!(crossing.label, Label::Probe | Label::Rst));
    ours.map(|crossing| (crossing.sent, crossing.label.to_string()))
}

fn errors(timeline: &Timeline) -> impl Iterator<Item = (LabTime, String)> {
    timeline.happenings.iter().filter_map(|happening| match &happening.what {
        What::Outcome { side: Side::Client, outcome } if outcome.to_string() != "connected" => {
            Some((happening.at, outcome.to_string()))
        }
        _ => None,
    })
}

/// Two hundred connections of one guest.
fn predicted_equals_measured(hz: u32) {
    let Some(kernel) = kernel_of(hz) else { return };
    let settings = settings(hz);
    assert!(settings.len() >= 200, "{}", settings.len());
    let plans: Vec<Plan> = settings.iter().map(plan).collect();
    let all: Vec<&Plan> = plans.iter().collect();
    let records = guest::run(&all, &options(kernel)).unwrap();
    let mut misses = Vec::new();
    for (setting, record) in settings.into_iter().zip(records) {
        let record = record.unwrap_or_else(|error| panic!("{setting:?}: {error}"));
        assert_eq!((record.manifest.clock, record.manifest.kernel.hz), (ClockKind::Virtual, hz));
        misses.extend(Case::of(&record, setting).miss());
    }
    assert!(misses.is_empty(), "{} miss:\n{}", misses.len(), misses.join("\n"));
}

#[test]
fn predicted_equals_measured_at_100_ticks_a_second() {
    predicted_equals_measured(100);
}

#[test]
fn predicted_equals_measured_at_250_ticks_a_second() {
    predicted_equals_measured(250);
}

#[test]
fn predicted_equals_measured_at_1000_ticks_a_second() {
    predicted_equals_measured(1000);
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
        told(&output).contains("`a > b: RST` did not come; it was due at 7916.752..7916.756 s"),
        "{}",
        told(&output)
    );
}
