use super::failure::judged;
use super::json::kind;
use super::model::{Counts, Entry, Run, Skipped};
use crate::verdict::Judgement;
use std::fmt::Write;

/// All entries in the form that JUnit's Ant task writes and most CI systems read. What is
/// inconclusive is an error, for it is no pass and no failure.
#[must_use]
pub fn junit(entries: &[Entry<'_>]) -> String {
    let count = Counts::of(entries);
    let wall = entries.iter().map(|entry| if let Entry::Run(run) = entry { run.wall.as_secs_f64() } else { 0.0 });
    let counts = format!(
        "tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\" time=\"{:.3}\"",
        entries.len(),
        count.failed,
        count.inconclusive,
        count.skipped,
        wall.sum::<f64>(),
    );
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let _ = writeln!(text, "<testsuites name=\"deadpeer\" {counts}>\n  <testsuite name=\"deadpeer\" {counts}>");
    text.extend(entries.iter().map(|entry| match entry {
        Entry::Run(run) => case(run),
        Entry::Skipped(skipped) => self::skipped(skipped),
        Entry::Broken { name, reason } => broken(name, reason),
    }));
    text.push_str("  </testsuite>\n</testsuites>\n");
    text
}

fn broken(name: &str, reason: &str) -> String {
    let told = escaped(reason);
    format!("{}>\n      <error type=\"broken\" message=\"{told}\"/>\n    </testcase>\n", head(name))
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
    let (message, body) = (escaped(message), escaped(&judged(run)));
    format!("{head}>\n      <{element} type=\"{kind}\" message=\"{message}\">{body}</{element}>\n    </testcase>\n")
}

fn skipped(skipped: &Skipped<'_>) -> String {
    let told = escaped(&format!("{}; {}", skipped.reason, skipped.remedy));
    format!("{}>\n      <skipped message=\"{told}\"/>\n    </testcase>\n", head(skipped.name))
}

/// Text for an element or a quoted attribute (XML 1.0 §2.2, §2.4): what XML can't hold at
/// all becomes U+FFFD.
fn escaped(text: &str) -> String {
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
