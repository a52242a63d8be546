use super::syntax::{refusal, span};
use super::{Kind, Style, Tree, Yaml, figure};
use crate::scenario::{Diagnostic, Span, Spanned, text};
use serde_saphyr::granit_parser::{self, Event, Parser, ScalarStyle, Tag};
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

/// A scenario nests five deep.
const MAX_DEPTH: usize = 32;
/// The weight of all nodes, those that aliases repeat among them. A scenario weighs
/// some hundreds.
const MAX_WEIGHT: usize = 50_000;

/// Parses `text`; a figure's literal block is taken as it stands.
///
/// # Errors
/// What ends the reading: the syntax, a second document, too much of it, or nothing in
/// it. Doubled keys and the like are left in [`Tree::wrong`].
pub(in crate::scenario) fn read(text: &str) -> Result<Tree, Vec<Diagnostic>> {
    if let Some((block, rest)) = figure::cut(text) {
        match (build(&rest), build(text)) {
            (Ok((root, wrong)), _) if has_key_at(&root, block.key) => {
                return Ok(Tree { root, figure: Some(block), wrong });
            }
            (Err(wrong), Err(_)) => return Err(wrong),
            // The figure stood in the middle of another text.
            _ => {}
        }
    }
    let (root, wrong) = build(text)?;
    Ok(Tree { root, figure: None, wrong })
}

fn has_key_at(root: &Yaml, place: Span) -> bool {
    let Kind::Map(entries) = &root.kind else { return false };
    entries.iter().any(|(key, _)| key.value == "figure" && key.span == place)
}

fn build(text: &str) -> Result<(Yaml, Vec<Diagnostic>), Vec<Diagnostic>> {
    let options = granit_parser::options! {
        emit_comments: false,
        flow_nesting_limit: MAX_DEPTH + 1,
        block_nesting_limit: MAX_DEPTH + 1,
    };
    let mut builder = Builder::default();
    for event in Parser::new_from_str_with_options(text, options) {
        let fed = match event {
            Ok((event, place)) => builder.feed(event, span(place)),
            Err(error) => Err(refusal(&error)),
        };
        if let Err(fatal) = fed {
            builder.wrong.push(fatal);
            return Err(builder.wrong);
        }
    }
    builder.finish()
}

/// A collection whose end has not come.
struct Open {
    anchor: usize,
    /// The weight before it.
    before: usize,
    span: Span,
    kind: OpenKind,
}

enum OpenKind {
    Seq(Vec<Yaml>),
    Map { entries: Vec<(Spanned<String>, Yaml)>, seen: HashSet<String>, key: Option<Key> },
}

/// A key that waits for its value; not kept if it was refused.
enum Key {
    Kept(Spanned<String>),
    Refused,
}

#[derive(Default)]
struct Builder {
    open: Vec<Open>,
    root: Option<Yaml>,
    documents: usize,
    /// Counted up to [`MAX_WEIGHT`].
    weight: usize,
    /// What an alias stands for, and what that weighs.
    anchors: HashMap<usize, (Yaml, usize)>,
    wrong: Vec<Diagnostic>,
}

fn diagnostic(span: Span, message: impl Into<String>, help: &str) -> Diagnostic {
    Diagnostic { span, message: message.into(), help: Some(help.to_owned()) }
}

