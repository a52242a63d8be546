use super::fate::Fate;
use super::flow::{Flows, Placed};
use super::passage::{Passage, Step};
use super::sight::Sight;
use crate::name::{Label, Side};
use crate::wire::{Packet, Segment};

/// A step in its turn.
#[derive(Debug, Clone, Copy)]
pub(super) struct Turn {
    pub(super) step: usize,
    pub(super) passage: usize,
    /// With this the packet is sent.
    pub(super) first: bool,
    /// With this it comes to the endpoint it was sent to.
    arrives: bool,
}

/// All steps in the order in which they happened.
pub(super) fn turns(order: &[usize], passages: &[Passage], fates: &[Option<Fate>]) -> Vec<Turn> {
    let mut passage_of = vec![0; order.len()];
    for (passage, steps) in passages.iter().enumerate() {
        for step in steps {
            passage_of[*step] = passage;
        }
    }
    let mut begun = vec![false; passages.len()];
    let turn = |step: &usize| {
        let passage = passage_of[*step];
        let first = !std::mem::replace(&mut begun[passage], true);
        let arrives = fates[passage].is_some_and(|fate| fate.arrival == Some(*step));
        Turn { step: *step, passage, first, arrives }
    };
    order.iter().map(turn).collect()
}

/// The role and the numbers of each passage's packet, from the connection's state when it
/// was sent.
pub(super) fn place(
    turns: &[Turn],
    steps: &[Step],
    sights: &[Sight],
    passages: usize,
) -> Vec<Placed> {
    let mut placed = vec![Placed { label: Label::Ack, seq: 0, ack: 0 }; passages];
    let mut flows = Flows::default();
    seed(&mut flows, turns, steps, sights);
    for turn in turns {
        let step = &steps[turn.step];
        let packet = &sights[step.sight].packet;
        if turn.first {
            placed[turn.passage] = send(&mut flows, step, packet);
        }
        if let (true, Packet::Tcp(segment)) = (turn.arrives, packet) {
            flows.arrive(step.key.sender, segment, placed[turn.passage], step.at);
        }
    }
    placed
}

fn send(flows: &mut Flows, step: &Step, packet: &Packet) -> Placed {
    match packet {
        Packet::Tcp(segment) => flows.send(step.key.sender, segment, step.at),
        Packet::Icmp(icmp) => {
            let seq = flows.quoted(step.toward(), icmp.quoted_seq);
            Placed { label: Label::Icmp(icmp.code), seq, ack: 0 }
        }
        Packet::Neighbour | Packet::Other(_) => Placed { label: Label::Ack, seq: 0, ack: 0 },
    }
}

/// Shows the flows the first segments of both sides.
fn seed(flows: &mut Flows, turns: &[Turn], steps: &[Step], sights: &[Sight]) {
    let sent = turns.iter().filter(|turn| turn.first).filter_map(|turn| {
        let step = &steps[turn.step];
        match &sights[step.sight].packet {
            Packet::Tcp(segment) => Some((step.key.sender, segment)),
            _ => None,
        }
    });
    let mut sent = sent.peekable();
    let Some((side, first)) = sent.peek().copied() else { return };
    let answer: Option<(Side, &Segment)> = sent.find(|(other, _)| *other != side);
    if let Some((_, answer)) = answer {
        flows.seed(side, first, answer);
    }
}
