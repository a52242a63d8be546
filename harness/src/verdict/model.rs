use super::Reason;
use crate::name::Label;
use crate::time::{Due, LabTime};

/// The judgement of one run, and all its reasons.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    pub judgement: Judgement,
    /// One for each rung and repeat, in order.
    pub rungs: Vec<RungVerdict>,
    pub findings: Vec<Finding>,
    /// Worth telling, but no finding.
    pub notes: Vec<String>,
}

/// In rising order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Judgement {
    Pass,
    Inconclusive,
    Fail,
}

/// What became of one repeat of one rung.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RungVerdict {
    pub rung: usize,
    /// From 0.
    pub repeat: u32,
    pub due: Option<DueReason>,
    pub seen: Option<Seen>,
}

/// A due time, and why it is that; `reason` prints as words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DueReason {
    pub due: Due,
    pub reason: Reason,
}

/// What was taken for a rung.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    pub at: LabTime,
    pub what: SeenAs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SeenAs {
    /// Index into [`Timeline::crossings`](crate::timeline::Timeline::crossings).
    Crossing(usize),
    /// Index into [`Timeline::happenings`](crate::timeline::Timeline::happenings).
    Happening(usize),
    /// Nothing came, as expected.
    Silence,
}

/// One thing that is wrong, or in doubt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// `Inconclusive` or `Fail`.
    pub judgement: Judgement,
    pub kind: FindingKind,
    /// The rung it concerns, and its repeat from 0.
    pub rung: Option<(usize, u32)>,
    /// What was seen in its stead, or in excess.
    pub seen: Option<Seen>,
    /// Further rungs and repeats with the same fault, which this finding speaks for.
    pub more_rungs: Vec<(usize, u32)>,
    /// What was seen of them.
    pub more_seen: Vec<Seen>,
    /// A full sentence: expected, seen, and why.
    pub message: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FindingKind {
    /// The rung was not met.
    Missing,
    /// A segment came that no line accounts for.
    Unexpected,
    /// A segment came in the rung's place under another label.
    WrongLabel {
        seen: Label,
    },
    WrongOutcome,
    WrongReading,
    Early,
    Late,
    /// It arrived, and should not have; or was lost; or lost elsewhere.
    WrongFate,
    OutOfOrder {
        after: usize,
    },
    NotQuiet,
    /// An error on an endpoint that no line accounts for.
    UnexpectedError,
    Doubtful,
}

/// How far up the ladder a run is, from the record so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// For each rung from the first on, how many of its repeats were met.
    pub met: Vec<u32>,
    pub state: State,
}

/// Whether more of a run is worth waiting for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// The next rung may still come until then.
    Waiting { until: LabTime },
    /// All rungs are met; it must stay quiet until then.
    Settling { until: LabTime },
    /// No more can be learnt.
    Over,
}
