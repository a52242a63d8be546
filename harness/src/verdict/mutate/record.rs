use crate::record::{Frame, Record};
use crate::timeline::Timeline;
use crate::verdict::show_crossing;
use std::collections::BTreeSet;
use std::time::Duration;

/// Records that differ from this one in what was captured of one crossing, for every
/// crossing of its timeline.
#[must_use]
pub fn record_mutants(record: &Record, timeline: &Timeline) -> Vec<(String, Record)> {
    (0..timeline.crossings.len()).flat_map(|index| crossing_mutants(record, timeline, index)).collect()
}

/// The same for one crossing: gone, late (past the next crossing, and by far), twice,
/// with other flags (the checksum corrected, or not).
#[must_use]
pub fn crossing_mutants(record: &Record, timeline: &Timeline, index: usize) -> Vec<(String, Record)> {
    let Some(crossing) = timeline.crossings.get(index) else { return Vec::new() };
    let frames: BTreeSet<usize> = crossing.sightings.iter().map(|sighting| sighting.frame).collect();
    let with = |frames: Vec<Frame>| Record { frames, ..record.clone() };
    let apart = |frame: &usize| frames.contains(frame);
    let each = |change: &dyn Fn(&Frame) -> Option<Frame>| {
        let changed = record.frames.iter().enumerate();
        with(
            changed
                .filter_map(|(at, frame)| if apart(&at) { change(frame) } else { Some(frame.clone()) })
                .collect(),
        )
    };
    let later = |frame: &Frame, by: Duration| Frame { at: frame.at + by, ..frame.clone() };
    let mut mutants = vec![
        ("removed", each(&|_| None)),
        ("10 s late", each(&|frame| Some(later(frame, Duration::from_secs(10))))),
    ];
    if let Some(past) = past_next(timeline, index) {
        mutants.push(("later than the next", each(&|frame| Some(later(frame, past)))));
    }
    let mut twice = record.frames.clone();
    let copies = record.frames.iter().enumerate().filter(|(at, _)| apart(at));
    twice.extend(copies.map(|(_, frame)| later(frame, Duration::from_millis(1))));
    mutants.push(("twice", with(twice)));
    mutants.push(("with other flags", each(&|frame| Some(other_flags(frame, true)))));
    mutants.push(("with other flags and a wrong checksum", each(&|frame| Some(other_flags(frame, false)))));
    let name = format!("crossing {index} `{}` at {}", show_crossing(crossing), crossing.sent);
    mutants.into_iter().map(|(what, record)| (format!("{name}: {what}"), record)).collect()
}

/// How long until the next crossing has been seen for the last time.
fn past_next(timeline: &Timeline, index: usize) -> Option<Duration> {
    let (this, next) = (timeline.crossings.get(index)?, timeline.crossings.get(index.checked_add(1)?)?);
    let last = next.sightings.iter().map(|sighting| sighting.at).max().unwrap_or(next.sent);
    Some(last.since(this.sent).saturating_add(Duration::from_micros(50)))
}

const ETHERNET: usize = 14;
const FLAGS: usize = 13;
const CHECKSUM: usize = 16;
const RST: u8 = 0x04;

/// Sets RST where it was not, takes it where it was.
fn other_flags(frame: &Frame, correct: bool) -> Frame {
    let mut frame = frame.clone();
    let Some(start) = tcp_start(&frame.octets) else { return frame };
    let Some(header) = frame.octets.get_mut(start..start + 20) else { return frame };
    header[FLAGS] ^= RST;
    if correct {
        // The flags stand in the low octet of a word: the sum of words changes by as much,
        // and the checksum is its complement (RFC 1624).
        let change = if header[FLAGS] & RST != 0 { u16::from(RST) } else { !u16::from(RST) };
        let old = u16::from_be_bytes([header[CHECKSUM], header[CHECKSUM + 1]]);
        let (sum, carry) = (!old).overflowing_add(change);
        let new = !sum.wrapping_add(u16::from(carry));
        header[CHECKSUM..CHECKSUM + 2].copy_from_slice(&new.to_be_bytes());
    }
    frame
}

/// Where the TCP header begins in an Ethernet frame with IPv4 (RFC 791 §3.1).
fn tcp_start(octets: &[u8]) -> Option<usize> {
    let is_ipv4 = octets.get(12..ETHERNET)? == [0x08, 0x00];
    let first = *octets.get(ETHERNET)?;
    let is_tcp = *octets.get(ETHERNET + 9)? == 6;
    let start = ETHERNET + usize::from(first & 0x0f) * 4;
    (is_ipv4 && is_tcp && first >> 4 == 4 && octets.len() >= start + 20).then_some(start)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::LabTime;

    /// An Ethernet frame with IPv4 and a TCP header, no options, a correct checksum.
    fn frame(flags: u8) -> Frame {
        let mut octets = vec![0u8; 12];
        octets.extend([8, 0, 0x45, 0, 0, 40, 0, 1, 0, 0, 64, 6, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2]);
        octets.extend([0x9c, 0x41, 0x13, 0xba, 0, 0, 0, 1, 0, 0, 0, 2, 0x50, flags, 1, 2, 0, 0, 0, 0]);
        let sum = checksum(&octets);
        octets[ETHERNET + 20 + CHECKSUM..ETHERNET + 20 + CHECKSUM + 2].copy_from_slice(&sum.to_be_bytes());
        Frame { vantage: 0, at: LabTime(0), wire_len: 54, octets }
    }

    /// RFC 9293 §3.1, over the pseudo-header and the segment.
    fn checksum(octets: &[u8]) -> u16 {
        let words =
            |part: &[u8]| part.chunks(2).map(|w| u32::from(u16::from_be_bytes([w[0], w[1]]))).sum::<u32>();
        let mut sum = words(&octets[26..34]) + 6 + 20 + words(&octets[34..]);
        while sum > 0xffff {
            sum = (sum & 0xffff) + (sum >> 16);
        }
        !u16::try_from(sum).unwrap()
    }

    #[test]
    fn other_flags_keep_a_correct_checksum_correct() {
        for flags in [0x02, 0x10, 0x14, 0x04, 0x18] {
            let before = frame(flags);
            assert_eq!(checksum(&before.octets), 0);
            let after = other_flags(&before, true);
            assert_eq!(after.octets[ETHERNET + 20 + FLAGS], flags ^ RST);
            assert_eq!(checksum(&after.octets), 0, "{flags:#x}");
            assert_ne!(checksum(&other_flags(&before, false).octets), 0, "{flags:#x}");
        }
    }

    #[test]
    fn what_is_no_tcp_is_left_alone() {
        for octets in [vec![], vec![0; 60], frame(2).octets[..40].to_vec()] {
            let frame = Frame { octets, ..frame(2) };
            assert_eq!(other_flags(&frame, true), frame);
        }
    }
}
