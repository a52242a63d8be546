use super::*;
use crate::ladder::{Anchor, Expected, Ladder, Rung};
use crate::name::{NodeName, Side};
use crate::plan::{Action, EndpointPlan, Plan, ProgramPlan, ReadingKind, ReadingPlan, StepPlan};
use crate::record::*;
use crate::time::LabTime;
use std::collections::VecDeque;
use std::net::Ipv4Addr;
use std::time::Duration;

fn node() -> NodeName {
    NodeName::new("a").unwrap()
}

fn endpoint(side: Side) -> EndpointPlan {
    EndpointPlan {
        connection: 0,
        side,
        node: node(),
        address: Ipv4Addr::LOCALHOST.into(),
        forwarded: None,
        port: None,
        options: Vec::new(),
        program: None,
        reads: true,
        accepts: true,
        backlog: 16,
    }
}

fn rung(what: Expected) -> Rung {
    Rung { line: 1, text: String::new(), what, times: 1, every: None, when: None, since: Anchor::Start }
}

fn plan(actions: &[Action], rungs: Vec<Rung>, readings: &[usize]) -> Plan {
    let steps = actions.iter().enumerate();
    Plan {
        name: "test".into(),
        title: String::new(),
        nodes: Vec::new(),
        links: Vec::new(),
        vantages: Vec::new(),
        client: endpoint(Side::Client),
        server: endpoint(Side::Server),
        steps: steps
            .map(|(i, action)| StepPlan { name: format!("s{i}"), line: 1, action: action.clone(), of: Vec::new() })
            .collect(),
        readings: readings
            .iter()
            .map(|rung| ReadingPlan { rung: *rung, what: ReadingKind::Alive { side: Side::Client } })
            .collect(),
        connection: String::new(),
        further: Vec::new(),
        ladder: Ladder {
            file: "x.yaml".into(),
            rungs,
            allow: Vec::new(),
            settle: Duration::from_millis(300),
            patience: Duration::from_secs(5),
            open_ended: false,
            transit: Duration::ZERO,
        },
        warnings: Vec::new(),
    }
}

/// A backend whose clock jumps to the next thing that happens.
#[derive(Default)]
struct Fake {
    now: LabTime,
    queue: VecDeque<Happening>,
    log: Vec<String>,
    fails: Option<usize>,
    silent: bool,
    interrupt_at: Option<LabTime>,
    /// So many frames are still to come, one each second.
    trickle: usize,
}

impl Fake {
    fn frame(&mut self) -> Happening {
        self.trickle -= 1;
        self.now = self.now + Duration::from_secs(1);
        Happening::Frame(Frame { vantage: 0, at: self.now, wire_len: 0, octets: Vec::new() })
    }

    fn push(&mut self, kind: EventKind) {
        self.queue.push_back(Happening::Event(Event::new(self.now, kind)));
    }
}

impl Backend for Fake {
    fn manifest(&self) -> Manifest {
        let info = |side| EndpointInfo {
            side,
            node: node(),
            address: Ipv4Addr::LOCALHOST.into(),
            forwarded: None,
            port: None,
        };
        Manifest {
            version: VERSION,
            name: String::new(),
            began_unix_ns: 0,
            clock: ClockKind::Real,
            kernel: Kernel { release: String::new(), hz: 250, phase: None },
            nodes: Vec::new(),
            links: Vec::new(),
            copies: false,
            vantages: Vec::new(),
            client: info(Side::Client),
            server: info(Side::Server),
            further: Vec::new(),
        }
    }

    fn now(&self) -> LabTime {
        self.now
    }

    fn next(&mut self, until: LabTime) -> Option<Happening> {
        if let Some(happening) = self.queue.pop_front() {
            return Some(happening);
        }
        if self.interrupt_at.is_some_and(|at| at <= until) {
            self.now = self.interrupt_at.take().unwrap();
            return Some(Happening::Interrupted);
        }
        if self.trickle > 0 && self.now + Duration::from_secs(1) <= until {
            return Some(self.frame());
        }
        assert_ne!(until, LabTime::FOREVER, "nothing would ever happen");
        self.now = self.now.max(until);
        None
    }

