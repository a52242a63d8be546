use super::expect::WAITED;
use super::lab::{DEAD_ENDS, IMPAIRMENTS};
use super::table::{Form, Key, Rest, Table, key, required};
use crate::scenario::Rejection;

/// One step: a verb, and perhaps `as`.
pub(in crate::scenario) static STEP: Table =
    Table { name: "step", what: "a step", rest: Rest::Nothing, keys: &STEP_KEYS };

static STEP_KEYS: [Key; 26] = [
    key("as", Form::Text, "The step's name, for `step:`, `since:` and `undo:`; its verb if left out."),
    key("of", Form::Text, "Only this one of several `connections`; all of them if left out."),
    key("connect", Form::Null, "The client connects."),
    key("send", Form::Table(&SEND), "An endpoint writes so many octets."),
    key("read", Form::Table(&READ), "An endpoint reads."),
    key("shutdown", Form::Side, "shutdown(SHUT_WR): no more data from this endpoint."),
    key("close", Form::Side, "close(2)."),
    key("wait", Form::Duration, "Nothing is done for so long."),
    key("wait_for", Form::Either(&[Form::Text, Form::Table(&WAITED)]), "Waits for a line of `expect`."),
    key("power_off", Form::Node, "Power loss: the node's links are cut, then it goes with all that runs in it."),
    key(
        "power_on",
        Form::Either(&[Form::Node, Form::Table(&POWER_ON)]),
        "A node that lost its power comes back, with the same addresses.",
    ),
    key("link_down", Form::Pair, "The first node's interface towards the second goes down."),
    key("link_up", Form::Pair, "The first node's interface towards the second comes up again."),
    key("drop", Form::Either(&[Form::Node, Form::Table(&DROP)]), "Packets are lost without a word."),
    key("reject", Form::Either(&[Form::Node, Form::Table(&REJECT)]), "Packets are lost, and their sender is told so."),
    key("impair", Form::Table(&IMPAIR), "A link gets worse: by netem."),
    key("route", Form::Table(&ROUTE), "A node's way to another leads nowhere."),
    key("undo", Form::Text, "Ends a fault, by its step's name."),
    key("flush_nat", Form::Node, "Deletes the connection's entries from a nat's table."),
    key("take_port", Form::Table(&TAKE_PORT), "Somebody else behind a nat gets a port of it, toward the same server."),
    key("flush_neighbours", Form::Node, "Deletes the hardware addresses that a node has found out."),
    key("kill", Form::Side, "SIGKILL."),
    key("freeze", Form::Side, "SIGSTOP."),
    key("thaw", Form::Side, "SIGCONT."),
    key("sysctl", Form::Table(&SYSCTL), "Sets one sysctl of a node."),
    key("sockopt", Form::Table(&SOCKOPT), "Sets one socket option of an endpoint."),
];

/// No more than a send(2) can take at once with room to spare.
const OCTETS: Form = Form::Whole(1, 1_073_741_824);

pub(in crate::scenario) static SEND: Table = Table {
    name: "send",
    what: "`send`",
    rest: Rest::Nothing,
    keys: &[required("from", Form::Side, "Who writes."), required("bytes", OCTETS, "How many octets.")],
};

pub(in crate::scenario) static READ: Table = Table {
    name: "read",
    what: "`read`",
    rest: Rest::Nothing,
    keys: &[
        required("on", Form::Side, "Who reads."),
        key("bytes", OCTETS, "Exactly so many octets; whatever is there if left out."),
    ],
};

pub(in crate::scenario) static DROP: Table =
    Table { name: "drop", what: "`drop`", rest: Rest::Nothing, keys: &DROP_KEYS };

pub(in crate::scenario) static REJECT: Table =
    Table { name: "reject", what: "`reject`", rest: Rest::Nothing, keys: &REJECT_KEYS };

static DROP_KEYS: [Key; 9] = SELECTORS;

