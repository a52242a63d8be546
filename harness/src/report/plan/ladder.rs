use super::table::table;
use crate::ladder::{Anchor, Expected, Fate, Rung, When};
use crate::name::Label;
use crate::plan::Plan;
use crate::time::{Armed, LabTime, Ticks, due, show_duration};
use std::time::Duration;

/// Every rung with its due time in words, and how it ends.
pub(super) fn ladder(plan: &Plan, hz: u32) -> String {
    let rows: Vec<Vec<String>> = plan.ladder.rungs.iter().flat_map(|rung| rows(plan, rung, hz)).collect();
    table(&rows) + &end(plan)
}

fn rows(plan: &Plan, rung: &Rung, hz: u32) -> Vec<Vec<String>> {
    let times = if rung.times > 1 { format!(", {} times", rung.times) } else { String::new() };
    let head = format!("{}{}{times}", rung.text, fate(&rung.what));
    let (first, further) = (first(plan, rung, hz), further(rung, hz));
    let mut dues = first.into_iter().chain(further).flatten();
    let line = format!("line {}", rung.line);
    let mut rows = vec![vec![line, head, dues.next().unwrap_or_default()]];
    rows.extend(dues.map(|due| vec![String::new(), String::new(), due]));
    rows
}

fn fate(what: &Expected) -> String {
    match what {
        Expected::Segment { fate: Fate::Lost, .. } => ", lost".to_owned(),
        Expected::Segment { fate: Fate::LostAt(node), .. } => format!(", lost at {node}"),
        _ => String::new(),
    }
}

/// When the first must come.
fn first(plan: &Plan, rung: &Rung, hz: u32) -> Option<Vec<String>> {
    let anchor = match rung.since {
        Anchor::Start => "the beginning".to_owned(),
        Anchor::Step(step) => format!("the step {}", plan.steps.get(step).map_or("?", |step| step.name.as_str())),
        Anchor::Rung(before) => format!("`{}`", plan.ladder.rungs.get(before).map_or("?", |rung| rung.text.as_str())),
    };
    let when = match rung.when? {
        When::Range(low, high) => range(low, high),
        When::Timer(set) => timer(set, armed(plan, rung), hz),
    };
    let which = if rung.times > 1 { "the first " } else { "" };
    Some(when.lines(&format!("{which}{{}} after {anchor}")))
}

/// When the further ones must come.
fn further(rung: &Rung, hz: u32) -> Option<Vec<String>> {
    let when = match rung.every? {
        When::Range(low, high) => range(low, high),
        When::Timer(set) => timer(set, Armed::InCallback { at: LabTime::ZERO, edge_of: Some(set) }, hz),
    };
    (rung.times > 1).then(|| when.lines("each further one {} after the one before"))
}

/// How long after something, and why so long if that needs saying.
struct Words {
    span: String,
    reason: Option<String>,
}

impl Words {
    /// `sentence` with the span in its place, then the reason.
    fn lines(self, sentence: &str) -> Vec<String> {
        let sentence = sentence.replacen("{}", &self.span, 1);
        let reason = self.reason.map(|reason| format!("({reason})"));
        std::iter::once(sentence).chain(reason).collect()
    }
}

fn range(low: Duration, high: Duration) -> Words {
    let span = if low.is_zero() {
        format!("at most {}", show_duration(high))
    } else {
        format!("{} to {}", show_duration(low), show_duration(high))
    };
    Words { span, reason: None }
}

fn timer(set: Duration, armed: Armed, hz: u32) -> Words {
    let found = due(set, hz, armed, Ticks::Unknown);
    let seconds = |at: LabTime| at.since(LabTime::ZERO).as_secs_f64();
    let (earliest, latest) = (seconds(found.due.earliest), seconds(found.due.latest));
    let span = if found.due.earliest == found.due.latest {
        format!("{latest:.3} s")
    } else {
        format!("{earliest:.3} to {latest:.3} s")
    };
    Words { span, reason: Some(found.reason) }
}

/// A probe's or a retransmission's timer re-arms itself where it fires; after anything
/// else the moment of arming lies anywhere in a tick.
fn armed(plan: &Plan, rung: &Rung) -> Armed {
    let before = match rung.since {
        Anchor::Rung(before) => plan.ladder.rungs.get(before),
        Anchor::Start | Anchor::Step(_) => None,
    };
    let by_timer =
        |before: &&Rung| matches!(before.what, Expected::Segment { label: Label::Probe | Label::Retransmit, .. });
    match before.filter(by_timer) {
        Some(before) => Armed::InCallback { at: LabTime::ZERO, edge_of: edge(before) },
        None => Armed::Anywhere { at: LabTime::ZERO },
    }
}

/// What the timer was set for that sent the rung's last repeat.
fn edge(rung: &Rung) -> Option<Duration> {
    let last = if rung.times > 1 { rung.every } else { rung.when };
    match last? {
        When::Timer(set) => Some(set),
        When::Range(..) => None,
    }
}

fn end(plan: &Plan) -> String {
    let ladder = &plan.ladder;
    let allowed: Vec<String> = ladder.allow.iter().map(ToString::to_string).collect();
    let end = if ladder.open_ended {
        "  then anything may follow\n".to_owned()
    } else {
        format!("  then nothing for {}\n", show_duration(ladder.settle))
    };
    let allowed = if allowed.is_empty() { String::new() } else { format!("  at any time: {}\n", allowed.join(", ")) };
    end + &allowed + &format!("  a line without a due time is waited for {}\n", show_duration(ladder.patience))
}
