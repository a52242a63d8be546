//! A small language for ladders and timelines: `a` and `b` with the switch `sw` between.

use crate::ladder::{Anchor, EntryChange, Expected, Fate, Ladder, Outcome, Rung, When};
use crate::name::{Errno, Label, NodeName, Side};
use crate::plan::{NodeKind, VantagePlan};
use crate::record::{ClockKind, EndpointInfo, Entry, Kernel, Manifest, NodeInfo, Tuple};
use crate::time::LabTime;
use crate::timeline::{Crossing, Doubt, Happening, Reach, Sighting, Timeline, What};
use crate::verdict::{Finding, FindingKind, Judgement, Verdict, judge};
use crate::wire::Packet;
use std::net::SocketAddr;
use std::time::Duration;

pub(crate) const ETIMEDOUT: Outcome = Outcome::Errno(Errno(110));
pub(crate) const ECONNRESET: Outcome = Outcome::Errno(Errno(104));

pub(crate) fn node(name: &str) -> NodeName {
    NodeName::new(name).unwrap()
}

pub(crate) fn micros(micros: i64) -> LabTime {
    LabTime(micros * 1000)
}

pub(crate) fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

pub(crate) fn manifest(clock: ClockKind) -> Manifest {
    let info = |name: &str, kind| NodeInfo { name: node(name), kind, interfaces: Vec::new() };
    let vantage = |name: &str, interface: &str| VantagePlan { node: node(name), interface: interface.into() };
    let end = |side, name: &str, last, port| EndpointInfo {
        side,
        node: node(name),
        address: [10, 0, 0, last].into(),
        forwarded: None,
        port,
    };
    Manifest {
        version: 1,
        name: "sample".into(),
        began_unix_ns: 0,
        clock,
        kernel: Kernel { release: String::new(), hz: 250, phase: None },
        nodes: vec![info("a", NodeKind::Host), info("sw", NodeKind::Switch), info("b", NodeKind::Host)],
        vantages: vec![vantage("a", "to-sw"), vantage("sw", "to-a"), vantage("sw", "to-b"), vantage("b", "to-sw")],
        links: Vec::new(),
        copies: false,
        client: end(Side::Client, "a", 1, None),
        server: end(Side::Server, "b", 2, Some(5050)),
        further: Vec::new(),
    }
}

/// A timeline that ends when `end` says, in microseconds.
pub(crate) fn timeline(end: i64) -> Timeline {
    let manifest = manifest(ClockKind::Real);
    Timeline { manifest, crossings: Vec::new(), happenings: Vec::new(), doubts: Vec::new(), end: micros(end) }
}

/// A crossing from one host to the other; `lost` is the node where it ended.
pub(crate) fn crossing(at: i64, way: &str, label: Label, lost: Option<&str>) -> Crossing {
    let (from, to) = way.split_once('>').unwrap();
    let mut vantages: Vec<usize> = if from == "a" { vec![0, 1, 2, 3] } else { vec![3, 2, 1, 0] };
    match lost {
        Some("sw") => vantages.truncate(2),
        Some(_) => vantages.truncate(1),
        None => {}
    }
    let sighting =
        |(hop, vantage): (u64, usize)| Sighting { vantage, frame: 0, at: micros(at) + Duration::from_micros(hop * 4) };
    Crossing {
        packet: Packet::Other("hand-made"),
        label,
        from: node(from),
        to: node(to),
        sent: micros(at),
        sightings: (0..).zip(vantages).map(sighting).collect(),
        reach: lost.map_or(Reach::Arrived, |at| Reach::LostAt(node(at))),
        seq: 0,
        ack: 0,
        len: 0,
    }
}

impl Timeline {
    pub(crate) fn sends(mut self, at: i64, way: &str, label: Label) -> Self {
        self.crossings.push(crossing(at, way, label, None));
        self
    }

    pub(crate) fn loses(mut self, at: i64, way: &str, label: Label, lost: &str) -> Self {
        self.crossings.push(crossing(at, way, label, Some(lost)));
        self
    }

    pub(crate) fn happens(mut self, from: i64, at: i64, what: What) -> Self {
        self.happenings.push(Happening { from: micros(from), at: micros(at), what });
        self
    }

    pub(crate) fn sees(self, at: i64, side: Side, outcome: Outcome) -> Self {
        self.happens(at, at, What::Outcome { side, outcome })
    }

    pub(crate) fn does(self, from: i64, at: i64, step: usize, name: &str) -> Self {
        self.happens(from, at, What::Step { step, name: name.into(), planned: micros(from) })
    }

    pub(crate) fn tracks(self, at: i64, change: EntryChange) -> Self {
        let tuple = Tuple {
            source: SocketAddr::from(([10, 0, 0, 1], 40000)),
            destination: SocketAddr::from(([10, 0, 0, 2], 5050)),
        };
        let entry = Entry { original: tuple, reply: tuple, state: None, timeout: None, assured: false, replied: false };
        self.happens(at, at, What::Conntrack { node: node("sw"), change, entry })
    }

    pub(crate) fn doubts(mut self, doubt: Doubt) -> Self {
        self.doubts.push(doubt);
        self
    }
}

