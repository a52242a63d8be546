use super::*;

const SECOND: Duration = Duration::from_secs(1);

fn at(seconds: f64) -> LabTime {
    LabTime((seconds * 1e9).round() as i64)
}

/// The due time as seconds after `moment`.
fn after(moment: LabTime, due: TimerDue) -> (f64, f64) {
    let since = |time: LabTime| ((time.0 - moment.0) as f64 / 1e6).round() / 1e3;
    (since(due.due.earliest), since(due.due.latest))
}

#[test]
fn armed_anywhere_it_fires_within_a_slot() {
    // The measured first probes: 20 samples each lay within these.
    let cases = [(1, 0.032), (2, 0.032), (3, 0.256), (16, 0.256), (17, 2.048), (30, 2.048), (7200, 131.072)];
    for (seconds, width) in cases {
        let set = Duration::from_secs(seconds);
        let due = due(set, 250, Armed::Anywhere { at: at(5.0) }, Ticks::Unknown);
        let (first, last) = after(at(5.0), due);
        assert_eq!(first, seconds as f64);
        assert!((last - first - width).abs() < 1e-9, "{seconds}: {last}");
    }
}

#[test]
fn re_armed_from_as_coarse_an_edge_it_is_exact() {
    let cases = [(1, 1, 1.024), (2, 1, 2.016), (5, 5, 5.12), (75, 7200, 75.776), (15, 15, 15.104), (1, 60, 1.024)];
    for (interval, edge_of, exact) in cases {
        let armed = Armed::InCallback { at: at(5.0), edge_of: Some(Duration::from_secs(edge_of)) };
        let due = due(Duration::from_secs(interval), 250, armed, Ticks::Unknown);
        assert_eq!(after(at(5.0), due), (exact, exact), "{interval} from an edge of {edge_of}");
    }
}

#[test]
fn re_armed_from_a_finer_edge_it_has_an_envelope() {
    // Measured: 3.008 to 3.232 and 5.024 to 5.248 s after a first probe of 1 s.
    let armed = |edge_of| Armed::InCallback { at: at(5.0), edge_of };
    let due = |seconds, edge_of| after(at(5.0), due(Duration::from_secs(seconds), 250, armed(edge_of), Ticks::Unknown));
    assert_eq!(due(3, Some(SECOND)), (3.008, 3.232));
    assert_eq!(due(5, Some(SECOND)), (5.024, 5.248));
    assert_eq!(due(1, None), (1.004, 1.032));
}

#[test]
fn reasons_say_why() {
    let text = |armed, ticks| due(SECOND, 250, armed, ticks).reason;
    assert_eq!(
        text(Armed::Anywhere { at: at(0.0) }, Ticks::Unknown),
        "a 1 s timer is 250 ticks at HZ=250; its slot is 8 ticks (32 ms), so it fires 1.000 to 1.032 s after it was armed"
    );
    assert_eq!(
        text(Armed::InCallback { at: at(0.0), edge_of: Some(SECOND) }, Ticks::Unknown),
        "a 1 s timer is 250 ticks at HZ=250; re-armed on an edge of 8-tick slots, it fires 256 ticks (1.024 s) later"
    );
    assert_eq!(
        text(Armed::InCallback { at: at(0.0), edge_of: None }, Ticks::Unknown),
        "a 1 s timer is 250 ticks at HZ=250; its slot is 8 ticks (32 ms), so re-armed by a timer it fires 1.004 to 1.032 s later"
    );
    assert_eq!(
        text(Armed::Lazy { at: at(0.0) }, Ticks::Unknown),
        "a 1 s timer is 250 ticks at HZ=250; its slot is 8 ticks (32 ms), and it counts from the last activity, so it fires 1.000 to 1.032 s after that"
    );
    assert_eq!(
        text(Armed::Anywhere { at: at(0.010) }, Ticks::Near(Phase { jiffies: 800, at: at(0.0) })),
        "a 1 s timer is 250 ticks at HZ=250; where the ticks lie is known, and the slot's edge 1.014 s on"
    );
}

