use super::octets::u16_at;
use etherparse::{IpNumber, Ipv4HeaderSlice, Ipv6HeaderSlice};
use std::net::IpAddr;

/// An IP datagram, its headers taken off.
#[derive(Debug, Clone)]
pub(super) struct Datagram<'a> {
    pub(super) source: IpAddr,
    pub(super) destination: IpAddr,
    pub(super) protocol: IpNumber,
    /// All that was captured after the headers: less than `len` if it was cut, more if
    /// the link padded it.
    pub(super) octets: &'a [u8],
    /// Octets after the headers, by the IP length.
    pub(super) len: usize,
    pub(super) ip_id: Option<u16>,
    pub(super) ttl: u8,
    pub(super) fragment: Fragment,
    /// A routing header: the checksum may be for another destination.
    pub(super) routed: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fragment {
    Whole,
    First,
    Later,
}

impl Fragment {
    fn new(offset: u16, more: bool) -> Self {
        match (offset, more) {
            (0, false) => Self::Whole,
            (0, true) => Self::First,
            _ => Self::Later,
        }
    }
}

/// Takes the IP headers off. `wire_len` counts from the IP header: it stands in where
/// the header has no length, as in frames that are yet to be cut into segments.
///
/// # Errors
/// Why there is no IP header that can be read.
pub(super) fn datagram(octets: &[u8], wire_len: usize) -> Result<Datagram<'_>, &'static str> {
    let datagram = match octets.first().map(|first| first >> 4) {
        Some(4) => ipv4(octets, wire_len),
        Some(6) => ipv6(octets, wire_len),
        Some(_) => return Err("IP version is neither 4 nor 6"),
        None => None,
    };
    datagram.ok_or("no whole IP header")
}

fn ipv4(octets: &[u8], wire_len: usize) -> Option<Datagram<'_>> {
    let header = Ipv4HeaderSlice::from_slice(octets).ok()?;
    let total = match header.total_len() {
        0 => wire_len,
        total => usize::from(total),
    };
    let start = header.slice().len();
    let mut datagram = Datagram {
        source: header.source_addr().into(),
        destination: header.destination_addr().into(),
        protocol: header.protocol(),
        octets: octets.get(start..)?,
        len: total.saturating_sub(start),
        ip_id: Some(header.identification()),
        ttl: header.ttl(),
        fragment: Fragment::new(header.fragments_offset().value(), header.more_fragments()),
        routed: false,
    };
    datagram.take_extensions();
    Some(datagram)
}

fn ipv6(octets: &[u8], wire_len: usize) -> Option<Datagram<'_>> {
    let header = Ipv6HeaderSlice::from_slice(octets).ok()?;
    let start = header.slice().len();
    let len = match header.payload_length() {
        0 => wire_len.saturating_sub(start),
        len => usize::from(len),
    };
    let mut datagram = Datagram {
        source: header.source_addr().into(),
        destination: header.destination_addr().into(),
        protocol: header.next_header(),
        octets: octets.get(start..)?,
        len,
        ip_id: None,
        ttl: header.hop_limit(),
        fragment: Fragment::Whole,
        routed: false,
    };
    datagram.take_extensions();
    Some(datagram)
}

/// Walked here and not by etherparse, whose iterator over laxly sliced extensions reads
/// beyond them where the capture was cut (0.21.0, `Ipv6ExtensionSliceIter::next`).
impl Datagram<'_> {
    /// Takes extension headers off (RFC 8200 §4, RFC 4302), as far as they were captured.
    fn take_extensions(&mut self) {
        while self.fragment != Fragment::Later {
            let Some(len) = self.extension() else { return };
            let (Some(next), Some(rest)) = (self.octets.first(), self.octets.get(len..)) else {
                return;
            };
            self.protocol = IpNumber(*next);
            self.octets = rest;
            self.len = self.len.saturating_sub(len);
        }
    }

    /// The length of the extension header here, if it is one; notes what it says.
    fn extension(&mut self) -> Option<usize> {
        let units = usize::from(*self.octets.get(1)?);
        match self.protocol {
            IpNumber::IPV6_HEADER_HOP_BY_HOP | IpNumber::IPV6_DESTINATION_OPTIONS => {}
            IpNumber::IPV6_ROUTE_HEADER => self.routed = true,
            IpNumber::AUTHENTICATION_HEADER => return Some((units + 2) * 4),
            IpNumber::IPV6_FRAGMENTATION_HEADER => {
                let word = u16_at(self.octets, 2)?;
                self.fragment = Fragment::new(word >> 3, word & 1 == 1);
                return Some(8);
            }
            _ => return None,
        }
        Some((units + 1) * 8)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version6(next: u8, extensions: &[u8]) -> Vec<u8> {
        let mut octets = vec![0x60, 0, 0, 0, 0, 0, next, 64];
        octets[5] = u8::try_from(extensions.len()).unwrap();
        octets.extend([0; 32]);
        octets.extend(extensions);
        octets
    }

    #[test]
    fn a_cut_extension_stays() {
        let octets = version6(60, &[6, 2, 0, 0, 0, 0, 0, 0]);
        let found = datagram(&octets, octets.len()).unwrap();
        assert_eq!(found.protocol, IpNumber::IPV6_DESTINATION_OPTIONS);
        assert_eq!(found.octets.len(), 8);
    }

    #[test]
    fn an_authentication_header_is_stepped_over() {
        let mut octets = version6(51, &[6, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2, 0xab]);
        let found = datagram(&octets, octets.len()).unwrap();
        assert_eq!((found.protocol, found.octets, found.len), (IpNumber::TCP, &[0xab][..], 1));
        octets[41] = 2;
        assert_ne!(datagram(&octets, octets.len()).unwrap().protocol, IpNumber::TCP);
    }

    #[test]
    fn after_a_later_fragment_nothing_is_a_header() {
        let octets = version6(44, &[60, 0, 0, 8, 0, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0]);
        let found = datagram(&octets, octets.len()).unwrap();
        assert_eq!((found.fragment, found.octets.len()), (Fragment::Later, 8));
    }
}
