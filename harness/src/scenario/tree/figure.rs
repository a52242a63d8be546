use crate::scenario::Span;

/// A figure's lines, less their common indentation.
///
/// YAML takes a literal block's indentation from its first line, but a figure's first
/// line may well stand further right than the others. So the block is cut out before
/// the rest is parsed, and its place is filled with blanks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::scenario) struct Block {
    /// Where the key stands.
    pub(in crate::scenario) key: Span,
    /// The lines, each ended by `\n`.
    pub(in crate::scenario) text: String,
    /// The place of each line's first character.
    pub(in crate::scenario) lines: Vec<Span>,
}

struct Line<'a> {
    /// Octets from the start of the file.
    offset: usize,
    /// 1-based.
    number: u32,
    text: &'a str,
}

/// The literal block of a top-level key `figure`, and the file without it.
pub(super) fn cut(text: &str) -> Option<(Block, String)> {
    let lines = lines(text);
    let header = lines.iter().position(|line| is_header(line.text))?;
    let body: Vec<&Line> = lines.iter().skip(header + 1).take_while(|line| is_inside(line.text)).collect();
    let key = lines.get(header).map(|line| place(line, 0, "figure".len()))?;
    let indent = body.iter().filter(|line| !line.text.trim().is_empty()).map(|line| indent_of(line.text)).min();
    let block = block(key, &body, indent.unwrap_or_default());
    Some((block, blanked(text, &body)))
}

/// Begins at the margin, and says that a literal block follows.
fn is_header(line: &str) -> bool {
    let Some(rest) = line.strip_prefix("figure:") else { return false };
    let Some(after) = rest.trim_start_matches([' ', '\t']).strip_prefix('|') else { return false };
    let after = after.trim_start_matches(|c: char| c.is_ascii_digit() || c == '-' || c == '+');
    rest.starts_with([' ', '\t']) && (after.trim().is_empty() || after.trim_start().starts_with('#'))
}

fn is_inside(line: &str) -> bool {
    line.trim().is_empty() || line.starts_with([' ', '\t'])
}

fn indent_of(line: &str) -> usize {
    line.len() - line.trim_start_matches([' ', '\t']).len()
}

fn lines(text: &str) -> Vec<Line<'_>> {
    let mut offset = 0;
    let mut all = Vec::new();
    for (number, raw) in (1..).zip(text.split_inclusive('\n')) {
        all.push(Line { offset, number, text: raw.trim_end_matches(['\n', '\r']) });
        offset += raw.len();
    }
    all
}

fn place(line: &Line, skip: usize, len: usize) -> Span {
    let column = u32::try_from(skip + 1).unwrap_or(u32::MAX);
    Span { line: line.number, column, offset: line.offset + skip, len }
}

fn block(key: Span, body: &[&Line], indent: usize) -> Block {
    let mut block = Block { key, text: String::new(), lines: Vec::new() };
    for line in body {
        let content = line.text.get(indent..).unwrap_or_default();
        block.text.push_str(content);
        block.text.push('\n');
        block.lines.push(place(line, indent.min(line.text.len()), content.len()));
    }
    block
}

/// `text` with blanks for every octet of the lines.
fn blanked(text: &str, body: &[&Line]) -> String {
    let mut rest = String::with_capacity(text.len());
    let mut done = 0;
    for line in body {
        rest.push_str(text.get(done..line.offset).unwrap_or_default());
        rest.extend(std::iter::repeat_n(' ', line.text.len()));
        done = line.offset + line.text.len();
    }
    rest.push_str(text.get(done..).unwrap_or_default());
    rest
}
