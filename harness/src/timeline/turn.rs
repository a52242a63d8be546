use super::fate::Fate;
use super::flow::{Flows, Placed};
use super::passage::Passages;
use super::sight::{Head, Sight};
use crate::name::{Label, Side};

/// A step in its turn.
#[derive(Debug, Clone, Copy)]
pub(super) struct Turn {
    pub(super) step: u32,
    pub(super) passage: u32,
    /// With this the packet is sent.
    pub(super) first: bool,
    /// With this it comes to the endpoint it was sent to.
    arrives: bool,
}

/// All steps in the order in which they happened.
pub(super) fn turns(order: &[u32], passages: &Passages, fates: &[Option<Fate>]) -> Vec<Turn> {
    let mut passage_of = vec![0; order.len()];
    for (passage, steps) in (0_u32..).zip(passages.iter()) {
        for step in steps {
            passage_of[*step as usize] = passage;
        }
    }
    let mut begun = vec![false; passages.len()];
    let turn = |step: &u32| {
        let passage = passage_of[*step as usize];
        let first = !std::mem::replace(&mut begun[passage as usize], true);
        let arrives = fates[passage as usize].is_some_and(|fate| fate.arrival == Some(*step));
        Turn { step: *step, passage, first, arrives }
    };
    order.iter().map(turn).collect()
}

/// The role and the numbers of each passage's packet, from the connection's state when it
/// was sent.
pub(super) fn place(turns: &[Turn], sights: &[Sight], passages: usize) -> Vec<Placed> {
    let mut placed = vec![Placed { label: Label::Ack, seq: 0, ack: 0 }; passages];
    let mut flows = Flows::default();
    seed(&mut flows, turns, sights);
    for turn in turns {
        let sight = &sights[turn.step as usize];
        if turn.first {
            placed[turn.passage as usize] = send(&mut flows, sight);
        }
        if turn.arrives && sight.head.icmp.is_none() {
            flows.arrive(sight.sender, &sight.head, placed[turn.passage as usize], sight.at);
        }
    }
    placed
}

fn send(flows: &mut Flows, sight: &Sight) -> Placed {
    match sight.head.icmp {
        None => flows.send(sight.sender, &sight.head, sight.at),
        Some(code) => {
            let seq = flows.quoted(sight.toward(), sight.head.seq);
            Placed { label: Label::Icmp(code), seq, ack: 0 }
        }
    }
}

/// Shows the flows the first segments of both sides.
fn seed(flows: &mut Flows, turns: &[Turn], sights: &[Sight]) {
    let sent = turns.iter().filter(|turn| turn.first).map(|turn| &sights[turn.step as usize]);
    let mut segments = sent.filter(|sight| sight.head.icmp.is_none()).map(|sight| (sight.sender, &sight.head));
    let Some((side, first)) = segments.next() else { return };
    let answer: Option<(Side, &Head)> = segments.find(|(other, _)| *other != side);
    if let Some((_, answer)) = answer {
        flows.seed(side, first, answer);
    }
}
