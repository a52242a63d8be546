use crate::netns::live::netlink::attributes;
use crate::record::{Entry, Tuple};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// Attribute numbers of include/uapi/linux/netfilter/nfnetlink_conntrack.h.
pub(super) const TUPLE_ORIG: u16 = 1;
pub(super) const TUPLE_REPLY: u16 = 2;
pub(super) const STATUS: u16 = 3;
pub(super) const PROTOINFO: u16 = 4;
pub(super) const TIMEOUT: u16 = 7;
pub(super) const ID: u16 = 12;
const TIMESTAMP: u16 = 20;
/// From Linux 6.14 on.
const TIMESTAMP_EVENT: u16 = 27;

/// `enum ip_conntrack_status`.
pub(super) const IPS_SEEN_REPLY: u32 = 1 << 1;
pub(super) const IPS_ASSURED: u32 = 1 << 2;

/// `enum tcp_conntrack`, by the names that /proc/net/nf_conntrack shows.
const STATES: [&str; 10] = [
    "NONE",
    "SYN_SENT",
    "SYN_RECV",
    "ESTABLISHED",
    "FIN_WAIT",
    "CLOSE_WAIT",
    "LAST_ACK",
    "TIME_WAIT",
    "CLOSE",
    "SYN_SENT2",
];

/// One conntrack message about a TCP entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) entry: Entry,
    /// CLOCK_REALTIME in ns, where the kernel says it.
    pub(super) started: Option<i64>,
    /// When the entry was deleted, or, if it had expired before, when it did.
    pub(super) stopped: Option<i64>,
    /// When the event came up.
    pub(super) happened: Option<i64>,
    /// As a request to delete it names it: CTA_TUPLE_ORIG and CTA_ID.
    pub(super) original: Vec<u8>,
    pub(super) id: Vec<u8>,
}

/// Reads what follows the netlink header; none if it is no TCP entry.
pub(super) fn parse(payload: &[u8]) -> Option<Told> {
    let (_, rest) = payload.split_first_chunk::<4>()?;
    let mut seen = Seen::default();
    attributes(rest, |kind, value| seen.take(kind, value));
    Some(Told {
        entry: Entry {
            original: seen.tuple?,
            reply: seen.reply?,
            state: seen.state,
            timeout: seen.timeout,
            assured: seen.status & IPS_ASSURED != 0,
            replied: seen.status & IPS_SEEN_REPLY != 0,
        },
        started: seen.started,
        stopped: seen.stopped,
        happened: seen.happened,
        original: seen.original,
        id: seen.id,
    })
}

#[derive(Default)]
struct Seen {
    tuple: Option<Tuple>,
    reply: Option<Tuple>,
    original: Vec<u8>,
    id: Vec<u8>,
    state: Option<String>,
    timeout: Option<u32>,
    status: u32,
    started: Option<i64>,
    stopped: Option<i64>,
    happened: Option<i64>,
}

impl Seen {
    fn take(&mut self, kind: u16, value: &[u8]) {
        match kind {
            TUPLE_ORIG => {
                self.tuple = tuple(value);
                self.original = value.to_vec();
            }
            TUPLE_REPLY => self.reply = tuple(value),
            STATUS => self.status = be32(value).unwrap_or(0),
            PROTOINFO => self.state = state(value),
            TIMEOUT => self.timeout = be32(value),
            ID => self.id = value.to_vec(),
            TIMESTAMP => attributes(value, |kind, value| match kind {
                1 => self.started = be64(value),
                2 => self.stopped = be64(value),
                _ => {}
            }),
            TIMESTAMP_EVENT => self.happened = be64(value),
            _ => {}
        }
    }
}

/// CTA_TUPLE_IP and CTA_TUPLE_PROTO; none unless it is TCP.
pub(super) fn tuple(octets: &[u8]) -> Option<Tuple> {
    let (mut addresses, mut ports, mut protocol) = ([None; 2], [None; 2], None);
    attributes(octets, |kind, nested| {
        attributes(nested, |inner, value| match (kind, inner) {
            (1, 1) => addresses[0] = ipv4(value),
            (1, 2) => addresses[1] = ipv4(value),
            (1, 3) => addresses[0] = ipv6(value),
            (1, 4) => addresses[1] = ipv6(value),
            (2, 1) => protocol = value.first().copied(),
            (2, 2) => ports[0] = be16(value),
            (2, 3) => ports[1] = be16(value),
            _ => {}
        });
    });
    let end = |address: Option<IpAddr>, port: Option<u16>| Some(SocketAddr::new(address?, port?));
    (protocol.map(i32::from) == Some(libc::IPPROTO_TCP)).then_some(())?;
    Some(Tuple { source: end(addresses[0], ports[0])?, destination: end(addresses[1], ports[1])? })
}

