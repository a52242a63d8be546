use crate::ladder::{Expected, Fate, Ladder};
use crate::name::NodeName;
use crate::plan::NodeKind;
use crate::record::{Manifest, NodeInfo};
use crate::timeline::{Reach, Timeline};
use std::collections::{BTreeMap, VecDeque};

/// The columns of a drawing before the first lane, for the time.
const LEFT: usize = 10;
/// The columns of a drawing after the last lane, for the marks.
const RIGHT: usize = 30;
const WIDEST_GAP: usize = 36;
const NARROWEST_GAP: usize = 8;

/// The nodes that have a lane, from the client's to the server's, and where they stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Lanes {
    pub(super) nodes: Vec<NodeName>,
    pub(super) columns: Vec<usize>,
}

impl Lanes {
    /// Hosts, routers and NATs on the way from the client to the server; a switch only if
    /// something was lost there, or should have been.
    pub(super) fn of(ladder: &Ladder, timeline: &Timeline, width: usize) -> Self {
        let manifest = &timeline.manifest;
        let shown = |node: &NodeName| {
            let switch = manifest.nodes.iter().any(|info| info.name == *node && info.kind == NodeKind::Switch);
            !switch || loses(ladder, timeline, node)
        };
        let nodes: Vec<NodeName> = path(manifest).into_iter().filter(shown).collect();
        let first = LEFT + nodes.first().map_or(0, |node| box_width(node) / 2);
        let gaps = nodes.len().saturating_sub(1).max(1);
        let room = width.saturating_sub(first + RIGHT) / gaps;
        let gap = room.clamp(NARROWEST_GAP, WIDEST_GAP);
        let columns = (0..nodes.len()).map(|lane| first + lane * gap).collect();
        Self { nodes, columns }
    }

    pub(super) fn column(&self, node: &NodeName) -> Option<usize> {
        let lane = self.nodes.iter().position(|lane| lane == node)?;
        self.columns.get(lane).copied()
    }

    pub(super) fn last_column(&self) -> usize {
        self.columns.last().copied().unwrap_or(LEFT)
    }
}

pub(super) fn box_width(node: &NodeName) -> usize {
    node.as_str().len() + 4
}

fn loses(ladder: &Ladder, timeline: &Timeline, node: &NodeName) -> bool {
    let expected = ladder
        .rungs
        .iter()
        .any(|rung| matches!(&rung.what, Expected::Segment { fate: Fate::LostAt(at), .. } if at == node));
    expected || timeline.crossings.iter().any(|crossing| crossing.reach == Reach::LostAt(node.clone()))
}

/// The shortest way from the client's node to the server's. Where the record does not
/// tell how they are joined, all nodes between the two.
fn path(manifest: &Manifest) -> Vec<NodeName> {
    let (from, to) = (&manifest.client.node, &manifest.server.node);
    let info = |name: &NodeName| manifest.nodes.iter().find(|node| node.name == *name);
    let mut came_from: BTreeMap<&NodeName, &NodeName> = BTreeMap::new();
    let mut queue = VecDeque::from([from]);
    while let Some(node) = queue.pop_front() {
        let peers = info(node).into_iter().flat_map(|node: &NodeInfo| &node.interfaces);
        for interface in peers {
            if interface.peer != *from && !came_from.contains_key(&interface.peer) {
                came_from.insert(&interface.peer, node);
                queue.push_back(&interface.peer);
            }
        }
    }
    let mut path = vec![to.clone()];
    while let Some(before) = path.last().and_then(|node| came_from.get(node)) {
        path.push((*before).clone());
    }
    path.reverse();
    if path.first() == Some(from) {
        return path;
    }
    let between = manifest.nodes.iter().map(|node| &node.name).filter(|name| *name != from && *name != to);
    [from].into_iter().chain(between).chain([to]).cloned().collect()
}
