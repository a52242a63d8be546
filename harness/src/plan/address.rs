//! Which addresses there are, in either family.

use crate::scenario::Family;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The address of node `number` in a subnet; number 0 names the subnet itself.
/// `10.0.SUBNET.number`, or `fd00:0:0:SUBNET::number` (RFC 4193) with the decimal digits
/// of both as they are: node 12 is `::12`.
pub(super) fn address(family: Family, subnet: usize, number: usize) -> IpAddr {
    match family {
        Family::Ipv4 => Ipv4Addr::new(10, 0, octet(subnet), octet(number)).into(),
        Family::Ipv6 => Ipv6Addr::new(0xfd00, 0, 0, digits(subnet), 0, 0, 0, digits(number)).into(),
    }
}

/// The length of a lab subnet's prefix.
pub(super) fn prefix(family: Family) -> u8 {
    match family {
        Family::Ipv4 => 24,
        Family::Ipv6 => 64,
    }
}

pub(super) fn octet(number: usize) -> u8 {
    u8::try_from(number).unwrap_or(u8::MAX)
}

/// The number whose hexadecimal digits are the decimal ones of `number`, which has at
/// most three.
fn digits(number: usize) -> u16 {
    u16::from_str_radix(&number.to_string(), 16).unwrap_or(u16::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_shows_the_numbers_of_subnet_and_node() {
        let of = |family, subnet, number| address(family, subnet, number).to_string();
        assert_eq!(of(Family::Ipv4, 3, 12), "10.0.3.12");
        assert_eq!(of(Family::Ipv6, 0, 1), "fd00::1");
        assert_eq!(of(Family::Ipv6, 3, 12), "fd00:0:0:3::12");
        assert_eq!(of(Family::Ipv6, 255, 254), "fd00:0:0:255::254");
        assert_eq!(of(Family::Ipv6, 10, 0), "fd00:0:0:10::");
    }
}
