use crate::name::{NodeName, Side};
use crate::plan::{NodeKind, VantagePlan};
use crate::record::Manifest;
use std::collections::{HashMap, VecDeque};
use std::net::IpAddr;

/// An index into [`Topology`]'s nodes.
pub(super) type Node = usize;

/// Who is linked to whom, and where on the way between the endpoints each vantage is.
pub(super) struct Topology {
    nodes: Vec<(NodeName, NodeKind)>,
    /// Of each vantage: its node, and the node its interface leads to.
    vantages: Vec<(Node, Option<Node>)>,
    owners: HashMap<IpAddr, Node>,
    /// The client's node and the server's.
    ends: [Node; 2],
    /// Hops from each node to the client's, and to the server's.
    hops: [Vec<Option<i32>>; 2],
    /// Of each vantage: its place on the way to the client, and on that to the server.
    places: [Vec<Option<Place>>; 2],
    /// The vantages on the way to the client, and on that to the server, by place.
    ways: [Vec<(Place, usize)>; 2],
}

/// Where a vantage is on the way to a destination: the more, the nearer. Two a node, one
/// where segments come in and one where they go out; -1 is the destination's interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place(i32);

impl Place {
    /// Farther than any other, where segments go out.
    const FAR: Self = Self(-1 << 30);

    /// Where what a node sends itself goes out, so many hops from the destination.
    fn out(hops: i32) -> Self {
        Self(-2 * hops)
    }

    fn into(hops: i32) -> Self {
        Self(-2 * hops - 1)
    }

    /// Segments leave the node here; else they come in.
    pub(super) fn is_out(self) -> bool {
        self.0 % 2 == 0
    }
}

pub(super) fn index(side: Side) -> usize {
    match side {
        Side::Client => 0,
        Side::Server => 1,
    }
}

impl Topology {
    pub(super) fn new(manifest: &Manifest) -> Self {
        let mut nodes = Nodes::default();
        for info in &manifest.nodes {
            nodes.add(&info.name, info.kind);
        }
        let vantages = vantages(manifest, &mut nodes);
        let ends = [&manifest.client, &manifest.server].map(|e| nodes.add(&e.node, NodeKind::Host));
        let links = links(manifest, &nodes);
        let hops = ends.map(|end| hops(&links, nodes.list.len(), end));
        let owners = owners(manifest, &nodes);
        let mut this = Self {
            nodes: nodes.list,
            vantages,
            owners,
            ends,
            hops,
            places: Default::default(),
            ways: Default::default(),
        };
        this.places = [Side::Client, Side::Server].map(|toward| this.places_toward(toward));
        this.ways = [0, 1].map(|toward| this.way(toward));
        this
    }

    fn places_toward(&self, toward: Side) -> Vec<Option<Place>> {
        (0..self.vantages.len()).map(|vantage| self.find_place(toward, vantage)).collect()
    }

    fn find_place(&self, toward: Side, vantage: usize) -> Option<Place> {
        let (node, peer) = *self.vantages.get(vantage)?;
        let Some(peer) = peer else {
            return self.place_at_end(toward, node);
        };
        if !self.between(node) || !self.between(peer) {
            return None;
        }
        let (here, there) = (self.hops_to(toward, node)?, self.hops_to(toward, peer)?);
        match there.cmp(&here) {
            std::cmp::Ordering::Less => Some(Place::out(here)),
            std::cmp::Ordering::Greater => Some(Place::into(here)),
            std::cmp::Ordering::Equal => None,
        }
    }

    /// Where no links are known, the endpoints are all that is on the way.
    fn place_at_end(&self, toward: Side, node: Node) -> Option<Place> {
        if node == self.end(toward) {
            return Some(Place::into(0));
        }
        (node == self.end(toward.other())).then_some(Place::FAR)
    }

    /// Whether a shortest way between the endpoints leads over this node.
    fn between(&self, node: Node) -> bool {
        let by = |toward| self.hops_to(toward, node);
        let sum = by(Side::Client).zip(by(Side::Server)).map(|(client, server)| client + server);
        sum.is_some() && sum == self.hops_to(Side::Server, self.end(Side::Client))
    }

    fn hops_to(&self, toward: Side, node: Node) -> Option<i32> {
        self.hops[index(toward)].get(node).copied().flatten()
    }

    /// Vantages on the way by place, without those that share a place: where ways
    /// part, a segment takes one of them.
    fn way(&self, toward: usize) -> Vec<(Place, usize)> {
        let placed = self.places[toward].iter().enumerate();
        let mut way: Vec<_> = placed.filter_map(|(v, place)| place.map(|p| (p, v))).collect();
        way.sort_unstable();
        let shared = |place| way.iter().filter(|(other, _)| *other == place).count() > 1;
        way.iter().copied().filter(|(place, _)| !shared(*place)).collect()
    }

    /// A vantage's place on the way to an endpoint, if it is on it.
    pub(super) fn place(&self, toward: Side, vantage: usize) -> Option<Place> {
        self.places[index(toward)].get(vantage).copied().flatten()
    }

