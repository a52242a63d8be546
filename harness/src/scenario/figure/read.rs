use super::head::{head, wrong};
use super::row::{Row, row};
use super::saying::{Saying, saying};
use super::script::script;
use super::{Figure, Place};
use crate::name::Label;
use crate::scenario::{Diagnostic, Span};

/// Reads an ASCII ladder: lanes into nodes and links, marks into steps, arrows into
/// steps and expectations.
///
/// # Errors
/// Every row that isn't understood, or that contradicts the rows before it.
pub fn read(text: &str, place: Place) -> Result<Figure, Vec<Diagnostic>> {
    let lines = text.lines().enumerate();
    let rows = lines.map(|(at, line)| row(line, place.of(at)));
    let rows: Vec<Row> = rows.filter(|row| row.bars() > 0 || !row.is_bare()).collect();
    let head = head(&rows, place.of(0))?;
    let mut lanes = head.lanes;
    let (mut said, mut errors) = (Vec::new(), Vec::new());
    for row in rows.iter().skip(head.rows) {
        match saying(row, &lanes) {
            Ok(None) => {}
            Ok(Some(saying)) => {
                saying.change(&mut lanes);
                said.push((saying, row.span));
            }
            Err(error) => errors.push(wrong(row.span, error.message, error.help)),
        }
    }
    // Where the SYN wasn't read, all that follows from its lack is told already.
    if errors.is_empty() || opens(&said) {
        match script(&lanes, &said) {
            Ok(figure) if errors.is_empty() => return Ok(figure),
            Ok(_) => {}
            Err(more) => errors.extend(more),
        }
    }
    errors.sort_by_key(|error| error.span.offset);
    Err(errors)
}

/// Whether the first arrow is a SYN.
fn opens(said: &[(Saying, Span)]) -> bool {
    let labels = said.iter().filter_map(|(said, _)| match said {
        Saying::Segment { label, .. } => Some(*label),
        _ => None,
    });
    labels.take(1).eq([Label::Syn])
}
