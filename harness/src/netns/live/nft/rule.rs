use super::expression::{
    Base, Compare, Meta, Numbers, compare, counter, ct_state, dnat, drop_it, jump, masked, masquerade, meta, numgen,
    payload, reject,
};
use super::text::{Family, unquoted};
use std::net::IpAddr;

/// The length of an interface's name with all its NULs (IFNAMSIZ).
const NAME_LENGTH: usize = 16;

/// ETH_P_IP and ETH_P_IPV6 (include/uapi/linux/if_ether.h).
const ETHERTYPES: [[u8; 2]; 2] = [[0x08, 0x00], [0x86, 0xdd]];
/// NFPROTO_IPV4 and NFPROTO_IPV6 (include/uapi/linux/netfilter.h).
const PROTOCOLS: [u8; 2] = [2, 10];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(usize)]
enum Version {
    Four,
    Six,
}

/// A rule under way. What a match looks at must be there: whether it is TCP, and which IP,
/// is asked once, before the first that hangs on it.
struct Rule {
    family: Family,
    tcp: bool,
    version: Option<Version>,
    expressions: Vec<u8>,
}

/// The expressions of a rule; none where it has a word that plans do not write.
pub(super) fn read(family: Family, words: &[&str]) -> Option<Vec<u8>> {
    let mut rule = Rule { family, tcp: false, version: None, expressions: Vec::new() };
    let mut rest = words;
    while !rest.is_empty() {
        rest = rule.matches(rest).or_else(|| rule.statement(rest))?;
    }
    Some(rule.expressions)
}

impl Rule {
    fn add(&mut self, expressions: &[Vec<u8>]) {
        self.expressions.extend(expressions.concat());
    }

