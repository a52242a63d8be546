use super::keys::{Form, LINE, Need, OUTCOME, Rest, TOP, Table};
use crate::name::{Label, SocketOption};
use serde_json::{Map, Value, json};

/// A sysctl's dotted name.
const SYSCTL: &str = r"^net(\.[A-Za-z0-9_-]+)+$";
/// A variable's name in `matrix`.
const VARIABLE: &str = "^[a-z][a-z0-9_-]{0,15}$";
/// Where a value stands for it.
const USE: &str = r"\$\{[a-z][a-z0-9_-]*\}";
const NODE: &str = "^[a-z][a-z0-9-]{0,11}$";
const DURATION: &str = r"^\s*(0|([0-9]+(\.[0-9]+)?(d|h|m|s|ms|us|ns)\s*)+)$";
const RANGE: &str =
    r"^\s*(0|([0-9]+(\.[0-9]+)?(d|h|m|s|ms|us|ns)\s*)+)(\.\.\s*(0|([0-9]+(\.[0-9]+)?(d|h|m|s|ms|us|ns)\s*)+))?$";

/// The JSON Schema (draft 2020-12) of a scenario file, for editors. It says less than
/// the decoder checks: not which names are known, nor what fits together.
#[must_use]
pub fn schema() -> Value {
    let mut defs = Map::new();
    let top = table(&TOP, &mut defs);
    let mut root = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "deadpeer scenario",
        "anyOf": [
            { "required": ["figure"] },
            { "required": ["nodes", "links", "client", "server", "steps", "expect"] },
        ],
    });
    if let (Value::Object(root), Value::Object(top)) = (&mut root, top) {
        root.extend(top);
        root.insert("$defs".to_owned(), Value::Object(defs));
    }
    root
}

/// A table as an object with its keys, and nothing else.
fn table(table: &Table, defs: &mut Map<String, Value>) -> Value {
    let mut properties = Map::new();
    for key in table.keys.iter().filter(|key| key.need != Need::Later) {
        properties.insert(key.name.to_owned(), described(form(&key.form, defs), key.about));
    }
    let mut patterns = Map::new();
    rest(table.rest, &mut properties, &mut patterns, defs);
    let needed: Vec<&str> = table.keys.iter().filter(|key| key.need == Need::Required).map(|key| key.name).collect();
    json!({
        "type": "object",
        "properties": properties,
        "patternProperties": patterns,
        "required": needed,
        "additionalProperties": false,
    })
}

fn described(form: Value, about: &str) -> Value {
    match form {
        Value::Object(mut form) => {
            form.insert("description".to_owned(), about.into());
            Value::Object(form)
        }
        other => other,
    }
}

/// The keys that a table does not name.
fn rest(
    rest: Rest,
    properties: &mut Map<String, Value>,
    patterns: &mut Map<String, Value>,
    defs: &mut Map<String, Value>,
) {
    match rest {
        Rest::Nothing => {}
        Rest::Options => {
            for option in SocketOption::all().filter_map(SocketOption::find) {
                let about = format!("The socket option {}.", option.name);
                let value = json!({ "type": "integer", "minimum": option.least, "maximum": option.most });
                properties.insert(option.name.to_owned(), described(value, &about));
            }
        }
        Rest::Sysctls => {
            patterns.insert(
                SYSCTL.to_owned(),
                json!({ "type": ["string", "integer"], "description": "A sysctl and its value." }),
            );
        }
        Rest::Line => lines(properties, patterns, defs),
    }
}

