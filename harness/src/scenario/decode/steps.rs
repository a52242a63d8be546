use super::actions::action;
use super::context::{Context, clip};
use super::fields::Fields;
use super::value;
use crate::scenario::keys::STEP;
use crate::scenario::names::final_names;
use crate::scenario::tree::{Kind, Yaml};
use crate::scenario::{Action, Span, Spanned, Step};

/// The steps, and the heads of all of them, also of those that are wrong.
#[derive(Default)]
pub(super) struct Script {
    pub(super) heads: Vec<Head>,
    pub(super) steps: Vec<Spanned<Step>>,
}

/// What a step is called, readable even if the rest of it is wrong.
pub(super) struct Head {
    pub(super) verb: &'static str,
    pub(super) name: Option<Spanned<String>>,
    pub(super) span: Span,
}

impl Script {
    /// Steps that were read elsewhere.
    pub(super) fn new(steps: Vec<Spanned<Step>>) -> Self {
        let head = |step: &Spanned<Step>| Head { verb: step.action.verb(), name: step.name.clone(), span: step.span };
        Self { heads: steps.iter().map(head).collect(), steps }
    }

    /// The steps' names, in order.
    pub(super) fn names(&self) -> Vec<String> {
        final_names(self.heads.iter().map(|head| (head.verb, head.name.as_ref().map(|name| name.as_str()))))
    }
}

/// The steps of a file.
pub(super) fn steps(tree: &Yaml, cx: &mut Context) -> Script {
    let items = value::list(tree, "the steps as a list, the first of them `- connect`", cx).unwrap_or_default();
    let mut script = Script::default();
    for item in items {
        step(item, &mut script, cx);
    }
    script
}

fn step(tree: &Yaml, script: &mut Script, cx: &mut Context) {
    let Kind::Map(_) = tree.kind else { return short(tree, script, cx) };
    let Some(fields) = Fields::open(tree, &STEP, cx) else { return };
    let Some((verb, body)) = verb(&fields, cx) else { return };
    let name = fields.get("as").and_then(|tree| value::given_name(tree, cx));
    let of = fields.get("of").and_then(|tree| value::text(tree, "a connection's name", cx));
    of_an_endpoint(verb, &fields, cx);
    script.heads.push(Head { verb, name: name.clone(), span: tree.span });
    if let Some(action) = action(verb, body, cx) {
        script.steps.push(Spanned::new(Step { action, name, of }, tree.span));
    }
}

/// What stands beside the verb.
const BESIDE: [&str; 2] = ["as", "of"];

/// Verbs in which a connection's endpoints take part, or that mean its segments.
const OF: [&str; 13] = [
    "connect",
    "send",
    "read",
    "shutdown",
    "close",
    "wait_for",
    "drop",
    "reject",
    "kill",
    "freeze",
    "thaw",
    "sockopt",
    "take_port",
];

fn of_an_endpoint(verb: &str, fields: &Fields, cx: &mut Context) {
    if fields.get("of").is_some() && !OF.contains(&verb) {
        let message = format!("`{verb}` is no matter of one connection");
        cx.error(fields.place("of"), message, "leave `of` out");
    }
}

/// The one verb of a step.
fn verb<'a>(fields: &Fields<'a>, cx: &mut Context) -> Option<(&'static str, &'a Yaml)> {
    let mut verbs = fields.named().filter(|(key, _)| !BESIDE.contains(&key.value.as_str()));
    let first = verbs.next();
    if let Some((second, _)) = verbs.next() {
        let help = "a step does one thing: begin another with `-`";
        cx.error(second.span, format!("a second verb, `{}`, in one step", second.value), help);
    }
    if first.is_none() && fields.only_has(&BESIDE) {
        cx.error(fields.span, "a step without a verb", "write what is done: `- { wait: 1s, as: pause }`");
    }
    let (key, body) = first?;
    Some((STEP.find(key)?.name, body))
}

/// A step that is a single word.
fn short(tree: &Yaml, script: &mut Script, cx: &mut Context) {
    let Some(text) = value::text(tree, "a step: `- connect`, or `- power_off: b`", cx) else { return };
    let verbs = || STEP.names().filter(|name| !BESIDE.contains(name));
    match verbs().find(|verb| *verb == text.value) {
        Some(verb @ "connect") => {
            script.heads.push(Head { verb, name: None, span: tree.span });
            script.steps.push(Spanned::new(Step { action: Action::Connect, name: None, of: None }, tree.span));
        }
        Some(verb) => {
            script.heads.push(Head { verb, name: None, span: tree.span });
            cx.error(text.span, format!("`{verb}` lacks what it applies to"), example(verb));
        }
        None if STEP.find(&text).is_some_and(|key| !BESIDE.contains(&key.name)) => {
            let message = format!("`{}` is not built yet", clip(&text));
            cx.error(text.span, message, "the word is kept for it; leave it out for now");
        }
        None => cx.unknown(&text, "step", verbs()),
    }
}

fn example(verb: &str) -> String {
    let body = match verb {
        "send" => "{ from: client, bytes: 5 }",
        "read" => "{ on: server, bytes: 5 }",
        "wait" => "1s",
        "wait_for" => "{ a > b: PROBE }",
        "power_off" | "power_on" | "drop" | "reject" => "b",
        "link_down" | "link_up" => "b -- sw",
        "impair" => "{ on: a -- b, delay: 100ms }",
        "route" => "{ on: a, blackhole: b }",
        "undo" => "drop",
        "flush_nat" => "nat",
        "take_port" => "{ on: nat, port: 40001 }",
        "flush_neighbours" => "a",
        "sysctl" => "{ on: a, net.ipv4.tcp_keepalive_time: 7000 }",
        "sockopt" => "{ on: client, TCP_KEEPIDLE: 10 }",
        _ => "client",
    };
    format!("write `- {verb}: {body}`")
}
