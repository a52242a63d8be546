use super::reference::{Piece, pieces};

/// A file's text with other letters for the braces of its variables, each in its place.
///
/// In `{ idle: ${idle} }` YAML would read the inner brace as the beginning of a map. So
/// the braces are covered while the text is parsed; nothing else moves.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::scenario) struct Mask {
    pub(in crate::scenario) text: String,
    /// What stands for the braces: `$^idle^`.
    pub(in crate::scenario) letter: Option<char>,
}

/// Letters that mean nothing to YAML in the middle of a word.
const LETTERS: [char; 8] = ['^', '~', '=', '+', ';', '/', '<', '('];

/// A letter is good if no `$` stands before it in the text. Without a good one the text
/// stays as it is, and only variables in flow style are misread.
pub(in crate::scenario) fn mask(text: &str) -> Mask {
    let all = pieces(text, None);
    let free = LETTERS.into_iter().find(|letter| !text.contains(&format!("${letter}")));
    let letter = free.filter(|_| all.iter().any(|piece| matches!(piece, Piece::Variable(_))));
    let Some(letter) = letter else { return Mask { text: text.to_owned(), letter: None } };
    let covered = all.iter().map(|piece| match piece {
        Piece::Text("${") => "$${".to_owned(),
        Piece::Text(text) => (*text).to_owned(),
        Piece::Variable(name) => format!("${letter}{name}{letter}"),
        Piece::Open => "${".to_owned(),
    });
    Mask { text: covered.collect(), letter: Some(letter) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_octet_keeps_its_place() {
        let text = "a: { b: ${x}, c: '$${y}' }\nd: ü${x} $5 ${";
        let masked = mask(text);
        assert_eq!(masked.text, "a: { b: $^x^, c: '$${y}' }\nd: ü$^x^ $5 ${");
        assert_eq!(masked.text.len(), text.len());
    }

    #[test]
    fn a_letter_that_a_dollar_precedes_is_not_taken() {
        assert_eq!(mask("$^ ${x}").letter, Some('~'));
        assert_eq!(mask("no variable $^").letter, None);
        let all: String = LETTERS.iter().map(|letter| format!("${letter}")).collect();
        assert_eq!(mask(&format!("{all} ${{x}}")).text, format!("{all} ${{x}}"));
    }
}