    /// The vantages that every segment on the way to an endpoint passes, from `node`'s
    /// own interface to that at `last`.
    pub(super) fn passed(&self, toward: Side, node: Node, last: Place) -> impl Iterator<Item = (Place, usize)> {
        let first = self.hops_to(toward, node).map_or(last, Place::out);
        let way = self.ways[index(toward)].iter().copied();
        way.skip_while(move |(place, _)| *place < first).take_while(move |(place, _)| *place <= last)
    }

    /// The vantages on the way to an endpoint that come before `place`.
    pub(super) fn before(&self, toward: Side, place: Place) -> impl Iterator<Item = usize> {
        let way = self.ways[index(toward)].iter();
        way.take_while(move |(other, _)| *other < place).map(|(_, vantage)| *vantage)
    }

    pub(super) fn node_of(&self, vantage: usize) -> Option<Node> {
        self.vantages.get(vantage).map(|(node, _)| *node)
    }

    pub(super) fn peer_of(&self, vantage: usize) -> Option<Node> {
        self.vantages.get(vantage).and_then(|(_, peer)| *peer)
    }

    /// The vantages at a node.
    pub(super) fn vantages_of(&self, node: Node) -> impl Iterator<Item = usize> {
        let all = self.vantages.iter().enumerate();
        all.filter(move |(_, (of, _))| *of == node).map(|(vantage, _)| vantage)
    }

    pub(super) fn end(&self, side: Side) -> Node {
        self.ends[index(side)]
    }

    pub(super) fn owner(&self, address: IpAddr) -> Option<Node> {
        self.owners.get(&address).copied()
    }

    pub(super) fn find(&self, name: &NodeName) -> Option<Node> {
        self.nodes.iter().position(|(other, _)| other == name)
    }

    pub(super) fn name(&self, node: Node) -> Option<&NodeName> {
        self.nodes.get(node).map(|(name, _)| name)
    }

    /// A switch passes frames on, and sends none of its own.
    pub(super) fn is_switch(&self, node: Node) -> bool {
        matches!(self.nodes.get(node), Some((_, NodeKind::Switch)))
    }

    /// The next node that is no switch, going from `node` against the way to `toward`.
    pub(super) fn upstream(&self, toward: Side, node: Node) -> Option<Node> {
        let mut at = node;
        while self.is_switch(at) {
            let farther = self.hops_to(toward, at)? + 1;
            let all = 0..self.nodes.len();
            let mut next = all.filter(|n| self.between(*n) && self.hops_to(toward, *n) == Some(farther));
            at = next.next()?;
            if next.next().is_some() {
                return None;
            }
        }
        Some(at)
    }
}

/// Nodes by name, those included that only a vantage or an endpoint names.
#[derive(Default)]
struct Nodes {
    list: Vec<(NodeName, NodeKind)>,
    by_name: HashMap<NodeName, Node>,
}

impl Nodes {
    fn add(&mut self, name: &NodeName, kind: NodeKind) -> Node {
        if let Some(known) = self.by_name.get(name) {
            return *known;
        }
        self.list.push((name.clone(), kind));
        self.by_name.insert(name.clone(), self.list.len() - 1);
        self.list.len() - 1
    }
}

fn vantages(manifest: &Manifest, nodes: &mut Nodes) -> Vec<(Node, Option<Node>)> {
    let peer = |vantage: &VantagePlan| {
        let info = manifest.nodes.iter().find(|info| info.name == vantage.node)?;
        let interface = info.interfaces.iter().find(|i| i.name == vantage.interface)?;
        Some(&interface.peer)
    };
    let of = |vantage: &VantagePlan| {
        let node = nodes.add(&vantage.node, NodeKind::Host);
        (node, peer(vantage).map(|name| nodes.add(name, NodeKind::Host)))
    };
    manifest.vantages.iter().map(of).collect()
}

fn links(manifest: &Manifest, nodes: &Nodes) -> Vec<Vec<Node>> {
    let mut links = vec![Vec::new(); nodes.list.len()];
    for info in &manifest.nodes {
        for interface in &info.interfaces {
            let ends = (nodes.by_name.get(&info.name), nodes.by_name.get(&interface.peer));
            if let (Some(one), Some(other)) = ends {
                links[*one].push(*other);
                links[*other].push(*one);
            }
        }
    }
    links
}

/// Breadth first, from `end`.
fn hops(links: &[Vec<Node>], nodes: usize, end: Node) -> Vec<Option<i32>> {
    let mut hops = vec![None; nodes];
    let mut queue = VecDeque::from([(end, 0)]);
    while let Some((node, far)) = queue.pop_front() {
        if hops[node].is_none() {
            hops[node] = Some(far);
            queue.extend(links[node].iter().map(|next| (*next, far + 1)));
        }
    }
    hops
}

fn owners(manifest: &Manifest, nodes: &Nodes) -> HashMap<IpAddr, Node> {
    let mut owners = HashMap::new();
    for info in &manifest.nodes {
        let addresses = info.interfaces.iter().filter_map(|interface| interface.address);
        let node = nodes.by_name.get(&info.name).copied();
        owners.extend(addresses.filter_map(|address| Some((address, node?))));
    }
    for end in [&manifest.client, &manifest.server] {
        if let Some(node) = nodes.by_name.get(&end.node) {
            owners.entry(end.address).or_insert(*node);
        }
    }
    owners
}
