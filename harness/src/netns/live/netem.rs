//! netem, the queueing discipline that delays, loses and spoils frames (tc-netem(8)).

use super::netlink::{attribute, request};
use crate::plan::Impairment;
use netlink_packet_core::{NLM_F_CREATE, NLM_F_REPLACE};
use netlink_sys::protocols::NETLINK_ROUTE;
use std::io;
use std::time::Duration;

/// RTM_NEWQDISC (include/uapi/linux/rtnetlink.h).
const NEW_QDISC: u16 = 36;
/// TC_H_ROOT (include/uapi/linux/pkt_sched.h).
const ROOT: u32 = u32::MAX;
/// TCA_KIND, TCA_OPTIONS.
const KIND: u16 = 1;
const OPTIONS: u16 = 2;
/// TCA_NETEM_REORDER and so on.
const REORDER: u16 = 3;
const CORRUPT: u16 = 4;
const RATE: u16 = 6;
const LATENCY64: u16 = 10;
const JITTER64: u16 = 11;

/// Frames that may wait at a time, as tc(8) has it.
const LIMIT: u32 = 1000;

/// Has the interface of this index, in the calling thread's namespace, do to what it
/// sends what `how` says, in place of what it did before. Frames that wait already go on
/// waiting as long as they had to.
///
/// # Errors
/// What the kernel answers: ENOENT where it has no netem.
pub(crate) fn set(index: u32, how: &Impairment) -> io::Result<()> {
    request(NETLINK_ROUTE, NEW_QDISC, NLM_F_CREATE | NLM_F_REPLACE, &message(index, how), |_| {})
}

/// struct tcmsg and its attributes.
fn message(index: u32, how: &Impairment) -> Vec<u8> {
    // Family and padding, index, handle (the kernel's choice), parent, info.
    let head = [0, index, 0, ROOT, 0].map(u32::to_ne_bytes).concat();
    [head, attribute(KIND, b"netem\0"), attribute(OPTIONS, &options(how))].concat()
}

/// struct tc_netem_qopt and its attributes. All of them: what is not told stays as it was.
fn options(how: &Impairment) -> Vec<u8> {
    // Without a gap no frame is left undelayed, with a gap of 1 each may be.
    let gap = u32::from(how.reorder.is_some());
    let numbers = [0, LIMIT, share(how.loss), gap, share(how.duplicate), 0];
    let rate = u32::try_from(how.rate.unwrap_or(0) / 8).unwrap_or(u32::MAX);
    [
        numbers.map(u32::to_ne_bytes).concat(),
        attribute(REORDER, &[share(how.reorder), 0].map(u32::to_ne_bytes).concat()),
        attribute(CORRUPT, &[share(how.corrupt), 0].map(u32::to_ne_bytes).concat()),
        // In octets a second, and without overheads.
        attribute(RATE, &[rate, 0, 0, 0].map(u32::to_ne_bytes).concat()),
        attribute(LATENCY64, &nanoseconds(how.delay).to_ne_bytes()),
        attribute(JITTER64, &nanoseconds(how.jitter).to_ne_bytes()),
    ]
    .concat()
}

/// A share of 2^32, of which the largest number stands for all.
fn share(thousandths: Option<u16>) -> u32 {
    let share = (u64::from(thousandths.unwrap_or(0)) << 32) / 1000;
    u32::try_from(share).unwrap_or(u32::MAX)
}

fn nanoseconds(duration: Option<Duration>) -> i64 {
    i64::try_from(duration.unwrap_or_default().as_nanos()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::netns::live::netlink::attributes;

    #[test]
    fn shares_are_of_the_whole() {
        assert_eq!([None, Some(500), Some(1000)].map(share), [0, 1 << 31, u32::MAX]);
        assert_eq!(share(Some(1)), 4_294_967);
    }

    #[test]
    fn every_setting_has_its_place() {
        let how = Impairment {
            delay: Some(Duration::from_millis(20)),
            jitter: Some(Duration::from_millis(5)),
            loss: Some(500),
            duplicate: Some(250),
            reorder: Some(125),
            corrupt: Some(1000),
            rate: Some(8_000_000),
        };
        let octets = options(&how);
        let (numbers, rest) = octets.split_at(24);
        let words =
            |octets: &[u8]| octets.as_chunks().0.iter().map(|word| u32::from_ne_bytes(*word)).collect::<Vec<_>>();
        assert_eq!(words(numbers), [0, LIMIT, 1 << 31, 1, 1 << 30, 0]);
        let mut found = Vec::new();
        attributes(rest, |kind, value| found.push((kind, value.to_vec())));
        let kinds: Vec<u16> = found.iter().map(|(kind, _)| *kind).collect();
        assert_eq!(kinds, [REORDER, CORRUPT, RATE, LATENCY64, JITTER64]);
        let values: Vec<Vec<u32>> = found.iter().map(|(_, value)| words(value)).collect();
        assert_eq!(values[..3], [vec![1 << 29, 0], vec![u32::MAX, 0], vec![1_000_000, 0, 0, 0]]);
        assert_eq!(found[3].1, 20_000_000_i64.to_ne_bytes());
        assert_eq!(found[4].1, 5_000_000_i64.to_ne_bytes());
    }
}
