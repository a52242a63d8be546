use super::failure::failure;
use super::json::kind;
use super::model::{Report, Run, Skipped};
use crate::verdict::Judgement;
use std::fmt::Write;

/// The report in the form that JUnit's Ant task writes and most CI systems read. What is
/// inconclusive is an error, for it is no pass and no failure.
#[must_use]
pub fn junit(report: &Report<'_>) -> String {
    let count = |judgement| report.runs.iter().filter(|run| run.verdict.judgement == judgement).count();
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let counts = format!(
        "tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\" time=\"{:.3}\"",
        report.runs.len() + report.skipped.len(),
        count(Judgement::Fail),
        count(Judgement::Inconclusive),
        report.skipped.len(),
        report.wall.as_secs_f64(),
    );
    let _ = writeln!(text, "<testsuites name=\"deadpeer\" {counts}>\n  <testsuite name=\"deadpeer\" {counts}>");
    text.extend(report.runs.iter().map(case));
    text.extend(report.skipped.iter().map(skipped));
    text.push_str("  </testsuite>\n</testsuites>\n");
    text
}

/// `article/peer-reboot` is the test `peer-reboot` of the class `article`.
fn head(name: &str) -> String {
    let (class, test) = name.rsplit_once('/').unwrap_or(("deadpeer", name));
    format!("    <testcase classname=\"{}\" name=\"{}\"", escaped(class), escaped(test))
}

fn case(run: &Run<'_>) -> String {
    let head = format!("{} time=\"{:.3}\"", head(run.name), run.wall.as_secs_f64());
    let element = match run.verdict.judgement {
        Judgement::Pass => return format!("{head}/>\n"),
        Judgement::Fail => "failure",
        Judgement::Inconclusive => "error",
    };
    let first = run.verdict.findings.first();
    let message = first.map_or("", |finding| finding.message.as_str());
    let kind = first.map_or("unknown", |finding| kind(&finding.kind));
    let (message, body) = (escaped(message), escaped(&failure(run)));
    format!("{head}>\n      <{element} type=\"{kind}\" message=\"{message}\">{body}</{element}>\n    </testcase>\n")
}

fn skipped(skipped: &Skipped) -> String {
    let remedy = skipped.remedy.as_ref().map_or(String::new(), |remedy| format!(" ({remedy})"));
    let told = escaped(&format!("{}{remedy}", skipped.reason));
    format!("{}>\n      <skipped message=\"{told}\"/>\n    </testcase>\n", head(&skipped.name))
}

/// Text for an element or a quoted attribute (XML 1.0 §2.2, §2.4): what XML can't hold at
/// all becomes U+FFFD.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for sign in text.chars() {
        match sign {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&apos;"),
            '\t' | '\n' => escaped.push(sign),
            '\r' => escaped.push_str("&#13;"),
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            sign => escaped.push(sign),
        }
    }
    escaped
}
