#![expect(clippy::single_range_in_vec_init, reason = "one range of ticks is meant")]

use super::*;
use crate::time::{Jiffies, Span};
use std::time::Duration;

fn seconds(seconds: f64) -> Duration {
    Duration::from_secs_f64(seconds)
}

/// Whole seconds, a user timeout in milliseconds (0 is none).
fn settings(hz: u32, idle: u64, interval: u64, count: u32, user_timeout: u64) -> Keepalive {
    let user_timeout = Some(Duration::from_millis(user_timeout));
    Keepalive::new(hz, Duration::from_secs(idle), Duration::from_secs(interval), count, user_timeout)
}

fn shows(span: Span) -> String {
    span.to_string()
}

/// An arming tick of no particular position.
const ARMED: Jiffies = 1_000_003;

/// Seconds from arming, at HZ=250, of each probe, and of the reset if there was one.
fn story(settings: Keepalive, traffic: &Traffic, until: f64) -> (Vec<f64>, Option<f64>) {
    let since = |at: Jiffies| (at - ARMED) as f64 * 0.004;
    let firings = simulate(settings, ARMED, traffic, ARMED + (until * 250.0) as Jiffies);
    let of = |what| firings.iter().filter(move |f| f.what == what).map(|f| since(f.at));
    (of(Fired::Probe).collect(), of(Fired::Reset).next())
}

fn tick(seconds: f64) -> Jiffies {
    ARMED + (seconds * 250.0) as Jiffies
}

fn near(seen: &[f64], measured: &[f64]) {
    assert_eq!(seen.len(), measured.len(), "{seen:?} against {measured:?}");
    for (seen, measured) in seen.iter().zip(measured) {
        // The phase of the measurement isn't known: within a slot of 32 ms, and a tick.
        assert!((seen - measured).abs() <= 0.036, "{seen} against {measured}");
    }
}

#[test]
fn the_span_of_1_1_3_is_the_measured_one() {
    let table = Timetable::of(&settings(250, 1, 1, 3, 0));
    assert_eq!(shows(table.death), "4.072 .. 4.104 s");
    let probes: Vec<_> = table.probes.iter().map(|probe| shows(probe.after)).collect();
    assert_eq!(probes, ["1.000 .. 1.032 s", "2.024 .. 2.056 s", "3.048 .. 3.080 s"]);
    assert!(table.probes.iter().all(|probe| probe.certain));
}

#[test]
fn measured_deaths_lie_in_their_spans() {
    let cases = [
        ((1, 1, 1, 0), 2.031, 1),
        ((2, 3, 2, 0), 8.195, 2),
        ((1, 2, 4, 0), 9.07, 4),
        ((1, 2, 4, 0), 9.09, 4),
        ((2, 1, 3, 0), 5.09, 3),
        ((4, 1, 3, 0), 7.15, 3),
        ((1, 2, 8, 0), 17.15, 8),
        ((15, 15, 4, 0), 75.546, 4),
        ((60, 1, 10, 0), 70.631, 10),
        // With a user timeout in the count's place.
        ((1, 1, 10, 2500), 3.074, 2),
        ((1, 1, 1, 5000), 5.103, 4),
        ((3, 1, 3, 500), 4.24, 1),
        ((1, 1, 3, 4000), 4.095, 3),
        ((1, 1, 3, 3500), 4.088, 3),
        ((2, 5, 3, 3000), 7.18, 1),
        ((15, 15, 3, 30_000), 30.35, 1),
    ];
    for ((idle, interval, count, user_timeout), died, probes) in cases {
        let name = format!("{idle}/{interval}/{count} with {user_timeout} ms");
        let table = Timetable::of(&settings(250, idle, interval, count, user_timeout));
        assert!(table.death.contains(seconds(died)), "{name}: {died} is not in {}", table.death);
        assert!(!table.death.contains(seconds((died - 2.1).max(0.0))), "{name}: {} holds anything", table.death);
        assert_eq!((table.probes.len(), table.fewest_probes()), (probes, probes), "{name}");
    }
}

