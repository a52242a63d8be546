//! YAML text as a tree in which everything knows its place.

mod build;
mod figure;
mod syntax;

use super::{Diagnostic, Span, Spanned};
pub(super) use build::read;
pub(super) use figure::Block;

/// A YAML node and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Yaml {
    pub(super) span: Span,
    pub(super) kind: Kind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    /// Nothing, `~` or `null`.
    Null,
    Scalar {
        text: String,
        style: Style,
    },
    Seq(Vec<Yaml>),
    Map(Vec<(Spanned<String>, Yaml)>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    Plain,
    Quoted,
    /// `|` or `>`.
    Block,
}

/// A file's tree, and its figure if it has one as a literal block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tree {
    pub(super) root: Yaml,
    pub(super) figure: Option<Block>,
    /// Wrong, but not so much that the rest can't be read.
    pub(super) wrong: Vec<Diagnostic>,
}

impl Yaml {
    /// What the node is, for messages.
    pub(super) fn what(&self) -> &'static str {
        match self.kind {
            Kind::Null => "nothing",
            Kind::Scalar { .. } => "a text",
            Kind::Seq(_) => "a list",
            Kind::Map(_) => "a map",
        }
    }
}
