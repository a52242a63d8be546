use crate::scenario::Span;

/// Where a file begins.
const START: Span = Span { line: 1, column: 1, offset: 0, len: 0 };

/// Where the lines of a figure stand in their file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Place {
    /// The place of each line's first character. A line without one stands where the
    /// last known one does.
    pub lines: Vec<Span>,
}

impl Place {
    /// For a figure that is a whole file by itself.
    #[must_use]
    pub fn whole(text: &str) -> Self {
        let mut offset = 0;
        let lines = text.split_inclusive('\n').zip(1..).map(|(line, number)| {
            let span = Span { line: number, column: 1, offset, len: line.trim_end().len() };
            offset += line.len();
            span
        });
        Self { lines: lines.collect() }
    }

    /// The place of a line, counted from 0.
    pub(super) fn of(&self, line: usize) -> Span {
        self.lines.get(line).or(self.lines.last()).copied().unwrap_or(START)
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
        assert_eq!(Place::default().of(3), START);
        assert_eq!(Place::whole("a\n").of(3).line, 1);
    }
}
