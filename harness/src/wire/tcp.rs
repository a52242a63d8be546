use super::checksum::Sum;
use super::ip::{Datagram, Fragment};
use super::octets::{u16_at, u32_at};
use super::{Flags, Options, Segment, Seq};
use std::net::SocketAddr;

/// Octets of the header without options (RFC 9293 §3.1).
const HEADER: usize = 20;
const CUT: &str = "TCP header cut short";

/// Reads the TCP header in `datagram`. Options that were cut off are left out.
///
/// # Errors
/// Why it holds no segment.
pub(super) fn segment(datagram: &Datagram) -> Result<Segment, &'static str> {
    let octets = datagram.octets;
    let fixed: &[u8; HEADER] = octets.first_chunk().ok_or(CUT)?;
    let data = usize::from(fixed[12] >> 4) * 4;
    if data < HEADER {
        return Err("TCP header length below 20 octets");
    }
    let len = datagram.len.checked_sub(data).ok_or("TCP header longer than its datagram")?;
    let options = octets.get(HEADER..data.min(octets.len())).unwrap_or_default();
    Ok(Segment {
        source: SocketAddr::new(datagram.source, u16_at(fixed, 0).ok_or(CUT)?),
        destination: SocketAddr::new(datagram.destination, u16_at(fixed, 2).ok_or(CUT)?),
        seq: Seq(u32_at(fixed, 4).ok_or(CUT)?),
        ack: Seq(u32_at(fixed, 8).ok_or(CUT)?),
        flags: Flags(fixed[13]),
        window: u16_at(fixed, 14).ok_or(CUT)?,
        urgent: u16_at(fixed, 18).ok_or(CUT)?,
        options: read_options(options),
        len: u32::try_from(len).unwrap_or(u32::MAX),
        ip_id: datagram.ip_id,
        ttl: datagram.ttl,
        checksum_ok: checksum_ok(datagram),
    })
}

fn checksum_ok(datagram: &Datagram) -> Option<bool> {
    let octets = datagram.octets.get(..datagram.len)?;
    if datagram.fragment != Fragment::Whole || datagram.routed {
        return None;
    }
    let len = u32::try_from(octets.len()).ok()?;
    let pseudo = Sum::pseudo(datagram.source, datagram.destination, datagram.protocol.0, len);
    Some(pseudo.add(octets).fold() == u16::MAX)
}

/// Reads options up to the end of the list, or to the first without a sound length.
/// Unknown kinds are stepped over (RFC 9293 §3.2, MUST-6).
fn read_options(mut rest: &[u8]) -> Options {
    let mut options = Options::default();
    while let [kind, after @ ..] = rest {
        match kind {
            0 => break,
            1 => rest = after,
            kind => {
                let len = after.first().map_or(0, |len| usize::from(*len));
                let (Some(value), Some(next)) = (rest.get(2..len), rest.get(len..)) else { break };
                read_option(*kind, value, &mut options);
                rest = next;
            }
        }
    }
    options
}

fn read_option(kind: u8, value: &[u8], options: &mut Options) {
    match (kind, value.len()) {
        (2, 2) => options.mss = u16_at(value, 0),
        (3, 1) => options.window_scale = value.first().copied(),
        (4, 0) => options.sack_permitted = true,
        (5, _) => options.sack = value.as_chunks().0.iter().map(block).collect(),
        (8, 8) => options.timestamps = u32_at(value, 0).zip(u32_at(value, 4)),
        _ => {}
    }
}

fn block(edges: &[u8; 8]) -> (Seq, Seq) {
    let edges = u64::from_be_bytes(*edges);
    let half = |bits: u64| Seq(u32::try_from(bits & 0xffff_ffff).unwrap_or(0));
    (half(edges >> 32), half(edges))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_option_hides_none_after_it() {
        // Fast open (RFC 7413) between the two that are known.
        let options = read_options(&[2, 4, 5, 180, 34, 4, 0xab, 0xcd, 1, 3, 3, 7, 0, 4, 2]);
        assert_eq!((options.mss, options.window_scale), (Some(1460), Some(7)));
        assert!(!options.sack_permitted, "what follows the end of the list is no option");
    }

    #[test]
    fn a_bad_length_ends_the_list() {
        for broken in [&[2, 0][..], &[2, 1], &[2], &[2, 5, 5, 180], &[3, 40, 7]] {
            assert_eq!(read_options(broken), Options::default(), "{broken:?}");
        }
        let with_good = read_options(&[4, 2, 99, 200, 3, 3, 7]);
        assert!(with_good.sack_permitted && with_good.window_scale.is_none());
    }

    #[test]
    fn a_known_kind_with_another_length_is_left_out() {
        assert_eq!(read_options(&[3, 4, 7, 7]), Options::default());
    }
}
