use super::error::Error;
use super::{nft, tool};
use crate::name::NodeName;
use crate::plan::FilterText;
use std::path::PathBuf;
use std::sync::OnceLock;

/// The program that loads packet filters, as far as this machine has one.
#[derive(Debug, Clone)]
pub(crate) struct Tools {
    nft: Option<PathBuf>,
    iptables: Option<Iptables>,
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

impl Tools {
    /// Looks for nft(8), iptables-restore(8) and iptables-save(8), the first time it is called.
    pub(crate) fn find() -> Self {
        static FOUND: OnceLock<Tools> = OnceLock::new();
        FOUND.get_or_init(Self::look).clone()
    }

    fn look() -> Self {
        let restore = tool::find("iptables-restore");
        let iptables = restore.zip(tool::find("iptables-save")).map(|(restore, save)| Iptables { restore, save });
        Self { nft: tool::find("nft"), iptables }
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
        Err(missing(node, text))
    }

    /// How many packets the rules of a fault have matched: those of the table
    /// `handle` that count, or those of the chain `handle` that lose packets.
    ///
    /// # Errors
    /// The program failed, or there is no such table or chain any more.
    pub(crate) async fn counter(&self, node: &NodeName, by: Program, handle: &str) -> Result<u64, Error> {
        let packets = match (by, &self.nft, &self.iptables) {
            (Program::Nft, Some(nft), _) => nft_packets(&tool::run(node, nft, &["list", "ruleset"], "").await?, handle),
            (Program::Iptables, _, Some(iptables)) => {
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

fn missing(node: &NodeName, text: &FilterText) -> Error {
    let (needed, package) = match (&text.nft, &text.iptables) {
        (Some(_), None) => ("nft was", "nftables"),
        (None, Some(_)) => ("iptables-restore was", "iptables"),
        _ => ("neither nft nor iptables-restore was", "nftables"),
    };
    Error::NoTool { node: node.clone(), needed, package }
}

/// The counters of the table of this name, in any family, added up. The text is
/// read, and not nft's JSON: not every nft can write that.
fn nft_packets(ruleset: &str, table: &str) -> Option<u64> {
    let opens = |line: &&str| {
        let words: Vec<&str> = line.split_whitespace().collect();
        matches!(words[..], ["table", _, name, "{"] if name == table)
    };
    let mut lines = ruleset.lines().skip_while(|line| !opens(line));
    lines.next()?;
    Some(lines.take_while(|line| *line != "}").filter_map(counted).sum())
}

/// `… counter packets 4 bytes 208 …`
fn counted(line: &str) -> Option<u64> {
    let (_, rest) = line.split_once("packets ")?;
    let (number, rest) = rest.split_once(' ')?;
    rest.starts_with("bytes ").then(|| number.parse().ok())?
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

    const RULESET: &str = "table ip other {\n\tchain c {\n\t\tcounter packets 9 bytes 9 drop\n\t}\n}\n\
        table inet fault-3 {\n\tcounter named {\n\t\tpackets 2 bytes 80\n\t}\n\n\tchain c {\n\t\ttype filter hook input priority filter; policy accept;\n\t\t\
        tcp dport 5050 counter packets 4 bytes 208 drop\n\t\tlog\n\t}\n}\n";

    const SAVED: &str = "*filter\n:INPUT ACCEPT [1:2]\n:fault-3 - [0:0]\n[7:70] -A INPUT -j fault-3\n[1:10] -A fault-3 -s 10.0.0.9/32 -j RETURN\n\
        [4:208] -A fault-3 -p tcp -j DROP\n[2:80] -A fault-33 -j DROP\nCOMMIT\n";

    #[test]
    fn counters_of_one_table_are_added_up() {
        assert_eq!(nft_packets(RULESET, "fault-3"), Some(6));
        assert_eq!(nft_packets(RULESET, "other"), Some(9));
    }

    #[test]
    fn counters_of_one_chain_are_added_up() {
        assert_eq!(iptables_packets(SAVED, "fault-3"), Some(4));
    }

    #[test]
    fn what_is_not_there_has_no_counter() {
        assert_eq!(nft_packets(RULESET, "fault-33"), None);
        assert_eq!(iptables_packets(SAVED, "fault-33"), None);
    }
}
