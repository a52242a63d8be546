use super::steps::Script;
use crate::name::{NodeName, Side};
use crate::scenario::{Endpoint, Link, Node, Role, Rung, Span, Spanned, Step};

/// All parts of a file that could be read, before they are held against each other.
pub(super) struct Draft {
    pub(super) top: Span,
    /// Which of several connections it is that is looked at.
    pub(super) connection: Option<String>,
    pub(super) nodes: Vec<Spanned<Node>>,
    pub(super) links: Vec<Spanned<Link>>,
    pub(super) client: Option<Spanned<Endpoint>>,
    pub(super) server: Option<Spanned<Endpoint>>,
    pub(super) script: Script,
    pub(super) expect: Vec<Spanned<Rung>>,
    /// Every part is there and could be read: what is not found is missing.
    pub(super) whole: Whole,
}

/// Which lists are complete. Of the others, nothing can be said to be missing.
#[derive(Clone, Copy)]
pub(super) struct Whole {
    pub(super) links: bool,
    pub(super) steps: bool,
    pub(super) expect: bool,
}

impl Draft {
    pub(super) fn role(&self, name: &NodeName) -> Option<&Role> {
        self.nodes.iter().find(|node| *node.name == *name).map(|node| &node.role)
    }

    pub(super) fn endpoint(&self, side: Side) -> Option<&Spanned<Endpoint>> {
        match side {
            Side::Client => self.client.as_ref(),
            Side::Server => self.server.as_ref(),
        }
    }

    /// The steps in which the connection's endpoints take part, or none.
    pub(super) fn steps(&self) -> impl Iterator<Item = &Spanned<Step>> {
        let own = |step: &&Spanned<Step>| step.of.as_ref().is_none_or(|of| Some(&of.value) == self.connection.as_ref());
        self.script.steps.iter().filter(own)
    }

    /// The node of an endpoint.
    pub(super) fn host(&self, side: Side) -> Option<&NodeName> {
        self.endpoint(side).map(|endpoint| &endpoint.on.value)
    }

    /// The nodes that a link joins to this one.
    pub(super) fn neighbours<'a>(&'a self, name: &'a NodeName) -> impl Iterator<Item = &'a NodeName> {
        self.links.iter().filter_map(move |link| {
            let [first, second] = &link.ends;
            match (first.value == *name, second.value == *name) {
                (true, false) => Some(&second.value),
                (false, true) => Some(&first.value),
                _ => None,
            }
        })
    }
}
