use crate::name::{Label, NodeName, Side};
pub use crate::scenario::{EntryChange, Outcome, When, show_packets};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// All expectations of a scenario, in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ladder {
    /// The file they stand in, as the user gave it.
    pub file: String,
    pub rungs: Vec<Rung>,
    /// Segments with these labels may come at any time.
    pub allow: Vec<Label>,
    /// How long it must stay quiet after the last rung.
    pub settle: Duration,
    /// The longest that a rung without a due time is waited for.
    pub patience: Duration,
    /// The last line was `...`: what follows the last rung is not judged. The line
    /// itself is no rung.
    pub open_ended: bool,
    /// How long a segment may be on its way, by the delays that links are given.
    pub transit: Duration,
}

/// One line of `expect`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rung {
    /// 1-based, in the file.
    pub line: u32,
    /// The line in its normal form, without its conditions: `a > b: PROBE`.
    pub text: String,
    pub what: Expected,
    /// At least 1.
    pub times: u32,
    /// The spacing of the second and further repeats, each from the one before.
    pub every: Option<When>,
    /// When the first must come, counted from `since`.
    pub when: Option<When>,
    pub since: Anchor,
}

/// What a rung's time counts from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Anchor {
    /// The beginning of the run (only the first rung can mean that).
    Start,
    /// Another rung, by its index; its last repeat.
    Rung(usize),
    /// A step, by its index.
    Step(usize),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Expected {
    Segment {
        from: NodeName,
        to: NodeName,
        label: Label,
        fate: Fate,
    },
    /// The step of this index.
    Step(usize),
    Outcome {
        side: Side,
        outcome: Outcome,
    },
    Conntrack {
        node: NodeName,
        change: EntryChange,
    },
    /// The plan's reading of this rung gives this text: an option's or a sysctl's
    /// value, or `alive`.
    Reading {
        value: String,
    },
    Quiet(Duration),
}

impl Expected {
    #[must_use]
    pub fn is_segment(&self) -> bool {
        matches!(self, Self::Segment { .. })
    }
}

/// What becomes of a segment that was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    Arrives,
    Lost,
    LostAt(NodeName),
}
