use super::context::{Context, clip};
use crate::name::{Label, NodeName, Side};
use crate::scenario::tree::{Kind, Yaml};
use crate::scenario::{Spanned, When};
use crate::time::{parse_duration, show_duration};
use std::time::Duration;

/// A single value as text; `what` says what it should be, with an example.
pub(super) fn text(node: &Yaml, what: &str, cx: &mut Context) -> Option<Spanned<String>> {
    if let Kind::Scalar { text, .. } = &node.kind {
        return Some(Spanned::new(text.clone(), node.span));
    }
    let help = match node.kind {
        Kind::Map(_) => format!("write {what}; a text that begins with `{{` needs quotes"),
        _ => format!("write {what}"),
    };
    cx.error(node.span, format!("{} where a single value belongs", node.what()), help);
    None
}

/// The entries of a list.
pub(super) fn list<'a>(node: &'a Yaml, what: &str, cx: &mut Context) -> Option<&'a [Yaml]> {
    if let Kind::Seq(items) = &node.kind {
        return Some(items);
    }
    cx.error(node.span, format!("{} where a list belongs", node.what()), format!("write {what}"));
    None
}

pub(super) fn duration(node: &Yaml, cx: &mut Context) -> Option<Duration> {
    let text = text(node, "a duration such as `2s`", cx)?;
    read_duration(&text, cx)
}

pub(super) fn read_duration(text: &Spanned<String>, cx: &mut Context) -> Option<Duration> {
    let read = parse_duration(text);
    if read.is_err() {
        let help = if !text.is_empty() && text.bytes().all(|octet| octet.is_ascii_digit() || octet == b'.') {
            format!("add the unit: `{}s` or `{}ms`", clip(text), clip(text))
        } else {
            "write a number and a unit: `300ms`, `2s`, `1m 15s`, `2h`".to_owned()
        };
        cx.error(text.span, format!("`{}` is no duration", clip(text)), help);
    }
    read.ok()
}

/// A duration of whole seconds within limits, as seconds.
pub(super) fn seconds(node: &Yaml, limits: (u64, u64), cx: &mut Context) -> Option<u64> {
    let duration = duration(node, cx)?;
    let whole = duration.subsec_nanos() == 0;
    if whole && (limits.0..=limits.1).contains(&duration.as_secs()) {
        return Some(duration.as_secs());
    }
    let fault = if whole { "is out of limits" } else { "is not whole seconds" };
    let message = format!("{} {fault}", show_duration(duration));
    cx.error(node.span, message, format!("the kernel takes whole seconds from {}s to {}s", limits.0, limits.1));
    None
}

/// A kernel timer (`2s`) or a range (`1.9s..2.4s`).
pub(super) fn when(node: &Yaml, cx: &mut Context) -> Option<When> {
    let text = text(node, "a duration such as `2s`, or a range such as `1.9s..2.4s`", cx)?;
    let Some((low, high)) = text.split_once("..") else {
        return read_duration(&text, cx).map(When::Timer);
    };
    let part = |part: &str| Spanned::new(part.trim().to_owned(), text.span);
    let low = read_duration(&part(low), cx);
    let high = read_duration(&part(high), cx);
    let (low, high) = (low?, high?);
    if low > high {
        let help = format!("turn it round: `{}..{}`", show_duration(high), show_duration(low));
        cx.error(text.span, "the range ends before it begins", help);
        return None;
    }
    Some(When::Range(low, high))
}

/// A whole number within limits.
pub(super) fn whole(node: &Yaml, limits: (u64, u64), what: &str, cx: &mut Context) -> Option<u64> {
    let text = text(node, &format!("a whole number from {} to {}", limits.0, limits.1), cx)?;
    read_whole(&text, limits, what, cx)
}

pub(super) fn read_whole(text: &Spanned<String>, limits: (u64, u64), what: &str, cx: &mut Context) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|octet| octet.is_ascii_digit());
    let number = text.parse().ok().filter(|number| (limits.0..=limits.1).contains(number));
    if number.is_none() {
        let fault = if digits { "is out of limits" } else { "is no whole number" };
        let message = format!("`{}` {fault} for {what}", clip(text));
        cx.error(text.span, message, format!("write a whole number from {} to {}", limits.0, limits.1));
    }
    number
}

