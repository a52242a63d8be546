use super::glyph::{Glyph, glyphs};
use crate::scenario::Span;

/// What stands between two bars, its blanks dropped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Item {
    /// A run of dashes and heads.
    Shaft { left: bool, right: bool },
    /// Neighbouring words, joined by single blanks.
    Words(String),
    /// `X`
    Cross,
    /// `^`
    Caret,
}

/// One line of a figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    /// What stands before the first bar, between bars, and after the last: one more
    /// than there are bars.
    pub(super) gaps: Vec<Vec<Item>>,
    /// From its first sign to its last.
    pub(super) span: Span,
}

impl Row {
    pub(super) fn bars(&self) -> usize {
        self.gaps.len().saturating_sub(1)
    }

    pub(super) fn items(&self) -> impl Iterator<Item = &Item> {
        self.gaps.iter().flatten()
    }

    /// Nothing but bars, or nothing at all.
    pub(super) fn is_bare(&self) -> bool {
        self.items().next().is_none()
    }
}

/// Cuts a line into tokens. `place` is where its first character stands.
pub(super) fn row(line: &str, place: Span) -> Row {
    let all = glyphs(line);
    let mut gaps: Vec<Vec<Item>> = vec![Vec::new()];
    let mut at = 0;
    while let Some(glyph) = all.get(at) {
        let (token, len) = token(&all, at, glyph.ch);
        at += len.max(1);
        match (token, gaps.last_mut()) {
            (Token::Bar, _) => gaps.push(Vec::new()),
            (Token::Item(item), Some(gap)) => join(gap, item),
            _ => {}
        }
    }
    Row { gaps, span: covered(&all, place) }
}

enum Token {
    Blank,
    Bar,
    Item(Item),
}

/// The token that begins at `at`, and how many glyphs it takes.
fn token(all: &[Glyph], at: usize, first: char) -> (Token, usize) {
    let next = sign(all, at + 1);
    match first {
        ' ' => (Token::Blank, 1),
        '|' => (Token::Bar, 1),
        // `+SYN` would be a word, `+-->` is a bar drawn as a crossing of lines.
        '+' if !next.is_some_and(char::is_alphanumeric) => (Token::Bar, 1),
        '^' => (Token::Item(Item::Caret), 1),
        first if is_shaft(first) => {
            let run: Vec<char> = all.iter().skip(at).map(|g| g.ch).take_while(|c| is_shaft(*c)).collect();
            let shaft = Item::Shaft { left: run.contains(&'<'), right: run.contains(&'>') };
            (Token::Item(shaft), run.len())
        }
        _ => word(all, at),
    }
}

fn word(all: &[Glyph], at: usize) -> (Token, usize) {
    let len = (at..all.len()).take_while(|i| *i == at || goes_on(all, *i)).count();
    let text: String = all.iter().skip(at).take(len).map(|g| g.ch).collect();
    let item = if text.eq_ignore_ascii_case("x") { Item::Cross } else { Item::Words(text) };
    (Token::Item(item), len)
}

/// Whether the glyph at `at` still belongs to the word before it: a dash or plus does
/// only inside a word, as in `SYN-ACK`.
fn goes_on(all: &[Glyph], at: usize) -> bool {
    let inside = || {
        let before = at.checked_sub(1).and_then(|before| sign(all, before));
        [before, sign(all, at + 1)].iter().all(|c| c.is_some_and(char::is_alphanumeric))
    };
    match sign(all, at) {
        None | Some(' ' | '|' | '<' | '>' | '^' | '=') => false,
        Some('-' | '+') => inside(),
        Some(_) => true,
    }
}

fn sign(all: &[Glyph], at: usize) -> Option<char> {
    all.get(at).map(|glyph| glyph.ch)
}

fn is_shaft(ch: char) -> bool {
    matches!(ch, '-' | '=' | '<' | '>')
}

/// Adds `item`; shafts and words grow together with their like.
fn join(gap: &mut Vec<Item>, item: Item) {
    match (gap.last_mut(), &item) {
        (Some(Item::Shaft { left, right }), Item::Shaft { left: l, right: r }) => {
            *left |= l;
            *right |= r;
        }
        (Some(Item::Words(text)), Item::Words(more)) => {
            text.push(' ');
            text.push_str(more);
        }
        _ => gap.push(item),
    }
}

fn covered(all: &[Glyph], place: Span) -> Span {
    let mut inked = all.iter().filter(|glyph| glyph.ch != ' ');
    let Some(first) = inked.next() else { return Span { len: 0, ..place } };
    let last = inked.next_back().unwrap_or(first);
    Span {
        line: place.line,
        column: place.column.saturating_add(first.column),
        offset: place.offset.saturating_add(first.offset),
        len: (last.offset + last.len).saturating_sub(first.offset),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RIGHT: Item = Item::Shaft { left: false, right: true };
    const DASH: Item = Item::Shaft { left: false, right: false };

    fn gaps(line: &str) -> Vec<Vec<Item>> {
        row(line, Span::default()).gaps
    }

    fn words(text: &str) -> Item {
        Item::Words(text.to_owned())
    }

    #[test]
    fn an_arrow_between_bars() {
        let cut = vec![vec![], vec![DASH, words("SYN-ACK"), RIGHT], vec![]];
        assert_eq!(gaps("  |--- SYN-ACK -->-->|"), cut);
        assert_eq!(gaps("|---SYN-ACK-- > -- >|"), cut);
        assert_eq!(gaps("+---SYN-ACK---->+ "), cut);
    }

    #[test]
    fn words_crosses_and_carets() {
        assert_eq!(gaps("| it went  down ---> x"), [vec![], vec![words("it went down"), RIGHT, Item::Cross]]);
        assert_eq!(gaps("^ ^"), [vec![Item::Caret, Item::Caret]]);
    }

    #[test]
    fn a_row_covers_its_ink() {
        let place = Span { line: 4, column: 3, offset: 20, len: 0 };
        assert_eq!(row("  │ a │  ", place).span, Span { line: 4, column: 5, offset: 22, len: 9 });
        assert!(row(" | | ", place).is_bare());
    }
}