    fn begin(&mut self, step: usize, planned: LabTime) {
        self.log.push(format!("{} step {step} planned {planned}", self.now));
        if self.fails == Some(step) {
            return self.push(EventKind::StepFailed { step, error: "no nft".into() });
        }
        if !self.silent {
            self.now = self.now + Duration::from_millis(10);
            self.push(EventKind::StepApplied { step });
        }
    }

    fn take(&mut self, _: usize, reading: usize) {
        self.log.push(format!("{} reading {reading}", self.now));
        let begun = self.now;
        self.now = self.now + Duration::from_millis(5);
        self.push(EventKind::Reading { rung: reading, begun, value: "alive".into() });
    }

    fn finish(&mut self) -> Vec<Happening> {
        self.log.push(format!("{} finish", self.now));
        Vec::new()
    }
}

/// Rungs are met by the steps and readings of the same index that are in the record.
struct Simple<'a>(&'a Plan);

impl Watch for Simple<'_> {
    fn look(&mut self, record: &Record, now: LabTime) -> Vec<Progress> {
        let done = |rung: &Rung, index: usize| {
            record.events.iter().any(|event| match (&event.kind, &rung.what) {
                (EventKind::StepApplied { step }, Expected::Step(wanted)) => step == wanted,
                (EventKind::Reading { rung, .. }, Expected::Reading { .. }) => *rung == index,
                _ => false,
            })
        };
        let rungs = self.0.ladder.rungs.iter().enumerate();
        let met: Vec<u32> = rungs.map(|(i, rung)| u32::from(done(rung, i))).collect();
        let last = record.events.last().map_or(LabTime::ZERO, |event| event.at);
        let state = if met.iter().all(|met| *met > 0) {
            State::Settling { until: last + self.0.ladder.settle }
        } else {
            State::Waiting { until: last + self.0.ladder.patience }
        };
        let _ = now;
        vec![Progress { met, state }]
    }
}

fn go(plan: &Plan, mut backend: Fake) -> (EndReason, Vec<String>) {
    let record = execute(plan, &mut backend, &mut Simple(plan), &mut |_| {});
    let Some(Event { kind: EventKind::Ended { reason }, .. }) = record.events.last() else {
        panic!("the last event is no end: {:?}", record.events.last());
    };
    (reason.clone(), backend.log)
}

#[test]
fn steps_follow_each_other_and_waits_count_from_the_step_before() {
    let wait = Action::Wait(Duration::from_secs(7));
    let plan = plan(&[Action::Connect, wait, Action::Connect], vec![rung(Expected::Step(2))], &[]);
    let (reason, log) = go(&plan, Fake::default());
    assert_eq!(reason, EndReason::Complete);
    assert_eq!(log, ["0.000 step 0 planned 0.000", "7.010 step 2 planned 7.010", "7.320 finish"]);
}

#[test]
fn a_step_with_a_line_waits_for_the_readings_above_it() {
    let reading = || rung(Expected::Reading { value: "alive".into() });
    let rungs = vec![reading(), rung(Expected::Step(0)), reading()];
    let plan = plan(&[Action::Connect], rungs, &[0, 2]);
    let mut backend = Fake::default();
    // The fake's readings name their own index: the second reading is rung 2's.
    backend.log.clear();
    let record = execute(&plan, &mut backend, &mut Simple(&plan), &mut |_| {});
    assert_eq!(backend.log[..2], ["0.000 reading 0", "0.005 step 0 planned 0.000"]);
    assert!(record.events.len() >= 3);
}

#[test]
fn a_failed_step_ends_the_run_with_its_reason() {
    let plan = plan(&[Action::Connect], vec![rung(Expected::Step(0))], &[]);
    let (reason, _) = go(&plan, Fake { fails: Some(0), ..Fake::default() });
    assert_eq!(reason, EndReason::Broken("step `s0` failed: no nft".into()));
}

#[test]
fn a_rung_that_does_not_come_ends_the_run() {
    let plan = plan(&[Action::Connect], vec![rung(Expected::Step(7))], &[]);
    let (reason, log) = go(&plan, Fake::default());
    assert_eq!(reason, EndReason::Overdue);
    assert_eq!(log.last().map(String::as_str), Some("5.010 finish"));
}

