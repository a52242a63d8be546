use super::octets::{u16_at, u32_at};
use serde::{Deserialize, Serialize};

/// How the octets of a frame begin: a capture file's link-layer header type
/// (<https://www.tcpdump.org/linktypes.html>).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkType {
    #[default]
    Ethernet,
    /// IPv4 or IPv6 without a link header, as a tunnel device has it.
    RawIp,
    /// "Cooked", as `tcpdump -i any` writes it.
    LinuxSll,
    /// "Cooked" with the interface's index.
    LinuxSll2,
    /// BSD loopback: an address family in the byte order of the capturing host.
    Null,
    /// OpenBSD loopback: the same in network order.
    Loop,
    /// Any other, by its number; its frames can't be taken apart.
    Other(u16),
}

const NUMBERS: [(LinkType, u16); 6] = [
    (LinkType::Ethernet, 1),
    (LinkType::RawIp, 101),
    (LinkType::LinuxSll, 113),
    (LinkType::LinuxSll2, 276),
    (LinkType::Null, 0),
    (LinkType::Loop, 108),
];

/// Further numbers of raw IP: what some systems' DLT_RAW leaked into files, and those
/// that admit one version of IP alone.
const RAW_IP: [u16; 4] = [12, 14, 228, 229];

impl LinkType {
    /// The type that a capture file's number stands for.
    #[must_use]
    pub fn from_number(number: u16) -> Self {
        if RAW_IP.contains(&number) {
            return Self::RawIp;
        }
        let known = NUMBERS.iter().find(|(_, other)| *other == number);
        known.map_or(Self::Other(number), |(link, _)| *link)
    }

    /// The number that stands for it in a capture file.
    #[must_use]
    pub fn number(self) -> u16 {
        match self {
            Self::Other(number) => number,
            known => NUMBERS.iter().find(|(link, _)| *link == known).map_or(0, |(_, n)| *n),
        }
    }
}

/// What a frame carries below its link header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Payload<'a> {
    /// The rest of the frame, padding and trailer included.
    Ip(&'a [u8]),
    Arp,
}

/// Takes the link header off, and VLAN tags.
///
/// # Errors
/// Why the frame is neither IP nor ARP.
pub(super) fn payload(link: LinkType, octets: &[u8]) -> Result<Payload<'_>, &'static str> {
    match link {
        LinkType::Ethernet => typed(octets, 12, 14),
        LinkType::LinuxSll => typed(octets, 14, 16),
        LinkType::LinuxSll2 => typed(octets, 0, 20),
        LinkType::RawIp => Ok(Payload::Ip(octets)),
        LinkType::Null | LinkType::Loop => family(octets),
        LinkType::Other(_) => Err("link type not known"),
    }
}

const CUT: &str = "link header cut short";

/// A header with its EtherType at `kind` and its end at `end`. A VLAN tag puts two
/// octets and another EtherType after it (IEEE 802.1Q, 802.1ad).
fn typed(octets: &[u8], kind: usize, end: usize) -> Result<Payload<'_>, &'static str> {
    let (mut kind, mut end) = (kind, end);
    while matches!(u16_at(octets, kind), Some(0x8100 | 0x88a8 | 0x9100)) {
        (kind, end) = (end + 2, end + 4);
    }
    let rest = octets.get(end..).ok_or(CUT)?;
    match u16_at(octets, kind).ok_or(CUT)? {
        0x0800 | 0x86dd => Ok(Payload::Ip(rest)),
        0x0806 => Ok(Payload::Arp),
        0..0x0600 => Err("IEEE 802.3 frame, not IP"),
        _ => Err("EtherType is not IP"),
    }
}

/// AF_INET, then AF_INET6 as Linux, NetBSD, FreeBSD and Darwin number it.
const FAMILIES: [u32; 5] = [2, 10, 24, 28, 30];

fn family(octets: &[u8]) -> Result<Payload<'_>, &'static str> {
    let family = u32_at(octets, 0).ok_or(CUT)?;
    if FAMILIES.contains(&family) || FAMILIES.contains(&family.swap_bytes()) {
        return octets.get(4..).map(Payload::Ip).ok_or(CUT);
    }
    Err("address family is not IP")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_back() {
        for number in 0..=u16::MAX {
            let link = LinkType::from_number(number);
            let same = link.number() == number;
            assert!(same || (link == LinkType::RawIp && RAW_IP.contains(&number)), "{number}");
            assert_eq!(LinkType::from_number(link.number()), link);
        }
    }

    #[test]
    fn tags_are_taken_off() {
        let mut frame = vec![0; 12];
        frame.extend([0x88, 0xa8, 0, 7, 0x81, 0, 0, 8, 0x08, 0x00, 0x45]);
        assert_eq!(payload(LinkType::Ethernet, &frame), Ok(Payload::Ip(&[0x45])));
        assert_eq!(payload(LinkType::Ethernet, &frame[..21]), Err(CUT));
    }

    #[test]
    fn loopback_goes_by_family_in_either_order() {
        let big = [0, 0, 0, 2, 0x45];
        let little = [30, 0, 0, 0, 0x60];
        assert_eq!(payload(LinkType::Loop, &big), Ok(Payload::Ip(&[0x45])));
        assert_eq!(payload(LinkType::Null, &little), Ok(Payload::Ip(&[0x60])));
        assert!(payload(LinkType::Null, &[7, 0, 0, 0, 0x60]).is_err());
        assert_eq!(payload(LinkType::Null, &[2, 0, 0]), Err(CUT));
    }

    #[test]
    fn cooked_headers_have_their_own_places() {
        let mut sll = vec![0; 14];
        sll.extend([0x86, 0xdd, 0x60]);
        assert_eq!(payload(LinkType::LinuxSll, &sll), Ok(Payload::Ip(&[0x60])));
        let mut sll2 = vec![0x08, 0x06];
        sll2.extend([0; 18]);
        assert_eq!(payload(LinkType::LinuxSll2, &sll2), Ok(Payload::Arp));
    }

    #[test]
    fn others_are_told_apart() {
        assert!(payload(LinkType::Other(147), &[0x45; 60]).is_err());
        let mut llc = vec![0; 12];
        llc.extend([0, 38, 0x42, 0x42]);
        assert_eq!(payload(LinkType::Ethernet, &llc), Err("IEEE 802.3 frame, not IP"));
    }
}
