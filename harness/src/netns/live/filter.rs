use super::error::{Error, kernel};
use super::{hits, nft, tool};
use crate::name::NodeName;
use crate::plan::{Family, FilterText};
use std::path::PathBuf;
use std::sync::OnceLock;

/// The program that loads packet filters, as far as this machine has one.
#[derive(Debug, Clone)]
pub(crate) struct Tools {
    nft: Option<PathBuf>,
    iptables: Option<Iptables>,
    /// Of the addresses that iptables knows.
    family: Family,
}

#[derive(Debug, Clone)]
struct Iptables {
    restore: PathBuf,
    save: PathBuf,
}

/// Which program a text was loaded by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Program {
    Nft,
    Iptables,
}

/// What loads iptables' rules of a family, and what shows them.
pub(crate) fn iptables_programs(family: Family) -> (&'static str, &'static str) {
    match family {
        Family::Ipv4 => ("iptables-restore", "iptables-save"),
        Family::Ipv6 => ("ip6tables-restore", "ip6tables-save"),
    }
}

impl Tools {
    /// Looks for nft(8), and for the iptables-restore(8) and iptables-save(8) of a family, the
    /// first time it is called.
    pub(crate) fn find(family: Family) -> Self {
        static FOUND: [OnceLock<Tools>; 2] = [const { OnceLock::new() }; 2];
        let [ipv4, ipv6] = &FOUND;
        let found = if family == Family::Ipv4 { ipv4 } else { ipv6 };
        found.get_or_init(|| Self::look(family)).clone()
    }

    fn look(family: Family) -> Self {
        let (restore, save) = iptables_programs(family);
        let both = tool::find(restore).zip(tool::find(save));
        let iptables = both.map(|(restore, save)| Iptables { restore, save });
        Self { nft: tool::find("nft"), iptables, family }
    }

    /// The programs' files.
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        let iptables = self.iptables.iter().flat_map(|tools| [tools.restore.clone(), tools.save.clone()]);
        self.nft.clone().into_iter().chain(iptables).collect()
    }

    /// As if there were no nft.
    pub(crate) fn without_nft(self) -> Self {
        Self { nft: None, ..self }
    }

    /// Whether there is a program for `text`.
    pub(crate) fn can_load(&self, text: &FilterText) -> bool {
        (self.nft.is_some() && text.nft.is_some()) || (self.iptables.is_some() && text.iptables.is_some())
    }

    /// Loads `text` in the namespace of the calling thread, which is that of `node`:
    /// by nft if there is one and a text for it.
    ///
    /// # Errors
    /// Neither program is there for its text, or it refused the text.
    pub(crate) async fn load(&self, node: &NodeName, text: &FilterText) -> Result<Program, Error> {
        if let (Some(program), Some(rules)) = (&self.nft, &text.nft) {
            // What the kernel refuses, the program is asked for, too: it says more of why.
            if !nft::load(rules).unwrap_or(false) {
                tool::run(node, program, &["-f", "-"], rules).await?;
            }
            return Ok(Program::Nft);
        }
        if let (Some(iptables), Some(rules)) = (&self.iptables, &text.iptables) {
            // All iptables of a machine share one lock, whatever their namespace.
            tool::run(node, &iptables.restore, &["--noflush", "--wait"], rules).await?;
            return Ok(Program::Iptables);
        }
        Err(missing(node, text, self.family))
    }

    /// How many packets the rules of a fault have matched: those of the table
    /// `handle` that count, or those of the chain `handle` that lose packets.
    ///
    /// # Errors
    /// The program failed, or there is no such table or chain any more.
    pub(crate) async fn counter(&self, node: &NodeName, by: Program, handle: &str) -> Result<u64, Error> {
        let packets = match (by, &self.iptables) {
            (Program::Nft, _) => hits::packets(handle).map_err(kernel("read the counter of", handle, node))?,
            (Program::Iptables, Some(iptables)) => {
                iptables_packets(&tool::run(node, &iptables.save, &["-c"], "").await?, handle)
            }
            _ => None,
        };
        packets.ok_or_else(|| Error::Refused {
            operation: "read the counter of",
            object: handle.to_owned(),
            node: node.clone(),
            why: "there is no such table or chain".to_owned(),
        })
    }
}

fn missing(node: &NodeName, text: &FilterText, family: Family) -> Error {
    let (needed, package) = match (&text.nft, &text.iptables, family) {
        (Some(_), None, _) => ("nft was", "nftables"),
        (None, Some(_), Family::Ipv4) => ("iptables-restore was", "iptables"),
        (None, Some(_), Family::Ipv6) => ("ip6tables-restore was", "iptables"),
        (_, _, Family::Ipv4) => ("neither nft nor iptables-restore was", "nftables"),
        (_, _, Family::Ipv6) => ("neither nft nor ip6tables-restore was", "nftables"),
    };
    Error::NoTool { node: node.clone(), needed, package }
}

/// `[4:208] -A CHAIN … -j DROP`: the packets of the chain's rules that lose them.
fn iptables_packets(saved: &str, chain: &str) -> Option<u64> {
    let declared =
        saved.lines().any(|line| line.strip_prefix(':').and_then(|rest| rest.split(' ').next()) == Some(chain));
    let packets = |line: &str| {
        let (count, rule) = line.strip_prefix('[')?.split_once("] -A ")?;
        let loses = rule.contains(" -j DROP") || rule.contains(" -j REJECT");
        let ours = rule.split(' ').next() == Some(chain) && loses;
        ours.then(|| count.split_once(':')?.0.parse::<u64>().ok())?
    };
    declared.then(|| saved.lines().filter_map(packets).sum())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAVED: &str = "*filter\n:INPUT ACCEPT [1:2]\n:fault-3 - [0:0]\n[7:70] -A INPUT -j fault-3\n[1:10] -A fault-3 -s 10.0.0.9/32 -j RETURN\n\
        [4:208] -A fault-3 -p tcp -j DROP\n[2:80] -A fault-33 -j DROP\nCOMMIT\n";

    #[test]
    fn counters_of_one_chain_are_added_up() {
        assert_eq!(iptables_packets(SAVED, "fault-3"), Some(4));
    }

    #[test]
    fn what_is_not_there_has_no_counter() {
        assert_eq!(iptables_packets(SAVED, "fault-33"), None);
    }
}