#[test]
fn a_step_that_never_ends_is_not_waited_for_for_ever() {
    let plan = plan(&[Action::Connect], vec![rung(Expected::Step(0))], &[]);
    let (reason, _) = go(&plan, Fake { silent: true, ..Fake::default() });
    assert_eq!(reason, EndReason::Overdue);
}

/// With a real program, such a step has shown nothing of connections.
#[test]
fn a_program_that_never_connects_is_a_failed_step() {
    let failures = |program: Option<ProgramPlan>, frames: Vec<Vec<u8>>| {
        let mut plan = plan(&[Action::Connect], vec![rung(Expected::Step(0))], &[]);
        plan.client.program = program;
        let mut backend = Fake { silent: true, ..Fake::default() };
        let frames = frames.into_iter().map(|octets| Frame { vantage: 0, at: LabTime::ZERO, wire_len: 60, octets });
        backend.queue.extend(frames.map(Happening::Frame));
        let record = execute(&plan, &mut backend, &mut Simple(&plan), &mut |_| {});
        let failed = |event: &Event| match &event.kind {
            EventKind::StepFailed { error, .. } => Some(error.clone()),
            _ => None,
        };
        record.events.iter().filter_map(failed).collect::<Vec<_>>()
    };
    let sleep = || Some(ProgramPlan { words: vec!["sleep".into(), "9".into()], as_root: false });
    let told = "`sleep 9` runs, but there was no segment of a connection in all that time";
    assert_eq!(failures(sleep(), Vec::new()), [told]);
    let arp = [&[0; 12][..], &[8, 6], &[0; 28]].concat();
    assert_eq!(failures(sleep(), vec![arp]), [told]);
    // What it does is judged once it does something, and the built-in endpoint always.
    let mut ip = [&[0; 12][..], &[8, 0, 0x45, 0, 0, 40, 0, 0, 0, 0, 64, 6, 0, 0], &[10, 0, 0, 1, 10, 0, 0, 2]].concat();
    ip.extend([0x13, 0xba, 0x13, 0xba, 0, 0, 0, 1, 0, 0, 0, 0, 0x50, 2, 0xff, 0xff, 0, 0, 0, 0]);
    assert_eq!(failures(sleep(), vec![ip]), [""; 0]);
    assert_eq!(failures(None, Vec::new()), [""; 0]);
}

#[test]
fn wait_for_holds_the_script_until_its_rung_is_met() {
    let wait = Action::WaitFor { rung: 0, times: 1 };
    let rungs = vec![rung(Expected::Step(0)), rung(Expected::Step(2))];
    let plan = plan(&[Action::Connect, wait, Action::Connect], rungs, &[]);
    let (reason, log) = go(&plan, Fake::default());
    assert_eq!(reason, EndReason::Complete);
    assert_eq!(log[1], "0.010 step 2 planned 0.010");
}

#[test]
fn an_interruption_ends_the_run_at_once() {
    let plan = plan(&[Action::Wait(Duration::from_secs(60))], vec![rung(Expected::Step(9))], &[]);
    let at = LabTime(2_000_000_000);
    let (reason, log) = go(&plan, Fake { interrupt_at: Some(at), ..Fake::default() });
    assert_eq!(reason, EndReason::Interrupted);
    assert_eq!(log, ["2.000 finish"]);
}

/// The rung in the middle is a silence that is met by time alone, and the last a reading.
struct Silence(LabTime);

impl Watch for Silence {
    fn look(&mut self, record: &Record, now: LabTime) -> Vec<Progress> {
        let has = |wanted: fn(&EventKind) -> bool| record.events.iter().any(|event| wanted(&event.kind));
        let begun = has(|kind| matches!(kind, EventKind::StepApplied { .. }));
        let quiet = begun && now >= self.0;
        let read = has(|kind| matches!(kind, EventKind::Reading { .. }));
        let state = match (quiet, read) {
            (false, _) => State::Waiting { until: self.0 },
            (true, false) => State::Waiting { until: now + Duration::from_secs(5) },
            (true, true) => State::Settling { until: self.0 + Duration::from_millis(300) },
        };
        vec![Progress { met: [begun, quiet, read].map(u32::from).to_vec(), state }]
    }
}

