use super::context::{Context, clip};
use super::fields::Fields;
use super::outcome;
use super::value;
use crate::name::{Counter, NodeName, Side};
use crate::scenario::tree::{Kind, Yaml};
use crate::scenario::{EntryChange, Expected, Fate, Spanned};

/// Words that begin a line, besides nodes.
const HEADS: [&str; 4] = ["client", "server", "step", "quiet"];

/// The key that is the line itself; others beside it are told.
pub(super) fn line_key<'a>(fields: &Fields<'a>, cx: &mut Context) -> Option<&'a (Spanned<String>, Yaml)> {
    let others: Vec<_> = fields.rest().collect();
    let found = others.iter().position(|(key, tree)| is_line(key, cx) || is_count(tree)).or(only(&others));
    for (index, (key, _)) in others.iter().enumerate().filter(|(index, _)| Some(*index) != found) {
        if is_line(key, cx) && found.is_some_and(|found| found < index) {
            cx.error(key.span, "a second line in one entry", "begin each line with `-`");
        } else {
            fields.refuse_condition(key, HEADS, cx);
        }
    }
    if others.is_empty() {
        cx.error(fields.span, "conditions without a line", "write the line first: `- { a > b: SYN, within: 1s }`");
    }
    found.and_then(|found| others.get(found).copied())
}

/// A single key that is no condition must be meant as the line.
fn only<T>(others: &[T]) -> Option<usize> {
    (others.len() == 1).then_some(0)
}

fn is_line(key: &str, cx: &Context) -> bool {
    key.contains('>') || HEADS.contains(&key) || cx.nodes.contains_key(key)
}

/// `4 packets`: whatever stands before it is meant as a step's name.
fn is_count(tree: &Yaml) -> bool {
    let Kind::Scalar { text, .. } = &tree.kind else { return false };
    text.trim().rsplit_once(' ').is_some_and(|(_, unit)| matches!(unit, "packets" | "packet"))
}

/// What a line expects.
pub(super) fn line(key: &Spanned<String>, tree: &Yaml, cx: &mut Context) -> Option<Expected> {
    match key.value.as_str() {
        head if HEADS.contains(&head) && is_count(tree) => not_a_step(key, cx),
        "client" => outcome::expected(Side::Client, tree, cx),
        "server" => outcome::expected(Side::Server, tree, cx),
        "step" => value::text(tree, "a step's name", cx).map(Expected::Step),
        "quiet" => value::duration(tree, cx).map(Expected::Quiet),
        text if text.contains('>') => segment(key, tree, cx),
        _ if is_count(tree) => packets(key, tree, cx),
        text if cx.nodes.contains_key(text) => of_node(key, tree, cx),
        _ if matches!(&tree.kind, Kind::Scalar { text, .. } if is_number(text)) => {
            let help = format!("write how many packets: `{}: 4 packets`", clip(key));
            cx.error(key.span, format!("unknown line `{}`", clip(key)), help);
            None
        }
        _ => {
            let nodes: Vec<String> = cx.nodes.keys().cloned().collect();
            cx.unknown(key, "line", nodes.iter().map(String::as_str).chain(HEADS));
            None
        }
    }
}

/// `a > b: SYN`
fn segment(key: &Spanned<String>, tree: &Yaml, cx: &mut Context) -> Option<Expected> {
    let (from, to) = value::split(key, ">")?;
    let (from, to) = (cx.node(&from), cx.node(&to));
    let label = value::label(tree, cx);
    let (from, to) = (from?, to?);
    if from.value == to.value {
        cx.error(key.span, format!("a segment from {} to itself", from.value), "name the node that receives it");
        return None;
    }
    Some(Expected::Segment { from, to, label: label?, fate: Fate::Arrives })
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|octet| octet.is_ascii_digit())
}

