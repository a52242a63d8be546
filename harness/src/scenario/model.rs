use super::{DeadEnd, Impairment, Rejection, Source, Spanned};
use crate::name::{Counter, Errno, Label, NodeName, Side, SocketField, TcpInfo};
use std::time::Duration;

/// One test: what is built, what is done to it, and what must then be seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scenario {
    pub source: Source,
    pub title: String,
    pub about: String,
    pub clock: Clock,
    pub family: Family,
    pub nodes: Vec<Spanned<Node>>,
    pub links: Vec<Spanned<Link>>,
    pub client: Spanned<Endpoint>,
    pub server: Spanned<Endpoint>,
    pub steps: Vec<Spanned<Step>>,
    pub expect: Vec<Spanned<Rung>>,
    /// What the connection of `client` and `server` is called, where `connections` names it.
    pub connection: Option<Spanned<String>>,
    /// The others of `connections`.
    pub further: Vec<Connection>,
    /// Segments with these labels may come at any time (`allow:`).
    pub allow: Vec<Label>,
    /// How long it must stay quiet after the last line. 300 ms unless set.
    pub settle: Duration,
    /// The longest a line without a due time is waited for. 30 s unless set.
    pub patience: Duration,
}

/// Where the server of the n-th connection listens unless told, from 0: one port further
/// than the one before.
#[must_use]
pub fn default_port(connection: usize) -> u16 {
    const FIRST: u16 = 5050;
    u16::try_from(connection).ok().and_then(|index| FIRST.checked_add(index)).unwrap_or(u16::MAX)
}

impl Scenario {
    /// All connections, that of `client` and `server` first.
    pub fn connections(&self) -> impl Iterator<Item = ConnectionOf<'_>> {
        let first = ConnectionOf {
            name: self.connection.as_ref().map(|name| name.value.as_str()),
            client: &self.client,
            server: &self.server,
            expect: &self.expect,
        };
        std::iter::once(first).chain(self.further.iter().map(|other| ConnectionOf {
            name: Some(other.name.value.as_str()),
            client: &other.client,
            server: &other.server,
            expect: &other.expect,
        }))
    }
}

/// One connection, wherever it is written.
#[derive(Debug, Clone, Copy)]
pub struct ConnectionOf<'a> {
    pub name: Option<&'a str>,
    pub client: &'a Endpoint,
    pub server: &'a Endpoint,
    pub expect: &'a [Spanned<Rung>],
}

/// One connection of several, with what is expected of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connection {
    pub name: Spanned<String>,
    pub client: Spanned<Endpoint>,
    pub server: Spanned<Endpoint>,
    pub expect: Vec<Spanned<Rung>>,
}

/// Which clocks a scenario may run under.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Clock {
    Real,
    Virtual,
    #[default]
    Any,
}

/// The IP version of all addresses in a lab.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Family {
    #[default]
    Ipv4,
    Ipv6,
}

/// A network namespace in the lab.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    pub name: Spanned<NodeName>,
    pub role: Role,
    /// Dotted names and values, set before the links come up.
    pub sysctls: Vec<(Spanned<String>, Spanned<String>)>,
    /// Routes that lead nowhere, from the beginning: each with the node that can't be
    /// reached by it.
    pub routes: Vec<(DeadEnd, Spanned<NodeName>)>,
    pub neighbours: Neighbours,
}

/// How a node finds out the hardware addresses of its neighbours, and for how long it
/// believes them, at each of its interfaces (arp(7)). What is left out is the kernel's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Neighbours {
    /// base_reachable_time_ms: how long an address is believed that was found or confirmed;
    /// each time half as long to half as long again, at random.
    pub reachable: Option<Duration>,
    /// delay_first_probe_time: how long one that is no longer believed is used before it is
    /// asked for.
    pub delay: Option<Duration>,
    /// retrans_time_ms: the time between questions.
    pub retransmit: Option<Duration>,
    /// All that its subnets hold is known from the beginning, and never asked for.
    pub permanent: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Role {
    Host,
    /// A bridge without STP.
    Switch,
    Router,
    Nat(Nat),
}

/// Source NAT (masquerade) towards one neighbour.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Nat {
    /// The neighbour on the outside; left out, the one nearer to the server.
    pub toward: Option<Spanned<NodeName>>,
    /// nf_conntrack_tcp_loose: pick up connections in mid-stream. The kernel's default
    /// is on.
    pub loose: Option<bool>,
    /// Drop what conntrack calls INVALID (`ct state invalid drop`). Off by default.
    pub drop_invalid: bool,
    /// nf_conntrack_tcp_timeout_established.
    pub established_timeout: Option<Duration>,
    /// Further nf_conntrack timeouts by the rest of their sysctl name, e.g.
    /// `tcp_timeout_unacknowledged`.
    pub timeouts: Vec<(Spanned<String>, Duration)>,
    /// What happens to a segment of an unknown connection.
    pub on_unknown: OnUnknown,
    /// Ports of its outside address, each with the inside node that gets what comes there.
    pub forward: Vec<(Spanned<u16>, Spanned<NodeName>)>,
}