/// `true` or `false`.
pub(super) fn flag(node: &Yaml, cx: &mut Context) -> Option<bool> {
    one_of(node, &[("true", true), ("false", false)], "value", cx)
}

/// `true`, `1`, `false` or `0`.
pub(super) fn switch(node: &Yaml, cx: &mut Context) -> Option<bool> {
    one_of(node, &[("true", true), ("false", false), ("1", true), ("0", false)], "value", cx)
}

/// One of some words.
pub(super) fn word(node: &Yaml, words: &[&'static str], what: &str, cx: &mut Context) -> Option<&'static str> {
    let pairs: Vec<_> = words.iter().map(|&word| (word, word)).collect();
    one_of(node, &pairs, what, cx)
}

/// What one of some words stands for.
pub(super) fn one_of<T: Copy>(node: &Yaml, known: &[(&str, T)], what: &str, cx: &mut Context) -> Option<T> {
    let words: Vec<&str> = known.iter().map(|(word, _)| *word).collect();
    let text = text(node, &format!("one of `{}`", words.join("`, `")), cx)?;
    let found = known.iter().find(|(word, _)| *word == text.value).map(|(_, value)| *value);
    if found.is_none() {
        cx.unknown(&text, what, words);
    }
    found
}

pub(super) const SIDES: [(&str, Side); 2] = [("client", Side::Client), ("server", Side::Server)];

/// `client` or `server`.
pub(super) fn side(node: &Yaml, cx: &mut Context) -> Option<Side> {
    one_of(node, &SIDES, "endpoint", cx)
}

/// A declared node.
pub(super) fn node(node: &Yaml, cx: &mut Context) -> Option<Spanned<NodeName>> {
    let text = text(node, "a node's name", cx)?;
    cx.node(&text)
}

/// A segment's label.
pub(super) fn label(node: &Yaml, cx: &mut Context) -> Option<Label> {
    let text = text(node, "a label such as `SYN`", cx)?;
    let label = Label::parse(&text);
    if label.is_none() {
        cx.unknown(&text, "label", Label::all());
    }
    label
}

/// Two nodes, written `a -- b`.
pub(super) fn pair(node: &Yaml, cx: &mut Context) -> Option<[Spanned<NodeName>; 2]> {
    let text = text(node, "two nodes: `a -- b`", cx)?;
    let Some((first, second)) = split(&text, "--") else {
        let help = "write two nodes with `--` between: `a -- b`";
        cx.error(text.span, format!("`{}` is no link", clip(&text)), help);
        return None;
    };
    let (first, second) = (cx.node(&first), cx.node(&second));
    Some([first?, second?])
}

/// What stands before and after a separator, each with its place.
pub(super) fn split(text: &Spanned<String>, separator: &str) -> Option<(Spanned<String>, Spanned<String>)> {
    let (before, after) = text.split_once(separator)?;
    Some((part(text, 0, before), part(text, before.len() + separator.len(), after)))
}

/// The words `part` of a text, `from` octets into it. In quotes its place is that of
/// the whole, for there may be escapes.
fn part(text: &Spanned<String>, from: usize, part: &str) -> Spanned<String> {
    let trimmed = part.trim();
    let from = from + (part.len() - part.trim_start().len());
    let mut span = text.span;
    if let Some(before) = text.get(..from).filter(|_| span.len == text.len()) {
        span.column = span.column.saturating_add(u32::try_from(before.chars().count()).unwrap_or(u32::MAX));
        span.offset += from;
        span.len = trimmed.len();
    }
    Spanned::new(trimmed.to_owned(), span)
}

/// A name given by `as`.
pub(super) fn given_name(node: &Yaml, cx: &mut Context) -> Option<Spanned<String>> {
    let text = text(node, "a name", cx)?;
    let valid = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if text.is_empty() || text.len() > 40 || !text.chars().all(valid) {
        let message = format!("`{}` can't be a name", clip(&text));
        cx.error(text.span, message, "use up to 40 letters, digits, `-` and `_`");
        return None;
    }
    Some(text)
}

/// How many entries a list has, if it is one.
pub(super) fn count(node: &Yaml) -> Option<usize> {
    match &node.kind {
        Kind::Seq(items) => Some(items.len()),
        _ => None,
    }
}
