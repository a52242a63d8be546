use super::canvas::End;
use super::marks::Marks;
use crate::ladder::{Expected, Fate, Ladder, Outcome, Rung};
use crate::name::{NodeName, Side};
use crate::time::LabTime;
use crate::timeline::{Crossing, Reach, Timeline, What};
use crate::verdict::{RungVerdict, Seen, SeenAs, Verdict, show_happening};
use std::collections::BTreeMap;

/// One row of a drawing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    /// None if it was not seen.
    pub(super) at: Option<LabTime>,
    pub(super) body: Body,
    /// What the verdict says of it.
    pub(super) verdict: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Body {
    Arrow {
        from: NodeName,
        to: NodeName,
        end: End,
        label: String,
    },
    /// At a node's lane, or across all.
    Mark {
        node: Option<NodeName>,
        text: String,
    },
    Across(String),
}

/// Everything seen that was judged, in order of time, with what was not seen in its place.
pub(super) fn rows(ladder: &Ladder, timeline: &Timeline, verdict: &Verdict) -> Vec<Row> {
    let marks = Marks::of(ladder, verdict);
    let taken = taken(verdict);
    let last = last_judged(timeline, verdict);
    let mut rows: Vec<(Key, Row)> = Vec::new();
    let crossings = timeline.crossings.iter().enumerate().filter(|(_, crossing)| crossing.sent <= last);
    for (index, crossing) in crossings {
        let what = SeenAs::Crossing(index);
        rows.push((key(what, crossing.sent), seen_crossing(ladder, &marks, &taken, index, crossing)));
    }
    for (index, happening) in timeline.happenings.iter().enumerate() {
        let what = SeenAs::Happening(index);
        let slot = taken.get(&Key::plain(what)).copied();
        let at = shown_time(&happening.what, happening.from, happening.at);
        if slot.is_none() && (at > last || is_noise(&happening.what)) {
            continue;
        }
        let seen = Seen { at: happening.at, what };
        let row =
            Row { at: Some(at), body: body_of(timeline, ladder, &happening.what), verdict: marks.seen(seen, slot) };
        rows.push((key(what, at), row));
    }
    rows.extend(verdict.rungs.iter().filter_map(|rung| silence(ladder, &marks, rung)));
    rows.sort_by_key(|(key, _)| *key);
    insert_missing(ladder, timeline, verdict, &marks, &mut rows);
    rows.into_iter().map(|(_, row)| row).collect()
}

/// Rows are ordered by time; at the same time segments come first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    at: LabTime,
    kind: u8,
    index: usize,
}

impl Key {
    /// What was seen, without its time.
    fn plain(what: SeenAs) -> Self {
        key(what, LabTime::ZERO)
    }
}

fn key(what: SeenAs, at: LabTime) -> Key {
    match what {
        SeenAs::Crossing(index) => Key { at, kind: 0, index },
        SeenAs::Happening(index) => Key { at, kind: 1, index },
        SeenAs::Silence => Key { at, kind: 2, index: 0 },
    }
}

/// A step shows when it began, all else when it was known.
fn shown_time(what: &What, from: LabTime, at: LabTime) -> LabTime {
    if matches!(what, What::Step { .. } | What::StepFailed { .. }) { from } else { at }
}

fn taken(verdict: &Verdict) -> BTreeMap<Key, (usize, u32)> {
    let seen = verdict.rungs.iter().filter_map(|rung| Some((Key::plain(rung.seen?.what), (rung.rung, rung.repeat))));
    seen.collect()
}

/// What comes after the last thing that was judged is not drawn.
fn last_judged(timeline: &Timeline, verdict: &Verdict) -> LabTime {
    let rungs = verdict.rungs.iter().filter_map(|rung| rung.seen);
    let findings = verdict.findings.iter().flat_map(|finding| finding.seen.iter().chain(&finding.more_seen)).copied();
    let judged = rungs.chain(findings).map(|seen| seen.at).max().unwrap_or(timeline.end);
    if verdict.rungs.iter().any(|rung| rung.seen.is_none()) { judged.max(timeline.end) } else { judged }
}

/// What a reader does not miss unless a line asks for it.
fn is_noise(what: &What) -> bool {
    match what {
        What::Printed { .. } | What::FaultCounter { .. } | What::Reading { .. } => true,
        What::Outcome { outcome, .. } => matches!(outcome, Outcome::Bytes(_) | Outcome::Connected),
        What::Conntrack { change, .. } => *change == crate::ladder::EntryChange::Updated,
        What::Step { .. } | What::StepFailed { .. } => false,
    }
}

fn seen_crossing(
    ladder: &Ladder,
    marks: &Marks<'_>,
    taken: &BTreeMap<Key, (usize, u32)>,
    index: usize,
    crossing: &Crossing,
) -> Row {
    let what = SeenAs::Crossing(index);
    let slot = taken.get(&Key::plain(what)).copied();
    let verdict = marks.seen(Seen { at: crossing.sent, what }, slot);
    let allowed = verdict.is_empty() && ladder.allow.contains(&crossing.label);
    let verdict = if allowed { "allowed".to_owned() } else { verdict };
    Row { at: Some(crossing.sent), body: arrow(crossing), verdict }
}

fn arrow(crossing: &Crossing) -> Body {
    let end = match &crossing.reach {
        Reach::Arrived => End::At(crossing.to.clone()),
        Reach::LostAt(node) => End::Lost(node.clone()),
        Reach::Unknown => End::Unknown(crossing.to.clone()),
    };
    Body::Arrow { from: crossing.from.clone(), to: crossing.to.clone(), end, label: crossing.label.to_string() }
}

