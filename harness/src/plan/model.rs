use super::Warning;
use crate::ladder::Ladder;
use crate::name::{NodeName, Side, SocketField};
pub use crate::scenario::{DeadEnd, Family, Impairment, Rejection, show_packets};
use serde::{Deserialize, Serialize};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

/// Everything a lab needs to know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// The scenario's name: `article/peer-reboot`.
    pub name: String,
    pub title: String,
    pub nodes: Vec<NodePlan>,
    pub links: Vec<LinkPlan>,
    /// Indexed by [`Frame::vantage`](crate::record::Frame::vantage).
    pub vantages: Vec<VantagePlan>,
    pub client: EndpointPlan,
    pub server: EndpointPlan,
    pub steps: Vec<StepPlan>,
    pub readings: Vec<ReadingPlan>,
    pub ladder: Ladder,
    /// What in the scenario can't have the effect that it seems to be there for.
    pub warnings: Vec<Warning>,
    /// What the first connection is called, if it has a name.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub connection: String,
    /// Connections beside the one of `client` and `server`, each with a ladder of its own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub further: Vec<ConnectionPlan>,
}

/// One connection of several in a lab.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectionPlan {
    /// `dead`, or `dead.7` where there are many alike.
    pub name: String,
    pub client: EndpointPlan,
    pub server: EndpointPlan,
    pub readings: Vec<ReadingPlan>,
    pub ladder: Ladder,
}

/// The same, of whichever connection.
#[derive(Debug, Clone, Copy)]
pub struct Connection<'a> {
    pub name: &'a str,
    pub client: &'a EndpointPlan,
    pub server: &'a EndpointPlan,
    pub readings: &'a [ReadingPlan],
    pub ladder: &'a Ladder,
}

impl Plan {
    /// What all addresses are of.
    #[must_use]
    pub fn family(&self) -> Family {
        if self.client.address.is_ipv6() { Family::Ipv6 } else { Family::Ipv4 }
    }

