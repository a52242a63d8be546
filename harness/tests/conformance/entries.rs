//! Conntrack events as we recorded them, and as `conntrack -E` printed them.

use deadpeer::ladder::EntryChange;
use deadpeer::name::NodeName;
use deadpeer::record::{Entry, EventKind, Record, Tuple};

/// The record's events of this node are those that were printed, one for one.
pub fn agree(record: &Record, node: &NodeName, text: &str) {
    let ours: Vec<String> = record.events.iter().filter_map(|event| ours(&event.kind, node)).collect();
    let theirs: Vec<String> = text.lines().map(theirs).collect();
    assert_eq!(ours, theirs, "in {node}");
    assert!(ours.len() >= 3, "not even a handshake: {ours:?}");
}

/// In the words of conntrack(8).
fn ours(event: &EventKind, of: &NodeName) -> Option<String> {
    let EventKind::Conntrack { node, change, entry } = event else { return None };
    let word = match change {
        EntryChange::Created => "[NEW]",
        EntryChange::Updated => "[UPDATE]",
        EntryChange::Deleted => "[DESTROY]",
    };
    (node == of).then(|| format!("{word}{}", describe(entry)))
}

fn describe(entry: &Entry) -> String {
    let tuple = |tuple: Tuple| {
        let (source, destination) = (tuple.source, tuple.destination);
        let addresses = format!(" src={} dst={}", source.ip(), destination.ip());
        format!("{addresses} sport={} dport={}", source.port(), destination.port())
    };
    let mut text = entry.timeout.map_or_else(String::new, |left| format!(" {left}"));
    text.extend(entry.state.iter().map(|state| format!(" {state}")));
    text += &tuple(entry.original);
    text += if entry.replied { "" } else { " [UNREPLIED]" };
    text += &tuple(entry.reply);
    text + if entry.assured { " [ASSURED]" } else { "" }
}

/// Without the time, the protocol, and what only some versions or settings print.
fn theirs(line: &str) -> String {
    let left_out = ["mark=", "use=", "delta-time=", "secctx=", "zone=", "id=", "portid=", "progname=", "[USERSPACE]"];
    let words = line.split_once(']').unwrap().1.split_whitespace();
    let kept: Vec<&str> = words.filter(|word| !left_out.iter().any(|start| word.starts_with(start))).collect();
    let protocol = kept.iter().position(|word| *word == "tcp").unwrap();
    [&kept[..protocol], &kept[protocol + 2..]].concat().join(" ")
}
