use crate::ladder::{EntryChange, Outcome};
use crate::name::{NodeName, Side};
use crate::plan::{NodeKind, VantagePlan};
use crate::time::{LabTime, Phase};
use crate::wire::LinkType;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};

/// The version of the format that this program writes.
///
/// 1 has no samples of sockets, and is otherwise the same.
pub const VERSION: u32 = 2;

/// Everything seen and done in one run, in no particular order across sources.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    pub manifest: Manifest,
    pub events: Vec<Event>,
    pub frames: Vec<Frame>,
}

/// What does not change in a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    pub version: u32,
    /// The scenario's name, or the capture's path.
    pub name: String,
    /// Lab time zero, in ns of Unix time: frames are stamped from it on disk.
    pub began_unix_ns: u64,
    pub clock: ClockKind,
    pub kernel: Kernel,
    pub nodes: Vec<NodeInfo>,
    pub vantages: Vec<VantagePlan>,
    /// How each vantage's frames begin; Ethernet for those it does not reach.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<LinkType>,
    /// A link delivers some frames twice.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub copies: bool,
    /// Of a capture from elsewhere: the first connection's, as far as it shows.
    pub client: EndpointInfo,
    pub server: EndpointInfo,
    /// Connections beside that one, the second first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub further: Vec<(EndpointInfo, EndpointInfo)>,
}

impl Manifest {
    /// How the frames of this vantage begin.
    #[must_use]
    pub fn link(&self, vantage: usize) -> LinkType {
        self.links.get(vantage).copied().unwrap_or_default()
    }
}

/// Which clock the kernel's timers went by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ClockKind {
    #[default]
    Real,
    /// It jumps when all wait, and computing takes no time: callbacks run on their ticks.
    Virtual,
    /// It jumps when all wait, and computing takes time, as on a slow machine.
    Emulated,
    /// A capture from elsewhere: neither steps nor outcomes are known.
    Capture,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kernel {
    /// uname(2)'s release; empty if not known.
    pub release: String,
    /// Timer ticks a second.
    pub hz: u32,
    /// None where /proc/timer_list can't be read.
    pub phase: Option<Phase>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodeInfo {
    pub name: NodeName,
    pub kind: NodeKind,
    pub interfaces: Vec<InterfaceInfo>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InterfaceInfo {
    pub name: String,
    pub peer: NodeName,
    pub mac: [u8; 6],
    pub address: Option<IpAddr>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndpointInfo {
    pub side: Side,
    pub node: NodeName,
    pub address: IpAddr,
    /// As [`EndpointPlan::forwarded`](crate::plan::EndpointPlan::forwarded).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forwarded: Option<IpAddr>,
    pub port: Option<u16>,
}

/// Something that happened, other than a frame.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// When it was noticed, which is never before it was.
    pub at: LabTime,
    /// Whose endpoint or reading it is about, where a plan has several connections.
    #[serde(default, skip_serializing_if = "is_first")]
    pub connection: usize,
    #[serde(flatten)]
    pub kind: EventKind,
}

impl Event {
    /// Of the first connection, or of none.
    #[must_use]
    pub fn new(at: LabTime, kind: EventKind) -> Self {
        Self { at, connection: 0, kind }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn is_first(connection: &usize) -> bool {
    *connection == 0
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "event")]
pub enum EventKind {
    /// The step began at `at`; it was planned for `planned`.
    StepBegun {
        step: usize,
        name: String,
        planned: LabTime,
        /// It changes what becomes of segments: a link, a rule, a node, a NAT's table.
        #[serde(default)]
        fault: bool,
    },
    /// The step is done and has its full effect.
    StepApplied {
        step: usize,
    },
    /// The step could not be done.
    StepFailed {
        step: usize,
        error: String,
    },
    Outcome {
        side: Side,
        outcome: Outcome,
    },
    /// A line that a real program wrote to its standard output or error.
    Printed {
        side: Side,
        line: String,
    },
    Conntrack {
        node: NodeName,
        change: EntryChange,
        entry: Entry,
    },
    /// Conntrack events of this node were lost: the kernel told more than was read.
    ConntrackLost {
        node: NodeName,
    },
    /// A reading was taken between `begun` and `at`.
    Reading {
        rung: usize,
        begun: LabTime,
        value: String,
    },
    ReadingFailed {
        rung: usize,
        error: String,
    },
    /// What sock_diag(7) told of one side's socket of the connection: none if it has none
    /// there. Taken after each step and each outcome, and judged by nobody.
    Sample {
        side: Side,
        sockets: Vec<SocketSample>,
    },
    /// A fault's rule matched so many packets in all.
    FaultCounter {
        step: usize,
        packets: u64,
    },
    /// A watchdog thread that wanted to run at `from` ran only at `at`.
    Stall {
        from: LabTime,
        cpu: u32,
    },
    /// CLOCK_REALTIME was set: it moved by so much against CLOCK_MONOTONIC.
    ClockStep {
        nanoseconds: i64,
    },
    /// pcap_stats(3PCAP) when the capture ended.
    CaptureEnded {
        vantage: usize,
        received: u64,
        dropped: u64,
    },
    /// A capture broke; frames after this are missing.
    CaptureFailed {
        vantage: usize,
        error: String,
    },
    /// Every frame up to now is in the record, and the run is over.
    Ended {
        reason: EndReason,
    },
}

/// A socket at one moment, in the words of `expect`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SocketSample {
    pub state: String,
    pub timer: String,
    /// What that timer has repeated without an answer: segments, or probes.
    pub repeated: u8,
    /// Milliseconds until it fires.
    pub fires_in_ms: u32,
    /// Octets that the application has not read.
    pub unread: u32,
    /// Octets that it wrote and the peer has not acknowledged.
    pub unacknowledged: u32,
    /// Numbers of TCP_INFO by their names: of sockets that are no more than a time or a
    /// request none.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub info: BTreeMap<String, u32>,
}

impl EventKind {
    /// Whether no judgement can hang on it.
    #[must_use]
    pub fn is_sample(&self) -> bool {
        matches!(self, Self::Sample { .. })
    }
}

/// Why a run ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndReason {
    /// The last rung was met, and it stayed quiet for the settling time.
    Complete,
    /// A rung did not come in its time, or can't come any more.
    Overdue,
    /// The user interrupted it.
    Interrupted,
    /// The lab could not go on.
    Broken(String),
}

/// A conntrack entry as an event told it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    pub original: Tuple,
    pub reply: Tuple,
    /// TCP state by the kernel's name without its prefix, e.g. `ESTABLISHED`.
    pub state: Option<String>,
    /// Seconds left.
    pub timeout: Option<u32>,
    /// IPS_ASSURED
    pub assured: bool,
    /// IPS_SEEN_REPLY
    pub replied: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tuple {
    pub source: SocketAddr,
    pub destination: SocketAddr,
}

/// The octets of one packet seen at one vantage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// Index into [`Manifest::vantages`].
    pub vantage: usize,
    pub at: LabTime,
    /// Octets on the wire, of which `octets` may be the first.
    pub wire_len: u32,
    pub octets: Vec<u8>,
}