fn lines(properties: &mut Map<String, Value>, patterns: &mut Map<String, Value>, defs: &mut Map<String, Value>) {
    let sees = "What it sees: connected, EOF, alive, 5 bytes, an errno, exit 0, signal 9, { prints: text }; or what is read: an option's value, a number of TCP_INFO, the socket's state or timer.";
    for side in ["client", "server"] {
        let outcome = json!({ "anyOf": [{ "type": "string" }, reference(&OUTCOME, defs)] });
        properties.insert(side.to_owned(), described(outcome, sees));
    }
    properties
        .insert("step".to_owned(), json!({ "type": "string", "description": "The step of this name happened here." }));
    properties.insert(
        "quiet".to_owned(),
        json!({ "type": "string", "pattern": DURATION, "description": "No segment of the connection for so long." }),
    );
    let arrow = format!("{} *> *{}", NODE.trim_end_matches('$'), NODE.trim_start_matches('^'));
    patterns.insert(
        arrow,
        described(
            words(&Label::all().collect::<Vec<_>>()),
            "The segment leaves the first node and reaches the second.",
        ),
    );
    let happens = "entry created, entry updated or entry deleted; a sysctl and the value it reads; a counter and its growth; or, of a step, 4 packets.";
    // Conditions are no nodes, but would match the pattern.
    let others: Vec<&str> = LINE.names().chain(["client", "server", "step", "quiet"]).collect();
    let node = format!("^(?!({})$){}", others.join("|"), NODE.trim_start_matches('^'));
    patterns.insert(node, json!({ "type": "string", "description": happens }));
    let counts = "How many packets the rule of the step of this name has taken out: 4 packets.";
    // Names of steps that could be nodes' are among those.
    let step = format!("^(?!({})$)(?!{NODE})[A-Za-z0-9_#-]+$", others.join("|"));
    patterns.insert(step, json!({ "type": "string", "pattern": "^[0-9]+ packets?$", "description": counts }));
}

fn words(words: &[&str]) -> Value {
    json!({ "enum": words })
}

/// What a value may be, or a text with a variable of the matrix in its place.
fn form(form: &Form, defs: &mut Map<String, Value>) -> Value {
    let own = own_form(form, defs);
    match form {
        Form::Null
        | Form::Text
        | Form::List(_)
        | Form::Table(_)
        | Form::Either(_)
        | Form::Nodes(_)
        | Form::Ports(_)
        | Form::Sysctls
        | Form::Rows(_)
        | Form::Matrix => own,
        _ => json!({ "anyOf": [own, { "type": "string", "pattern": USE }] }),
    }
}

fn own_form(form_: &Form, defs: &mut Map<String, Value>) -> Value {
    match form_ {
        Form::Null => json!({ "type": "null" }),
        Form::Text => json!({ "type": ["string", "number", "boolean"] }),
        Form::Flag => json!({ "type": "boolean" }),
        Form::Switch => json!({ "enum": [true, false, 1, 0] }),
        Form::Duration | Form::Seconds(..) => json!({ "type": ["string", "integer"], "pattern": DURATION }),
        Form::When => json!({ "type": ["string", "integer"], "pattern": RANGE }),
        Form::Whole(least, most) => json!({ "type": "integer", "minimum": least, "maximum": most }),
        Form::Share => json!({ "type": "string", "pattern": r"^[0-9]{1,3}(\.[0-9])? *%$" }),
        Form::Rate => json!({ "type": "string", "pattern": r"^[0-9]+(bit|kbit|mbit|gbit)$" }),
        Form::Word(known) => words(known),
        Form::Label => words(&Label::all().collect::<Vec<_>>()),
        Form::Node => json!({ "type": "string", "pattern": NODE }),
        Form::Side => words(&["client", "server"]),
        Form::Pair => json!({ "type": "string", "pattern": " *-- *" }),
        Form::List(item) => json!({ "type": "array", "items": form(item, defs) }),
        Form::Table(table) => reference(table, defs),
        Form::Either(forms) => json!({ "anyOf": forms.iter().map(|each| form(each, defs)).collect::<Vec<_>>() }),
        Form::Nodes(body) => mapping(NODE, form(body, defs)),
        Form::Ports(body) => mapping("^[0-9]{1,5}$", form(body, defs)),
        Form::Sysctls => mapping(SYSCTL, json!({ "type": ["string", "integer"] })),
        Form::Rows(body) => mapping("", form(body, defs)),
        Form::Matrix => matrix(),
    }
}

/// Variables, each with its values.
fn matrix() -> Value {
    let value = json!({ "type": ["string", "number", "boolean"] });
    mapping(VARIABLE, json!({ "type": "array", "items": value, "minItems": 1, "uniqueItems": true }))
}

fn mapping(pattern: &str, body: Value) -> Value {
    json!({ "type": "object", "patternProperties": { pattern: body }, "additionalProperties": false })
}

/// A table by its name among the definitions.
fn reference(of: &'static Table, defs: &mut Map<String, Value>) -> Value {
    if !defs.contains_key(of.name) {
        defs.insert(of.name.to_owned(), Value::Null);
        let body = table(of, defs);
        defs.insert(of.name.to_owned(), body);
    }
    json!({ "$ref": format!("#/$defs/{}", of.name) })
}
