use super::connection::Connection;
use super::coverage::Coverage;
use super::fate::{Fate, Fates, Reached};
use super::flow::Placed;
use super::order::order;
use super::passage::{Passages, Steps, copies};
use super::sight::{Read, Sight, Sights};
use super::topology::{Node, Topology};
use super::translation::Translations;
use super::turn::{Turn, place, turns};
use super::{Crossing, Doubt, Reach, Sighting, doubt};
use crate::name::NodeName;
use crate::record::{ClockKind, Record};

/// The connection's crossings in the order in which they were sent, and gaps in them.
pub(super) fn crossings(
    record: &Record,
    topology: &Topology,
    coverage: &Coverage,
    connection: &Connection,
    sights: &Sights,
    read: Read,
) -> (Vec<Crossing>, Vec<Doubt>) {
    let imported = record.manifest.clock == ClockKind::Capture;
    let passages = Passages::new(Steps { sights: &sights.list, topology }, copies(&record.manifest));
    let translations = Translations::new(&record.manifest, &record.events, topology, coverage);
    let finder = Fates {
        topology,
        coverage,
        translations: &translations,
        connection,
        sights,
        read,
        ended: doubt::end(&record.events),
        longest: imported.then(|| longest(sights)).flatten(),
    };
    let fates: Vec<Option<Fate>> = passages.iter().map(|passage| finder.find(passage)).collect();
    let turns = turns(&order(&sights.list, &passages), &passages, &fates);
    let placed = place(&turns, &sights.list, passages.len());
    let gaps = gaps(&finder, &turns, &passages, &fates);
    let parts = Parts { record, topology, sights, read, passages, fates, placed };
    (parts.build(&turns), gaps)
}

/// The longest segment that the endpoints allow, from their SYNs.
fn longest(sights: &Sights) -> Option<u32> {
    sights.list.iter().filter_map(|sight| sight.head.mss.map(u32::from)).min()
}

fn gaps(finder: &Fates, turns: &[Turn], passages: &Passages, fates: &[Option<Fate>]) -> Vec<Doubt> {
    let mut gaps = Vec::new();
    let sent = turns.iter().filter(|turn| turn.first).map(|turn| turn.passage as usize);
    for (crossing, passage) in sent.enumerate() {
        if let Some(Some(fate)) = fates.get(passage) {
            let missing = finder.gaps(passages.get(passage), fate.from);
            gaps.extend(missing.into_iter().map(|vantage| Doubt::Gap { vantage, crossing }));
        }
    }
    gaps
}

/// All that is known of the passages.
struct Parts<'a> {
    record: &'a Record,
    topology: &'a Topology,
    sights: &'a Sights,
    read: Read<'a>,
    passages: Passages,
    fates: Vec<Option<Fate>>,
    placed: Vec<Placed>,
}

impl Parts<'_> {
    fn build(&self, turns: &[Turn]) -> Vec<Crossing> {
        let mut crossings: Vec<Crossing> = Vec::with_capacity(self.passages.len());
        let mut crossing_of = vec![0; self.passages.len()];
        for turn in turns {
            let Some(sight) = self.sights.list.get(turn.step as usize) else { continue };
            let passage = turn.passage as usize;
            if turn.first {
                crossing_of[passage] = crossings.len();
                crossings.extend(self.begin(passage, sight));
            }
            if let Some(crossing) = crossings.get_mut(crossing_of[passage]) {
                crossing.sightings.push(sighting(sight));
            }
        }
        crossings
    }

    fn begin(&self, passage: usize, sight: &Sight) -> Option<Crossing> {
        let (fate, placed) = (self.fates[passage]?, self.placed[passage]);
        Some(Crossing {
            packet: (self.read)(sight.frame as usize),
            label: placed.label,
            from: self.name(fate.from),
            to: self.name(fate.to),
            sent: sight.at,
            sightings: Vec::with_capacity(self.passages.get(passage).len()),
            reach: match fate.reach {
                Reached::Arrived => Reach::Arrived,
                Reached::LostAt(node) => Reach::LostAt(self.name(node)),
                Reached::Unknown => Reach::Unknown,
            },
            seq: placed.seq,
            ack: placed.ack,
            len: sight.head.len,
        })
    }

    fn name(&self, node: Node) -> NodeName {
        self.topology.name(node).unwrap_or(&self.record.manifest.client.node).clone()
    }
}

fn sighting(sight: &Sight) -> Sighting {
    Sighting { vantage: sight.vantage(), frame: sight.frame as usize, at: sight.at }
}
