use crate::scenario::Span;

/// Where the lines of a figure stand in their file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Place {
    /// The place of each line's first character. A line without one stands where the
    /// last known one does.
    pub lines: Vec<Span>,
    key: Span,
}

impl Place {
    /// The key `figure` at `key`, and the place of each line's first character.
    #[must_use]
    pub fn new(key: Span, lines: Vec<Span>) -> Self {
        Self { lines, key }
    }

    /// For a figure that is a whole file by itself.
    #[must_use]
    pub fn whole(text: &str) -> Self {
        let mut offset = 0;
        let lines = text.split_inclusive('\n').zip(1..).map(|(line, number)| {
            let span = Span { line: number, column: 1, offset, len: line.trim_end().len() };
            offset += line.len();
            span
        });
        Self::new(Span { line: 1, column: 1, offset: 0, len: 0 }, lines.collect())
    }

    /// The place of the key, for what concerns the whole figure.
    #[must_use]
    pub fn key(&self) -> Span {
        self.key
    }

    /// The place of a line, counted from 0.
    pub(super) fn of(&self, line: usize) -> Span {
        self.lines.get(line).or(self.lines.last()).copied().unwrap_or(self.key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_file_counts_from_one() {
        let place = Place::whole("ab\n\n c\r\nd");
        let starts: Vec<_> = place.lines.iter().map(|span| (span.line, span.offset, span.len)).collect();
        assert_eq!(starts, [(1, 0, 2), (2, 3, 0), (3, 4, 2), (4, 8, 1)]);
    }

    #[test]
    fn a_line_that_is_not_there_stands_somewhere() {
        let key = Span { line: 2, column: 1, offset: 10, len: 6 };
        assert_eq!(Place::new(key, Vec::new()).of(3), key);
        assert_eq!(Place::whole("a\n").of(3).line, 1);
    }
}