    /// All connections, that of `client` and `server` first.
    pub fn connections(&self) -> impl Iterator<Item = Connection<'_>> {
        let first = Connection {
            name: &self.connection,
            client: &self.client,
            server: &self.server,
            readings: &self.readings,
            ladder: &self.ladder,
        };
        std::iter::once(first).chain(self.further.iter().map(|other| Connection {
            name: &other.name,
            client: &other.client,
            server: &other.server,
            readings: &other.readings,
            ladder: &other.ladder,
        }))
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodePlan {
    pub name: NodeName,
    pub kind: NodeKind,
    /// Dotted names and values. Names of one interface use the interface's name.
    /// Those of `net.netfilter.` exist only once a rule of the node needs conntrack:
    /// they are set after `filter`.
    pub sysctls: Vec<(String, String)>,
    pub interfaces: Vec<InterfacePlan>,
    /// Loaded before the links come up and before forwarding is enabled.
    pub filter: Option<FilterText>,
    /// Conntrack events of this node are recorded.
    pub conntrack: bool,
    pub routes: Vec<RoutePlan>,
    /// Addresses to which no way leads, from the beginning.
    pub dead_ends: Vec<(DeadEnd, IpAddr)>,
    /// Hardware addresses that it has for good.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub neighbours: Vec<NeighbourPlan>,
}

/// A static entry of a node's neighbour table (arp(7)).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NeighbourPlan {
    pub interface: String,
    pub address: IpAddr,
    pub mac: [u8; 6],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NodeKind {
    Host,
    /// All its interfaces are ports of a bridge `br0` without STP.
    Switch,
    /// net.ipv4.ip_forward, or net.ipv6.conf.all.forwarding, is enabled, last of all.
    Router,
    Nat,
}

/// One end of a veth pair.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InterfacePlan {
    /// `to-b`
    pub name: String,
    pub link: usize,
    pub peer: NodeName,
    pub mac: [u8; 6],
    /// None at a switch.
    pub address: Option<IpAddr>,
    pub prefix: u8,
    pub mtu: u32,
    /// What becomes of frames that leave here, from the beginning.
    pub impairment: Impairment,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkPlan {
    pub ends: [NodeName; 2],
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoutePlan {
    pub destination: IpAddr,
    pub prefix: u8,
    pub via: IpAddr,
}

/// A packet filter, in the words of either program. Applying the same text twice, or
/// a text that failed halfway, must be harmless: nft's is one transaction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FilterText {
    /// For `nft -f -`. None where only iptables is meant.
    pub nft: Option<String>,
    /// For `iptables-restore --noflush`, or `ip6tables-restore` if the addresses are of
    /// IPv6. None where only nft is meant.
    pub iptables: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VantagePlan {
    pub node: NodeName,
    pub interface: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndpointPlan {
    /// The index of its connection.
    #[serde(default, skip_serializing_if = "is_first")]
    pub connection: usize,
    pub side: Side,
    pub node: NodeName,
    pub address: IpAddr,
    /// server: that of a nat which forwards its port, where the client has no way to its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forwarded: Option<IpAddr>,
    /// The server's always; the client's if it is bound.
    pub port: Option<u16>,
    /// Set in this order; on the client before connect(2), on the server on the
    /// listening socket (accepted ones inherit them, as the kernel does it).
    pub options: Vec<OptionPlan>,
    /// The program's words, or none for the built-in endpoint.
    pub program: Option<ProgramPlan>,
    /// Reads what comes; else only on `read` steps.
    pub reads: bool,
    /// The built-in server calls accept(2).
    pub accepts: bool,
    /// listen(2)'s.
    pub backlog: u16,
}

impl EndpointPlan {
    /// server: the address that its client connects to.
    #[must_use]
    pub fn public(&self) -> IpAddr {
        self.forwarded.unwrap_or(self.address)
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn is_first(connection: &usize) -> bool {
    *connection == 0
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OptionPlan {
    pub name: String,
    pub level: i32,
    pub number: i32,
    pub value: i32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProgramPlan {
    pub words: Vec<String>,
    pub as_root: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepPlan {
    /// As `step:` lines and messages call it.
    pub name: String,
    /// 1-based, in the file.
    pub line: u32,
    pub action: Action,
    /// The connections whose endpoints take part, by their index; those of all if it is empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub of: Vec<usize>,
}

impl StepPlan {
    /// Whether the endpoints of this connection take part.
    #[must_use]
    pub fn is_of(&self, connection: usize) -> bool {
        self.of.is_empty() || self.of.contains(&connection)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    Connect,
    Send {
        from: Side,
        bytes: u32,
    },
    Read {
        on: Side,
        bytes: Option<u32>,
    },
    Shutdown {
        from: Side,
    },
    Close {
        from: Side,
    },
    Wait(Duration),
    /// Waits until the rung of this index has come so many times.
    WaitFor {
        rung: usize,
        times: u32,
    },
    PowerOff {
        node: NodeName,
    },
    PowerOn {
        node: NodeName,
        /// Those of its interfaces from now on; none if they are as before.
        macs: Vec<[u8; 6]>,
        /// Its server is started at once.
        listens: bool,
    },
    LinkDown {
        node: NodeName,
        interface: String,
    },
    LinkUp {
        node: NodeName,
        interface: String,
    },
    Drop(FaultPlan),
    Reject {
        fault: FaultPlan,
        with: Rejection,
    },
    Impair(ImpairPlan),
    Route(DeadEndPlan),
    /// Ends the fault of the step of this index.
    Undo {
        step: usize,
    },
    FlushNat {
        node: NodeName,
    },
    TakePort {
        node: NodeName,
        port: u16,
        /// One toward each server.
        entries: Vec<TakenPlan>,
    },
    FlushNeighbours {
        node: NodeName,
    },
    Kill {
        side: Side,
    },
    Freeze {
        side: Side,
    },
    Thaw {
        side: Side,
    },
    Sysctl {
        node: NodeName,
        key: String,
        value: String,
    },
    Sockopt {
        side: Side,
        option: OptionPlan,
    },
}

impl Action {
    /// The packet filter rule that it sets, if it sets one.
    #[must_use]
    pub fn filter(&self) -> Option<&FaultPlan> {
        match self {
            Self::Drop(fault) | Self::Reject { fault, .. } => Some(fault),
            _ => None,
        }
    }

    /// Whether it changes what becomes of segments.
    #[must_use]
    pub fn is_fault(&self) -> bool {
        match self {
            Self::PowerOff { .. }
            | Self::PowerOn { .. }
            | Self::LinkDown { .. }
            | Self::LinkUp { .. }
            | Self::Drop(_)
            | Self::Reject { .. }
            | Self::Impair(_)
            | Self::Route(_)
            | Self::Undo { .. }
            | Self::FlushNat { .. }
            | Self::FlushNeighbours { .. }
            | Self::TakePort { .. }
            | Self::Kill { .. } => true,
            Self::Connect
            | Self::Send { .. }
            | Self::Read { .. }
            | Self::Shutdown { .. }
            | Self::Close { .. }
            | Self::Wait(_)
            | Self::WaitFor { .. }
            | Self::Freeze { .. }
            | Self::Thaw { .. }
            | Self::Sysctl { .. }
            | Self::Sockopt { .. } => false,
        }
    }
}

/// Whoever has a port that was taken, in either family. No node of a lab has such an address.
pub const STRANGERS: [IpAddr; 2] =
    [IpAddr::V4(Ipv4Addr::new(10, 255, 255, 254)), IpAddr::V6(Ipv6Addr::new(0xfd00, 0, 0, 0xffff, 0, 0, 0, 0xfffe))];

/// An entry that holds a port of a NAT for one of the [`STRANGERS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakenPlan {
    pub inside: SocketAddr,
    /// What the NAT made of it.
    pub outside: SocketAddr,
    pub server: SocketAddr,
}

/// A packet filter rule that loses packets, and may tell their sender.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FaultPlan {
    pub node: NodeName,
    pub set: FilterText,
    pub unset: FilterText,
    /// nft: the table that holds the rule and its counter; iptables: the chain.
    pub handle: String,
    /// Ends by itself so long after it was applied.
    pub lasts: Option<Duration>,
}

/// Routes that lead nowhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeadEndPlan {
    pub node: NodeName,
    pub kind: DeadEnd,
    /// All addresses of a node.
    pub to: Vec<IpAddr>,
    /// Ends by itself so long after it was applied.
    pub lasts: Option<Duration>,
}

/// One or both directions of a link that get worse.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImpairPlan {
    /// The interfaces that send what is impaired, each with its node.
    pub senders: Vec<VantagePlan>,
    pub how: Impairment,
    /// Ends by itself so long after it was applied.
    pub lasts: Option<Duration>,
}

impl Plan {
    /// Whether a link delivers some frames twice at some time.
    #[must_use]
    pub fn duplicates(&self) -> bool {
        self.impairments().any(|how| how.duplicate.is_some())
    }

    /// Whether a link delays, loses or spoils frames at some time: that takes netem.
    #[must_use]
    pub fn impairs(&self) -> bool {
        self.impairments().any(|how| *how != Impairment::default())
    }

    fn impairments(&self) -> impl Iterator<Item = &Impairment> {
        let steps = self.steps.iter().filter_map(|step| match &step.action {
            Action::Impair(what) => Some(&what.how),
            _ => None,
        });
        let interfaces = self.nodes.iter().flat_map(|node| &node.interfaces);
        interfaces.map(|interface| &interface.impairment).chain(steps)
    }
}

/// Something to be read when the rung before has been met.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadingPlan {
    pub rung: usize,
    pub what: ReadingKind,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReadingKind {
    /// getsockopt(2), as a decimal number.
    Option { side: Side, name: String, level: i32, number: i32 },
    /// The text of the sysctl, fields parted by single blanks.
    Sysctl { node: NodeName, key: String },
    /// By how much a counter of TCP's MIB has grown since the node came up: `+3`.
    Counter { node: NodeName, name: String },
    /// A field of TCP_INFO, as a decimal number.
    Info { side: Side, name: String },
    /// What sock_diag(7) tells of the socket.
    Socket { side: Side, field: SocketField },
    /// How many packets the rule of the step of this index has taken out: `4 packets`.
    Packets { step: usize },
    /// `alive` if TCP_INFO says ESTABLISHED; else the state's name.
    Alive { side: Side },
}
