use crate::name::Label;
use crate::time::parse_duration;
use std::time::Duration;

/// What a mark does to its lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::scenario) enum Change {
    PowerOff,
    PowerOn,
    LinkDown,
    LinkUp,
}

impl Change {
    /// The step's verb.
    pub(in crate::scenario) fn verb(self) -> &'static str {
        match self {
            Self::PowerOff => "power_off",
            Self::PowerOn => "power_on",
            Self::LinkDown => "link_down",
            Self::LinkUp => "link_up",
        }
    }

    /// Drawn with `X`, not with `^`.
    pub(in crate::scenario) fn is_end(self) -> bool {
        matches!(self, Self::PowerOff | Self::LinkDown)
    }
}

const CHANGES: [(Change, &[&str]); 4] = [
    (
        Change::PowerOff,
        &["power off", "system crash", "crash", "crashes", "power loss", "power failure", "loses power", "dies"],
    ),
    (
        Change::PowerOn,
        &["power on", "system restart", "restart", "restarts", "reboot", "reboots", "system reboot", "power back"],
    ),
    (Change::LinkDown, &["link down", "cable cut", "cable pulled", "link cut", "unplugged"]),
    (Change::LinkUp, &["link up", "cable mended", "cable back", "plugged in"]),
];

const DELETIONS: [&str; 8] = [
    "connection deleted from table",
    "connection deleted",
    "connection removed from table",
    "connection forgotten",
    "entry deleted from table",
    "entry deleted",
    "table flushed",
    "flush",
];

const LOSSES: [&str; 6] = ["invalid connection", "invalid", "unknown connection", "dropped", "lost", "discarded"];

/// For messages: what may end in `X` or `^`.
pub(super) const KNOWN_MARKS: &str = "`power off`, `system crash`, `link down`, `cable cut` before `X`; \
     `power on`, `system restart`, `reboot`, `link up` before `^`";

/// For messages: what may stand beside the lanes.
pub(super) const KNOWN_NOTES: &str = "`connection deleted from table` at a NAT, \
     `invalid connection` or `dropped` beside a lost segment, `wait 5s`, `...`, and marks that end in `X` or `^`";

/// What a mark's words mean.
pub(super) fn change(text: &str) -> Option<Change> {
    let text = folded(text);
    CHANGES.iter().find(|(_, known)| known.contains(&text.as_str())).map(|(change, _)| *change)
}

/// Whether `text` says that a NAT's entry goes.
pub(super) fn is_deletion(text: &str) -> bool {
    DELETIONS.contains(&folded(text).as_str())
}

/// Whether `text`, beside an arrow, says that its segment was dropped.
pub(super) fn is_loss(text: &str) -> bool {
    LOSSES.contains(&folded(text).as_str())
}

/// `...`, also with blanks in it.
pub(super) fn is_dots(text: &str) -> bool {
    text.chars().all(|c| matches!(c, '.' | ' ')) && text.matches('.').count() >= 3
}

/// A label as figures spell it (`SYN-ACK`, `[PSH]`, `probe x9`), and how often.
pub(super) fn label(text: &str) -> Option<(Label, u32)> {
    let repeated = text.rsplit_once(' ').and_then(|(name, last)| {
        let times = last.strip_prefix(['x', 'X'])?.parse().ok().filter(|n| *n > 0)?;
        Some((one_label(name)?, times))
    });
    repeated.or_else(|| Some((one_label(text)?, 1)))
}

/// Labels are told by their letters alone.
fn one_label(text: &str) -> Option<Label> {
    let letters = letters(text);
    let alias = match letters.as_str() {
        "PSHACK" | "DATA" => "PSH",
        "FINACK" => "FIN",
        "RSTACK" => "RST",
        "KEEPALIVE" => "PROBE",
        _ => "",
    };
    let known = Label::all().find(|known| self::letters(known) == letters);
    Label::parse(known.unwrap_or(alias))
}

fn letters(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect()
}

/// Lower case, single blanks, and no brackets or stops around words.
fn folded(text: &str) -> String {
    let bare = |word: &str| word.trim_matches(|c: char| c.is_ascii_punctuation()).to_lowercase();
    text.split_whitespace().map(bare).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// `wait 5s`, `(2 h pass)`, `after 1 min 15 sec`, `10 seconds later`.
pub(super) fn pause(text: &str) -> Option<Duration> {
    let folded = folded(text);
    let mut words: Vec<&str> = folded.split(' ').filter(|word| *word != "and").collect();
    if matches!(words.first(), Some(&("wait" | "pause" | "after"))) {
        words.remove(0);
    }
    if matches!(words.last(), Some(&("pass" | "passes" | "later" | "go" | "elapse"))) {
        words.pop();
    }
    parse_duration(&words.iter().map(|word| short(word)).collect::<String>()).ok()
}

/// A unit as durations are written.
fn short(word: &str) -> &str {
    match word {
        "days" | "day" => "d",
        "hours" | "hour" => "h",
        "minutes" | "minute" | "mins" | "min" => "m",
        "seconds" | "second" | "secs" | "sec" => "s",
        "milliseconds" | "millisecond" | "msec" => "ms",
        _ => word,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_as_figures_spell_them() {
        for text in Label::all() {
            assert_eq!(label(text), Label::parse(text).map(|label| (label, 1)), "{text}");
        }
        for text in ["SYN+ACK", "SYN-ACK", "syn/ack", "[SYN, ACK]", "SYN ACK"] {
            assert_eq!(label(text), Some((Label::SynAck, 1)), "{text}");
        }
        assert_eq!(label("PSH/ACK"), Some((Label::Psh, 1)));
        assert_eq!(label("probe x9"), Some((Label::Probe, 9)));
        assert_eq!(label("PROBE X12"), Some((Label::Probe, 12)));
        assert_eq!(label("icmp host-unreachable"), Label::parse("ICMP host-unreachable").map(|l| (l, 1)));
    }

    #[test]
    fn other_words_are_no_label() {
        for text in ["", "PROBE x0", "PROBE xx", "FLY", "SYNC", "X9", "x9"] {
            assert_eq!(label(text), None, "{text}");
        }
    }

    #[test]
    fn pauses() {
        let cases = [
            ("(2 h pass)", 7200),
            ("wait 5s", 5),
            ("After 1 min 15 sec:", 75),
            ("[ 2 hours later ]", 7200),
            ("1 minute and 15 seconds pass", 75),
        ];
        for (text, seconds) in cases {
            assert_eq!(pause(text), Some(Duration::from_secs(seconds)), "{text}");
        }
        for text in ["", "wait", "wait for it", "5", "pass", "two hours"] {
            assert_eq!(pause(text), None, "{text}");
        }
    }

    #[test]
    fn phrases_of_marks_and_notes() {
        assert_eq!(change("System  Crash!"), Some(Change::PowerOff));
        assert_eq!(change("(cable cut)"), Some(Change::LinkDown));
        assert_eq!(change("meteor"), None);
        assert!(is_deletion("Entry deleted.") && !is_deletion("entry"));
        assert!(is_loss("(dropped)") && !is_loss("answered"));
        assert!(is_dots("...") && is_dots(". . .") && !is_dots("..") && !is_dots("a..."));
    }
}