impl Builder {
    /// Takes one event in. An error ends the reading.
    fn feed(&mut self, event: Event, span: Span) -> Result<(), Diagnostic> {
        match event {
            Event::DocumentStart(..) => self.document(span),
            Event::Scalar(text, style, anchor, tag) => {
                self.tagged(tag, span);
                let weight = 1 + text.len() / 32;
                self.count(weight, span)?;
                let node = Yaml { span, kind: scalar(text, style) };
                self.keep(anchor, &node, weight);
                self.place(node)
            }
            Event::SequenceStart(_, anchor, tag) => {
                self.tagged(tag, span);
                self.open(anchor, span, OpenKind::Seq(Vec::new()))
            }
            Event::MappingStart(_, anchor, tag) => {
                self.tagged(tag, span);
                let entries = OpenKind::Map { entries: Vec::new(), seen: HashSet::new(), key: None };
                self.open(anchor, span, entries)
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(span),
            Event::Alias(anchor) => self.alias(anchor, span),
            _ => Ok(()),
        }
    }

    fn document(&mut self, span: Span) -> Result<(), Diagnostic> {
        self.documents += 1;
        if self.documents > 1 {
            let help = "one file is one test: put the second document into a file of its own";
            return Err(diagnostic(span, "a second YAML document begins here", help));
        }
        Ok(())
    }

    fn tagged(&mut self, tag: Option<Cow<'_, Tag>>, span: Span) {
        if let Some(tag) = tag {
            let message = format!("the tag `{}` means nothing here", tag.original());
            self.wrong.push(diagnostic(span, message, "leave the tag out, or quote a text that begins with `!`"));
        }
    }

    fn count(&mut self, weight: usize, span: Span) -> Result<(), Diagnostic> {
        self.weight = self.weight.saturating_add(weight);
        if self.weight > MAX_WEIGHT {
            let message = "too much for one scenario, counted with what aliases repeat";
            return Err(diagnostic(span, message, "split the file: one file is one test"));
        }
        Ok(())
    }

    fn open(&mut self, anchor: usize, span: Span, kind: OpenKind) -> Result<(), Diagnostic> {
        if self.open.len() >= MAX_DEPTH {
            let message = format!("nested deeper than {MAX_DEPTH} levels");
            return Err(diagnostic(span, message, "a scenario needs no such nesting"));
        }
        self.open.push(Open { anchor, before: self.weight, span, kind });
        self.count(1, span)
    }

    fn close(&mut self, end: Span) -> Result<(), Diagnostic> {
        let Some(open) = self.open.pop() else { return Ok(()) };
        let node = match open.kind {
            OpenKind::Seq(items) => Yaml { span: reach(open.span, end), kind: Kind::Seq(items) },
            OpenKind::Map { entries, .. } => {
                let first = entries.first().map_or(open.span, |(key, _)| key.span);
                let span = if open.span.len == 0 { first } else { reach(open.span, end) };
                Yaml { span, kind: Kind::Map(entries) }
            }
        };
        self.keep(open.anchor, &node, self.weight.saturating_sub(open.before));
        self.place(node)
    }

    fn keep(&mut self, anchor: usize, node: &Yaml, weight: usize) {
        if anchor != 0 {
            self.anchors.insert(anchor, (node.clone(), weight));
        }
    }

    fn alias(&mut self, anchor: usize, span: Span) -> Result<(), Diagnostic> {
        let Some((_, weight)) = self.anchors.get(&anchor) else {
            return Err(diagnostic(span, "an alias within its own anchor", "repeat the text instead"));
        };
        self.count(*weight, span)?;
        match self.anchors.get(&anchor).cloned() {
            Some((node, _)) => self.place(node),
            None => Ok(()),
        }
    }

    /// Puts a finished node where it belongs.
    fn place(&mut self, mut node: Yaml) -> Result<(), Diagnostic> {
        let Some(open) = self.open.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        match &mut open.kind {
            OpenKind::Seq(items) => items.push(node),
            OpenKind::Map { entries, seen, key } => match key.take() {
                None => *key = Some(accept_key(node, seen, &mut self.wrong)),
                Some(Key::Refused) => {}
                Some(Key::Kept(name)) => {
                    if node.kind == Kind::Null && node.span.len == 0 {
                        node.span = name.span;
                    }
                    entries.push((name, node));
                }
            },
        }
        Ok(())
    }

    fn finish(self) -> Result<(Yaml, Vec<Diagnostic>), Vec<Diagnostic>> {
        let start = Span { line: 1, column: 1, offset: 0, len: 0 };
        let root = self.root.filter(|root| root.kind != Kind::Null);
        root.map(|root| (root, self.wrong)).ok_or_else(|| vec![text::empty(start)])
    }
}

/// From `start` to the end of the closing bracket.
fn reach(start: Span, end: Span) -> Span {
    if start.len == 0 {
        return start;
    }
    Span { len: (end.offset + end.len).saturating_sub(start.offset), ..start }
}

fn scalar(text: Cow<'_, str>, style: ScalarStyle) -> Kind {
    let style = match style {
        ScalarStyle::Plain => Style::Plain,
        ScalarStyle::Literal | ScalarStyle::Folded => Style::Block,
        _ => Style::Quoted,
    };
    if style == Style::Plain && ["", "~", "null"].contains(&&*text) {
        return Kind::Null;
    }
    Kind::Scalar { text: text.into_owned(), style }
}

fn accept_key(node: Yaml, seen: &mut HashSet<String>, wrong: &mut Vec<Diagnostic>) -> Key {
    let what = node.what();
    let text = match node.kind {
        Kind::Scalar { text, .. } => text,
        Kind::Null => "~".to_owned(),
        _ => {
            let help = "a key is a text; quote one that begins with `{` or `[`";
            wrong.push(diagnostic(node.span, format!("{what} as a key"), help));
            return Key::Refused;
        }
    };
    if !seen.insert(text.clone()) {
        let help = "keep one of the two; in a list, begin each entry with `-`";
        wrong.push(diagnostic(node.span, format!("the key `{text}` stands here a second time"), help));
        return Key::Refused;
    }
    Key::Kept(Spanned::new(text, node.span))
}