/// What a NAT does with a segment that belongs to no entry and opens none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnUnknown {
    /// It goes through untranslated, as Linux does by itself.
    #[default]
    Forward,
    Drop,
    /// It is answered with RST.
    Reset,
}

/// A veth pair between two nodes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    pub ends: [Spanned<NodeName>; 2],
    /// In octets; the kernel's default of 1500 if left out.
    pub mtu: Option<u32>,
    /// In both directions, from the beginning.
    pub impairment: Impairment,
}

/// One end of the connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    pub on: Spanned<NodeName>,
    /// Server: where it listens, 5050 if left out. Client: bound before connecting,
    /// the kernel's choice if left out.
    pub port: Option<u16>,
    pub keepalive: Keepalive,
    /// TCP_USER_TIMEOUT (tcp(7)).
    pub user_timeout: Option<Duration>,
    /// Further options by their tcp(7) or socket(7) name.
    pub options: Vec<(Spanned<String>, i64)>,
    /// A real program instead of the built-in endpoint, with its arguments;
    /// `{server.address}`, `{server.port}`, `{client.address}`, `{client.port}` are
    /// filled in.
    pub run: Option<Vec<Spanned<String>>>,
    /// Run the program as root rather than as the user who called sudo.
    pub as_root: bool,
    /// The built-in endpoint reads what comes (the default), or only on `read` steps.
    pub reads: bool,
    /// The built-in server accepts its connection (the default), or never.
    pub accepts: bool,
    /// listen(2)'s, of the built-in server.
    pub backlog: Option<u16>,
}

/// SO_KEEPALIVE and its three numbers (tcp(7)).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Keepalive {
    /// As in the kernel, unless asked.
    #[default]
    Off,
    /// On; a number left out is what the sysctl says.
    On { idle: Option<u16>, interval: Option<u16>, count: Option<u8> },
}

/// One thing the script does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    pub action: Action,
    /// `as: NAME`; a step without one goes by its verb, and a second of the same verb
    /// by `verb#2`.
    pub name: Option<Spanned<String>>,
    /// `of: NAME`: only the endpoints of this connection take part, or of these where many
    /// are alike.
    pub of: Option<Spanned<String>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    Connect,
    Send {
        from: Side,
        bytes: u32,
    },
    /// An explicit read of up to (if given, exactly) so many octets.
    Read {
        on: Side,
        bytes: Option<u32>,
    },
    /// shutdown(SHUT_WR).
    Shutdown {
        from: Side,
    },
    Close {
        from: Side,
    },
    Wait(Duration),
    /// The first line of `expect` that reads like this, not met before.
    WaitFor(Spanned<Rung>),
    PowerOff(Spanned<NodeName>),
    PowerOn(PowerOn),
    /// The interface of the first node towards the second goes down (IFF_UP cleared).
    LinkDown {
        of: Spanned<NodeName>,
        toward: Spanned<NodeName>,
    },
    LinkUp {
        of: Spanned<NodeName>,
        toward: Spanned<NodeName>,
    },
    /// Segments are lost without a word.
    Drop(Selection),
    /// Segments are lost, and their sender is told so.
    Reject {
        what: Selection,
        with: Rejection,
    },
    Impair(Impair),
    Route(Route),
    /// Ends a fault, by its step's name.
    Undo(Spanned<String>),
    /// Deletes the connection's entries from a NAT's table.
    FlushNat(Spanned<NodeName>),
    /// Somebody else behind a nat gets this port of its outside, toward the same server.
    TakePort {
        on: Spanned<NodeName>,
        port: u16,
    },
    /// Deletes the hardware addresses that a node has found out.
    FlushNeighbours(Spanned<NodeName>),
    /// SIGKILL.
    Kill(Side),
    /// SIGSTOP.
    Freeze(Side),
    /// SIGCONT.
    Thaw(Side),
    Sysctl {
        on: Spanned<NodeName>,
        key: Spanned<String>,
        value: Spanned<String>,
    },
    Sockopt {
        on: Side,
        option: Spanned<String>,
        value: i64,
    },
}

/// A link, or one direction of it, that gets worse.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Impair {
    pub of: Spanned<NodeName>,
    pub toward: Spanned<NodeName>,
    /// Also what comes back.
    pub both: bool,
    pub how: Impairment,
    /// Ends by itself after this long.
    pub lasts: Option<Duration>,
}