/// Every phase, every position in the tick, and a stamp up to a tick off: what the
/// kernel does must lie in each window, and the known phase's must be the narrower.
#[test]
fn no_window_leaves_out_what_the_kernel_does() {
    let (hz, tick) = (250, 4_000_000);
    for seconds in [1, 2, 3, 5] {
        let set = Duration::from_secs(seconds);
        let ticks = to_jiffies(set, hz);
        for armed in 4096..4096 + 600 {
            let phase = Phase { jiffies: 4000, at: LabTime(1_234_567) };
            for offset in [0, 1, tick / 2, tick - 1] {
                let stamp = LabTime(phase.edge(armed, hz).0 + offset);
                let fired = phase.edge(fire(armed + ticks, armed), hz);
                let how = Armed::Anywhere { at: stamp };
                holds(due(set, hz, how, Ticks::Unknown), fired);
                holds(due(set, hz, how, Ticks::Near(phase)), fired);
                is(due(set, hz, how, Ticks::Exact(phase)), fired);
            }
            let late = LabTime(phase.edge(armed, hz).0 + 20_000);
            let next = phase.edge(fire(armed + ticks, armed + 1), hz);
            let known = due(set, hz, Armed::InCallback { at: late, edge_of: None }, Ticks::Near(phase));
            holds(known, next);
            is(due(set, hz, Armed::InCallback { at: late, edge_of: None }, Ticks::Exact(phase)), next);
        }
    }
}

fn is(due: TimerDue, fired: LabTime) {
    assert_eq!(due.due, Due { earliest: fired, latest: fired }, "{}", due.reason);
}

fn holds(due: TimerDue, fired: LabTime) {
    assert!(due.due.earliest <= fired && fired <= due.due.latest, "{fired} is not in {due:?}");
}

/// The same for a timer that finds activity when it fires, at all arming ticks and
/// all times of activity.
#[test]
fn a_lazy_timer_lies_in_its_envelope() {
    let (hz, phase) = (250, Phase { jiffies: 1 << 20, at: LabTime::ZERO });
    let ticks = 250;
    for armed in 0..64 {
        let armed = (1 << 20) + armed;
        for quiet in 0..=fire(armed + ticks, armed) - armed {
            let last = armed + quiet;
            let first = fire(armed + ticks, armed);
            let elapsed = first - last;
            let fired = if elapsed >= ticks { first } else { fire(first + ticks - elapsed, first + 1) };
            for offset in [0, 3_999_999] {
                let how = Armed::Lazy { at: LabTime(phase.edge(last, hz).0 + offset) };
                holds(due(SECOND, hz, how, Ticks::Unknown), phase.edge(fired, hz));
                holds(due(SECOND, hz, how, Ticks::Near(phase)), phase.edge(fired, hz));
                holds(due(SECOND, hz, how, Ticks::Exact(phase)), phase.edge(fired, hz));
            }
        }
    }
}

#[test]
fn a_known_phase_names_the_edge() {
    let phase = Phase { jiffies: 800, at: at(0.0) };
    // Tick 802 arms for 1052; the next edge of 8 is 1056, 256 ticks past 800.
    let first = due(SECOND, 250, Armed::Anywhere { at: at(0.010) }, Ticks::Near(phase));
    assert_eq!(after(at(0.0), first), (1.024, 1.024));
    // Ticks 805 and 806 lie on either side of an edge: both stay possible.
    let doubtful = due(SECOND, 250, Armed::Anywhere { at: at(0.021) }, Ticks::Near(phase));
    assert_eq!(after(at(0.0), doubtful), (1.024, 1.056));
    // A stamp just before its own edge is taken for that edge.
    let armed = Armed::InCallback { at: at(1.0239), edge_of: Some(SECOND) };
    assert_eq!(after(at(0.0), due(SECOND, 250, armed, Ticks::Near(phase))), (2.048, 2.048));
}

#[test]
fn extremes_do_not_panic() {
    let phase = Phase { jiffies: u64::MAX, at: LabTime(i64::MIN) };
    for at in [LabTime(i64::MIN), LabTime::ZERO, LabTime::FOREVER] {
        for armed in [Armed::Anywhere { at }, Armed::InCallback { at, edge_of: None }, Armed::Lazy { at }] {
            for set in [Duration::ZERO, Duration::MAX] {
                let unknown = due(set, 1000, armed, Ticks::Unknown).due;
                assert!(unknown.earliest <= unknown.latest);
                let known = due(set, 0, armed, Ticks::Near(phase)).due;
                assert!(known.earliest <= known.latest);
            }
        }
    }
}
