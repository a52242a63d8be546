//! Segments as we recorded them, and as tcpdump wrote and tshark reads them.

use deadpeer::record::Record;
use deadpeer::wire::{Packet, decode};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Both captures take the kernel's stamps, one right after the other.
const APART_NS: i128 = 1_000_000;

/// With addresses of this version: `ip` or `ipv6`.
fn fields(version: &str) -> [String; 9] {
    let (source, destination) = (format!("{version}.src"), format!("{version}.dst"));
    let [at, flags] = ["frame.time_epoch", "tcp.flags"].map(str::to_owned);
    let [from, to, seq, ack, len] =
        ["tcp.srcport", "tcp.dstport", "tcp.seq_raw", "tcp.ack_raw", "tcp.len"].map(str::to_owned);
    [at, source, from, destination, to, flags, seq, ack, len]
}

/// When it was seen, in ns of Unix time, and what it was.
type Line = (i128, String);

/// The record's segments of this vantage are those in the files, one for one.
pub fn agree(record: &Record, vantage: usize, files: &[PathBuf]) {
    let version = if record.manifest.client.address.is_ipv6() { "ipv6" } else { "ip" };
    let theirs: Vec<Line> = files.iter().flat_map(|file| theirs(file, version)).collect();
    let ours = ours(record, vantage);
    let what = |lines: &[Line]| lines.iter().map(|(_, what)| what.clone()).collect::<Vec<_>>();
    let place = &record.manifest.vantages[vantage];
    assert_eq!(what(&ours), what(&theirs), "at {}/{}", place.node, place.interface);
    assert!(ours.len() >= 3, "not even a handshake: {ours:?}");
    for (ours, theirs) in ours.iter().zip(&theirs) {
        assert!((ours.0 - theirs.0).abs() < APART_NS, "{ours:?} {theirs:?}");
    }
}

fn ours(record: &Record, vantage: usize) -> Vec<Line> {
    let frames = record.frames.iter().filter(|frame| frame.vantage == vantage);
    let line =
        |frame: &deadpeer::record::Frame| match decode(record.manifest.link(vantage), &frame.octets, frame.wire_len) {
            Packet::Tcp(segment) => {
                let at = i128::from(record.manifest.began_unix_ns) + i128::from(frame.at.0);
                let (source, destination) = (segment.source, segment.destination);
                let ends = format!("{} {} {} {}", source.ip(), source.port(), destination.ip(), destination.port());
                let rest = format!("0x{:04x} {} {} {}", segment.flags.0, segment.seq.0, segment.ack.0, segment.len);
                Some((at, format!("{ends} {rest}")))
            }
            _ => None,
        };
    frames.filter_map(line).collect()
}

fn theirs(file: &Path, version: &str) -> Vec<Line> {
    let mut tshark = Command::new("tshark");
    tshark.arg("-n").arg("-r").arg(file).args(["-Y", "tcp && !icmp && !icmpv6", "-T", "fields", "-E", "separator=/s"]);
    tshark.args(fields(version).iter().flat_map(|field| ["-e", field]));
    let output = tshark.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(|line| line.split_once(' ').unwrap()).map(|(at, what)| (ns(at), what.to_owned())).collect()
}

/// `1700000000.123456789`
fn ns(text: &str) -> i128 {
    let (seconds, fraction) = text.split_once('.').unwrap();
    assert_eq!(fraction.len(), 9, "{text}");
    seconds.parse::<i128>().unwrap() * 1_000_000_000 + fraction.parse::<i128>().unwrap()
}
