use super::context::{Context, clip};
use super::fields::Fields;
use super::line::{bare, line, line_key};
use super::{conditions, value};
use crate::scenario::keys::{LINE, WAITED};
use crate::scenario::tree::{Kind, Style, Yaml};
use crate::scenario::{Expected, Rung, Spanned};

/// The lines of `expect` or `then`, and whether all of them could be read.
pub(super) fn rungs(tree: &Yaml, cx: &mut Context) -> (Vec<Spanned<Rung>>, bool) {
    let example = "the lines as a list: `- a > b: SYN`";
    let Some(items) = value::list(tree, example, cx) else { return (Vec::new(), false) };
    let rungs: Vec<_> = items.iter().filter_map(|item| rung(item, cx)).collect();
    let whole = rungs.len() == items.len();
    (rungs, whole)
}

/// A line without conditions.
pub(super) fn plain(what: Expected) -> Rung {
    Rung { what, name: None, times: 1, every: None, when: None, since: None }
}

fn rung(tree: &Yaml, cx: &mut Context) -> Option<Spanned<Rung>> {
    if let Kind::Scalar { text, .. } = &tree.kind {
        return single(tree, text, cx);
    }
    let fields = Fields::open(tree, &LINE, cx)?;
    let what = expected(&fields, cx);
    let rung = conditions::apply(&fields, what.map(plain), cx)?;
    Some(Spanned::new(rung, tree.span))
}

/// A line that is a text: only `...` is one.
fn single(tree: &Yaml, text: &str, cx: &mut Context) -> Option<Spanned<Rung>> {
    if text == "..." {
        return Some(Spanned::new(plain(Expected::Anything), tree.span));
    }
    let help = match split(text) {
        Some(_) => "leave the quotes out".to_owned(),
        None => bare(text),
    };
    cx.error(tree.span, format!("`{}` is no line", clip(text)), help);
    None
}

/// The one line among the keys.
fn expected(fields: &Fields, cx: &mut Context) -> Option<Expected> {
    let (key, tree) = line_key(fields, cx)?;
    line(key, tree, cx)
}

/// The line that a step waits for, as a map or as a quoted text.
pub(super) fn waited(tree: &Yaml, cx: &mut Context) -> Option<Spanned<Rung>> {
    let parsed = match &tree.kind {
        Kind::Scalar { text, .. } => split(text).map(|(key, value)| as_map(tree, key, value)),
        _ => None,
    };
    let tree = parsed.as_ref().unwrap_or(tree);
    if !matches!(tree.kind, Kind::Map(_)) {
        let help = "write `wait_for: { a > b: PROBE }`, or the line in quotes";
        cx.error(tree.span, format!("{} where a line belongs", tree.what()), help);
        return None;
    }
    let fields = Fields::open(tree, &WAITED, cx)?;
    let what = expected(&fields, cx);
    let rung = conditions::apply(&fields, what.map(plain), cx)?;
    Some(Spanned::new(rung, tree.span))
}

fn split(text: &str) -> Option<(&str, &str)> {
    text.split_once(": ").map(|(key, value)| (key.trim(), value.trim()))
}

fn as_map(tree: &Yaml, key: &str, value: &str) -> Yaml {
    let value = Kind::Scalar { text: value.to_owned(), style: Style::Quoted };
    let entry = (Spanned::new(key.to_owned(), tree.span), Yaml { span: tree.span, kind: value });
    Yaml { span: tree.span, kind: Kind::Map(vec![entry]) }
}
