use super::expect::{LINE, TIMED};
use super::lab::{ENDPOINT, LINK, NODE, ROLES};
use super::step::STEP;
use super::table::{Form, Key, Rest, Table, key, required};

/// The file itself.
pub(in crate::scenario) static TOP: Table =
    Table { name: "scenario", what: "a scenario", rest: Rest::Nothing, keys: &KEYS };

static KEYS: [Key; 18] = [
    required("title", Form::Text, "What the scenario shows, in one sentence."),
    key("about", Form::Text, "Background: where it comes from, why it matters."),
    key("clock", Form::Word(&["any", "real", "virtual"]), "Which clocks it may run under; `any` if left out."),
    key("family", Form::Word(&["ipv4", "ipv6"]), "The IP version of all addresses; `ipv4` if left out."),
    key(
        "nodes",
        Form::Nodes(&NODE_FORM),
        "The network namespaces, by name. Beside a figure: settings of its lanes, or further nodes.",
    ),
    key("links", Form::List(&LINK_FORM), "The veth pairs between nodes."),
    key("client", Form::Table(&ENDPOINT), "The endpoint that connects."),
    key("server", Form::Table(&ENDPOINT), "The endpoint that listens."),
    key("steps", Form::List(&STEP_FORM), "What is done, one after another."),
    key(
        "expect",
        Form::List(&LINE_FORM),
        "What must be seen, in order; a segment that no line accounts for is a failure.",
    ),
    key("allow", Form::List(&Form::Label), "Labels of segments that may come at any time."),
    key("settle", Form::Duration, "How long it must stay quiet after the last line; 300ms if left out."),
    key("patience", Form::Duration, "The longest a line without a due time is waited for; 30s if left out."),
    key(
        "figure",
        Form::Text,
        "An ASCII ladder, as a literal block (`figure: |`); it gives nodes, links, steps and expectations.",
    ),
    key("then", Form::List(&LINE_FORM), "Lines, in the form of `expect`, that follow the figure's last row."),
    key(
        "timing",
        Form::Rows(&TIMED_FORM),
        "Conditions for rows of the figure, by number (from 1) or by text, such as `PSH`, if only one row has it.",
    ),
    key(
        "matrix",
        Form::Matrix,
        "Variables and their values: one test for each combination; `${name}` stands for the value, anywhere in the file.",
    ),
    key(
        "connections",
        Form::Nodes(&CONNECTION_FORM),
        "Several connections by name, each with `client`, `server` and `expect` of its own.",
    ),
];

/// One of several connections.
pub(in crate::scenario) static CONNECTION: Table = Table {
    name: "connection",
    what: "a connection",
    rest: Rest::Nothing,
    keys: &[
        required("client", Form::Table(&ENDPOINT), "The endpoint that connects."),
        required("server", Form::Table(&ENDPOINT), "The endpoint that listens."),
        required("expect", Form::List(&LINE_FORM), "What must be seen of this connection, in order."),
        // A server's port each, above 5050.
        key("times", Form::Whole(1, 10_000), "So many connections like this one."),
    ],
};

static CONNECTION_FORM: Form = Form::Table(&CONNECTION);
static NODE_FORM: Form = Form::Either(&[Form::Word(&ROLES), Form::Table(&NODE)]);
static LINK_FORM: Form = Form::Either(&[Form::Pair, Form::Table(&LINK)]);
static STEP_FORM: Form = Form::Either(&[Form::Word(&["connect"]), Form::Table(&STEP)]);
static LINE_FORM: Form = Form::Either(&[Form::Word(&["..."]), Form::Table(&LINE)]);
static TIMED_FORM: Form = Form::Table(&TIMED);
