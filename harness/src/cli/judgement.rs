use crate::plan::{Connection, Plan};
use crate::record::{Record, Views};
use crate::report;
use crate::timeline::{Timeline, timeline};
use crate::verdict::{Judgement, Verdict, judge};
use std::collections::BTreeMap;
use std::fmt::Write;

/// What came of a record: of its only connection, or of the one of several that is worth
/// showing.
#[derive(Debug)]
pub(super) struct Judged {
    /// Which connection is shown.
    pub(super) shown: usize,
    pub(super) timeline: Timeline,
    pub(super) verdict: Verdict,
    /// How the others fared, if there are any: a sentence.
    pub(super) others: Option<String>,
    /// What each frame is, by its index in the record.
    pub(super) comments: BTreeMap<usize, String>,
    /// The ladders of all connections that did not pass; if all did, of the first of those that
    /// are alike.
    pub(super) ladders: String,
}

/// Judges each connection by its own ladder. The worst is shown, and of those the first.
#[must_use]
pub(super) fn judge_all(plan: &Plan, record: &Record) -> Judged {
    if plan.further.is_empty() { single(plan, record) } else { several(plan, record) }
}

fn single(plan: &Plan, record: &Record) -> Judged {
    let timeline = timeline(record);
    let verdict = judge(&plan.ladder, &timeline);
    let comments = report::frame_comments(&timeline);
    let ladders = report::ladder(&plan.ladder, &timeline, &verdict);
    Judged { shown: 0, timeline, verdict, others: None, comments, ladders }
}

/// How many came to what.
#[derive(Default)]
struct Counts {
    passed: usize,
    /// The names of the others.
    failed: Vec<String>,
    inconclusive: Vec<String>,
}

fn several(plan: &Plan, record: &Record) -> Judged {
    let views = Views::of(record);
    let mut counts = Counts::default();
    let (mut comments, mut ladders, mut passed) = (BTreeMap::new(), String::new(), String::new());
    let mut shown: Option<(usize, Timeline, Verdict)> = None;
    for (index, (own, view)) in plan.connections().zip(&views).enumerate() {
        let timeline = timeline(&view.record);
        let verdict = judge(own.ladder, &timeline);
        let of_whole = report::frame_comments(&timeline).into_iter();
        let of_whole = of_whole.filter_map(|(frame, text)| Some((*view.frames.get(frame)?, text)));
        comments.extend(of_whole.map(|(frame, text)| (frame, format!("{} {text}", own.name))));
        counts.add(&verdict, own);
        if verdict.judgement != Judgement::Pass {
            ladders += &named(own, &timeline, &verdict);
        } else if own.name.rsplit_once('.').is_none_or(|(_, number)| number == "1") {
            passed += &named(own, &timeline, &verdict);
        }
        if shown.as_ref().is_none_or(|(.., worst)| verdict.judgement > worst.judgement) {
            shown = Some((index, timeline, verdict));
        }
    }
    let Some((shown, timeline, verdict)) = shown else { return single(plan, record) };
    let ladders = if ladders.is_empty() { passed } else { ladders };
    let others = Some(counts.told(plan.connections().nth(shown).map_or("", |own| own.name)));
    Judged { shown, timeline, verdict, others, comments, ladders }
}

fn named(own: Connection<'_>, timeline: &Timeline, verdict: &Verdict) -> String {
    format!("{}\n{}\n", own.name, report::ladder(own.ladder, timeline, verdict))
}

/// So many names are told.
const NAMES: usize = 8;

impl Counts {
    fn add(&mut self, verdict: &Verdict, own: Connection<'_>) {
        match verdict.judgement {
            Judgement::Pass => self.passed += 1,
            Judgement::Inconclusive => self.inconclusive.push(own.name.to_owned()),
            Judgement::Fail => self.failed.push(own.name.to_owned()),
        }
    }

    fn told(&self, shown: &str) -> String {
        let all = self.passed + self.failed.len() + self.inconclusive.len();
        let mut text = format!("{all} connections, {} passed", self.passed);
        for (names, what) in [(&self.failed, "failed"), (&self.inconclusive, "inconclusive")] {
            if !names.is_empty() {
                let more = if names.len() > NAMES { ", ..." } else { "" };
                let first: Vec<&str> = names.iter().take(NAMES).map(String::as_str).collect();
                let _ = write!(text, ", {} {what} ({}{more})", names.len(), first.join(", "));
            }
        }
        let _ = write!(text, "; this is {shown}");
        text
    }
}
