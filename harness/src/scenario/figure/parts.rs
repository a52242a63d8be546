use super::lanes::{Lane, Lanes};
use super::saying::Saying;
use crate::name::NodeName;
use crate::scenario::{Impairment, Link, Nat, Neighbours, Node, Role, Rung, Span, Spanned, Step};

/// A figure that was read, and is right in itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    pub(super) parts: Parts,
}

/// What a figure gives to a scenario.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parts {
    /// From left to right, with a switch between where one is needed.
    pub nodes: Vec<Spanned<Node>>,
    pub links: Vec<Spanned<Link>>,
    pub steps: Vec<Spanned<Step>>,
    pub expect: Vec<Spanned<Rung>>,
    /// The lane that sends the first SYN.
    pub client_on: Spanned<NodeName>,
    /// The lane at the other end.
    pub server_on: Spanned<NodeName>,
}

impl Figure {
    /// Hands over what was read.
    #[must_use]
    pub fn into_parts(self) -> Parts {
        self.parts
    }
}

/// The nodes and links that lanes stand for.
pub(super) struct Topology {
    pub(super) nodes: Vec<Spanned<Node>>,
    pub(super) links: Vec<Spanned<Link>>,
}

impl Topology {
    /// The neighbour of an edge node, for its link's steps.
    pub(super) fn neighbour(&self, name: &NodeName) -> Option<Spanned<NodeName>> {
        self.links.iter().find_map(|link| match &link.ends {
            [one, other] if one.value == *name => Some(other.clone()),
            [one, other] if other.value == *name => Some(one.clone()),
            _ => None,
        })
    }
}

/// Lanes in a row, joined by links. A switch stands between two hosts, and beside
/// every node that dies or is cut off, so that its neighbour keeps its carrier: else
/// the neighbour's kernel would hear of the death.
pub(super) fn topology(lanes: &Lanes, sayings: &[(Saying, Span)]) -> Topology {
    let mut taken: Vec<NodeName> = lanes.all().map(|lane| lane.name.value.clone()).collect();
    let mut built = Topology { nodes: Vec::new(), links: Vec::new() };
    let fails = |at: usize| sayings.iter().any(|(said, _)| matches!(said, Saying::Mark { lane, .. } if *lane == at));
    let mut before: Option<&Spanned<NodeName>> = None;
    for (at, lane) in lanes.all().enumerate() {
        let mut left = before.replace(&lane.name).cloned();
        let wanted = left.is_some() && (lanes.len() == 2 || fails(at) || fails(at.saturating_sub(1)));
        if let Some(name) = wanted.then(|| free_name(&mut taken)).flatten() {
            let switch = Spanned::new(name, lane.name.span);
            built.nodes.push(node(&switch, Role::Switch));
            built.links.extend(left.map(|left| link(&left, &switch)));
            left = Some(switch);
        }
        built.nodes.push(node(&lane.name, role(lane, lanes.is_middle(at))));
        built.links.extend(left.map(|left| link(&left, &lane.name)));
    }
    built
}

/// The role of a lane as a figure shows it.
pub(in crate::scenario) fn role(lane: &Lane, is_middle: bool) -> Role {
    match (lane.is_nat, is_middle) {
        (true, _) => Role::Nat(Nat { loose: Some(false), drop_invalid: true, ..Nat::default() }),
        (false, true) => Role::Router,
        (false, false) => Role::Host,
    }
}

/// `sw`, or the first of `sw2`, `sw3`, ... that is no lane's name.
fn free_name(taken: &mut Vec<NodeName>) -> Option<NodeName> {
    let numbered = (2..100).map(|n: u32| format!("sw{n}"));
    let mut names = std::iter::once("sw".to_owned()).chain(numbered).filter_map(|name| NodeName::new(&name).ok());
    let free = names.find(|name| !taken.contains(name))?;
    taken.push(free.clone());
    Some(free)
}

fn node(name: &Spanned<NodeName>, role: Role) -> Spanned<Node> {
    Spanned::new(
        Node { name: name.clone(), role, sysctls: Vec::new(), routes: Vec::new(), neighbours: Neighbours::default() },
        name.span,
    )
}

fn link(one: &Spanned<NodeName>, other: &Spanned<NodeName>) -> Spanned<Link> {
    Spanned::new(Link { ends: [one.clone(), other.clone()], mtu: None, impairment: Impairment::default() }, other.span)
}