#[test]
fn measured_probes_lie_in_their_spans() {
    let table = Timetable::of(&settings(250, 2, 3, 2, 0));
    assert!(table.probes[0].after.contains(seconds(2.019)));
    assert!(table.probes[1].after.contains(seconds(5.123)));
    let table = Timetable::of(&settings(250, 3, 1, 3, 500));
    assert!(table.probes[0].after.contains(seconds(3.21)));
}

#[test]
fn the_default_table_at_four_tick_rates() {
    let cases = [
        (100, "7200.000 .. 7527.680 s", "7891.200 .. 8218.880 s"),
        (250, "7200.000 .. 7331.072 s", "7881.984 .. 8013.056 s"),
        (300, "7199.999 .. 8073.813 s", "7875.839 .. 8749.652 s"),
        (1000, "7200.000 .. 7462.144 s", "7900.416 .. 8162.560 s"),
    ];
    for (hz, first, death) in cases {
        let table = Timetable::of(&settings(hz, 7200, 75, 9, 0));
        assert_eq!((shows(table.probes[0].after), shows(table.death)), (first.to_owned(), death.to_owned()), "{hz}");
        assert_eq!(table.probes.len(), 9);
    }
}

#[test]
fn a_user_timeout_between_two_ticks_leaves_the_count_to_chance() {
    let table = Timetable::of(&settings(250, 1, 1, 3, 2040));
    assert_eq!((table.probes.len(), table.fewest_probes()), (2, 1));
    assert_eq!(shows(table.death), "2.036 .. 3.060 s");
}

/// Every arming tick is tried: the short way of `phases` must find the same.
#[test]
fn the_timetable_is_that_of_all_phases() {
    for (hz, idle, interval, user_timeout) in
        [(250, 2, 3, 0), (250, 2, 3, 5100), (100, 1, 7, 0), (100, 1, 7, 8021), (1000, 3, 5, 13_005), (250, 3, 1, 4250)]
    {
        let settings = settings(hz, idle, interval, 3, user_timeout);
        let (mut least, mut most) = (Jiffies::MAX, 0);
        for armed in (1 << 30)..(1 << 30) + 8192 {
            let end = simulate(settings, armed, &Traffic::default(), Jiffies::MAX).last().map_or(0, |f| f.at - armed);
            (least, most) = (least.min(end), most.max(end));
        }
        assert_eq!(Timetable::of(&settings).death, Span::of_ticks(least, most, hz), "{settings:?}");
    }
}

#[test]
fn answered_probes_are_the_longer_of_both_apart() {
    let cases = [(1, 3), (3, 2), (2, 1)];
    let always = Traffic::all_answered();
    for (idle, interval) in cases {
        let (probes, death) = story(settings(250, idle, interval, 3, 0), &always, 20.0);
        let longer = idle.max(interval) as f64;
        for pair in probes.windows(2) {
            let gap = pair[1] - pair[0];
            assert!(gap > longer && gap <= longer + 0.128, "{idle}/{interval}: {gap}");
        }
        assert_eq!(death, None);
    }
    let measured = [(1, 3, &[3.072, 3.104][..]), (3, 2, &[3.008]), (2, 1, &[2.016]), (60, 1, &[61.44])];
    for (idle, interval, gaps) in measured {
        let span = answered_gap(&settings(250, idle, interval, 3, 0));
        gaps.iter().for_each(|&gap| assert!(span.contains(seconds(gap)), "{idle}/{interval}: {gap} is not in {span}"));
    }
}

#[test]
fn lost_probes_then_recovery() {
    let answered = vec![0..tick(1.5), tick(3.5)..tick(6.0), tick(60.0)..Jiffies::MAX];
    let traffic = Traffic { answered, ..Traffic::default() };
    let (probes, death) = story(settings(250, 2, 1, 3, 0), &traffic, 20.0);
    near(&probes, &[2.02, 3.05, 4.07, 6.09, 7.11, 8.13]);
    near(&[death.unwrap()], &[9.159]);
}

