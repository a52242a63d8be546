use super::canvas::{Canvas, header};
use super::lanes::Lanes;
use super::rows::{Body, Row, rows};
use crate::ladder::Ladder;
use crate::time::{LabTime, show_duration};
use crate::timeline::Timeline;
use crate::verdict::Verdict;
use std::time::Duration;

/// The columns of a drawing.
const WIDTH: usize = 100;
/// A wait that is shown as such.
const LONG: Duration = Duration::from_millis(500);
/// Folding fewer rows than this would save no line worth saving.
const FOLDED: usize = 3;
/// The longest group of rows whose repeats are folded.
const LONGEST: usize = 4;

/// What was expected and what was seen on one ladder, a row for each segment, step and
/// outcome, with what the verdict says of it. Ends with a newline.
#[must_use]
pub fn ladder(ladder: &Ladder, timeline: &Timeline, verdict: &Verdict) -> String {
    let lanes = Lanes::of(ladder, timeline, WIDTH);
    let mut lines = header(&lanes, WIDTH);
    let rows = rows(ladder, timeline, verdict);
    let mut before: Option<LabTime> = None;
    let mut rest = &rows[..];
    while !rest.is_empty() {
        let (group, times) = repeated(rest);
        let (now, after) = rest.split_at(group * times);
        for row in now.iter().take(group) {
            lines.extend(gap(&lanes, before, row.at));
            lines.push(line(&lanes, row));
            before = row.at.or(before);
        }
        if times > 1 {
            lines.push(more(&lanes, now, group));
            before = now.last().and_then(|row| row.at).or(before);
        }
        rest = after;
    }
    lines.push(String::new());
    lines.join("\n")
}

/// How many rows at the beginning are one group, and how often it comes; the shortest group
/// that can be folded, else one row once.
fn repeated(rows: &[Row]) -> (usize, usize) {
    let repeats = |group: &usize| {
        let alike = |(at, row): (usize, &Row)| rows.get(at % group).is_some_and(|first| alike(first, row));
        rows.iter().enumerate().take_while(|row| alike(*row)).count() / group
    };
    let groups = (1..=LONGEST.min(rows.len())).map(|group| (group, repeats(&group)));
    groups.into_iter().find(|(group, times)| group * (times - 1) >= FOLDED).unwrap_or((1, 1))
}

fn alike(a: &Row, b: &Row) -> bool {
    a.body == b.body
        && a.at.is_some() == b.at.is_some()
        && a.verdict.split(", due").next() == b.verdict.split(", due").next()
}

fn line(lanes: &Lanes, row: &Row) -> String {
    let mut canvas = Canvas::new(lanes, WIDTH, '|');
    let dashed = row.at.is_none();
    if let Some(at) = row.at {
        canvas.time(&at.to_string());
    }
    match &row.body {
        Body::Arrow { from, to, .. } if lanes.column(from).is_none() || lanes.column(to).is_none() => {
            canvas.across(&label(&row.body), ' ');
        }
        Body::Arrow { from, to, end, label } => canvas.arrow(from, to, end, label, dashed),
        Body::Mark { node, text } => canvas.mark(node.as_ref(), text, dashed),
        Body::Across(text) => canvas.across(text, if dashed { ' ' } else { '.' }),
    }
    canvas.verdict(&row.verdict);
    canvas.finish()
}

/// A segment of a node that has no lane.
fn label(body: &Body) -> String {
    match body {
        Body::Arrow { from, to, label, .. } => format!("{from} > {to}: {label}"),
        Body::Mark { text, .. } | Body::Across(text) => text.clone(),
    }
}

fn gap(lanes: &Lanes, before: Option<LabTime>, at: Option<LabTime>) -> Option<String> {
    let waited = at?.since(before?);
    (waited >= LONG).then(|| {
        let mut canvas = Canvas::new(lanes, WIDTH, ':');
        canvas.across(&elapsed(waited), ' ');
        canvas.finish()
    })
}

/// `1.024 s`, or `2h 11m 15.4s` when seconds alone are hard to read.
fn elapsed(waited: Duration) -> String {
    if waited < Duration::from_secs(100) {
        return format!("{:.3} s", waited.as_secs_f64());
    }
    let millis = u64::try_from(waited.as_millis()).unwrap_or(u64::MAX);
    show_duration(Duration::from_millis(millis))
}

/// `... 7 more, every 1.024 s`
fn more(lanes: &Lanes, run: &[Row], group: usize) -> String {
    let mut canvas = Canvas::new(lanes, WIDTH, ':');
    let count = run.len() / group - 1;
    let firsts: Vec<LabTime> = run.iter().step_by(group).filter_map(|row| row.at).collect();
    let spacing = spacing(&firsts).map_or(String::new(), |spacing| format!(", {spacing}"));
    let such = if group > 1 { "such" } else { "more" };
    canvas.across(&format!("... {count} {such}{spacing}"), ' ');
    canvas.verdict(run.last().map_or("", |row| row.verdict.as_str()));
    canvas.finish()
}

/// How far apart equal rows were: one number if they were equally far apart, else until when.
fn spacing(times: &[LabTime]) -> Option<String> {
    let gaps = times.iter().zip(times.iter().skip(1)).map(|(one, next)| next.since(*one));
    let gaps: Vec<Duration> = gaps.collect();
    let (least, most) = (gaps.iter().min()?, gaps.iter().max()?);
    if most.saturating_sub(*least) <= *most / 10 {
        let sum = gaps.iter().fold(Duration::ZERO, |sum, gap| sum.saturating_add(*gap));
        let mean = sum / u32::try_from(gaps.len()).ok()?;
        return Some(format!("every {:.3} s", mean.as_secs_f64()));
    }
    Some(format!("until {}", times.last()?))
}
