use super::Case;
use super::reference::{Piece, pieces};
use crate::name::nearest;
use crate::scenario::tree::{Block, Kind, Tree, Yaml};
use crate::scenario::{Diagnostic, Span, Spanned};
use std::collections::{BTreeSet, HashSet};

/// A tree with the values of one combination in the variables' places.
pub(in crate::scenario) struct Filled {
    pub(in crate::scenario) tree: Tree,
    /// Variables that no matrix has, and what else can't be filled in.
    pub(in crate::scenario) wrong: Vec<Diagnostic>,
    /// The names that stand somewhere.
    pub(in crate::scenario) used: BTreeSet<String>,
}

/// What a matrix and its file are.
#[derive(Clone, Copy)]
pub(in crate::scenario) struct Ground<'a> {
    /// The file as it was read.
    pub(in crate::scenario) text: &'a str,
    /// The letter that covers the braces in its tree.
    pub(in crate::scenario) mask: Option<char>,
    /// The matrix's variables.
    pub(in crate::scenario) known: &'a [&'a str],
}

/// Fills `case` into `tree`. Every value keeps its place; a figure keeps those of its lines.
pub(in crate::scenario) fn fill(tree: &Tree, case: &Case, ground: Ground) -> Filled {
    let mut filler = Filler { case, ground, wrong: Vec::new(), used: BTreeSet::new() };
    let root = filler.node(&tree.root);
    let figure = tree.figure.as_ref().map(|block| filler.block(block));
    let tree = Tree { root, figure, wrong: tree.wrong.clone() };
    Filled { tree, wrong: filler.wrong, used: filler.used }
}

struct Filler<'a> {
    case: &'a Case<'a>,
    ground: Ground<'a>,
    wrong: Vec<Diagnostic>,
    used: BTreeSet<String>,
}

impl Filler<'_> {
    fn node(&mut self, node: &Yaml) -> Yaml {
        let kind = match &node.kind {
            Kind::Null => Kind::Null,
            Kind::Scalar { text, style } => Kind::Scalar { text: self.text(text, node.span), style: *style },
            Kind::Seq(items) => Kind::Seq(items.iter().map(|item| self.node(item)).collect()),
            Kind::Map(entries) => Kind::Map(self.entries(entries)),
        };
        Yaml { span: node.span, kind }
    }

    /// Keys that were different may become the same.
    fn entries(&mut self, entries: &[(Spanned<String>, Yaml)]) -> Vec<(Spanned<String>, Yaml)> {
        let mut seen = HashSet::new();
        let mut filled = Vec::with_capacity(entries.len());
        for (key, value) in entries {
            let name = self.text(key, key.span);
            if !seen.insert(name.clone()) {
                let help = "keep one of the two, or give the variable other values";
                self.error(key.span, format!("the key `{name}` stands here a second time"), help);
            }
            filled.push((Spanned::new(name, key.span), self.node(value)));
        }
        filled
    }

    fn block(&mut self, block: &Block) -> Block {
        let lines = block.text.lines().zip(&block.lines);
        let text = lines.map(|(line, place)| self.text(line, *place) + "\n").collect();
        Block { key: block.key, text, lines: block.lines.clone() }
    }

    fn text(&mut self, text: &str, place: Span) -> String {
        if !text.contains('$') {
            return text.to_owned();
        }
        pieces(text, self.ground.mask).into_iter().map(|piece| self.piece(piece, place)).collect()
    }

    fn piece(&mut self, piece: Piece, place: Span) -> String {
        match piece {
            Piece::Text(text) => text.to_owned(),
            Piece::Open => {
                let help = "write `${name}` for a variable's value, and `$${` for `${` itself";
                self.error(within(self.ground.text, place, "${"), "`${` that begins no variable", help);
                String::new()
            }
            Piece::Variable(name) => match self.case.value(name) {
                Some(value) => {
                    self.used.insert(name.to_owned());
                    value.value.clone()
                }
                None => {
                    let help = self.remedy(name);
                    let place = within(self.ground.text, place, &format!("${{{name}}}"));
                    self.error(place, format!("unknown variable `{name}`"), help);
                    String::new()
                }
            },
        }
    }

    fn remedy(&self, name: &str) -> String {
        let near = nearest(name, self.ground.known.iter().copied());
        match near {
            Some(near) => format!("did you mean `${{{near}}}`?"),
            None if self.ground.known.is_empty() => {
                format!("give it values: `matrix: {{ {name}: [...] }}`; or write `$${{{name}}}` for the text itself")
            }
            None => {
                let known: Vec<String> = self.ground.known.iter().take(24).map(|name| format!("`{name}`")).collect();
                format!("the matrix has {}; write `$${{{name}}}` for the text itself", known.join(", "))
            }
        }
    }

    fn error(&mut self, span: Span, message: impl Into<String>, help: impl Into<String>) {
        self.wrong.push(Diagnostic { span, message: message.into(), help: Some(help.into()) });
    }
}

/// The place of `wanted` in the text that begins at `place`; that itself if it is written
/// in another way there.
fn within(text: &str, place: Span, wanted: &str) -> Span {
    let Some(from) = text.get(place.offset..) else { return place };
    let line = from.find('\n').unwrap_or(from.len());
    let region = from.get(..place.len.max(line)).unwrap_or(from);
    let Some((before, _)) = region.split_once(wanted) else { return place };
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let (lines, last) = (before.matches('\n').count(), before.rsplit('\n').next().unwrap_or_default());
    let column = count(last.chars().count()).saturating_add(if lines == 0 { place.column } else { 1 });
    let line = place.line.saturating_add(count(lines));
    Span { line, column, offset: place.offset + before.len(), len: wanted.len() }
}
