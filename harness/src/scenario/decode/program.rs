use super::context::{Context, clip};
use super::fields::Fields;
use super::value;
use crate::name::SocketOption;
use crate::scenario::tree::Yaml;
use crate::scenario::{Span, Spanned};

/// What is filled in.
const PLACEHOLDERS: [&str; 4] = ["client.address", "client.port", "server.address", "server.port"];

/// A program and its arguments.
pub(super) fn words(tree: &Yaml, cx: &mut Context) -> Option<Vec<Spanned<String>>> {
    let items = value::list(tree, "the program and its arguments as a list: `[curl, -v]`", cx)?;
    if items.is_empty() {
        cx.error(tree.span, "no program", "write its name first: `run: [redis-server]`");
        return None;
    }
    let words: Vec<_> =
        items.iter().filter_map(|item| value::text(item, "a word; quote one that holds braces", cx)).collect();
    for word in &words {
        check_placeholders(word, cx);
    }
    Some(words)
}

/// `{word.word}` must be one that is filled in; other braces are the program's.
fn check_placeholders(word: &Spanned<String>, cx: &mut Context) {
    for piece in word.split('{').skip(1) {
        let Some((inside, _)) = piece.split_once('}') else { continue };
        let lower = |c: char| c.is_ascii_lowercase() || c == '_';
        let shaped = inside
            .split_once('.')
            .is_some_and(|(a, b)| !a.is_empty() && !b.is_empty() && a.chars().all(lower) && b.chars().all(lower));
        if shaped && !PLACEHOLDERS.contains(&inside) {
            let text = Spanned::new(clip(inside), word.span);
            cx.unknown(&text, "placeholder", PLACEHOLDERS);
        }
    }
}

/// A program sets its own options; only a program can be run as root.
pub(super) fn exclusive(fields: &Fields, cx: &mut Context) {
    if fields.get("run").is_none() {
        if fields.get("as_root").is_some() {
            cx.error(
                fields.place("as_root"),
                "`as_root` without `run`",
                "only a program can be run as root: leave it out",
            );
        }
        return;
    }
    for key in ["keepalive", "user_timeout", "options", "reads", "accepts", "backlog"] {
        if fields.get(key).is_some() {
            refuse(key, fields.place(key), cx);
        }
    }
    for (key, _) in fields.rest().filter(|(key, _)| SocketOption::find(key).is_some()) {
        refuse(key, key.span, cx);
    }
}

fn refuse(key: &str, span: Span, cx: &mut Context) {
    let help = "give the program its own arguments for that, or leave `run` out";
    cx.error(span, format!("`{key}` beside `run`: a program looks after its own socket"), help);
}
