use crate::scenario::{Diagnostic, Span};
use serde_saphyr::granit_parser::{self, ErrorKind, Marker, ScanError};

/// The parser's place as ours: its columns begin at 0.
pub(super) fn span(place: granit_parser::Span) -> Span {
    let start = at(&place.start);
    let end = place.end.byte_offset().unwrap_or(start.offset);
    Span { len: end.saturating_sub(start.offset), ..start }
}

fn at(marker: &Marker) -> Span {
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    Span {
        line: count(marker.line()),
        column: count(marker.col().saturating_add(1)),
        offset: marker.byte_offset().unwrap_or_default(),
        len: 0,
    }
}

/// The parser's refusal, with a remedy.
pub(super) fn refusal(error: &ScanError) -> Diagnostic {
    Diagnostic {
        span: at(error.marker()),
        message: format!("not YAML: {}", error.info()),
        help: Some(remedy(error.kind()).to_owned()),
    }
}

fn remedy(kind: &ErrorKind) -> &'static str {
    match kind {
        ErrorKind::MappingValueNotAllowed => {
            "a value that holds `: ` needs quotes, or braces if it is a map: `wait_for: { a > b: PROBE }`"
        }
        ErrorKind::TabInBlockIndentation | ErrorKind::TabInIndentation | ErrorKind::TabNotAllowed => {
            "indent with blanks, not tabs"
        }
        ErrorKind::UnclosedFlowCollection { .. } => "close the bracket, or take one too many away",
        ErrorKind::UnclosedQuotedScalar => "close the quotes",
        ErrorKind::ExpectedFlowMappingSeparator | ErrorKind::ExpectedFlowSequenceSeparator => {
            "part the entries by `,` and close the bracket"
        }
        ErrorKind::UnknownAnchor => "define the anchor before it is used, or quote a text that begins with `*`",
        ErrorKind::RecursionLimitExceeded => "a scenario needs no such nesting",
        _ => "look at the indentation and the quotes of this line and of the one before",
    }
}
