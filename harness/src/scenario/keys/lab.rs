use super::table::{Form, Key, Rest, Table, key, later, required};
use crate::preset::{BUILDABLE_NAMES, PROGRAM_NAMES};
use crate::scenario::DeadEnd;

/// What a node can be.
pub(in crate::scenario) static ROLES: [&str; 4] = ["host", "switch", "router", "nat"];

pub(in crate::scenario) static NODE: Table =
    Table { name: "node", what: "a node", rest: Rest::Nothing, keys: &NODE_KEYS };

static NODE_KEYS: [Key; 9] = [
    key("role", Form::Word(&ROLES), "What the node is; only a lane of a figure can leave it out."),
    key("sysctl", Form::Sysctls, "Dotted names and values, set before the links come up."),
    key("routes", Form::List(&Form::Table(&DEAD_END)), "Routes that lead nowhere: `{ blackhole: b }`."),
    key(
        "neighbours",
        Form::Table(&NEIGHBOURS),
        "How it finds out its neighbours' hardware addresses, and for how long it believes them.",
    ),
    key("toward", Form::Node, "nat: the neighbour on the outside; the one nearer to the server if left out."),
    key("conntrack", Form::Table(&CONNTRACK), "nat: settings of its connection tracking."),
    key(
        "on_unknown",
        Form::Word(&["forward", "drop", "reset"]),
        "nat: what happens to a segment that belongs to no entry and opens none; `forward` if left out.",
    ),
    key(
        "forward",
        Form::Ports(&Form::Node),
        "nat: ports of its outside address, each with the inside node whose server gets what comes there.",
    ),
    key(
        "preset",
        Form::Word(&BUILDABLE_NAMES),
        "nat: when it forgets, and what it does then, as a known middlebox; other keys override it.",
    ),
];

pub(in crate::scenario) static NEIGHBOURS: Table =
    Table { name: "neighbours", what: "`neighbours`", rest: Rest::Nothing, keys: &NEIGHBOURS_KEYS };

/// The time-outs from net/core/neighbour.c; the kernel counts the delay in seconds.
static NEIGHBOURS_KEYS: [Key; 4] = [
    key(
        "reachable",
        Form::Duration,
        "base_reachable_time_ms: how long a hardware address is believed, give or take half of it at random.",
    ),
    key(
        "delay",
        Form::Seconds(0, 86_400),
        "delay_first_probe_time: how long one that is no longer believed is used before it is asked for.",
    ),
    key("retransmit", Form::Duration, "retrans_time_ms: the time between questions."),
    key("permanent", Form::Flag, "true: it knows all hardware addresses of its subnets from the beginning for good."),
];

pub(in crate::scenario) static CONNTRACK: Table =
    Table { name: "conntrack", what: "conntrack", rest: Rest::Nothing, keys: &CONNTRACK_KEYS };

/// conntrack time-outs are counted in seconds, in a 32-bit number of ticks.
const TIMEOUT: Form = Form::Seconds(1, 2_147_483);

/// The time-outs from net/netfilter/nf_conntrack_standalone.c.
static CONNTRACK_KEYS: [Key; 12] = [
    key(
        "loose",
        Form::Switch,
        "nf_conntrack_tcp_loose: pick up connections in mid-stream. The kernel does unless told not to.",
    ),
    key("drop_invalid", Form::Flag, "Drop what conntrack calls INVALID; off if left out."),
    key(
        "established_timeout",
        TIMEOUT,
        "nf_conntrack_tcp_timeout_established: when an idle connection's entry is deleted.",
    ),
    key("tcp_timeout_syn_sent", TIMEOUT, "nf_conntrack_tcp_timeout_syn_sent."),
    key("tcp_timeout_syn_recv", TIMEOUT, "nf_conntrack_tcp_timeout_syn_recv."),
    key("tcp_timeout_fin_wait", TIMEOUT, "nf_conntrack_tcp_timeout_fin_wait."),
    key("tcp_timeout_close_wait", TIMEOUT, "nf_conntrack_tcp_timeout_close_wait."),
    key("tcp_timeout_last_ack", TIMEOUT, "nf_conntrack_tcp_timeout_last_ack."),
    key("tcp_timeout_time_wait", TIMEOUT, "nf_conntrack_tcp_timeout_time_wait."),
    key("tcp_timeout_close", TIMEOUT, "nf_conntrack_tcp_timeout_close."),
    key("tcp_timeout_max_retrans", TIMEOUT, "nf_conntrack_tcp_timeout_max_retrans."),
    key("tcp_timeout_unacknowledged", TIMEOUT, "nf_conntrack_tcp_timeout_unacknowledged."),
];

