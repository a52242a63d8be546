use super::draft::Draft;
use super::matching::Matching;
use super::slot::Fit;
use super::words::{plural, show_repeat, show_time};
use super::{Finding, FindingKind, Judgement};
use crate::ladder::Expected;
use crate::name::NodeName;
use crate::time::{LabTime, show_duration};
use crate::timeline::{Doubt, What};
use std::collections::BTreeMap;
use std::time::Duration;

/// What makes the evidence doubtful, each with its remedy.
pub(super) fn check(matching: &Matching<'_>) -> Vec<Draft> {
    let mut drafts: Vec<Draft> = matching.timeline.doubts.iter().filter_map(|doubt| told(matching, doubt)).collect();
    drafts.extend(gaps(matching));
    drafts.extend(hidden(matching));
    drafts.extend(too_short(matching));
    if matching.slots.is_empty() {
        drafts
            .push(Draft::doubt("Nothing is expected, so nothing was judged: write down what must be seen.".to_owned()));
    }
    drafts
}

fn place(matching: &Matching<'_>, vantage: usize) -> String {
    match matching.timeline.manifest.vantages.get(vantage) {
        Some(vantage) => format!("{} of {}", vantage.interface, vantage.node),
        None => format!("vantage {vantage}"),
    }
}

fn step(matching: &Matching<'_>, wanted: usize) -> String {
    let mut names = matching.timeline.happenings.iter().filter_map(|happening| match &happening.what {
        What::Step { step, name, .. } if *step == wanted => Some(name.clone()),
        _ => None,
    });
    names.next_back().unwrap_or_else(|| (wanted.saturating_add(1)).to_string())
}

fn told(matching: &Matching<'_>, doubt: &Doubt) -> Option<Draft> {
    let text = match doubt {
        Doubt::FramesDropped { vantage, dropped } => format!(
            "The capture at {} lost {dropped} frames, so what is missing may have been there: run fewer at once (--jobs 1).",
            place(matching, *vantage)
        ),
        Doubt::CaptureFailed { vantage, error } => {
            format!(
                "The capture at {} broke ({error}), and frames are missing: run it again.",
                place(matching, *vantage)
            )
        }
        Doubt::CaptureUnfinished { vantage } => format!(
            "The record does not say that the capture at {} came to its end, so frames may be missing: run it again.",
            place(matching, *vantage)
        ),
        Doubt::ConntrackLost { node } => {
            format!("Conntrack events of `{node}` were lost, so its entries are not all known: run it again.")
        }
        Doubt::ClockStep { nanoseconds } => format!(
            "The system's clock was set by {} meanwhile, so times can't be trusted: stop time synchronisation, or run in virtual time.",
            show_duration(Duration::from_nanos(nanoseconds.unsigned_abs()))
        ),
        Doubt::LateStep { step: index, planned, applied } => format!(
            "The step {} was planned for {planned} and took effect only at {applied}: run it again on a machine with less to do.",
            step(matching, *index)
        ),
        Doubt::StepFailed { step: index, error } => {
            format!("The step {} could not be done ({error}), so nothing after it was tested.", step(matching, *index))
        }
        Doubt::Interrupted => "The run was interrupted: run it again.".to_owned(),
        Doubt::Broken(error) => {
            format!("The lab could not go on ({error}): run it again, or see what `deadpeer doctor` says.")
        }
        Doubt::Truncated => "The record has no end, so what came last is not known: run it again.".to_owned(),
        Doubt::Gap { .. } | Doubt::Stall { .. } => return None,
    };
    Some(Draft::doubt(text))
}

/// One doubt for each vantage that missed segments.
fn gaps(matching: &Matching<'_>) -> Vec<Draft> {
    let mut vantages: BTreeMap<usize, usize> = BTreeMap::new();
    for doubt in &matching.timeline.doubts {
        if let Doubt::Gap { vantage, .. } = doubt {
            *vantages.entry(*vantage).or_default() += 1;
        }
    }
    let text = |(vantage, count): (usize, usize)| {
        format!(
            "{count} segment{} went past {} without being seen there, so its capture has gaps: run it again.",
            plural(count),
            place(matching, vantage)
        )
    };
    vantages.into_iter().map(|gap| Draft::doubt(text(gap))).collect()
}

/// What a capture from elsewhere can't show.
fn hidden(matching: &Matching<'_>) -> Option<Draft> {
    let slots: Vec<usize> = (0..matching.slots.len()).filter(|slot| *matching.fit(*slot) == Fit::Hidden).collect();
    let mut rungs: Vec<usize> = slots.iter().filter_map(|slot| Some(matching.name(*slot)?.0)).collect();
    rungs.dedup();
    let first = *slots.first()?;
    let name = show_repeat(matching.rung(first)?, 0);
    let count = rungs.len();
    let message = format!(
        "A capture shows segments only: {count} line{} could not be judged, the first of them {name}.",
        plural(count)
    );
    let mut draft = Draft::doubt(message).on(matching, Some(first));
    draft.finding.more_rungs = slots.iter().skip(1).filter_map(|slot| matching.name(*slot)).collect();
    Some(draft)
}

/// Whether the record goes on long enough after the last rung to tell that it stayed quiet.
fn too_short(matching: &Matching<'_>) -> Option<Draft> {
    let horizon = matching.horizon();
    let short = matching.reached_the_end() && !matching.ladder.open_ended && matching.end < horizon;
    let message = format!(
        "The record ends at {}, too soon to tell whether it stayed quiet until {}.",
        show_time(matching.end),
        show_time(horizon)
    );
    short.then(|| Draft::doubt(message))
}

