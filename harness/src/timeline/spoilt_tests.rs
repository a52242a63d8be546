//! Links that deliver twice, or turn a bit.

use super::fixture::{Lab, Seen, a};
use super::*;
use crate::record::Frame;
use crate::time::LabTime;
use crate::wire::{Packet, encode};

/// What the last segment but the handshake came to, and how many gaps there seem to be.
fn told(lab: &Lab) -> (String, usize) {
    let gaps = lab.timeline().doubts.iter().filter(|doubt| matches!(doubt, Doubt::Gap { .. })).count();
    (lab.ladder()[3..].join(", "), gaps)
}

/// A write of which the switch delivers a copy, so much later.
fn duplicated(later: i64) -> Lab {
    let mut lab = Lab::switched().connected();
    lab.at(1000, [a("P.", 1, 1, 5).id(7)]);
    let copies: Vec<Seen> = lab.sights.iter().rev().take(2).cloned().collect();
    lab.sights.extend(copies.into_iter().rev().map(|seen| Seen { at: LabTime(seen.at.0 + later), ..seen }));
    lab
}

#[test]
fn a_copy_belongs_to_its_original_where_links_make_copies() {
    for later in [1000, 900_000_000] {
        let mut lab = duplicated(later);
        lab.record.manifest.copies = true;
        assert_eq!(told(&lab), ("a > b: PSH".to_owned(), 0), "{later}");
    }
}

#[test]
fn elsewhere_a_copy_shows_that_its_capture_has_gaps() {
    let (story, gaps) = told(&duplicated(1000));
    assert!(story != "a > b: PSH" && gaps > 0, "{story}, {gaps} gaps");
}

#[test]
fn a_segment_with_a_turned_bit_is_lost_where_the_bit_was_turned() {
    let lab = Lab::switched().connected();
    let mut spoilt = Lab::switched().connected();
    spoilt.at(1000, [a("P.", 1, 1, 5)]);
    let mut record = lab.record.clone();
    for (index, seen) in spoilt.sights.iter().enumerate() {
        let mut packet = seen.packet.clone();
        if let Packet::Tcp(segment) = &mut packet {
            let last_hop = index + 1 == spoilt.sights.len();
            segment.checksum_ok = Some(!last_hop);
            let octets = encode(segment, [2; 6], [4; 6]);
            let wire_len = u32::try_from(octets.len()).unwrap();
            record.frames.push(Frame { vantage: seen.vantage, at: seen.at, wire_len, octets });
        }
    }
    let crossings = timeline(&record).crossings;
    let last = crossings.last().unwrap();
    assert_eq!((last.label, &last.reach), (crate::name::Label::Psh, &Reach::LostAt(fixture::name("sw"))));
}
