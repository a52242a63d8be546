/// A part of a text that may hold variables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    Text(&'a str),
    /// `${name}`, or the same masked.
    Variable(&'a str),
    /// `${` that begins no variable.
    Open,
}

/// The parts of `text`, one after another; `$${` stands for `${` itself. `mask` is the
/// letter that was put in the braces' place, if any was.
pub(super) fn pieces(text: &str, mask: Option<char>) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        let (before, from) = rest.split_at(at);
        let (piece, len) = piece(from, mask);
        pieces.extend([Piece::Text(before), piece]);
        rest = from.get(len..).unwrap_or_default();
    }
    pieces.push(Piece::Text(rest));
    pieces.retain(|piece| *piece != Piece::Text(""));
    pieces
}

/// The piece at the beginning of `from`, which begins with `$`, and its octets.
fn piece(from: &str, mask: Option<char>) -> (Piece<'_>, usize) {
    if from.starts_with("$${") {
        return (Piece::Text("${"), "$${".len());
    }
    let masked = mask.and_then(|mask| named(from, mask, mask));
    match masked.or_else(|| named(from, '{', '}')) {
        Some(name) => (Piece::Variable(name), name.len() + "${}".len()),
        None if from.starts_with("${") => (Piece::Open, "${".len()),
        None => (Piece::Text("$"), "$".len()),
    }
}

/// The name between `$`, `open` and `close`.
fn named(from: &str, open: char, close: char) -> Option<&str> {
    let (name, _) = from.strip_prefix('$')?.strip_prefix(open)?.split_once(close)?;
    let word = |octet: u8| octet.is_ascii_alphanumeric() || matches!(octet, b'_' | b'-' | b'.');
    ((1..=64).contains(&name.len()) && name.bytes().all(word)).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::Piece::{Open, Text, Variable};
    use super::*;

    #[test]
    fn variables_escapes_and_plain_dollars() {
        let cases = [
            ("${idle}", vec![Variable("idle")]),
            ("a ${x}s", vec![Text("a "), Variable("x"), Text("s")]),
            ("${a}${b}", vec![Variable("a"), Variable("b")]),
            ("$${a}", vec![Text("${"), Text("a}")]),
            ("$$${a}", vec![Text("$"), Text("${"), Text("a}")]),
            ("$5 $(date) $", vec![Text("$"), Text("5 "), Text("$"), Text("(date) "), Text("$")]),
            ("${", vec![Open]),
            ("${a b}", vec![Open, Text("a b}")]),
            ("${}", vec![Open, Text("}")]),
            ("", vec![]),
        ];
        for (text, expected) in cases {
            assert_eq!(pieces(text, None), expected, "{text}");
        }
    }

    #[test]
    fn masked_ones_are_the_same() {
        assert_eq!(pieces("x $^idle^", Some('^')), [Text("x "), Variable("idle")]);
        assert_eq!(pieces("$^idle^", None), [Text("$"), Text("^idle^")]);
        assert_eq!(pieces("${idle}", Some('^')), [Variable("idle")]);
    }
}
