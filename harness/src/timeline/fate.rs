use super::connection::Connection;
use super::coverage::Coverage;
use super::passage::{Passage, Step};
use super::sight::{Sight, ends};
use super::topology::{Node, Topology};
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
    pub(super) arrival: Option<usize>,
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
    pub(super) sights: &'a [Sight],
    pub(super) steps: &'a [Step],
    /// When the run ended, if it did: captures ended one by one after that.
    pub(super) ended: Option<LabTime>,
    /// In a capture from elsewhere a longer one is later cut into others.
    pub(super) longest: Option<u32>,
}

impl Fates<'_> {
    /// Of a passage that has steps; none otherwise.
    pub(super) fn find(&self, passage: &Passage) -> Option<Fate> {
        let steps = || passage.iter().filter_map(|step| Some((*step, self.steps.get(*step)?)));
        let (_, first) = steps().next()?;
        let (last_index, last) =
            steps().filter(|(_, s)| s.place.is_some()).last().or_else(|| steps().last())?;
        let toward = first.toward();
        let at_node = |node| move |(_, s): &(usize, &Step)| self.topology.node_of(s.vantage) == Some(node);
        let arrived = steps().find(at_node(self.topology.end(toward)));
        let to = match arrived {
            Some(_) => self.topology.end(toward),
            None => self.meant_for(toward, last),
        };
        let reach = if steps().any(|step| at_node(to)(&step)) {
            Reached::Arrived
        } else {
            self.lost(first, last, to)
        };
        let taken = (reach == Reached::Unknown).then_some(last_index);
        let arrival = arrived.map(|(step, _)| step).or(taken);
        Some(Fate { from: self.origin(first), to, reach, arrival })
    }

    fn packet(&self, step: &Step) -> Option<&Packet> {
        self.sights.get(step.sight).map(|sight| &sight.packet)
    }

    /// Endpoints send all segments, but a NAT or router can send an RST in an endpoint's
    /// name, and ICMP in its own: then no vantage nearer to the endpoint saw it.
    fn origin(&self, first: &Step) -> Node {
        let end = self.topology.end(first.toward().other());
        match self.packet(first) {
            Some(Packet::Tcp(segment)) if segment.flags.has(Flags::RST) => {
                self.first_sender(first).unwrap_or(end)
            }
            Some(Packet::Icmp(icmp)) => {
                let owner = self.topology.owner(icmp.source);
                owner.or_else(|| self.first_sender(first)).unwrap_or(end)
            }
            _ => end,
        }
    }

    /// The node that the first vantage saw send, or from which it saw come in; none if
    /// no vantage nearer to the source could have seen it before.
    fn first_sender(&self, first: &Step) -> Option<Node> {
        let place = first.place?;
        let mut before = self.topology.before(first.toward(), place);
        before.find(|vantage| self.coverage.captures(*vantage, first.at))?;
        let node = match place.is_out() {
            true => self.topology.node_of(first.vantage),
            false => self.topology.peer_of(first.vantage),
        };
        self.topology.upstream(first.toward(), node?)
    }

    /// The endpoint; or a NAT, if the address is its own and was given to no one inside.
    fn meant_for(&self, toward: Side, last: &Step) -> Node {
        let end = self.topology.end(toward);
        let address = self.packet(last).and_then(|packet| match packet {
            Packet::Icmp(_) => ends(packet).map(|(source, _)| source),
            _ => ends(packet).map(|(_, destination)| destination),
        });
        let Some(address) = address.filter(|a| self.connection.is_translated(*a)) else {
            return end;
        };
        let owner = self.topology.owner(address.ip());
        owner.filter(|owner| self.translations.lacks(*owner, address, last.at)).unwrap_or(end)
    }

    /// What is known of a packet that was not seen at its destination.
    fn lost(&self, first: &Step, last: &Step, to: Node) -> Reached {
        let mut there = self.topology.vantages_of(to).peekable();
        let unseen = there.peek().is_none()
            || there.any(|vantage| self.coverage.failed(vantage, first.at))
            || self.ended.is_some_and(|ended| first.at >= ended)
            || self.is_to_be_cut(first);
        match self.topology.node_of(last.vantage) {
            Some(node) if !unseen => Reached::LostAt(node),
            _ => Reached::Unknown,
        }
    }

    fn is_to_be_cut(&self, step: &Step) -> bool {
        let len = self.packet(step).map_or(0, |packet| match packet {
            Packet::Tcp(segment) => segment.len,
            _ => 0,
        });
        self.longest.is_some_and(|longest| len > longest)
    }

    /// Vantages that must have seen the packet, for one behind them did, and didn't.
    pub(super) fn gaps<'p>(
        &'p self,
        passage: &'p Passage,
        from: Node,
    ) -> impl Iterator<Item = usize> + 'p {
        let steps = || passage.iter().filter_map(|step| self.steps.get(*step));
        let last = steps().filter_map(|step| Some((step, step.place?))).max_by_key(|(_, place)| *place);
        let passed = last.map(|(step, place)| (step.at, self.topology.passed(step.toward(), from, place)));
        let expected = passed.into_iter().flat_map(|(at, passed)| passed.map(move |(_, v)| (at, v)));
        let missing = expected.filter(move |(_, vantage)| steps().all(|step| step.vantage != *vantage));
        missing.filter(|(at, vantage)| self.coverage.captures(*vantage, *at)).map(|(_, v)| v)
    }
}
