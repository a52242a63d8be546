use super::connection::Connection;
use super::coverage::Coverage;
use super::sight::{Read, Sight, Sights};
use super::topology::{Node, Place, Topology};
use super::translation::Translations;
use crate::name::Side;
use crate::time::LabTime;
use crate::wire::{Flags, Packet};

/// Where a packet came from, where it was meant to go, and how far it got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fate {
    pub(super) from: Node,
    pub(super) to: Node,
    pub(super) reach: Reached,
    /// The step with which it came to the endpoint that it was sent to.
    pub(super) arrival: Option<u32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reached {
    Arrived,
    LostAt(Node),
    Unknown,
}

/// What fates are found by.
pub(super) struct Fates<'a> {
    pub(super) topology: &'a Topology,
    pub(super) coverage: &'a Coverage,
    pub(super) translations: &'a Translations,
    pub(super) connection: &'a Connection,
    pub(super) sights: &'a Sights,
    pub(super) read: Read<'a>,
    /// When the run ended, if it did: captures ended one by one after that.
    pub(super) ended: Option<LabTime>,
    /// In a capture from elsewhere a longer one is later cut into others.
    pub(super) longest: Option<u32>,
}

impl Fates<'_> {
    /// Of a passage that has steps; none otherwise.
    pub(super) fn find(&self, passage: &[u32]) -> Option<Fate> {
        let first = self.sight(*passage.first()?)?;
        let farthest = passage.iter().rev().find(|step| self.place(**step).is_some());
        let last = *farthest.or(passage.last())?;
        let end = self.topology.end(first.toward());
        let arrived = passage.iter().copied().find(|step| self.is_at(*step, end));
        let to = match arrived {
            Some(_) => end,
            None => self.meant_for(first.toward(), self.sight(last)?),
        };
        let reach = match passage.iter().any(|step| self.is_at(*step, to)) {
            true => Reached::Arrived,
            false => self.lost(first, self.sight(last)?, to),
        };
        let arrival = arrived.or((reach == Reached::Unknown).then_some(last));
        Some(Fate { from: self.origin(first), to, reach, arrival })
    }

    fn sight(&self, step: u32) -> Option<&Sight> {
        self.sights.list.get(step as usize)
    }

    fn place(&self, step: u32) -> Option<Place> {
        let sight = self.sight(step)?;
        self.topology.place(sight.toward(), sight.vantage())
    }

    fn is_at(&self, step: u32, node: Node) -> bool {
        self.sight(step).and_then(|sight| self.topology.node_of(sight.vantage())) == Some(node)
    }

    /// Endpoints send all segments, but a NAT or router can send an RST in an endpoint's
    /// name, and ICMP in its own: then no vantage nearer to the endpoint saw it.
    fn origin(&self, first: &Sight) -> Node {
        let end = self.topology.end(first.sender);
        if first.head.icmp.is_some() {
            self.icmp_source(first).or_else(|| self.first_sender(first)).unwrap_or(end)
        } else if first.head.has(Flags::RST) {
            self.first_sender(first).unwrap_or(end)
        } else {
            end
        }
    }

    fn icmp_source(&self, sight: &Sight) -> Option<Node> {
        match (self.read)(sight.frame as usize) {
            Packet::Icmp(icmp) => self.topology.owner(icmp.source),
            _ => None,
        }
    }

    /// The node that the first vantage saw send, or from which it saw come in; none if
    /// no vantage nearer to the source could have seen it before.
    fn first_sender(&self, first: &Sight) -> Option<Node> {
        let place = self.topology.place(first.toward(), first.vantage())?;
        let mut before = self.topology.before(first.toward(), place);
        before.find(|vantage| self.coverage.captures(*vantage, first.at))?;
        let node = match place.is_out() {
            true => self.topology.node_of(first.vantage()),
            false => self.topology.peer_of(first.vantage()),
        };
        self.topology.upstream(first.toward(), node?)
    }

    /// The endpoint; or a NAT, if the address is its own and was given to no one inside.
    fn meant_for(&self, toward: Side, last: &Sight) -> Node {
        let end = self.topology.end(toward);
        let ends = self.sights.ends(last);
        let address = ends.map(|(quoted, destination)| match last.head.icmp {
            Some(_) => quoted,
            None => destination,
        });
        let Some(address) = address.filter(|a| self.connection.is_translated(*a)) else {
            return end;
        };
        let owner = self.topology.owner(address.ip());
        owner.filter(|owner| self.translations.lacks(*owner, address, last.at)).unwrap_or(end)
    }

    /// What is known of a packet that was not seen at its destination.
    fn lost(&self, first: &Sight, last: &Sight, to: Node) -> Reached {
        let mut there = self.topology.vantages_of(to).peekable();
        let unseen = there.peek().is_none()
            || there.any(|vantage| self.coverage.failed(vantage, first.at))
            || self.ended.is_some_and(|ended| first.at >= ended)
            || self.longest.is_some_and(|longest| first.head.len > longest);
        match self.topology.node_of(last.vantage()) {
            Some(node) if !unseen => Reached::LostAt(node),
            _ => Reached::Unknown,
        }
    }

    /// Vantages that must have seen the packet, for one behind them did, and didn't.
    pub(super) fn gaps(&self, passage: &[u32], from: Node) -> Vec<usize> {
        let last = passage.iter().filter_map(|step| Some((self.place(*step)?, self.sight(*step)?)));
        let Some((place, sight)) = last.max_by_key(|(place, _)| *place) else { return Vec::new() };
        let seen = |vantage| passage.iter().filter_map(|step| self.sight(*step)).any(|s| s.vantage() == vantage);
        let passed = self.topology.passed(sight.toward(), from, place).map(|(_, vantage)| vantage);
        let missing = passed.filter(|vantage| !seen(*vantage));
        missing.filter(|vantage| self.coverage.captures(*vantage, sight.at)).collect()
    }
}
