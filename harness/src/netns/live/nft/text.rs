use super::expression::{nested, number, string};
use super::{Message, SUBSYSTEM, header, rule};
use netlink_packet_core::{NLM_F_APPEND, NLM_F_CREATE};

/// NFT_MSG_NEWTABLE and the like (include/uapi/linux/netfilter/nf_tables.h), of the subsystem.
const NEW_TABLE: u16 = SUBSYSTEM << 8;
const DELETE_TABLE: u16 = NEW_TABLE | 2;
const NEW_CHAIN: u16 = NEW_TABLE | 3;
const NEW_RULE: u16 = NEW_TABLE | 6;

/// NFTA_TABLE_NAME, NFTA_CHAIN_TABLE, NFTA_RULE_TABLE.
const TABLE: u16 = 1;
/// NFTA_CHAIN_NAME, _HOOK and _TYPE.
const CHAIN_NAME: u16 = 3;
const CHAIN_HOOK: u16 = 4;
const CHAIN_TYPE: u16 = 7;
/// NFTA_HOOK_HOOKNUM, _PRIORITY and _DEV.
const HOOK_NUMBER: u16 = 1;
const HOOK_PRIORITY: u16 = 2;
const HOOK_DEVICE: u16 = 3;
/// NFTA_RULE_CHAIN and _EXPRESSIONS.
const RULE_CHAIN: u16 = 2;
const RULE_EXPRESSIONS: u16 = 4;

/// The families that tables of plans are of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    Inet,
    Netdev,
}

impl Family {
    fn read(word: &str) -> Option<Self> {
        match word {
            "inet" => Some(Self::Inet),
            "netdev" => Some(Self::Netdev),
            _ => None,
        }
    }

    /// NFPROTO_INET, NFPROTO_NETDEV (include/uapi/linux/netfilter.h).
    fn number(self) -> u8 {
        match self {
            Self::Inet => 1,
            Self::Netdev => 5,
        }
    }

    /// The number of a hook (`enum nf_inet_hooks`, `enum nf_dev_hooks`).
    fn hook(self, word: &str) -> Option<u32> {
        let all: &[&str] = match self {
            Self::Inet => &["prerouting", "input", "forward", "output", "postrouting"],
            Self::Netdev => &["ingress", "egress"],
        };
        all.iter().position(|name| *name == word).and_then(|at| u32::try_from(at).ok())
    }
}

/// A text that is read line by line: each opens or closes a table or a chain, or is a
/// chain's hook or a rule of it.
#[derive(Default)]
struct Reader {
    table: Option<(Family, String)>,
    chain: Option<String>,
    made: Vec<Message>,
    /// After all chains: they jump to them.
    rules: Vec<Message>,
}

/// The messages of a text, in the order in which the kernel is to get them; none where it
/// says anything else than plans do.
pub(super) fn read(text: &str) -> Option<Vec<Message>> {
    let mut reader = Reader::default();
    for line in text.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        reader.line(&words)?;
    }
    let Reader { table: None, chain: None, made, rules } = reader else { return None };
    let messages: Vec<Message> = made.into_iter().chain(rules).collect();
    (!messages.is_empty()).then_some(messages)
}

impl Reader {
    fn line(&mut self, words: &[&str]) -> Option<()> {
        match (words, &self.table, &self.chain) {
            ([], _, _) => {}
            (["delete", "table", family, name], None, _) => {
                let family = Family::read(family)?;
                self.made.push(message(family, DELETE_TABLE, 0, &[string(TABLE, name)]));
            }
            (["table", family, name, "{"], None, _) => {
                let family = Family::read(family)?;
                self.made.push(message(family, NEW_TABLE, NLM_F_CREATE, &[string(TABLE, name)]));
                self.table = Some((family, (*name).to_owned()));
            }
            (["chain", name, "{"], Some((family, table)), None) => {
                let names = [string(TABLE, table), string(CHAIN_NAME, name)];
                self.made.push(message(*family, NEW_CHAIN, NLM_F_CREATE, &names));
                self.chain = Some((*name).to_owned());
            }
            (["type", kind, "hook", hook @ ..], Some((family, _)), Some(_)) => {
                let hung = hung(*family, kind, hook)?;
                // It stands first in its chain.
                let (NEW_CHAIN, _, payload) = self.made.last_mut()? else { return None };
                payload.extend(hung);
            }
            (["}"], Some(_), Some(_)) => self.chain = None,
            (["}"], Some(_), None) => self.table = None,
            (rule, Some((family, table)), Some(chain)) => {
                let expressions = nested(RULE_EXPRESSIONS, &[rule::read(*family, rule)?]);
                let attributes = [string(TABLE, table), string(RULE_CHAIN, chain), expressions];
                self.rules.push(message(*family, NEW_RULE, NLM_F_CREATE | NLM_F_APPEND, &attributes));
            }
            _ => return None,
        }
        Some(())
    }
}

fn message(family: Family, kind: u16, flags: u16, attributes: &[Vec<u8>]) -> Message {
    (kind, flags, [header(family.number(), 0), attributes.concat()].concat())
}

/// Where a chain hangs: `input priority filter;`, `ingress device "to-b" priority 0;`.
fn hung(family: Family, kind: &str, words: &[&str]) -> Option<Vec<u8>> {
    let (hook, device, priority) = match words {
        [hook, "priority", priority] => (hook, None, priority),
        [hook, "device", device, "priority", priority] => (hook, Some(unquoted(device)?), priority),
        _ => return None,
    };
    let priority = i32::to_be_bytes(priority_of(priority.strip_suffix(';')?)?);
    let mut place = vec![number(HOOK_NUMBER, family.hook(hook)?), super::expression::octets(HOOK_PRIORITY, &priority)];
    place.extend(device.map(|device| string(HOOK_DEVICE, device)));
    Some([nested(CHAIN_HOOK, &place), string(CHAIN_TYPE, kind)].concat())
}

/// By name as nft(8) has them for the family inet.
fn priority_of(word: &str) -> Option<i32> {
    match word {
        "filter" => Some(0),
        "srcnat" => Some(100),
        "dstnat" => Some(-100),
        number => number.parse().ok(),
    }
}

/// What stands between quotation marks.
pub(super) fn unquoted(word: &str) -> Option<&str> {
    word.strip_prefix('"')?.strip_suffix('"')
}
