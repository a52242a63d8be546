//! ASCII ladders into the parts of a scenario.

use super::{Diagnostic, Link, Node, Rung, Span, Spanned, Step};
use crate::name::NodeName;

/// Where each line of a figure's text stands in its file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Place {
    /// The place of each line's first character.
    pub lines: Vec<Span>,
}

/// A figure that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Figure {}

/// What a figure gives to a scenario.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parts {
    pub nodes: Vec<Spanned<Node>>,
    pub links: Vec<Spanned<Link>>,
    pub steps: Vec<Spanned<Step>>,
    pub expect: Vec<Spanned<Rung>>,
    pub client_on: Spanned<NodeName>,
    pub server_on: Spanned<NodeName>,
}

/// Reads a figure whose lines stand at `place`.
///
/// # Errors
/// Everything in it that can't be read.
pub fn read(_text: &str, place: Place) -> Result<Figure, Vec<Diagnostic>> {
    Err(vec![Diagnostic {
        span: place.lines.first().copied().unwrap_or_default(),
        message: "figures can't be read yet".to_owned(),
        help: Some("write `nodes`, `links`, `steps` and `expect` instead".to_owned()),
    }])
}

impl Figure {
    /// The figure in the scenario's terms.
    #[must_use]
    pub fn into_parts(self) -> Parts {
        match self {}
    }
}