fn home(timeline: &Timeline, side: Side) -> NodeName {
    match side {
        Side::Client => timeline.manifest.client.node.clone(),
        Side::Server => timeline.manifest.server.node.clone(),
    }
}

fn body_of(timeline: &Timeline, ladder: &Ladder, what: &What) -> Body {
    let text = show_happening(what);
    let short = text.split_once(": ").map_or(text.clone(), |(_, rest)| rest.to_owned());
    match what {
        What::Step { .. } | What::StepFailed { .. } | What::FaultCounter { .. } => Body::Across(text),
        What::Outcome { side, .. } => Body::Mark { node: Some(home(timeline, *side)), text: short },
        What::Printed { side, line } => {
            Body::Mark { node: Some(home(timeline, *side)), text: format!("prints {line:?}") }
        }
        What::Conntrack { node, .. } => Body::Mark { node: Some(node.clone()), text: short },
        What::Reading { rung, .. } => {
            let rung = ladder.rungs.get(*rung);
            if let Some(step) = rung.and_then(|rung| counted_step(timeline, rung)) {
                return Body::Across(format!("{step} took out {short}"));
            }
            let name = rung.map_or(String::new(), |rung| read_name(&rung.text));
            let text = if name.is_empty() { format!("reads {short}") } else { format!("{name} reads {short}") };
            Body::Mark { node: rung.and_then(|rung| speaker(timeline, rung)), text }
        }
    }
}

/// What a line reads: `a: TCPKeepAlive +3` reads `TCPKeepAlive`, `client: alive` what has no
/// name of its own.
fn read_name(line: &str) -> String {
    let words = line.split_once(": ").map_or("", |(_, words)| words);
    words.split_once(' ').map_or(String::new(), |(name, _)| name.to_owned())
}

/// The step whose packets a line tells of: its text begins with neither a node's nor a
/// side's name.
fn counted_step<'a>(timeline: &Timeline, rung: &'a Rung) -> Option<&'a str> {
    let (name, _) = rung.text.split_once(':')?;
    let is_node = timeline.manifest.nodes.iter().any(|node| node.name.as_str() == name);
    (!is_node && !matches!(name, "client" | "server")).then_some(name)
}

/// The node of which a line speaks: its text begins with a node's or a side's name.
fn speaker(timeline: &Timeline, rung: &Rung) -> Option<NodeName> {
    let (name, _) = rung.text.split_once(':')?;
    match name {
        "client" => Some(home(timeline, Side::Client)),
        "server" => Some(home(timeline, Side::Server)),
        name => NodeName::new(name).ok(),
    }
}

fn silence(ladder: &Ladder, marks: &Marks<'_>, verdict: &RungVerdict) -> Option<(Key, Row)> {
    let seen = verdict.seen.filter(|seen| seen.what == SeenAs::Silence)?;
    let text = ladder.rungs.get(verdict.rung)?.text.clone();
    let mark = marks.seen(seen, Some((verdict.rung, verdict.repeat)));
    Some((key(seen.what, seen.at), Row { at: Some(seen.at), body: Body::Across(text), verdict: mark }))
}

/// Puts each rung that was not seen after the one before it.
fn insert_missing(
    ladder: &Ladder,
    timeline: &Timeline,
    verdict: &Verdict,
    marks: &Marks<'_>,
    rows: &mut Vec<(Key, Row)>,
) {
    let mut place = 0;
    for slot in &verdict.rungs {
        if let Some(seen) = slot.seen {
            let is_it = |(key, _): &(Key, Row)| Key { at: LabTime::ZERO, ..*key } == Key::plain(seen.what);
            place = rows.iter().position(is_it).map_or(place, |found| (found + 1).max(place));
            continue;
        }
        let Some(rung) = ladder.rungs.get(slot.rung) else { continue };
        let mark = marks.absent((slot.rung, slot.repeat));
        let row = Row { at: None, body: expected(timeline, rung), verdict: mark };
        let at = rows.get(place.saturating_sub(1)).map_or(LabTime::ZERO, |(key, _)| key.at);
        rows.insert(place.min(rows.len()), (Key { at, kind: 3, index: 0 }, row));
        place += 1;
    }
}

fn expected(timeline: &Timeline, rung: &Rung) -> Body {
    let text = || rung.text.split_once(": ").map_or(rung.text.clone(), |(_, rest)| rest.to_owned());
    match &rung.what {
        Expected::Segment { from, to, label, fate } => {
            let end = match fate {
                Fate::Arrives => End::At(to.clone()),
                Fate::Lost => End::Lost(from.clone()),
                Fate::LostAt(node) => End::Lost(node.clone()),
            };
            Body::Arrow { from: from.clone(), to: to.clone(), end, label: label.to_string() }
        }
        Expected::Outcome { side, .. } => Body::Mark { node: Some(home(timeline, *side)), text: text() },
        Expected::Conntrack { node, .. } => Body::Mark { node: Some(node.clone()), text: text() },
        Expected::Reading { .. } if counted_step(timeline, rung).is_some() => Body::Across(rung.text.clone()),
        Expected::Reading { .. } => Body::Mark { node: speaker(timeline, rung), text: text() },
        Expected::Step(_) | Expected::Quiet(_) => Body::Across(rung.text.clone()),
    }
}
