use super::connection::Connection;
use super::coverage::Coverage;
use super::fate::{Fate, Fates, Reached};
use super::flow::Placed;
use super::order::order;
use super::passage::{Passage, Step, passages, steps};
use super::sight::Sight;
use super::topology::{Node, Topology};
use super::translation::Translations;
use super::turn::{Turn, place, turns};
use super::{Crossing, Doubt, Reach, Sighting, doubt};
use crate::name::NodeName;
use crate::record::{ClockKind, Record};
use crate::wire::{Packet, Segment};

/// The connection's crossings in the order in which they were sent, and gaps in them.
pub(super) fn crossings(
    record: &Record,
    topology: &Topology,
    coverage: &Coverage,
    connection: &Connection,
    sights: Vec<Sight>,
) -> (Vec<Crossing>, Vec<Doubt>) {
    let imported = record.manifest.clock == ClockKind::Capture;
    let steps = steps(topology, &sights, |sight| connection.key(&sight.packet));
    let passages = passages(&steps, imported);
    let translations = Translations::new(&record.manifest, &record.events, topology, coverage);
    let finder = Fates {
        topology,
        coverage,
        translations: &translations,
        connection,
        sights: &sights,
        steps: &steps,
        ended: doubt::end(&record.events),
        longest: imported.then(|| longest(&steps, &sights)).flatten(),
    };
    let fates: Vec<Option<Fate>> = passages.iter().map(|passage| finder.find(passage)).collect();
    let turns = turns(&order(&steps, &passages), &passages, &fates);
    let placed = place(&turns, &steps, &sights, passages.len());
    let gaps = gaps(&finder, &turns, &passages, &fates);
    let parts = Parts { record, topology, steps: &steps, passages: &passages, fates: &fates, placed };
    (parts.build(sights, &turns), gaps)
}

/// The longest segment that the endpoints allow, from their SYNs.
fn longest(steps: &[Step], sights: &[Sight]) -> Option<u32> {
    let packets = steps.iter().filter_map(|step| sights.get(step.sight));
    let sizes = packets.filter_map(|sight| match &sight.packet {
        Packet::Tcp(segment) => segment.options.mss.map(u32::from),
        _ => None,
    });
    sizes.min()
}

fn gaps(
    finder: &Fates,
    turns: &[Turn],
    passages: &[Passage],
    fates: &[Option<Fate>],
) -> Vec<Doubt> {
    let mut gaps = Vec::new();
    let sent = turns.iter().filter(|turn| turn.first);
    for (crossing, turn) in sent.enumerate() {
        if let (Some(passage), Some(Some(fate))) = (passages.get(turn.passage), fates.get(turn.passage)) {
            let missing = finder.gaps(passage, fate.from);
            gaps.extend(missing.map(|vantage| Doubt::Gap { vantage, crossing }));
        }
    }
    gaps
}

/// All that is known of the passages.
struct Parts<'a> {
    record: &'a Record,
    topology: &'a Topology,
    steps: &'a [Step],
    passages: &'a [Passage],
    fates: &'a [Option<Fate>],
    placed: Vec<Placed>,
}

impl Parts<'_> {
    fn build(&self, mut sights: Vec<Sight>, turns: &[Turn]) -> Vec<Crossing> {
        let mut crossings: Vec<Crossing> = Vec::with_capacity(self.passages.len());
        let mut crossing_of = vec![0; self.passages.len()];
        for turn in turns {
            let Some(sight) = sights.get_mut(self.steps[turn.step].sight) else { continue };
            let packet = std::mem::replace(&mut sight.packet, Packet::Neighbour);
            if turn.first {
                crossing_of[turn.passage] = crossings.len();
                crossings.extend(self.begin(turn.passage, &packet, sight));
            }
            if let Some(crossing) = crossings.get_mut(crossing_of[turn.passage]) {
                crossing.sightings.push(sighting(sight, packet));
            }
        }
        crossings
    }

    fn begin(&self, passage: usize, packet: &Packet, sight: &Sight) -> Option<Crossing> {
        let (fate, placed) = (self.fates[passage]?, self.placed[passage]);
        Some(Crossing {
            packet: packet.clone(),
            label: placed.label,
            from: self.name(fate.from),
            to: self.name(fate.to),
            sent: sight.at,
            sightings: Vec::with_capacity(self.passages[passage].len()),
            reach: match fate.reach {
                Reached::Arrived => Reach::Arrived,
                Reached::LostAt(node) => Reach::LostAt(self.name(node)),
                Reached::Unknown => Reach::Unknown,
            },
            seq: placed.seq,
            ack: placed.ack,
            len: segment(packet).map_or(0, |segment| segment.len),
        })
    }

    fn name(&self, node: Node) -> NodeName {
        self.topology.name(node).unwrap_or(&self.record.manifest.client.node).clone()
    }
}

fn segment(packet: &Packet) -> Option<&Segment> {
    match packet {
        Packet::Tcp(segment) => Some(segment),
        _ => None,
    }
}

fn sighting(sight: &Sight, packet: Packet) -> Sighting {
    let segment = match packet {
        Packet::Tcp(segment) => Some(segment),
        _ => None,
    };
    Sighting { vantage: sight.vantage, frame: sight.frame, at: sight.at, segment }
}
