use super::{Flags, Segment};
use std::fmt;
use std::str::FromStr;

/// A segment in one line: `[P.] seq 1:6 ack 1 win 502 len 5`.
///
/// In the spirit of tcpdump(1), with two differences: SEQ always stands there, for a
/// keepalive probe is known by it, and so does the length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Notation {
    pub flags: Flags,
    /// Relative to the flow's initial sequence number.
    pub seq: i64,
    /// Relative to the other flow's; None without the ACK bit.
    pub ack: Option<i64>,
    /// As in the header, not scaled.
    pub window: u16,
    /// Octets of payload.
    pub len: u32,
}

/// Why a text is no notation of a segment.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotationError {
    #[error("`{0}` are no flags: write them as `[S.]`, with letters of `FSRP.UEW`, or `[none]`")]
    Flags(String),
    #[error("`{0}` is missing, or no number follows it")]
    Field(&'static str),
    #[error("the sequence range is not {0} octets long")]
    Range(u32),
    #[error("`ack` must stand with the flag `.`, and only with it")]
    Ack,
    #[error("`{0}` is left over")]
    Rest(String),
}

impl Segment {
    /// The segment's notation, with the sequence numbers relative as the caller has them.
    #[must_use]
    pub fn notation(&self, seq: i64, ack: i64) -> Notation {
        let ack = self.flags.has(Flags::ACK).then_some(ack);
        Notation { flags: self.flags, seq, ack, window: self.window, len: self.len }
    }
}

impl fmt::Display for Notation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut line = format!("{} seq {}", self.flags, self.seq);
        if self.len > 0 {
            line += &format!(":{}", self.seq.saturating_add(i64::from(self.len)));
        }
        if let Some(ack) = self.ack {
            line += &format!(" ack {ack}");
        }
        line += &format!(" win {} len {}", self.window, self.len);
        f.pad(&line)
    }
}

impl FromStr for Notation {
    type Err = NotationError;

    fn from_str(text: &str) -> Result<Self, NotationError> {
        let mut words = text.split_whitespace().peekable();
        let flags: Flags = words.next().unwrap_or_default().parse()?;
        let (seq, end) = range(field(&mut words, "seq")?)?;
        let ack = match words.peek() {
            Some(&"ack") => Some(number(field(&mut words, "ack")?, "ack")?),
            _ => None,
        };
        let window = number(field(&mut words, "win")?, "win")?;
        let len = number(field(&mut words, "len")?, "len")?;
        let notation = Self { flags, seq, ack, window, len };
        match words.next() {
            Some(rest) => Err(NotationError::Rest(rest.to_owned())),
            None => notation.checked(end),
        }
    }
}

impl Notation {
    fn checked(self, end: Option<i64>) -> Result<Self, NotationError> {
        let expected = (self.len > 0).then(|| self.seq.saturating_add(i64::from(self.len)));
        if end != expected {
            return Err(NotationError::Range(self.len));
        }
        if self.ack.is_some() != self.flags.has(Flags::ACK) {
            return Err(NotationError::Ack);
        }
        Ok(self)
    }
}

fn field<'a>(words: &mut impl Iterator<Item = &'a str>, name: &'static str) -> Result<&'a str, NotationError> {
    let found = words.next().filter(|word| *word == name);
    found.and_then(|_| words.next()).ok_or(NotationError::Field(name))
}

fn number<T: FromStr>(word: &str, name: &'static str) -> Result<T, NotationError> {
    word.parse().map_err(|_| NotationError::Field(name))
}

fn range(word: &str) -> Result<(i64, Option<i64>), NotationError> {
    match word.split_once(':') {
        Some((from, to)) => Ok((number(from, "seq")?, Some(number(to, "seq")?))),
        None => Ok((number(word, "seq")?, None)),
    }
}

/// Tcpdump's letters, in its order.
const LETTERS: [(Flags, char); 8] = [
    (Flags::FIN, 'F'),
    (Flags::SYN, 'S'),
    (Flags::RST, 'R'),
    (Flags::PSH, 'P'),
    (Flags::ACK, '.'),
    (Flags::URG, 'U'),
    (Flags::ECE, 'E'),
    (Flags::CWR, 'W'),
];

