use super::{Diagnostic, Span};

/// The largest file that is read. A scenario of a thousand lines has 50 KiB.
pub const MAX_OCTETS: usize = 1 << 20;

/// The octets of a file as text.
///
/// # Errors
/// Larger than [`MAX_OCTETS`], not UTF-8, or nothing in it; with as much of the text
/// as can be shown beside the message.
pub(super) fn read(octets: &[u8]) -> Result<&str, (String, Diagnostic)> {
    if octets.len() > MAX_OCTETS {
        return Err((String::new(), too_large(octets.len())));
    }
    let text = std::str::from_utf8(octets).map_err(|error| not_utf8(octets, error.valid_up_to()))?;
    if text.trim_matches(['\u{feff}', ' ', '\t', '\r', '\n']).is_empty() {
        return Err((String::new(), empty(Span { line: 1, column: 1, offset: 0, len: 0 })));
    }
    Ok(text)
}

/// What is said of a file that holds nothing, or only comments.
pub(super) fn empty(span: Span) -> Diagnostic {
    Diagnostic {
        span,
        message: "the file is empty".to_owned(),
        help: Some("begin with `title: ...`; `deadpeer new` writes a file to start from".to_owned()),
    }
}

fn too_large(len: usize) -> Diagnostic {
    Diagnostic {
        span: Span { line: 1, column: 1, offset: 0, len: 0 },
        message: format!("the file has {len} octets; a scenario may have {MAX_OCTETS}"),
        help: Some("give the path of a scenario; captures and records have commands of their own".to_owned()),
    }
}

fn not_utf8(octets: &[u8], at: usize) -> (String, Diagnostic) {
    let valid = String::from_utf8_lossy(octets.get(..at).unwrap_or_default()).into_owned();
    let octet = octets.get(at).copied().unwrap_or_default();
    let diagnostic = Diagnostic {
        span: Span { len: 0, ..end_of(&valid) },
        message: format!("octet 0x{octet:02x} at offset {at} is not UTF-8"),
        help: Some("a scenario is UTF-8 text: save it in that encoding".to_owned()),
    };
    (valid + "\u{fffd}", diagnostic)
}

/// The place after the last character of `text`.
fn end_of(text: &str) -> Span {
    let last = text.rsplit('\n').next().unwrap_or_default();
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    Span {
        line: count(text.matches('\n').count() + 1),
        column: count(last.chars().count() + 1),
        offset: text.len(),
        len: 0,
    }
}
