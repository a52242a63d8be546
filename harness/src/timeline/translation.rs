use super::coverage::Coverage;
use super::topology::{Node, Topology};
use crate::ladder::EntryChange;
use crate::plan::NodeKind;
use crate::record::{Event, EventKind, Manifest, Tuple};
use crate::time::LabTime;
use std::collections::{HashMap, HashSet};
use std::net::SocketAddr;
use std::time::Duration;

/// An expired entry is deleted, and the event sent, when the next packet looks it up:
/// an event so soon after a packet tells of what the packet met.
const LOOK_UP: Duration = Duration::from_millis(10);

/// Which outside addresses the NATs gave to someone inside, and when.
#[derive(Default)]
pub(super) struct Translations {
    /// From each time on, whether there is an entry.
    by_address: HashMap<(Node, SocketAddr), Vec<(LabTime, bool)>>,
}

/// What happened to an entry, or none if all were lost.
type Change = (LabTime, Option<(EntryChange, Tuple)>);

impl Translations {
    pub(super) fn new(manifest: &Manifest, events: &[Event], topology: &Topology, coverage: &Coverage) -> Self {
        let mut this = Self::default();
        for info in manifest.nodes.iter().filter(|info| info.kind == NodeKind::Nat) {
            let Some(node) = topology.find(&info.name) else { continue };
            let mut changes: HashMap<SocketAddr, Vec<Change>> = HashMap::new();
            for event in events {
                if let Some((outside, change)) = change(event, info) {
                    changes.entry(outside).or_default().push(change);
                }
            }
            for (outside, mut changes) in changes {
                changes.extend(power_losses(topology, coverage, node).map(|at| (at, None)));
                this.by_address.insert((node, outside), history(changes));
            }
        }
        this
    }

    /// Whether the node is known to have no entry for this address of its own at that
    /// time, so that what is sent there is for the node itself.
    pub(super) fn lacks(&self, node: Node, outside: SocketAddr, at: LabTime) -> bool {
        let Some(history) = self.by_address.get(&(node, outside)) else { return false };
        let known = history.partition_point(|(since, _)| *since <= at + LOOK_UP);
        known.checked_sub(1).and_then(|last| history.get(last)).is_some_and(|(_, live)| !live)
    }
}

/// The change that an event tells, if it is of an entry that translates the source.
fn change(event: &Event, info: &crate::record::NodeInfo) -> Option<(SocketAddr, Change)> {
    let EventKind::Conntrack { node, change, entry } = &event.kind else { return None };
    let outside = entry.reply.destination;
    let translates = *node == info.name && outside != entry.original.source;
    translates.then_some((outside, (event.at, Some((*change, entry.original)))))
}

fn history(mut changes: Vec<Change>) -> Vec<(LabTime, bool)> {
    changes.sort_by_key(|(at, _)| *at);
    let mut live = HashSet::new();
    let ends = |tuple: Tuple| (tuple.source, tuple.destination);
    let step = |(at, change): Change| {
        match change {
            Some((EntryChange::Deleted, original)) => {
                live.remove(&ends(original));
            }
            Some((_, original)) => {
                live.insert(ends(original));
            }
            None => live.clear(),
        }
        (at, !live.is_empty())
    };
    changes.into_iter().map(step).collect()
}

/// When all captures of the node had ended: its table went with it, without events.
fn power_losses(topology: &Topology, coverage: &Coverage, node: Node) -> impl Iterator<Item = LabTime> {
    let ends = topology.vantages_of(node).flat_map(|vantage| coverage.ends(vantage));
    ends.filter(move |at| topology.vantages_of(node).all(|v| !coverage.captures(v, *at)))
}
