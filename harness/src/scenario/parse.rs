use super::{Diagnostic, Scenario, Source, decode, text, tree};

/// Everything that is wrong with a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The file; of one that can't be shown, as much as can be.
    pub source: Source,
    /// At least one, by their places.
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads the file `path`, whose content is `octets`.
///
/// # Errors
/// All that is wrong with it, each with its place and the remedy.
pub fn parse(path: &str, octets: &[u8]) -> Result<Scenario, Failure> {
    let text = match text::read(octets) {
        Ok(text) => text,
        Err((shown, wrong)) => return Err(failure(source(path, &shown), vec![wrong])),
    };
    let source = source(path, text);
    let read = tree::read(text).and_then(|tree| decode::scenario(&source, &tree));
    read.map_err(|wrong| failure(source, wrong))
}

fn source(path: &str, text: &str) -> Source {
    Source { path: path.to_owned(), text: text.into() }
}

fn failure(source: Source, mut diagnostics: Vec<Diagnostic>) -> Failure {
    diagnostics.sort_by_key(|wrong| (wrong.span.line, wrong.span.column));
    diagnostics.dedup();
    Failure { source, diagnostics }
}