/// In tcpdump's letters: `[S]`, `[S.]`, `[P.]`, `[R.]`, `[none]`.
impl fmt::Display for Flags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let set = LETTERS.iter().filter(|(flag, _)| self.has(*flag));
        let letters: String = set.map(|(_, letter)| *letter).collect();
        let text = if letters.is_empty() { "none" } else { &letters };
        f.pad(&format!("[{text}]"))
    }
}

impl FromStr for Flags {
    type Err = NotationError;

    fn from_str(text: &str) -> Result<Self, NotationError> {
        let wrong = || NotationError::Flags(text.to_owned());
        let inner = text.strip_prefix('[').and_then(|text| text.strip_suffix(']'));
        let letters = match inner.ok_or_else(wrong)? {
            "" => return Err(wrong()),
            "none" => "",
            letters => letters,
        };
        letters.chars().try_fold(Self::default(), |flags, letter| {
            let known = LETTERS.iter().find(|(_, known)| *known == letter);
            let (flag, _) = known.filter(|(flag, _)| !flags.has(*flag)).ok_or_else(wrong)?;
            Ok(Self(flags.0 | flag.0))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn flags_as_tcpdump_writes_them() {
        let shown = |flags: &[Flags]| Flags(flags.iter().fold(0, |a, b| a | b.0)).to_string();
        assert_eq!(shown(&[Flags::SYN]), "[S]");
        assert_eq!(shown(&[Flags::SYN, Flags::ACK]), "[S.]");
        assert_eq!(shown(&[Flags::ACK]), "[.]");
        assert_eq!(shown(&[Flags::PSH, Flags::ACK]), "[P.]");
        assert_eq!(shown(&[Flags::FIN, Flags::PSH, Flags::ACK]), "[FP.]");
        assert_eq!(shown(&[Flags::RST]), "[R]");
        assert_eq!(shown(&[Flags::SYN, Flags::ECE, Flags::CWR]), "[SEW]");
        assert_eq!(shown(&[]), "[none]");
    }

    #[test]
    fn every_flag_octet_reads_back() {
        for octet in 0..=u8::MAX {
            assert_eq!(Flags(octet).to_string().parse(), Ok(Flags(octet)));
        }
        for wrong in ["", "[]", "S", "[S", "[x]", "[SS]", "[none.]"] {
            assert!(wrong.parse::<Flags>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn lines() {
        let line = "[P.] seq 1:6 ack 1 win 502 len 5";
        let data: Notation = line.parse().unwrap();
        assert_eq!((data.seq, data.ack, data.len), (1, Some(1), 5));
        assert_eq!(data.to_string(), line);
        let probe = Notation { flags: Flags::ACK, seq: 0, len: 0, ..data };
        assert_eq!(probe.to_string(), "[.] seq 0 ack 1 win 502 len 0");
        let reset = Notation { flags: Flags::RST, seq: -7, ack: None, window: 0, len: 0 };
        assert_eq!(reset.to_string(), "[R] seq -7 win 0 len 0");
    }

    #[test]
    fn wrong_lines_are_refused() {
        let refused = [
            ("[P.] seq 1:7 ack 1 win 502 len 5", NotationError::Range(5)),
            ("[P.] seq 1 ack 1 win 502 len 5", NotationError::Range(5)),
            ("[.] seq 1:1 ack 1 win 502 len 0", NotationError::Range(0)),
            ("[P.] seq 1:6 win 502 len 5", NotationError::Ack),
            ("[P] seq 1:6 ack 1 win 502 len 5", NotationError::Ack),
            ("[.] seq 1 ack 1 win 70000 len 0", NotationError::Field("win")),
            ("[.] seq 1 ack 1 len 0", NotationError::Field("win")),
            ("[.] seq 1 ack 1 win 5 len 0 mss", NotationError::Rest("mss".into())),
        ];
        for (line, why) in refused {
            assert_eq!(line.parse::<Notation>(), Err(why), "{line}");
        }
    }

    proptest! {
        #[test]
        fn every_line_reads_back(
            flags: u8, seq in -(1i64 << 40)..1 << 40, ack: i64, window: u16, len: u32,
        ) {
            let flags = Flags(flags);
            let ack = flags.has(Flags::ACK).then_some(ack);
            let notation = Notation { flags, seq, ack, window, len };
            prop_assert_eq!(notation.to_string().parse(), Ok(notation));
        }

        #[test]
        fn no_text_panics(text: String) {
            let _ = text.parse::<Notation>();
        }
    }
}