    /// Reads a condition off the front; gives what follows it.
    fn matches<'a>(&mut self, words: &'a [&'a str]) -> Option<&'a [&'a str]> {
        match words {
            ["tcp", "sport", ports, rest @ ..] => self.ports(0, ports).map(|()| rest),
            ["tcp", "dport", ports, rest @ ..] => self.ports(2, ports).map(|()| rest),
            ["tcp", "flags", "&", set, "==", value, rest @ ..] => {
                self.octet_of_tcp(13, flags(set)?, flags(value)?);
                Some(rest)
            }
            ["tcp", "doff", words, rest @ ..] => {
                self.octet_of_tcp(12, 0xf0, words.parse::<u8>().ok().filter(|words| *words < 16)? << 4);
                Some(rest)
            }
            ["ip", "length", octets, rest @ ..] => self.length(Version::Four, 2, octets).map(|()| rest),
            ["ip6", "length", octets, rest @ ..] => self.length(Version::Six, 4, octets).map(|()| rest),
            ["iifname", name, rest @ ..] => self.interface(Meta::InName, name).map(|()| rest),
            ["oifname", name, rest @ ..] => self.interface(Meta::OutName, name).map(|()| rest),
            ["meta", "l4proto", "tcp", rest @ ..] => {
                self.need_tcp();
                Some(rest)
            }
            ["ct", "state", "invalid", rest @ ..] => {
                // NF_CT_STATE_INVALID_BIT
                self.add(&[ct_state(), masked(&1_u32.to_ne_bytes()), compare(Compare::NotEqual, &[0; 4])]);
                Some(rest)
            }
            ["numgen", kind, "mod", modulus, "<", below, rest @ ..] => self.share(kind, modulus, below).map(|()| rest),
            _ => None,
        }
    }

    /// Reads what is done off the front; gives what follows it.
    fn statement<'a>(&mut self, words: &'a [&'a str]) -> Option<&'a [&'a str]> {
        match words {
            ["counter", rest @ ..] => {
                self.add(&[counter()]);
                Some(rest)
            }
            ["drop"] => self.last(drop_it()),
            ["jump", chain] => self.last(jump(chain)),
            ["masquerade"] => self.last(masquerade()),
            ["dnat", "ip", "to", address] => self.last(dnat(IpAddr::V4(address.parse().ok()?))),
            ["dnat", "ip6", "to", address] => self.last(dnat(IpAddr::V6(address.parse().ok()?))),
            // What a bridge may answer is another matter.
            _ if self.family == Family::Netdev => None,
            ["reject", "with", "tcp", "reset"] => {
                self.first(Self::need_tcp);
                self.last(reject(None))
            }
            ["reject", "with", "icmp", "type", code] => self.reject(Version::Four, icmp(code)?),
            ["reject", "with", "icmpv6", "type", code] => self.reject(Version::Six, icmpv6(code)?),
            _ => None,
        }
    }

    fn last<'a>(&mut self, expression: Vec<u8>) -> Option<&'a [&'a str]> {
        self.add(&[expression]);
        Some(&[])
    }

    /// A rejection is for packets of its kind alone, whatever else of the rule looks at them:
    /// nft asks that first.
    fn first(&mut self, ask: impl FnOnce(&mut Self)) {
        let rest = std::mem::take(&mut self.expressions);
        ask(self);
        self.expressions.extend(rest);
    }

    fn reject<'a>(&mut self, version: Version, code: u8) -> Option<&'a [&'a str]> {
        self.first(|rule| rule.need_version(version));
        self.last(reject(Some(code)))
    }

    fn need_tcp(&mut self) {
        if !std::mem::replace(&mut self.tcp, true) {
            self.add(&[meta(Meta::L4Proto), compare(Compare::Equal, &[6])]);
        }
    }

    fn need_version(&mut self, version: Version) {
        if self.version.replace(version) == Some(version) {
            return;
        }
        match self.family {
            Family::Inet => self
                .add(&[meta(Meta::NfProto), compare(Compare::Equal, &PROTOCOLS[version as usize..=version as usize])]),
            Family::Netdev => {
                self.add(&[meta(Meta::Protocol), compare(Compare::Equal, &ETHERTYPES[version as usize])]);
            }
        }
    }

    /// One port, or the first and the last of a range.
    fn ports(&mut self, offset: u32, word: &str) -> Option<()> {
        let port = |word: &str| word.parse().ok().map(u16::to_be_bytes);
        let compared = match word.split_once('-') {
            None => vec![compare(Compare::Equal, &port(word)?)],
            Some((first, last)) => {
                vec![compare(Compare::AtLeast, &port(first)?), compare(Compare::AtMost, &port(last)?)]
            }
        };
        self.need_tcp();
        self.add(&[payload(Base::Transport, offset, 2)]);
        self.add(&compared);
        Some(())
    }

    fn octet_of_tcp(&mut self, offset: u32, mask: u8, wanted: u8) {
        self.need_tcp();
        self.add(&[payload(Base::Transport, offset, 1), masked(&[mask]), compare(Compare::Equal, &[wanted])]);
    }

    fn length(&mut self, version: Version, offset: u32, octets: &str) -> Option<()> {
        let octets: u16 = octets.parse().ok()?;
        self.need_version(version);
        self.add(&[payload(Base::Network, offset, 2), compare(Compare::Equal, &octets.to_be_bytes())]);
        Some(())
    }

    fn interface(&mut self, key: Meta, word: &str) -> Option<()> {
        let mut name = unquoted(word)?.as_bytes().to_vec();
        // With an asterisk at its end it would be a pattern.
        if name.len() >= NAME_LENGTH || name.contains(&b'*') {
            return None;
        }
        name.resize(NAME_LENGTH, 0);
        self.add(&[meta(key), compare(Compare::Equal, &name)]);
        Some(())
    }

    fn share(&mut self, kind: &str, modulus: &str, below: &str) -> Option<()> {
        let kind = match kind {
            "inc" => Numbers::Incremental,
            "random" => Numbers::Random,
            _ => return None,
        };
        let below: u32 = below.parse().ok()?;
        self.add(&[numgen(kind, modulus.parse().ok()?), compare(Compare::Less, &below.to_be_bytes())]);
        Some(())
    }
}

/// `(fin|syn|rst)`, `syn|ack`, `0`, as bits of the header's octet.
fn flags(word: &str) -> Option<u8> {
    if word == "0" {
        return Some(0);
    }
    let names = ["fin", "syn", "rst", "psh", "ack", "urg"];
    let bit = |flag: &str| names.iter().position(|name| *name == flag).map(|at| 1 << at);
    word.trim_start_matches('(').trim_end_matches(')').split('|').try_fold(0, |all, flag| Some(all | bit(flag)?))
}

/// The code of an ICMP destination unreachable, by nft's name.
fn icmp(name: &str) -> Option<u8> {
    Some(match name {
        "net-unreachable" => 0,
        "host-unreachable" => 1,
        "prot-unreachable" => 2,
        "port-unreachable" => 3,
        "net-prohibited" => 9,
        "host-prohibited" => 10,
        "admin-prohibited" => 13,
        _ => return None,
    })
}

/// The same of ICMPv6.
fn icmpv6(name: &str) -> Option<u8> {
    Some(match name {
        "no-route" => 0,
        "admin-prohibited" => 1,
        "addr-unreachable" => 3,
        "port-unreachable" => 4,
        "policy-fail" => 5,
        "reject-route" => 6,
        _ => return None,
    })
}
