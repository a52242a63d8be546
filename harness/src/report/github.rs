use super::model::{Entry, Run};
use crate::plan::Warning;
use crate::verdict::{Finding, Judgement};

/// GitHub's workflow commands: an error or a warning at the line of each finding, a notice
/// for each skip. One a line, each ends with a newline.
#[must_use]
pub fn github(entries: &[Entry<'_>]) -> String {
    let told = entries.iter().flat_map(|entry| match entry {
        Entry::Run(run) => {
            let warned = run.warnings.iter().map(|warning| warned(run, warning));
            warned.chain(run.verdict.findings.iter().map(|found| finding(run, found))).collect()
        }
        Entry::Skipped(skipped) => {
            let text = message(&format!("skipped: {}; {}", skipped.reason, skipped.remedy));
            vec![format!("::notice title={}::{text}\n", property(skipped.name))]
        }
        Entry::Broken { name, reason } => {
            vec![format!("::warning title={}::{}\n", property(name), message(reason))]
        }
    });
    told.collect()
}

fn warned(run: &Run<'_>, warning: &Warning) -> String {
    let (file, title) = (property(&run.ladder.file), property(run.name));
    format!("::warning file={file},line={},title={title}::{}\n", warning.line, message(&warning.text))
}

fn finding(run: &Run<'_>, finding: &Finding) -> String {
    let level = if finding.judgement == Judgement::Fail { "error" } else { "warning" };
    let line = finding.rung.and_then(|(rung, _)| run.ladder.rungs.get(rung)).map(|rung| rung.line);
    let line = line.map_or(String::new(), |line| format!(",line={line}"));
    let (file, title) = (property(&run.ladder.file), property(run.name));
    format!("::{level} file={file}{line},title={title}::{}\n", message(&finding.message))
}

/// As actions/toolkit's `escapeData` does it.
fn message(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// As actions/toolkit's `escapeProperty` does it.
fn property(text: &str) -> String {
    message(text).replace(':', "%3A").replace(',', "%2C")
}
