use super::model::Report;
use crate::verdict::Judgement;

/// GitHub's workflow commands: an error or a warning at the line of each finding, a notice
/// for each skip. One a line, each ends with a newline.
#[must_use]
pub fn github(report: &Report<'_>) -> String {
    let mut text = String::new();
    for run in &report.runs {
        for finding in &run.verdict.findings {
            let level = if finding.judgement == Judgement::Fail { "error" } else { "warning" };
            let line = finding.rung.and_then(|(rung, _)| run.ladder.rungs.get(rung)).map(|rung| rung.line);
            let line = line.map_or(String::new(), |line| format!(",line={line}"));
            let (file, title) = (property(&run.ladder.file), property(run.name));
            text.push_str(&format!("::{level} file={file}{line},title={title}::{}\n", message(&finding.message)));
        }
    }
    for skipped in &report.skipped {
        let remedy = skipped.remedy.as_ref().map_or(String::new(), |remedy| format!(" ({remedy})"));
        let told = message(&format!("skipped: {}{remedy}", skipped.reason));
        text.push_str(&format!("::notice title={}::{told}\n", property(&skipped.name)));
    }
    text
}

/// As actions/toolkit's `escapeData` does it.
fn message(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// As actions/toolkit's `escapeProperty` does it.
fn property(text: &str) -> String {
    message(text).replace(':', "%3A").replace(',', "%2C")
}