fn ipv4(value: &[u8]) -> Option<IpAddr> {
    value.first_chunk::<4>().map(|octets| Ipv4Addr::from(*octets).into())
}

fn ipv6(value: &[u8]) -> Option<IpAddr> {
    value.first_chunk::<16>().map(|octets| Ipv6Addr::from(*octets).into())
}

/// CTA_PROTOINFO_TCP, in it CTA_PROTOINFO_TCP_STATE: both number 1.
fn state(octets: &[u8]) -> Option<String> {
    let mut number = None;
    attributes(octets, |kind, nested| {
        attributes(nested, |inner, value| {
            if (kind, inner) == (1, 1) {
                number = value.first().copied();
            }
        });
    });
    number.map(|number| STATES.get(usize::from(number)).map_or_else(|| number.to_string(), ToString::to_string))
}

fn be16(value: &[u8]) -> Option<u16> {
    value.first_chunk().map(|octets| u16::from_be_bytes(*octets))
}

fn be32(value: &[u8]) -> Option<u32> {
    value.first_chunk().map(|octets| u32::from_be_bytes(*octets))
}

/// A stamp; 0 stands for none.
fn be64(value: &[u8]) -> Option<i64> {
    value.first_chunk().map(|octets| i64::from_be_bytes(*octets)).filter(|&stamp| stamp > 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::netns::live::netlink::attribute;

    fn ends(protocol: u8) -> Vec<u8> {
        ends_of(&[attribute(1, &[10, 0, 0, 1]), attribute(2, &[10, 0, 0, 2])].concat(), protocol)
    }

    fn ends_of(ip: &[u8], protocol: u8) -> Vec<u8> {
        let proto = [attribute(1, &[protocol]), attribute(2, &[0x9c, 0x41]), attribute(3, &[0x13, 0xba])].concat();
        [attribute(1, ip), attribute(2, &proto)].concat()
    }

    #[test]
    fn a_tuple_of_ipv6_is_read() {
        let address = |n| [0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, n];
        let ip = [attribute(3, &address(1)), attribute(4, &address(2))].concat();
        let found = tuple(&ends_of(&ip, 6)).unwrap();
        assert_eq!(found.source, "[fd00::1]:40001".parse().unwrap());
        assert_eq!(found.destination, "[fd00::2]:5050".parse().unwrap());
        assert_eq!(tuple(&ends_of(&attribute(3, &address(1)[..15]), 6)), None);
    }

    fn message(protocol: u8) -> Vec<u8> {
        let state = attribute(1, &attribute(1, &[3]));
        let stamps = [attribute(1, &5_i64.to_be_bytes()), attribute(2, &9_i64.to_be_bytes())].concat();
        let all = [
            attribute(TUPLE_ORIG, &ends(protocol)),
            attribute(TUPLE_REPLY, &ends(protocol)),
            attribute(STATUS, &6_u32.to_be_bytes()),
            attribute(PROTOINFO, &state),
            attribute(TIMEOUT, &432_000_u32.to_be_bytes()),
            attribute(TIMESTAMP, &stamps),
        ];
        [vec![2, 0, 0, 0], all.concat()].concat()
    }

    #[test]
    fn a_tcp_entry_is_read() {
        let told = parse(&message(6)).unwrap();
        assert_eq!(told.entry.original.source, "10.0.0.1:40001".parse().unwrap());
        assert_eq!(told.entry.original.destination, "10.0.0.2:5050".parse().unwrap());
        assert_eq!(told.entry.state.as_deref(), Some("ESTABLISHED"));
        assert_eq!((told.entry.timeout, told.entry.assured, told.entry.replied), (Some(432_000), true, true));
        assert_eq!((told.started, told.stopped, told.happened), (Some(5), Some(9), None));
    }

    #[test]
    fn other_protocols_and_broken_messages_are_none() {
        assert_eq!(parse(&message(17)), None);
        let whole = message(6);
        // Without the reply's tuple there is no entry; a cut elsewhere loses what follows.
        for cut in 0..100 {
            assert_eq!(parse(&whole[..cut]), None, "{cut}");
        }
        for cut in 100..whole.len() {
            let _ = parse(&whole[..cut]);
        }
    }
}