/// A step may have been given a name that begins a line of its own.
fn not_a_step(key: &Spanned<String>, cx: &mut Context) -> Option<Expected> {
    let message = format!("`{}` counts no packets", key.value);
    let help =
        format!("a step's rule does: `drop: 4 packets`; a step called `{}` needs another name by `as`", key.value);
    cx.error(key.span, message, help);
    None
}

/// `drop: 4 packets`
fn packets(key: &Spanned<String>, tree: &Yaml, cx: &mut Context) -> Option<Expected> {
    let text = value::text(tree, "how many packets its rule took out: `4 packets`", cx)?;
    let (number, _) = value::split(&text, " ")?;
    let count = number.parse().ok().filter(|_| is_number(&number));
    if count.is_none() {
        let message = format!("`{}` is no number of packets", clip(&number));
        cx.error(number.span, message, "write how many its rule took out up to then: `4 packets`");
    }
    Some(Expected::Packets { step: key.clone(), count: count? })
}

const CHANGES: [(&str, EntryChange); 3] = [
    ("entry created", EntryChange::Created),
    ("entry updated", EntryChange::Updated),
    ("entry deleted", EntryChange::Deleted),
];

/// `nat: entry created`, `a: net.ipv4.tcp_keepalive_time 7000`
fn of_node(key: &Spanned<String>, tree: &Yaml, cx: &mut Context) -> Option<Expected> {
    let node = cx.node(key)?;
    let text = value::text(tree, "`entry created`, a sysctl and its value, or a counter and its growth", cx)?;
    if let Some((name, value)) = value::split(&text, " ").filter(|(name, _)| name.contains('.')) {
        let valid = super::nodes::dotted(&name, cx) && !value.is_empty();
        let value = value.split_whitespace().collect::<Vec<_>>().join(" ");
        return valid.then_some(Expected::Sysctl { node, key: name, value });
    }
    if let Some((name, grown)) = value::split(&text, " ").filter(|(name, _)| name.starts_with(char::is_uppercase)) {
        return counter(node, &name, &grown, cx);
    }
    let change = CHANGES.iter().find(|(word, _)| *word == text.value).map(|(_, change)| *change);
    if change.is_none() {
        not_of_node(&text, cx);
    }
    Some(Expected::Conntrack { node, change: change? })
}

/// `a: TCPKeepAlive +3`
fn counter(
    node: Spanned<NodeName>,
    name: &Spanned<String>,
    grown: &Spanned<String>,
    cx: &mut Context,
) -> Option<Expected> {
    let Some(counter) = Counter::find(name) else {
        cx.unknown(name, "counter", Counter::all());
        return None;
    };
    let number = grown.strip_prefix('+').and_then(|digits| digits.parse().ok());
    if number.is_none() {
        let help = format!("write by how much it has grown since the node came up: `{} +3`", counter.name());
        cx.error(grown.span, format!("`{}` is no growth of a counter", clip(grown)), help);
    }
    Some(Expected::Counter { node, counter, grown: number? })
}

fn not_of_node(text: &Spanned<String>, cx: &mut Context) {
    if text.contains('.') && !text.contains(' ') {
        let help = format!("add the value that must be read: `{} 7000`", clip(text));
        return cx.error(text.span, "a sysctl without a value", help);
    }
    if Counter::find(text).is_some() {
        let help = format!("add by how much it has grown since the node came up: `{} +3`", clip(text));
        return cx.error(text.span, "a counter without its growth", help);
    }
    cx.unknown(text, "event", CHANGES.map(|(word, _)| word));
}

/// How to write a line of which only the value is there.
pub(super) fn bare(text: &str) -> String {
    if outcome::is_known(text) {
        return format!("say who sees it: `client: {text}`");
    }
    if crate::name::Label::parse(text).is_some() {
        return format!("say who sends it to whom: `a > b: {text}`");
    }
    "write `- a > b: SYN`, `- client: EOF`, `- step: NAME` and the like; a blank follows the colon".to_owned()
}
