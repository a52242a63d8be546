use super::error::Error;
use crate::name::NodeName;
use crate::plan::{InterfacePlan, NodeKind, NodePlan, Plan};

/// The index that a switch's bridge gets; 1 is the loopback's.
pub(crate) const BRIDGE_INDEX: u32 = 2;

/// One end of a link, as the kernel is to know it.
#[derive(Debug, Clone)]
pub(crate) struct End {
    pub(crate) node: NodeName,
    /// Unlike any other end's in the lab. Were it the same as the other end's, as it
    /// comes out by itself in fresh namespaces, the kernel would take the end for a
    /// device with nothing below it, and tell of a lost carrier up to a second late
    /// (net/core/link_watch.c, `linkwatch_urgent_event`).
    pub(crate) index: u32,
    pub(crate) interface: InterfacePlan,
    /// It becomes a port of the node's bridge.
    pub(crate) port: bool,
}

/// The ends that `node` has, in the order of the plan.
pub(crate) fn ends_of(plan: &Plan, node: &NodePlan) -> Vec<End> {
    node.interfaces.iter().map(|interface| end(plan, node, interface)).collect()
}

fn end(plan: &Plan, node: &NodePlan, interface: &InterfacePlan) -> End {
    let second = plan.links.get(interface.link).is_some_and(|link| link.ends[0] != node.name);
    let order = u32::try_from(interface.link).unwrap_or(u32::MAX / 4) * 2 + u32::from(second);
    End {
        node: node.name.clone(),
        index: BRIDGE_INDEX + 1 + order,
        interface: interface.clone(),
        port: node.kind == NodeKind::Switch,
    }
}

/// Both ends of the link of this index, in the plan's order.
///
/// # Errors
/// The plan has no such link, or an end of it no interface.
pub(crate) fn pair(plan: &Plan, link: usize) -> Result<[End; 2], Error> {
    let missing = || Error::Unplanned { what: format!("both ends of link {link}") };
    let ends = &plan.links.get(link).ok_or_else(missing)?.ends;
    let find = |name: &NodeName| {
        let node = node(plan, name)?;
        ends_of(plan, node).into_iter().find(|end| end.interface.link == link).ok_or_else(missing)
    };
    Ok([find(&ends[0])?, find(&ends[1])?])
}

/// The node of this name.
///
/// # Errors
/// The plan has none.
pub(crate) fn node<'a>(plan: &'a Plan, name: &NodeName) -> Result<&'a NodePlan, Error> {
    let missing = || Error::Unplanned { what: format!("node `{name}`") };
    plan.nodes.iter().find(|node| node.name == *name).ok_or_else(missing)
}

/// The end that is this interface of this node.
///
/// # Errors
/// The plan has no such node or interface.
pub(crate) fn named(plan: &Plan, name: &NodeName, interface: &str) -> Result<End, Error> {
    let missing = || Error::Unplanned { what: format!("interface `{interface}` of node `{name}`") };
    let ends = ends_of(plan, node(plan, name)?);
    ends.into_iter().find(|end| end.interface.name == interface).ok_or_else(missing)
}