/// A ladder of these rungs, each counted from the one before.
pub(crate) fn ladder(rungs: Vec<Rung>) -> Ladder {
    let placed = rungs.into_iter().enumerate().map(|(index, rung)| Rung {
        line: u32::try_from(index).unwrap() + 10,
        since: match rung.since {
            Anchor::Start => index.checked_sub(1).map_or(Anchor::Start, Anchor::Rung),
            other => other,
        },
        ..rung
    });
    Ladder {
        file: "sample.yaml".into(),
        rungs: placed.collect(),
        allow: Vec::new(),
        settle: ms(300),
        patience: Duration::from_secs(30),
        open_ended: false,
        transit: Duration::ZERO,
    }
}

pub(crate) fn rung(text: String, what: Expected) -> Rung {
    Rung { line: 0, text, what, times: 1, every: None, when: None, since: Anchor::Start }
}

pub(crate) fn segment(way: &str, label: Label) -> Rung {
    let (from, to) = way.split_once('>').unwrap();
    let what = Expected::Segment { from: node(from), to: node(to), label, fate: Fate::Arrives };
    rung(format!("{from} > {to}: {label}"), what)
}

pub(crate) fn outcome(side: Side, outcome: Outcome) -> Rung {
    let text = format!("{side}: {outcome}");
    rung(text, Expected::Outcome { side, outcome })
}

pub(crate) fn step(index: usize, name: &str) -> Rung {
    rung(format!("step: {name}"), Expected::Step(index))
}

pub(crate) fn reads(value: &str) -> Rung {
    rung(format!("client: {value}"), Expected::Reading { value: value.into() })
}

pub(crate) fn entry(change: EntryChange) -> Rung {
    let word = format!("{change:?}").to_lowercase();
    rung(format!("sw: entry {word}"), Expected::Conntrack { node: node("sw"), change })
}

pub(crate) fn quiet(length: Duration) -> Rung {
    rung(format!("quiet: {}", crate::time::show_duration(length)), Expected::Quiet(length))
}

impl Rung {
    pub(crate) fn lost(mut self) -> Self {
        if let Expected::Segment { fate, .. } = &mut self.what {
            *fate = Fate::Lost;
        }
        self
    }

    pub(crate) fn lost_at(mut self, at: &str) -> Self {
        if let Expected::Segment { fate, .. } = &mut self.what {
            *fate = Fate::LostAt(node(at));
        }
        self
    }

    pub(crate) fn times(self, times: u32, every: u64) -> Self {
        Self { times, every: Some(When::Timer(ms(every))), ..self }
    }

    pub(crate) fn after(self, millis: u64) -> Self {
        Self { when: Some(When::Timer(ms(millis))), ..self }
    }

    pub(crate) fn within(self, low: u64, high: u64) -> Self {
        Self { when: Some(When::Range(ms(low), ms(high))), ..self }
    }

    pub(crate) fn since(self, rung: usize) -> Self {
        Self { since: Anchor::Rung(rung), ..self }
    }
}

/// The client's keepalive against a path that died: three probes, a reset, an error.
pub(crate) fn dead_peer() -> (Ladder, Timeline) {
    let ladder = ladder(vec![
        segment("a>b", Label::Syn),
        segment("b>a", Label::SynAck),
        segment("a>b", Label::Ack),
        outcome(Side::Client, Outcome::Connected),
        step(1, "drop"),
        segment("a>b", Label::Probe).lost_at("sw").after(1000).since(2).times(3, 1000),
        segment("a>b", Label::Rst).lost().after(1000),
        outcome(Side::Client, ETIMEDOUT).within(0, 300),
    ]);
    let timeline = timeline(4_600_000)
        .does(10_000, 10_500, 0, "connect")
        .sends(10_200, "a>b", Label::Syn)
        .sends(10_250, "b>a", Label::SynAck)
        .sends(10_300, "a>b", Label::Ack)
        .sees(10_400, Side::Client, Outcome::Connected)
        .sees(10_450, Side::Server, Outcome::Connected)
        .does(500_000, 505_000, 1, "drop")
        .loses(1_022_000, "a>b", Label::Probe, "sw")
        .loses(2_046_000, "a>b", Label::Probe, "sw")
        .loses(3_070_000, "a>b", Label::Probe, "sw")
        .loses(4_094_000, "a>b", Label::Rst, "sw")
        .sees(4_094_200, Side::Client, ETIMEDOUT);
    (ladder, timeline)
}

/// What is found, shortly: `Fail Missing 5.2`, the rung and its repeat.
pub(crate) fn found(ladder: &Ladder, timeline: &Timeline) -> Vec<String> {
    judge(ladder, timeline).findings.iter().map(short).collect()
}

pub(crate) fn short(finding: &Finding) -> String {
    let rung = finding.rung.map_or("-".to_owned(), |(rung, repeat)| format!("{rung}.{repeat}"));
    format!("{:?} {:?} {rung}", finding.judgement, finding.kind)
}

/// Whether some failure names this rung, itself or as the other one of a swap.
pub(crate) fn names(verdict: &Verdict, wanted: usize) -> bool {
    let failures = verdict.findings.iter().filter(|finding| finding.judgement == Judgement::Fail);
    failures.into_iter().any(|finding| {
        let other = match finding.kind {
            FindingKind::OutOfOrder { after } => Some(after),
            _ => None,
        };
        finding.rung.map(|(rung, _)| rung) == Some(wanted) || other == Some(wanted)
    })
}