pub(in crate::scenario) static LINK: Table =
    Table { name: "link", what: "a link", rest: Rest::Nothing, keys: &LINK_KEYS };

static LINK_KEYS: [Key; 10] = [
    required("between", Form::List(&Form::Node), "The two nodes."),
    // RFC 791: every link carries 68 octets; the other limit is veth's.
    key("mtu", Form::Whole(68, 65535), "Octets; 1500 if left out."),
    IMPAIRMENTS[0],
    IMPAIRMENTS[1],
    IMPAIRMENTS[2],
    IMPAIRMENTS[3],
    IMPAIRMENTS[4],
    IMPAIRMENTS[5],
    IMPAIRMENTS[6],
    later("queue"),
];

pub(in crate::scenario) static DEAD_END: Table =
    Table { name: "dead_end", what: "a route", rest: Rest::Nothing, keys: &DEAD_ENDS };

/// The types of ip-route(8) that need no next hop.
pub(super) const DEAD_ENDS: [Key; 4] = [
    key(DeadEnd::Blackhole.word(), Form::Node, "What goes to this node is lost without a word."),
    key(DeadEnd::Unreachable.word(), Form::Node, "It is answered with ICMP host-unreachable."),
    key(DeadEnd::Prohibit.word(), Form::Node, "It is answered with ICMP admin-prohibited."),
    key(DeadEnd::Throw.word(), Form::Node, "It is answered with ICMP net-unreachable."),
];

/// netem's, in tc-netem(8)'s words.
pub(super) const IMPAIRMENTS: [Key; 7] = [
    key("delay", Form::Duration, "Each frame arrives so much later."),
    key("jitter", Form::Duration, "The delay varies at random, by up to so much either way."),
    key("loss", Form::Share, "This share is lost, chosen at random."),
    key("duplicate", Form::Share, "This share arrives twice."),
    key("reorder", Form::Share, "This share is not delayed, and overtakes the rest."),
    key("corrupt", Form::Share, "One bit is turned in this share."),
    key("rate", Form::Rate, "No more than so many bits a second: `1mbit`."),
];

pub(in crate::scenario) static ENDPOINT: Table =
    Table { name: "endpoint", what: "an endpoint", rest: Rest::Options, keys: &ENDPOINT_KEYS };

static ENDPOINT_KEYS: [Key; 11] = [
    key("on", Form::Node, "The host it runs on; only beside a figure can it be left out."),
    key(
        "port",
        Form::Whole(1, 65535),
        "server: where it listens, 5050 if left out. client: bound before connecting, the kernel's choice if left out.",
    ),
    key("keepalive", KEEPALIVE_FORM, "SO_KEEPALIVE: `true` takes what the sysctls say; off if left out."),
    key("user_timeout", Form::Duration, "TCP_USER_TIMEOUT, in whole milliseconds."),
    key("options", Form::Table(&OPTIONS), "Further socket options by their tcp(7) or socket(7) name."),
    key(
        "run",
        Form::List(&Form::Text),
        "A program and its arguments instead of the built-in endpoint; {server.address}, {server.port}, {client.address} and {client.port} are filled in.",
    ),
    key("as_root", Form::Flag, "Run the program as root rather than as the user who called sudo."),
    key("accepts", Form::Flag, "server: false: the built-in endpoint listens, and never calls accept(2)."),
    key("backlog", Form::Whole(0, 4096), "server: listen(2)'s, of the built-in endpoint; 16 if left out."),
    key("reads", Form::Flag, "false: the built-in endpoint reads only on `read` steps."),
    key(
        "preset",
        Form::Word(&PROGRAM_NAMES),
        "Keepalive and user timeout as a known program sets them; other keys override it.",
    ),
];

const KEEPALIVE_FORM: Form = Form::Either(&[Form::Flag, Form::Table(&KEEPALIVE)]);

pub(in crate::scenario) static OPTIONS: Table =
    Table { name: "options", what: "options", rest: Rest::Options, keys: &[] };

pub(in crate::scenario) static KEEPALIVE: Table =
    Table { name: "keepalive", what: "keepalive", rest: Rest::Nothing, keys: &KEEPALIVE_KEYS };

/// Limits from include/net/tcp.h: MAX_TCP_KEEPIDLE, MAX_TCP_KEEPINTVL, MAX_TCP_KEEPCNT.
static KEEPALIVE_KEYS: [Key; 3] = [
    key("idle", Form::Seconds(1, 32767), "TCP_KEEPIDLE: idle time before the first probe."),
    key("interval", Form::Seconds(1, 32767), "TCP_KEEPINTVL: time between probes."),
    key("count", Form::Whole(1, 127), "TCP_KEEPCNT: unanswered probes before the connection is given up."),
];
