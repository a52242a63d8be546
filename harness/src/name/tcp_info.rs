/// A number of `struct tcp_info` (include/uapi/linux/tcp.h) that a scenario can expect: of
/// counts and sizes, by the field's name without `tcpi_`. Times and estimates are left out,
/// for no two runs have the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TcpInfo {
    pub name: &'static str,
    /// In octets from the beginning.
    pub offset: usize,
    /// In octets: 1 or 4.
    pub width: usize,
}

const fn field(name: &'static str, offset: usize, width: usize) -> TcpInfo {
    TcpInfo { name, offset, width }
}

const FIELDS: [TcpInfo; 12] = [
    field("retransmits", 2, 1),
    field("probes", 3, 1),
    field("backoff", 4, 1),
    field("snd_mss", 16, 4),
    field("rcv_mss", 20, 4),
    field("unacked", 24, 4),
    field("sacked", 28, 4),
    field("lost", 32, 4),
    field("retrans", 36, 4),
    field("pmtu", 60, 4),
    field("snd_cwnd", 80, 4),
    field("total_retrans", 100, 4),
];

impl TcpInfo {
    /// As many octets of the structure as hold all the fields.
    pub const LENGTH: usize = 104;

    /// The field of this name, if known here.
    #[must_use]
    pub fn find(name: &str) -> Option<Self> {
        FIELDS.into_iter().find(|field| field.name == name)
    }

    /// All names, for suggestions.
    pub fn all() -> impl Iterator<Item = &'static str> {
        FIELDS.into_iter().map(|field| field.name)
    }

    /// The field's value; none where the kernel's structure is shorter.
    #[must_use]
    pub fn of(self, info: &[u8]) -> Option<u32> {
        let octets = info.get(self.offset..self.offset + self.width)?;
        match octets {
            [octet] => Some(u32::from(*octet)),
            _ => octets.try_into().ok().map(u32::from_ne_bytes),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_lie_within_the_structure() {
        for name in TcpInfo::all() {
            let field = TcpInfo::find(name).unwrap();
            assert!(field.offset + field.width <= TcpInfo::LENGTH, "{name}");
        }
        let mut info = [0; TcpInfo::LENGTH];
        info[3] = 2;
        info[100..].copy_from_slice(&7_u32.to_ne_bytes());
        assert_eq!(TcpInfo::find("probes").unwrap().of(&info), Some(2));
        assert_eq!(TcpInfo::find("total_retrans").unwrap().of(&info), Some(7));
        assert_eq!(TcpInfo::find("total_retrans").unwrap().of(&info[..100]), None);
    }
}