/// No event tells that a silence is over: it is looked for when it is due, and not when the
/// patience with the step before is at its end.
#[test]
fn a_reading_is_taken_as_soon_as_the_silence_before_it_is_over() {
    let silence = Duration::from_secs(1);
    let rungs = vec![
        rung(Expected::Step(0)),
        rung(Expected::Quiet(silence)),
        rung(Expected::Reading { value: "alive".into() }),
    ];
    let mut backend = Fake::default();
    let plan = plan(&[Action::Connect], rungs, &[2]);
    let record = execute(&plan, &mut backend, &mut Silence(LabTime(1_010_000_000)), &mut |_| {});
    assert_eq!(backend.log, ["0.000 step 0 planned 0.000", "1.010 reading 0", "1.310 finish"]);
    assert!(matches!(&record.events.last().unwrap().kind, EventKind::Ended { reason: EndReason::Complete }));
}

/// Counts how often another is asked.
struct Counted<'a>(Simple<'a>, usize);

impl Watch for Counted<'_> {
    fn look(&mut self, record: &Record, now: LabTime) -> Vec<Progress> {
        self.1 += 1;
        self.0.look(record, now)
    }
}

fn looks(plan: &Plan, frames: usize) -> (usize, Vec<String>) {
    let mut watch = Counted(Simple(plan), 0);
    let mut backend = Fake { trickle: frames, ..Fake::default() };
    let record = execute(plan, &mut backend, &mut watch, &mut |_| {});
    assert_eq!(record.frames.len(), frames);
    (watch.1, backend.log)
}

#[test]
fn a_long_wait_is_not_judged_at_every_frame() {
    let wait = Action::Wait(Duration::from_secs(20_000));
    let steps = [Action::Connect, wait, Action::Connect];
    let rungs = || vec![rung(Expected::Step(0)), rung(Expected::Step(2))];
    let (few, log) = looks(&plan(&steps, rungs(), &[]), 10_000);
    assert!((500..700).contains(&few), "{few} looks");
    assert!(log.iter().any(|line| line.contains("step 2 planned 20000.010")), "it ends in time: {log:?}");
}

/// A backend that tells of the sockets, and of nothing else, until a step is done.
struct Sampled(Fake, usize);

impl Backend for Sampled {
    fn manifest(&self) -> Manifest {
        self.0.manifest()
    }

    fn now(&self) -> LabTime {
        self.0.now
    }

    fn next(&mut self, until: LabTime) -> Option<Happening> {
        if self.1 > 0 && until > self.0.now {
            self.1 -= 1;
            self.0.now = self.0.now + Duration::from_millis(1);
            let kind = EventKind::Sample { side: Side::Client, sockets: Vec::new() };
            return Some(Happening::Event(Event::new(self.0.now, kind)));
        }
        self.0.next(until)
    }

    fn begin(&mut self, step: usize, planned: LabTime) {
        self.0.begin(step, planned);
    }

    fn take(&mut self, connection: usize, reading: usize) {
        self.0.take(connection, reading);
    }

    fn finish(&mut self) -> Vec<Happening> {
        self.0.finish()
    }
}

#[test]
fn samples_are_recorded_and_nothing_hangs_on_them() {
    let plan = plan(&[Action::Connect], vec![rung(Expected::Step(0))], &[]);
    let run = |samples| {
        let mut watch = Counted(Simple(&plan), 0);
        let record = execute(&plan, &mut Sampled(Fake::default(), samples), &mut watch, &mut |_| {});
        (watch.1, record.events.iter().filter(|event| event.kind.is_sample()).count())
    };
    let ((before, none), (looks, all)) = (run(0), run(200));
    assert_eq!((none, all), (0, 200));
    // The watch here counts from the last event, whatever it is, and so looks once more.
    assert!(looks <= before + 1, "{looks} looks, and {before} without samples");
}

/// What a reading tells may change with every frame, so its turn is not missed.
#[test]
fn a_wait_with_a_reading_to_come_is_judged_all_along() {
    let steps = [Action::Connect, Action::Wait(Duration::from_secs(2_000)), Action::Connect];
    let read = rung(Expected::Reading { value: "alive".into() });
    let rungs = vec![rung(Expected::Step(0)), rung(Expected::Step(2)), read];
    let (looks, _) = looks(&plan(&steps, rungs, &[2]), 1_500);
    assert!(looks >= 1_500, "{looks} looks");
}
