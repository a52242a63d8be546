use crate::name::NodeName;
use crate::scenario::figure::{Lane, Lanes, names_a_nat};
use crate::scenario::{Role, Scenario, Spanned};

/// The nodes between client and server as lanes, switches left out. The left lane is
/// the end that `nodes` names first.
///
/// # Errors
/// What a figure has no room for: no path, a node beside it, more than three lanes, a
/// name that a figure takes for a NAT's.
pub(super) fn lanes(scenario: &Scenario) -> Result<Lanes, String> {
    let mut path = path(scenario).ok_or("there is no path from client to server")?;
    let place = |name: &NodeName| scenario.nodes.iter().position(|node| node.name.value == *name);
    if path.first().map(&place) > path.last().map(place) {
        path.reverse();
    }
    let role = |name: &NodeName| scenario.nodes.iter().find(|node| node.name.value == *name).map(|node| &node.role);
    path.retain(|name| role(name) != Some(&Role::Switch));
    let beside = scenario.nodes.iter().find(|node| node.role != Role::Switch && !path.contains(&node.name.value));
    if let Some(node) = beside {
        return Err(format!("a figure has no lane for `{}`, which is not between client and server", node.name.value));
    }
    let lane = |name: &NodeName| Lane { name: at(scenario, name), is_nat: names_a_nat(name.as_str()) };
    let lanes = match path.as_slice() {
        [left, right] => Lanes::new(lane(left), None, lane(right)),
        [left, middle, right] => Lanes::new(lane(left), Some(lane(middle)), lane(right)),
        _ => return Err(format!("a figure has two or three lanes, and {} nodes need one", path.len())),
    };
    let outer = [lanes.lane(0), lanes.lane(lanes.last())];
    if let Some(lane) = outer.into_iter().find(|lane| lane.is_nat) {
        return Err(format!("in a figure the name `{}` means a NAT: give that host another", lane.name.value));
    }
    Ok(lanes)
}

fn at(scenario: &Scenario, name: &NodeName) -> Spanned<NodeName> {
    let node = scenario.nodes.iter().find(|node| node.name.value == *name);
    Spanned::new(name.clone(), node.map(|node| node.name.span).unwrap_or_default())
}

/// The names of the nodes on the shortest way from client to server, both included.
fn path(scenario: &Scenario) -> Option<Vec<NodeName>> {
    let (start, goal) = (&scenario.client.on.value, &scenario.server.on.value);
    let mut ways = vec![vec![start.clone()]];
    let mut seen = vec![start.clone()];
    while let Some(way) = (!ways.is_empty()).then(|| ways.remove(0)) {
        let here = way.last()?.clone();
        if here == *goal {
            return Some(way);
        }
        for next in neighbours(scenario, &here) {
            if !seen.contains(next) {
                seen.push(next.clone());
                ways.push([way.clone(), vec![next.clone()]].concat());
            }
        }
    }
    None
}

fn neighbours<'a>(scenario: &'a Scenario, of: &'a NodeName) -> impl Iterator<Item = &'a NodeName> {
    scenario.links.iter().filter_map(move |link| match &link.ends {
        [one, other] if one.value == *of => Some(&other.value),
        [one, other] if other.value == *of => Some(&one.value),
        _ => None,
    })
}
