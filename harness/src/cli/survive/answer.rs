//! What two runs tell.

use crate::cli::judgement::Judged;
use crate::ladder::{EntryChange, Outcome};
use crate::name::{Errno, Label, Side};
use crate::time::LabTime;
use crate::timeline::{Timeline, What};
use crate::verdict::Judgement;
use std::time::Duration;

/// An error that an application saw, and how long after what is asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) errno: Errno,
    pub(super) after: Duration,
}

/// What became of a connection that was left idle and then written to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Idle {
    pub(super) fate: Fate,
    /// Keepalive probes of the client before it wrote.
    pub(super) probes: usize,
    /// How long it had been silent when the middlebox forgot it.
    pub(super) forgotten: Option<Duration>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fate {
    Lives,
    /// The write was taken, and the error came so long after it.
    Lost(Told),
    /// Before it was written to; counted from the handshake.
    LostBefore(Told),
    /// The data did not arrive, and no error came as long as it was watched.
    Unheard,
    Unclear(String),
}

/// What became of a client whose server lost power.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Dead {
    /// So long after the power loss.
    Noticed(Told),
    /// Not as long as it was watched.
    Unnoticed(Duration),
    Unclear(String),
}

pub(super) fn idle(judged: &Judged) -> Idle {
    let timeline = &judged.timeline;
    let written = step(timeline, "send").map_or(timeline.end, |(from, _)| from);
    let probe = |c: &&crate::timeline::Crossing| c.label == Label::Probe && c.sent < written;
    Idle {
        fate: fate(judged, written),
        probes: timeline.crossings.iter().filter(probe).count(),
        forgotten: forgotten(timeline, written),
    }
}

/// The judge says whether it lives; the rest is what was seen.
fn fate(judged: &Judged, written: LabTime) -> Fate {
    let timeline = &judged.timeline;
    let arrived = timeline.happenings.iter().any(|happening| {
        matches!(happening.what, What::Outcome { side: Side::Server, outcome: Outcome::Bytes(bytes) } if bytes > 0)
    });
    match (judged.verdict.judgement, error(timeline)) {
        (Judgement::Pass, _) => Fate::Lives,
        (Judgement::Inconclusive, _) => Fate::Unclear(first_finding(judged)),
        (Judgement::Fail, Some((errno, at))) if at < written => {
            Fate::LostBefore(Told { errno, after: at.since(opened(timeline)) })
        }
        (Judgement::Fail, Some((errno, at))) => Fate::Lost(Told { errno, after: at.since(written) }),
        (Judgement::Fail, None) if !arrived => Fate::Unheard,
        (Judgement::Fail, None) => Fate::Unclear(first_finding(judged)),
    }
}

pub(super) fn dead(judged: &Judged) -> Dead {
    let timeline = &judged.timeline;
    let Some((_, off)) = step(timeline, "power_off") else { return Dead::Unclear(first_finding(judged)) };
    match (judged.verdict.judgement, error(timeline)) {
        (Judgement::Inconclusive, _) => Dead::Unclear(first_finding(judged)),
        (_, Some((errno, at))) => Dead::Noticed(Told { errno, after: at.since(off) }),
        (Judgement::Pass, None) => Dead::Unnoticed(timeline.end.since(off)),
        (Judgement::Fail, None) => Dead::Unclear(first_finding(judged)),
    }
}

/// The first error that the client saw.
fn error(timeline: &Timeline) -> Option<(Errno, LabTime)> {
    timeline.happenings.iter().find_map(|happening| match &happening.what {
        What::Outcome { side: Side::Client, outcome: Outcome::Errno(errno) } => Some((*errno, happening.at)),
        _ => None,
    })
}

/// When a step began, and when it was done.
fn step(timeline: &Timeline, wanted: &str) -> Option<(LabTime, LabTime)> {
    timeline.happenings.iter().find_map(|happening| match &happening.what {
        What::Step { name, .. } if name == wanted => Some((happening.from, happening.at)),
        _ => None,
    })
}

fn opened(timeline: &Timeline) -> LabTime {
    timeline.crossings.iter().find(|crossing| crossing.label == Label::SynAck).map_or(LabTime::ZERO, |c| c.sent)
}

fn forgotten(timeline: &Timeline, written: LabTime) -> Option<Duration> {
    let deleted = timeline.happenings.iter().find_map(|happening| match &happening.what {
        What::Conntrack { change: EntryChange::Deleted, .. } if happening.at <= written => Some(happening.at),
        _ => None,
    })?;
    let before = timeline.crossings.iter().flat_map(|crossing| &crossing.sightings).map(|sighting| sighting.at);
    let last = before.filter(|at| *at < deleted).max()?;
    Some(deleted.since(last))
}

fn first_finding(judged: &Judged) -> String {
    judged.verdict.findings.first().map_or_else(|| "nothing was seen of it".to_owned(), |one| one.message.clone())
}