/// Takes back failures that a doubt can explain.
///
/// A frame that was not captured looks like a segment that was not sent, or did not
/// arrive, or came late; it does not look like another errno, another label, or a probe
/// before its time. A step that failed, or took effect late, explains all that went wrong
/// after its time. A clock that was set explains every time.
pub(super) fn weigh(matching: &Matching<'_>, drafts: &mut [Draft]) {
    let doubts = &matching.timeline.doubts;
    let frames_lost = doubts.iter().any(|doubt| {
        matches!(doubt, Doubt::CaptureFailed { .. } | Doubt::CaptureUnfinished { .. } | Doubt::Gap { .. })
            || matches!(doubt, Doubt::FramesDropped { dropped, .. } if *dropped > 0)
    });
    let clock_set = doubts.iter().any(|doubt| matches!(doubt, Doubt::ClockStep { .. }));
    let (failed_at, late_at) = (failed_at(matching), late_at(doubts));
    let in_turn = matching.horizon_but_for_readings();
    for draft in drafts {
        if draft.finding.kind == FindingKind::Unexpected && draft.when > in_turn {
            draft.excuse(
                "But what was read last was read late, and had it been in time, this would not count: run it again.",
            );
        }
        if frames_lost && draft.lost_frames_explain {
            draft.excuse("But frames are missing from the record, which can explain it.");
        }
        if events_lost(matching, &draft.finding) {
            draft.excuse("But conntrack events are missing from the record, which can explain it.");
        }
        if clock_set && is_about_time(&draft.finding.kind) {
            draft.excuse("But the clock was set meanwhile, which can explain it.");
        }
        if failed_at.is_some_and(|failed| draft.when >= failed) {
            draft.excuse("But a step before it failed.");
        }
        if late_at.is_some_and(|late| draft.when >= late) {
            draft.excuse("But a step before it took effect late.");
        }
    }
}

/// Whether all that is missing are conntrack events of nodes that lost some.
fn events_lost(matching: &Matching<'_>, finding: &Finding) -> bool {
    let lost = |wanted: &NodeName| {
        let doubts = &matching.timeline.doubts;
        doubts.iter().any(|doubt| matches!(doubt, Doubt::ConntrackLost { node } if node == wanted))
    };
    let explained = |rung: &(usize, u32)| match matching.ladder.rungs.get(rung.0).map(|rung| &rung.what) {
        Some(Expected::Conntrack { node, .. }) => lost(node),
        _ => false,
    };
    matches!(finding.kind, FindingKind::Missing) && finding.rung.iter().chain(&finding.more_rungs).all(explained)
}

fn is_about_time(kind: &FindingKind) -> bool {
    matches!(kind, FindingKind::Early | FindingKind::Late | FindingKind::OutOfOrder { .. } | FindingKind::NotQuiet)
}

/// When the first step failed; from the beginning on, if the record does not tell.
fn failed_at(matching: &Matching<'_>) -> Option<LabTime> {
    let failed = |what: &What| matches!(what, What::StepFailed { .. });
    let happenings = &matching.timeline.happenings;
    let at = happenings.iter().filter(|happening| failed(&happening.what)).map(|happening| happening.from).min();
    let doubted = matching.timeline.doubts.iter().any(|doubt| matches!(doubt, Doubt::StepFailed { .. }));
    at.or(doubted.then_some(LabTime(i64::MIN)))
}

/// When the first step that was late should have been done.
fn late_at(doubts: &[Doubt]) -> Option<LabTime> {
    let planned = doubts.iter().filter_map(|doubt| match doubt {
        Doubt::LateStep { planned, .. } => Some(*planned),
        _ => None,
    });
    planned.min()
}

/// What is worth telling and is no finding.
pub(super) fn notes(matching: &Matching<'_>) -> Vec<String> {
    let stalls = matching.timeline.doubts.iter().filter_map(|doubt| match doubt {
        Doubt::Stall { from, until } => Some((until.since(*from), *from)),
        _ => None,
    });
    let stalls: Vec<(Duration, LabTime)> = stalls.collect();
    let mut notes = Vec::new();
    if let Some((longest, at)) = stalls.iter().max() {
        notes.push(format!(
            "The machine stood still {} time{}, at most for {} (at {at}).",
            stalls.len(),
            plural(stalls.len()),
            show_duration(Duration::from_micros(u64::try_from(longest.as_micros()).unwrap_or(u64::MAX)))
        ));
    }
    if !matching.ladder.allow.is_empty() {
        let labels: Vec<&str> = matching.ladder.allow.iter().map(|label| label.as_str()).collect();
        let count = matching.allowed;
        notes.push(format!("`allow: [{}]` let {count} segment{} through.", labels.join(", "), plural(count)));
    }
    notes
}

/// A run passes only if every rung was met and every time condition was judged: should
/// all checks have overlooked one, this says so.
pub(super) fn unjudged(matching: &Matching<'_>, timings: &[super::due::Timing]) -> Option<Draft> {
    let judged = |slot: &usize| {
        matching.fit(*slot).met().is_some()
            && !matches!(timings.get(*slot), Some(super::due::Timing::Unanchored) | None)
    };
    let slot = (0..matching.slots.len()).find(|slot| !judged(slot))?;
    let name = show_repeat(matching.rung(slot)?, matching.name(slot)?.1);
    let message = format!("{name} was not judged.");
    Some(Draft::new(Judgement::Inconclusive, FindingKind::Doubtful, message).on(matching, Some(slot)))
}
