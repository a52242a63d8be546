use super::{Diagnostic, Failure};
use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use std::ops::Range;

/// More errors than that are only counted.
const SHOWN: usize = 20;

impl Failure {
    /// The errors as text for people: each with path, line and column, the line itself
    /// and the remedy.
    #[must_use]
    pub fn render(&self, color: bool) -> String {
        let renderer = if color { Renderer::styled() } else { Renderer::plain() };
        let shown = self.diagnostics.iter().take(SHOWN);
        let mut parts: Vec<String> = shown.map(|wrong| renderer.render(&[self.group(wrong)])).collect();
        let more = self.diagnostics.len().saturating_sub(SHOWN);
        if more > 0 {
            let noun = if more == 1 { "error" } else { "errors" };
            parts.push(format!("... and {more} more {noun} in {}", self.source.path));
        }
        parts.join("\n\n") + "\n"
    }

    fn group<'a>(&'a self, wrong: &'a Diagnostic) -> Group<'a> {
        let group = Level::ERROR.primary_title(&wrong.message);
        let group = match line_of(&self.source.text, wrong) {
            Some((line, range)) => group.element(
                Snippet::source(line)
                    .line_start(wrong.span.line as usize)
                    .path(&self.source.path)
                    .annotation(AnnotationKind::Primary.span(range)),
            ),
            None => group.element(Origin::path(&self.source.path)),
        };
        match &wrong.help {
            Some(help) => group.element(Level::HELP.message(help)),
            None => group,
        }
    }
}

/// The line on which an error begins, and the octets of it that are meant.
fn line_of<'a>(text: &'a str, wrong: &Diagnostic) -> Option<(&'a str, Range<usize>)> {
    let (before, after) = (text.get(..wrong.span.offset)?, text.get(wrong.span.offset..)?);
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    let rest = text.get(start..)?;
    let line = rest.split('\n').next()?.trim_end_matches('\r');
    if line.is_empty() && after.is_empty() && start == 0 {
        return None;
    }
    let from = (wrong.span.offset - start).min(line.len());
    let to = from.saturating_add(wrong.span.len.max(1)).min(line.len()).max(from);
    line.is_char_boundary(to).then_some((line, from..to)).or(Some((line, from..from)))
}