/// A node's way to another becomes one that leads nowhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    pub on: Spanned<NodeName>,
    pub kind: DeadEnd,
    pub to: Spanned<NodeName>,
    /// Ends by itself after this long.
    pub lasts: Option<Duration>,
}

/// How a node comes back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PowerOn {
    pub node: Spanned<NodeName>,
    /// With network cards that it did not have before: other MAC addresses.
    pub new_mac: bool,
    /// Its server listens again at once; else no earlier than the next `connect`.
    pub listens: bool,
}

impl PowerOn {
    /// As it was, but for what ran in it.
    #[must_use]
    pub fn plain(node: Spanned<NodeName>) -> Self {
        Self { node, new_mac: false, listens: false }
    }
}

/// Which segments a packet filter takes out, where, and for how long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection {
    pub on: Spanned<NodeName>,
    pub hook: Hook,
    /// Only segments sent by this endpoint.
    pub from: Option<Side>,
    /// Only segments with all these flags set.
    pub flags: Vec<TcpFlag>,
    pub only: Option<Only>,
    /// Only the next so many.
    pub next: Option<u32>,
    /// Only this share, in thousandths, chosen at random by the kernel.
    pub share: Option<u16>,
    /// Ends by itself after this long.
    pub lasts: Option<Duration>,
    pub via: FilterTool,
}

/// A kind of segment, as far as a packet filter can tell it: one without data, SYN, FIN
/// and RST. Probes, their answers and other bare ACKs differ in nothing but their sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Only {
    Probes,
    /// Sent by the side that does not probe, unless `from` says otherwise.
    Answers,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hook {
    Input,
    Output,
    Forward,
    /// Below IP, where frames leave through an interface.
    Egress,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TcpFlag {
    Fin,
    Syn,
    Rst,
    Psh,
    Ack,
}

/// Which program sets the rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FilterTool {
    /// nft, or iptables where there is no nft.
    #[default]
    Any,
    Nft,
    Iptables,
}

/// One line of `expect`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rung {
    pub what: Expected,
    /// `as: NAME`, for `since:`.
    pub name: Option<Spanned<String>>,
    /// How often the line repeats; 1 unless set.
    pub times: u32,
    /// The spacing of the repeats.
    pub every: Option<When>,
    /// When it must come, counted from the line before or from `since`.
    pub when: Option<When>,
    pub since: Option<Spanned<String>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expected {
    Segment {
        from: Spanned<NodeName>,
        to: Spanned<NodeName>,
        label: Label,
        fate: Fate,
    },
    /// The step of this name happened here.
    Step(Spanned<String>),
    Outcome {
        side: Side,
        outcome: Outcome,
    },
    /// The kernel's conntrack said so, in this node.
    Conntrack {
        node: Spanned<NodeName>,
        change: EntryChange,
    },
    /// What getsockopt(2) reads at that moment.
    Option {
        side: Side,
        option: Spanned<String>,
        value: i64,
    },
    /// What a sysctl reads at that moment.
    Sysctl {
        node: Spanned<NodeName>,
        key: Spanned<String>,
        value: String,
    },
    /// By how much a counter of TCP's MIB has grown since its node came up, at that moment.
    Counter {
        node: Spanned<NodeName>,
        counter: Counter,
        grown: u64,
    },
    /// What TCP_INFO says at that moment.
    Info {
        side: Side,
        field: TcpInfo,
        value: u32,
    },
    /// What sock_diag(7) tells of the connection's socket at that moment.
    Socket {
        side: Side,
        field: SocketField,
        value: &'static str,
    },
    /// How many packets the rule of this step has taken out up to that moment.
    Packets {
        step: Spanned<String>,
        count: u64,
    },
    /// No segment of the connection for so long.
    Quiet(Duration),
    /// `...`: judging ends here.
    Anything,
}

/// What becomes of a segment that was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    Arrives,
    /// `lost: true`: never seen at its destination.
    Lost,
    /// `lost_at: NODE`: it got no further than that node.
    LostAt(Spanned<NodeName>),
}

/// What an application sees of its connection.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// connect(2) or accept(2) returned the connection.
    Connected,
    /// So many octets in all were read since the last such line.
    Bytes(u64),
    /// read(2) returned 0.
    Eof,
    /// A call on the socket failed.
    Errno(Errno),
    /// At that moment the socket is ESTABLISHED and has no error (TCP_INFO).
    Alive,
    /// The program ended with this status.
    Exit(i32),
    /// The program was ended by this signal.
    Signal(i32),
    /// The program printed a line that contains this.
    Prints(String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EntryChange {
    Created,
    Updated,
    Deleted,
}

/// A time condition as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum When {
    /// `2s`: a kernel timer set to 2 s.
    Timer(Duration),
    /// `1.9s..2.4s`, and `within: 300ms` as `0s..300ms`.
    Range(Duration, Duration),
}
