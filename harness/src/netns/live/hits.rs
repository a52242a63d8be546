//! What the rules of a fault have counted, by nfnetlink: no program has to be started.

use super::netlink::{attribute, attributes, request};
use super::nft::SUBSYSTEM;
use netlink_packet_core::NLM_F_DUMP;
use netlink_sys::protocols::NETLINK_NETFILTER;
use std::io;

/// NFT_MSG_GETRULE, and below of the same file's numbers (include/uapi/linux/netfilter/nf_tables.h).
const GET_RULE: u16 = SUBSYSTEM << 8 | 7;
const RULE_TABLE: u16 = 1;
const RULE_EXPRESSIONS: u16 = 4;
const LIST_ELEM: u16 = 1;
const EXPR_NAME: u16 = 1;
const EXPR_DATA: u16 = 2;
const COUNTER_PACKETS: u16 = 2;

/// `struct nfgenmsg`: any family, version 0, no resource.
const ANY_FAMILY: [u8; 4] = [0; 4];

/// The packets of all counters in the rules of the table of this name, in the namespace of
/// the calling thread; none if there is no rule in such a table.
///
/// # Errors
/// What the kernel answers: EPERM, or EOPNOTSUPP without nf_tables.
pub(super) fn packets(table: &str) -> io::Result<Option<u64>> {
    let name = [table.as_bytes(), &[0]].concat();
    let asked = [&ANY_FAMILY[..], &attribute(RULE_TABLE, &name)].concat();
    let mut sum = None;
    request(NETLINK_NETFILTER, GET_RULE, NLM_F_DUMP, &asked, |message| {
        if let Some(counted) = message.payload.get(ANY_FAMILY.len()..).and_then(|rule| of_rule(rule, &name)) {
            sum = Some(sum.unwrap_or(0) + counted);
        }
    })?;
    Ok(sum)
}

/// The packets that a rule has counted: 0 if it has no counter, none if it is another
/// table's. A kernel that doesn't know the filter of a dump tells all rules.
fn of_rule(rule: &[u8], table: &[u8]) -> Option<u64> {
    let (mut ours, mut sum) = (false, 0);
    attributes(rule, |kind, value| match kind {
        RULE_TABLE => ours = value == table,
        RULE_EXPRESSIONS => attributes(value, |kind, expression| {
            if kind == LIST_ELEM {
                sum += of_expression(expression);
            }
        }),
        _ => {}
    });
    ours.then_some(sum)
}

fn of_expression(expression: &[u8]) -> u64 {
    let (mut counts, mut packets) = (false, 0);
    attributes(expression, |kind, value| match kind {
        EXPR_NAME => counts = value == b"counter\0",
        EXPR_DATA => attributes(value, |kind, value| {
            if kind == COUNTER_PACKETS {
                packets = value.first_chunk().map_or(0, |octets| u64::from_be_bytes(*octets));
            }
        }),
        _ => {}
    });
    if counts { packets } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::netns::live::testing::{inside, sh};

    #[test]
    fn counters_of_one_table_are_added_up() {
        inside(async || {
            assert_eq!(packets("dp_3").unwrap(), None);
            for (family, table, port) in [("inet", "dp_3", 7), ("ip", "dp_33", 8)] {
                sh(&format!(
                    "nft 'table {family} {table} {{ chain hit {{ counter drop; }}; chain c {{ type filter hook output \
                     priority filter; udp dport {port} jump hit; udp dport 9 counter; }}; }}'"
                ));
            }
            assert_eq!(packets("dp_3").unwrap(), Some(0));
            let socket = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
            for port in [7, 7, 8, 8, 8, 9] {
                let _ = socket.send_to(b"x", ("127.0.0.1", port));
            }
            assert_eq!(packets("dp_3").unwrap(), Some(3));
            assert_eq!(packets("dp_33").unwrap(), Some(4));
            assert_eq!(packets("dp_").unwrap(), None);
            let listed = sh("nft list table inet dp_3");
            assert!(listed.contains("counter packets 2") && listed.contains("counter packets 1"), "{listed}");
            sh("nft delete table inet dp_3");
            assert_eq!(packets("dp_3").unwrap(), None);
        });
    }
}
