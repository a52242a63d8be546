use super::table::{Form, Key, Rest, Table, key, required};

/// More would be a table, not a ladder.
const TIMES: Key = key("times", Form::Whole(1, 10_000), "How often the line repeats.");
const LOST: Key = key("lost", Form::Flag, "The segment is sent and never seen at its destination.");
const LOST_AT: Key = key("lost_at", Form::Node, "The segment is sent and gets no further than this node.");

/// The conditions that may stand beside a line.
static CONDITIONS: [Key; 8] = [
    TIMES,
    key("every", Form::When, "The spacing of the repeats: a kernel timer (`75s`) or a range (`1s..2s`)."),
    key("after", Form::When, "When it must come: a kernel timer set to so long (`2s`), or a range (`1.9s..2.4s`)."),
    key("within", Form::Duration, "It must come no later than this; short for a range from 0s."),
    key(
        "since",
        Form::Text,
        "The named line or step from which `after` and `within` count; the line before if left out.",
    ),
    LOST,
    LOST_AT,
    key("as", Form::Text, "The line's name, for `since`."),
];

/// One line of `expect`: the line itself and its conditions.
pub(in crate::scenario) static LINE: Table =
    Table { name: "line", what: "a line", rest: Rest::Line, keys: &CONDITIONS };

/// What `timing` says of a row.
pub(in crate::scenario) static TIMED: Table =
    Table { name: "timed", what: "a row's timing", rest: Rest::Nothing, keys: &CONDITIONS };

/// The line that `wait_for` waits for.
pub(in crate::scenario) static WAITED: Table =
    Table { name: "waited", what: "`wait_for`", rest: Rest::Line, keys: &[TIMES, LOST, LOST_AT] };

/// What an application sees, where it needs a map.
pub(in crate::scenario) static OUTCOME: Table = Table {
    name: "outcome",
    what: "an outcome",
    rest: Rest::Nothing,
    keys: &[required("prints", Form::Text, "The program prints a line that contains this.")],
};
