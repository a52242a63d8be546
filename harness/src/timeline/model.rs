use crate::ladder::{EntryChange, Outcome};
use crate::name::{Label, NodeName, Side};
use crate::record::{Entry, Manifest};
use crate::time::LabTime;
use crate::wire::Packet;

/// Everything of a record, put in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timeline {
    pub manifest: Manifest,
    /// Passages of the connection's packets, by the time they were sent.
    pub crossings: Vec<Crossing>,
    /// All else that bears on the verdict, by time.
    pub happenings: Vec<Happening>,
    /// What makes the evidence doubtful.
    pub doubts: Vec<Doubt>,
    /// The time up to which every frame is known.
    pub end: LabTime,
}

/// One segment's (or related ICMP message's) passage through the lab.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crossing {
    /// As the first vantage saw it.
    pub packet: Packet,
    pub label: Label,
    /// The node that sent it: the one of the first vantage, or its neighbour if that
    /// vantage saw it come in.
    pub from: NodeName,
    /// The node it was meant for, found by address, after translation if there was one.
    /// What a NAT has no entry for, and its own address on it, is for the NAT itself.
    pub to: NodeName,
    /// When it was first seen.
    pub sent: LabTime,
    /// Every sighting, in order of time.
    pub sightings: Vec<Sighting>,
    pub reach: Reach,
    /// Relative to the connection's initial sequence numbers; 0 for SYN.
    pub seq: i64,
    pub ack: i64,
    pub len: u32,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sighting {
    /// Index into [`Manifest::vantages`].
    pub vantage: usize,
    /// Index into [`Record::frames`](crate::record::Record::frames): how the packet
    /// looked here, after translation maybe.
    pub frame: usize,
    pub at: LabTime,
}

/// How far a segment got.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    /// Seen at its destination's interface.
    Arrived,
    /// Never seen there; this is the last node at which it was seen.
    LostAt(NodeName),
    /// The capture can't tell: it has no vantage there, or a gap.
    Unknown,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Happening {
    /// The earliest and latest time at which it can have been: frames' stamps are the
    /// kernel's, but a step takes its time.
    pub from: LabTime,
    pub at: LabTime,
    pub what: What,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    Step { step: usize, name: String, planned: LabTime },
    StepFailed { step: usize, error: String },
    Outcome { side: Side, outcome: Outcome },
    Printed { side: Side, line: String },
    Conntrack { node: NodeName, change: EntryChange, entry: Entry },
    Reading { rung: usize, value: Result<String, String> },
    FaultCounter { step: usize, packets: u64 },
}

/// A reason not to trust the evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Doubt {
    /// The capture at this vantage lost so many frames.
    FramesDropped {
        vantage: usize,
        dropped: u64,
    },
    CaptureFailed {
        vantage: usize,
        error: String,
    },
    /// The record does not say that this vantage's capture came to its end.
    CaptureUnfinished {
        vantage: usize,
    },
    /// A segment was seen beyond this vantage but not at it.
    Gap {
        vantage: usize,
        crossing: usize,
    },
    /// The kernel had more conntrack events of this node than it could hand over.
    ConntrackLost {
        node: NodeName,
    },
    ClockStep {
        nanoseconds: i64,
    },
    Stall {
        from: LabTime,
        until: LabTime,
    },
    LateStep {
        step: usize,
        planned: LabTime,
        applied: LabTime,
    },
    StepFailed {
        step: usize,
        error: String,
    },
    Interrupted,
    Broken(String),
    /// The record has no end.
    Truncated,
}
