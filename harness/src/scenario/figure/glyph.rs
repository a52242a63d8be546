/// One character as the reader sees it, and where it stands in the written line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Glyph {
    pub(super) ch: char,
    /// Characters from the start of the line.
    pub(super) column: u32,
    /// Octets from the start of the line.
    pub(super) offset: usize,
    /// Octets covered.
    pub(super) len: usize,
}

/// What HTML makes of the signs that a figure uses, once and twice escaped.
const ENTITIES: [(&str, char); 20] = [
    ("&amp;gt;", '>'),
    ("&amp;lt;", '<'),
    ("&amp;nbsp;", ' '),
    ("&gt;", '>'),
    ("&lt;", '<'),
    ("&#62;", '>'),
    ("&#60;", '<'),
    ("&#x3e;", '>'),
    ("&#x3c;", '<'),
    ("&#x3E;", '>'),
    ("&#x3C;", '<'),
    ("&nbsp;", ' '),
    ("&#160;", ' '),
    ("&ndash;", '-'),
    ("&mdash;", '-'),
    ("&minus;", '-'),
    ("&verbar;", '|'),
    ("&vert;", '|'),
    ("&lowbar;", '_'),
    ("&hellip;", '…'),
];

/// `line` with look-alikes made plain: `→` becomes `->`, `│` becomes `|`, `&gt;`
/// becomes `>`.
pub(super) fn glyphs(line: &str) -> Vec<Glyph> {
    let (mut all, mut rest, mut column) = (Vec::new(), line, 0);
    while let Some(first) = rest.chars().next() {
        let (ch, len) = entity(rest).unwrap_or((first, first.len_utf8()));
        let offset = line.len() - rest.len();
        all.extend(plain(ch).into_iter().flatten().map(|ch| Glyph { ch, column, offset, len }));
        let (taken, tail) = rest.split_at(len);
        column = column.saturating_add(u32::try_from(taken.chars().count()).unwrap_or(u32::MAX));
        rest = tail;
    }
    all
}

/// The sign that an entity at the start of `rest` stands for, and its octets.
fn entity(rest: &str) -> Option<(char, usize)> {
    let known = ENTITIES.iter().find(|(name, _)| rest.starts_with(name))?;
    Some((known.1, known.0.len()))
}

/// The one to three signs that `ch` stands for; none for what takes no room.
fn plain(ch: char) -> [Option<char>; 3] {
    let one = |ch| [Some(ch), None, None];
    match ch {
        '─' | '━' | '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' | '⁃' | '－' | '┄' | '┅' | '┈' | '┉' | '╌' | '╍' | '⎯'
        | '➖' | '\u{ad}' => one('-'),
        '═' | '＝' => one('='),
        '│' | '┃' | '║' | '｜' | '∣' | '¦' | '❘' | '┆' | '┇' | '┊' | '┋' | '╎' | '╏' | '├' | '┤' | '┼' | '╞' | '╡'
        | '╪' | '╠' | '╣' | '╬' => one('|'),
        '┌' | '┐' | '└' | '┘' | '┬' | '┴' | '╭' | '╮' | '╯' | '╰' | '╔' | '╗' | '╚' | '╝' | '╦' | '╩' | '┏' | '┓'
        | '┗' | '┛' | '＋' => one('+'),
        '>' | '›' | '»' | '＞' | '▶' | '►' | '▸' | '▷' | '⟩' | '〉' | '❯' => one('>'),
        '<' | '‹' | '«' | '＜' | '◀' | '◄' | '◂' | '◁' | '⟨' | '〈' | '❮' => one('<'),
        '→' | '⟶' | '⇒' | '➔' | '➜' | '➝' | '⭢' | '↦' => [Some('-'), Some('>'), None],
        '←' | '⟵' | '⇐' | '⭠' | '↤' => [Some('<'), Some('-'), None],
        '↑' | '▲' | '△' | '＾' | 'ˆ' | '⌃' => one('^'),
        '×' | '✕' | '✖' | '✗' | '✘' | '╳' | '❌' => one('X'),
        '＿' | '‗' => one('_'),
        '…' => [Some('.'); 3],
        '\u{200b}'..='\u{200f}' | '\u{feff}' | '\u{2060}' | '\u{fe0e}' | '\u{fe0f}' => [None; 3],
        ch if ch.is_whitespace() => one(' '),
        ch => one(ch),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> String {
        glyphs(line).iter().map(|glyph| glyph.ch).collect()
    }

    #[test]
    fn look_alikes_become_plain() {
        assert_eq!(read("│—→–SYN─►┤"), "|-->-SYN->|");
        assert_eq!(read("|--&gt; PSH --&amp;gt;|\u{a0}&lt;--"), "|--> PSH -->| <--");
        assert_eq!(read("\u{feff}｜ … ↑"), "| ... ^");
    }

    #[test]
    fn other_text_is_left_alone() {
        assert_eq!(read("| AT&T & co; |"), "| AT&T & co; |");
    }

    #[test]
    fn a_glyph_knows_where_it_was_written() {
        let all = glyphs("│&gt;→x");
        let places: Vec<_> = all.iter().map(|g| (g.ch, g.column, g.offset, g.len)).collect();
        assert_eq!(places, [('|', 0, 0, 3), ('>', 1, 3, 4), ('-', 5, 7, 3), ('>', 5, 7, 3), ('x', 6, 10, 1)]);
    }
}