static REJECT_KEYS: [Key; 10] = [
    SELECTORS[0],
    key("with", Form::Word(&REJECTIONS), "What the sender is told; `port-unreachable` if left out."),
    SELECTORS[1],
    SELECTORS[2],
    SELECTORS[3],
    SELECTORS[4],
    SELECTORS[5],
    SELECTORS[6],
    SELECTORS[7],
    SELECTORS[8],
];

pub(in crate::scenario) static IMPAIR: Table =
    Table { name: "impair", what: "`impair`", rest: Rest::Nothing, keys: &IMPAIR_KEYS };

static IMPAIR_KEYS: [Key; 10] = [
    required("on", Form::Either(&[Form::Pair, Form::Node]), "A link `a -- b`, or the node that sends, with `toward`."),
    key("toward", Form::Node, "The neighbour that it sends to."),
    IMPAIRMENTS[0],
    IMPAIRMENTS[1],
    IMPAIRMENTS[2],
    IMPAIRMENTS[3],
    IMPAIRMENTS[4],
    IMPAIRMENTS[5],
    IMPAIRMENTS[6],
    key("for", Form::Duration, "Ends by itself after this long."),
];

pub(in crate::scenario) static ROUTE: Table =
    Table { name: "route", what: "`route`", rest: Rest::Nothing, keys: &ROUTE_KEYS };

static ROUTE_KEYS: [Key; 6] = [
    required("on", Form::Node, "The node whose route it is."),
    DEAD_ENDS[0],
    DEAD_ENDS[1],
    DEAD_ENDS[2],
    DEAD_ENDS[3],
    key("for", Form::Duration, "Ends by itself after this long."),
];

pub(in crate::scenario) static POWER_ON: Table =
    Table { name: "power_on", what: "`power_on`", rest: Rest::Nothing, keys: &POWER_ON_KEYS };

static POWER_ON_KEYS: [Key; 3] = [
    required("node", Form::Node, "The node."),
    key("mac", Form::Word(&["new"]), "It comes back with other MAC addresses."),
    key("listen", Form::Flag, "true: its server listens again at once; else not before the next `connect`."),
];

const REJECTIONS: [&str; Rejection::ALL.len()] = {
    let mut words = [""; Rejection::ALL.len()];
    let mut at = 0;
    while at < words.len() {
        words[at] = Rejection::ALL[at].word();
        at += 1;
    }
    words
};

/// Which segments, where and for how long.
const SELECTORS: [Key; 9] = [
    required("on", Form::Node, "The node whose packet filter takes them out."),
    key(
        "hook",
        Form::Word(&["input", "output", "forward", "egress"]),
        "Where in the node; `input` of a host, `forward` of a router or nat if left out; `egress`: below IP.",
    ),
    key("from", Form::Side, "Only segments sent by this endpoint."),
    key("flags", Form::List(&Form::Word(&["FIN", "SYN", "RST", "PSH", "ACK"])), "Only segments with all these flags."),
    key(
        "only",
        Form::Word(&["probes", "answers"]),
        "Only segments without data, SYN, FIN and RST; `answers`: of the side that does not probe.",
    ),
    key("next", Form::Whole(1, 1_000_000), "Only the next so many."),
    key("share", Form::Share, "Only this share, chosen at random."),
    key("for", Form::Duration, "Ends by itself after this long."),
    key("via", Form::Word(&["nft", "iptables"]), "The program that sets the rule; nft if there is one, if left out."),
];

pub(in crate::scenario) static TAKE_PORT: Table = Table {
    name: "take_port",
    what: "`take_port`",
    rest: Rest::Nothing,
    keys: &[
        required("on", Form::Node, "The nat."),
        required("port", Form::Whole(1, 65535), "The port, which the nat would else leave to the client that has it."),
    ],
};

pub(in crate::scenario) static SYSCTL: Table = Table {
    name: "set_sysctl",
    what: "`sysctl`",
    rest: Rest::Sysctls,
    keys: &[required("on", Form::Node, "The node.")],
};

pub(in crate::scenario) static SOCKOPT: Table = Table {
    name: "set_sockopt",
    what: "`sockopt`",
    rest: Rest::Options,
    keys: &[required("on", Form::Side, "The endpoint.")],
};