#[test]
fn activity_moves_the_probe_but_not_the_timer() {
    let traffic = |at: &[f64]| Traffic { heard: at.iter().map(|&at| tick(at)).collect(), ..Traffic::default() };
    near(&story(settings(250, 2, 1, 3, 0), &traffic(&[1.2]), 4.0).0, &[3.217]);
    near(&story(settings(250, 2, 1, 3, 0), &traffic(&[1.2, 2.4]), 5.0).0, &[4.431]);
    let firings = simulate(settings(250, 2, 1, 3, 0), ARMED, &traffic(&[1.2]), tick(3.0));
    assert_eq!(firings.iter().map(|f| f.what).collect::<Vec<_>>(), [Fired::Waited]);
}

#[test]
fn data_in_flight_switches_it_off_until_it_is_acknowledged() {
    let in_flight = Traffic { in_flight: vec![tick(0.1)..tick(3.343)], heard: vec![tick(3.343)], ..Traffic::default() };
    let (probes, _) = story(settings(250, 1, 1, 3, 0), &in_flight, 5.0);
    near(&probes[..1], &[3.343 + 1.02]);
    let forever = Traffic { in_flight: vec![tick(0.1)..Jiffies::MAX], ..Traffic::default() };
    assert_eq!(story(settings(250, 1, 1, 3, 0), &forever, 900.0), (vec![], None));
}

#[test]
fn a_refused_probe_never_counts_not_even_for_a_user_timeout() {
    let refused = Traffic { refused: vec![0..Jiffies::MAX], ..Traffic::default() };
    for user_timeout in [0, 3000] {
        let (probes, death) = story(settings(250, 1, 1, 3, user_timeout), &refused, 60.0);
        assert_eq!((probes.len(), death), (0, None), "{user_timeout}");
    }
    let firings = simulate(settings(250, 1, 1, 3, 0), ARMED, &refused, tick(6.0));
    assert_eq!(firings.windows(2).map(|pair| pair[1].at - pair[0].at).max(), Some(128), "every half second");
}

#[test]
fn one_lost_probe() {
    let kills = |idle, interval, count, ut| one_loss_kills(&settings(250, idle, interval, count, ut));
    // Measured: a user timeout of at most idle and interval is deadly.
    assert!(kills(15, 15, 3, 30_000) && kills(15, 15, 9, 20_000) && kills(1, 1, 1, 0));
    assert!(!kills(15, 15, 3, 0) && !kills(15, 15, 3, 50_000) && !kills(1, 1, 2, 0));

    // The first probe lost, the rest answered: the reset came at 30.24 s, after at most 30.36.
    let traffic = Traffic { answered: vec![tick(16.0)..Jiffies::MAX], ..Traffic::default() };
    let (probes, death) = story(settings(250, 15, 15, 3, 30_000), &traffic, 90.0);
    assert_eq!(probes.len(), 1);
    assert!(Timetable::of(&settings(250, 15, 15, 3, 30_000)).death.contains(seconds(death.unwrap())));
    assert!(Timetable::of(&settings(250, 15, 15, 3, 30_000)).death.contains(seconds(30.24)));
    assert!(Timetable::of(&settings(250, 15, 15, 9, 20_000)).death.contains(seconds(30.33)));
}

#[test]
fn a_locked_socket_delays_by_a_twentieth_of_a_second() {
    let mut timer = KeepaliveTimer::armed(settings(250, 1, 1, 3, 0), ARMED);
    let first = timer.fires_at();
    assert_eq!(timer.fire(Path::Locked), Fired::Waited);
    assert_eq!(timer.fires_at() - first, 13);
    assert_eq!(timer.fire(Path::Clear), Fired::Probe);
    assert_eq!(timer.unanswered(), 1);
}

#[test]
fn extremes_come_to_an_end() {
    let longest = Duration::from_secs(u64::MAX);
    let settings = Keepalive::new(1000, longest, longest, 127, Some(longest));
    let firings = simulate(settings, ARMED, &Traffic::default(), Jiffies::MAX);
    assert_eq!(firings.last().map(|firing| firing.what), Some(Fired::Reset));
}
