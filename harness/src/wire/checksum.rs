use std::net::IpAddr;

/// The Internet checksum over some octets (RFC 1071), before the last complement.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Sum(u64);

impl Sum {
    /// The pseudo-header's part (RFC 9293 §3.1, RFC 8200 §8.1). A length beyond 16 bits
    /// adds up the same in both versions of IP.
    pub(super) fn pseudo(source: IpAddr, destination: IpAddr, protocol: u8, len: u32) -> Self {
        let sum = Self::default().address(source).address(destination);
        sum.add(&len.to_be_bytes()).add(&[0, protocol])
    }

    fn address(self, address: IpAddr) -> Self {
        match address {
            IpAddr::V4(address) => self.add(&address.octets()),
            IpAddr::V6(address) => self.add(&address.octets()),
        }
    }

    /// Adds octets that begin at an even place.
    pub(super) fn add(self, octets: &[u8]) -> Self {
        let (words, rest) = octets.as_chunks::<2>();
        let words: u64 = words.iter().map(|word| u64::from(u16::from_be_bytes(*word))).sum();
        let rest = rest.first().map_or(0, |octet| u64::from(*octet) << 8);
        Self(self.0.wrapping_add(words).wrapping_add(rest))
    }

    /// Folded into 16 bits: all ones over octets that hold their own checksum.
    pub(super) fn fold(self) -> u16 {
        let mut sum = self.0;
        while let carry @ 1.. = sum >> 16 {
            sum = (sum & 0xffff) + carry;
        }
        u16::try_from(sum).unwrap_or(u16::MAX)
    }

    /// The checksum to be written into the header.
    pub(super) fn checksum(self) -> u16 {
        !self.fold()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc_1071_example() {
        let octets = [0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7];
        assert_eq!(Sum::default().add(&octets).fold(), 0xddf2);
    }

    #[test]
    fn an_odd_octet_counts_as_if_padded() {
        assert_eq!(Sum::default().add(&[0x12]).fold(), Sum::default().add(&[0x12, 0]).fold());
    }
}
