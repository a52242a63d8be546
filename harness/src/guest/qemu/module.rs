use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Those that a lab needs, where they are no part of the kernel itself: all are loaded at
/// the start, for the guest has no modprobe(8). Which a scenario needs isn't asked: it would
/// be known only from its rules' texts.
const WANTED: [&str; 61] = [
    // What others ask for by the name of an algorithm, which modules.dep does not tell
    "crc32c_generic",
    "crc32c_intel",
    // The way back to the host
    "virtio_pci",
    "virtio_console",
    // Links and queues
    "veth",
    "bridge",
    "sch_netem",
    "sch_tbf",
    "sch_ingress",
    "af_packet",
    // Sockets, and what tells of them
    "tcp_diag",
    "inet_diag",
    "unix_diag",
    "ipv6",
    // Connection tracking and address translation
    "nf_conntrack",
    "nf_conntrack_netlink",
    "nf_nat",
    "nf_log_syslog",
    // nft
    "nf_tables",
    "nft_ct",
    "nft_nat",
    "nft_masq",
    "nft_redir",
    "nft_chain_nat",
    "nft_reject",
    "nft_reject_inet",
    "nft_reject_ipv4",
    "nft_reject_ipv6",
    "nft_reject_bridge",
    "nft_reject_netdev",
    "nft_meta_bridge",
    "nft_limit",
    "nft_numgen",
    "nft_quota",
    "nft_connlimit",
    "nft_hash",
    "nft_counter",
    "nft_log",
    "nft_fib_inet",
    "nft_compat",
    // iptables
    "x_tables",
    "ip_tables",
    "ip6_tables",
    "iptable_filter",
    "ip6table_filter",
    "iptable_nat",
    "ip6table_nat",
    "ipt_REJECT",
    "ip6t_REJECT",
    "xt_tcpudp",
    "xt_conntrack",
    "xt_comment",
    "xt_statistic",
    "xt_limit",
    "xt_quota",
    "xt_length",
    "xt_u32",
    "xt_mark",
    "xt_state",
    "xt_MASQUERADE",
    "xt_LOG",
];

/// A kernel's modules, each with those that it needs.
#[derive(Debug)]
pub(super) struct Modules {
    folder: PathBuf,
    /// By the module's name: its file, and those of the modules it needs, nearest first.
    files: HashMap<String, Vec<String>>,
}

impl Modules {
    /// The list that depmod(8) made of the modules in `folder`.
    ///
    /// # Errors
    /// It can't be read.
    pub(super) fn read(folder: &Path) -> io::Result<Self> {
        let text = fs::read_to_string(folder.join("modules.dep"))?;
        let files = text.lines().filter_map(|line| {
            let (file, needs) = line.split_once(':')?;
            let files = std::iter::once(file).chain(needs.split_whitespace());
            Some((name(file)?, files.map(str::to_owned).collect()))
        });
        Ok(Self { folder: folder.to_owned(), files: files.collect() })
    }

    /// The files of all modules that a lab may need, each after those it needs itself. What
    /// is not listed is part of the kernel, or missing: the lab tells what it lacks.
    pub(super) fn wanted(&self) -> Vec<PathBuf> {
        let mut order: Vec<&String> = Vec::new();
        for files in WANTED.iter().filter_map(|name| self.files.get(*name)) {
            for file in files.iter().rev().filter(|file| !file.is_empty()) {
                if !order.contains(&file) {
                    order.push(file);
                }
            }
        }
        order.into_iter().map(|file| self.folder.join(file)).collect()
    }
}

/// `kernel/net/core/x-y.ko.xz` is the module `x_y`.
fn name(file: &str) -> Option<String> {
    let file = Path::new(file).file_name()?.to_str()?;
    Some(file.split('.').next()?.replace('-', "_"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_comes_once_and_after_what_it_needs() {
        let folder = tempfile::tempdir().unwrap();
        let text = "kernel/bridge.ko.xz: kernel/stp.ko kernel/llc.ko\nkernel/stp.ko: kernel/llc.ko\n\
            kernel/llc.ko:\nkernel/virtio-console.ko: kernel/virtio.ko\nkernel/unasked.ko:\n";
        fs::write(folder.path().join("modules.dep"), text).unwrap();
        let order = Modules::read(folder.path()).unwrap().wanted();
        let names: Vec<_> =
            order.iter().map(|path| path.strip_prefix(folder.path()).unwrap().to_str().unwrap()).collect();
        let expected =
            ["kernel/virtio.ko", "kernel/virtio-console.ko", "kernel/llc.ko", "kernel/stp.ko", "kernel/bridge.ko.xz"];
        assert_eq!(names, expected);
    }
}
