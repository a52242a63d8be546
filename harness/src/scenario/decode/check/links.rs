use super::{Context, Draft};
use crate::name::NodeName;
use crate::scenario::{Link, Role, Spanned};
use std::collections::{BTreeMap, BTreeSet};

/// Each link joins two nodes that no other joins, and switches form no ring.
pub(super) fn check(draft: &Draft, cx: &mut Context) {
    let mut seen = BTreeSet::new();
    let mut rings = Rings::default();
    for link in &draft.links {
        let [first, second] = &link.ends;
        if first.value == second.value {
            let help = "a link joins two nodes: name the other one";
            cx.error(link.span, format!("a link from {} to itself", first.value), help);
            continue;
        }
        if !seen.insert(ordered(link)) {
            let message = format!("{} and {} are linked a second time", first.value, second.value);
            cx.error(link.span, message, "keep one link; a second way needs a node between");
            continue;
        }
        if is_switch(draft, first) && is_switch(draft, second) && !rings.join(first, second) {
            let help = "switches have no spanning tree: take a link out of the ring";
            cx.error(link.span, "this link closes a ring of switches", help);
        }
    }
    toward(draft, cx);
}

fn ordered(link: &Spanned<Link>) -> (&NodeName, &NodeName) {
    let [first, second] = &link.ends;
    if first.value < second.value { (&first.value, &second.value) } else { (&second.value, &first.value) }
}

fn is_switch(draft: &Draft, name: &NodeName) -> bool {
    matches!(draft.role(name), Some(Role::Switch))
}

/// A nat's outside is a neighbour.
fn toward(draft: &Draft, cx: &mut Context) {
    for node in &draft.nodes {
        let Role::Nat(nat) = &node.role else { continue };
        let Some(toward) = &nat.toward else { continue };
        let near: Vec<&NodeName> = draft.neighbours(&node.name).collect();
        if draft.whole.links && !near.contains(&&toward.value) {
            let names: Vec<String> = near.iter().map(|name| format!("`{name}`")).collect();
            let message = format!("{} is no neighbour of {}", toward.value, node.name.value);
            let help = match names.as_slice() {
                [] => format!("link {} to it", node.name.value),
                names => format!("name one of its neighbours: {}", names.join(", ")),
            };
            cx.error(toward.span, message, help);
        }
    }
}

/// Which switches hang together.
#[derive(Default)]
struct Rings<'a> {
    parents: BTreeMap<&'a NodeName, &'a NodeName>,
}

impl<'a> Rings<'a> {
    /// False if the two were joined already.
    fn join(&mut self, first: &'a NodeName, second: &'a NodeName) -> bool {
        let (first, second) = (self.root(first), self.root(second));
        first != second && self.parents.insert(first, second).is_none()
    }

    fn root(&self, mut name: &'a NodeName) -> &'a NodeName {
        while let Some(parent) = self.parents.get(name) {
            name = parent;
        }
        name
    }
}
