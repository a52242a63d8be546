use super::draft::{Draft, fold};
use super::due::{SlotDue, Timing};
use super::matching::Matching;
use super::slot::{Fit, Moment};
use super::words::{plural, show_due, show_repeat, show_time};
use super::{FindingKind, Seen};
use crate::ladder::Anchor;
use crate::time::{LabTime, show_duration};
use crate::timeline::{Doubt, Timeline};
use std::time::Duration;

/// Whether each slot came in its time.
pub(super) fn check(matching: &Matching<'_>, timings: &[Timing]) -> Vec<Draft> {
    let mut drafts = Vec::new();
    for (slot, timing) in timings.iter().enumerate() {
        let (Some(seen), Some(moment)) = (matching.fit(slot).met(), matching.moment(slot)) else { continue };
        match timing {
            Timing::Free => {}
            Timing::Unanchored => drafts.extend(unanchored(matching, slot, seen)),
            Timing::Due(due) => drafts.extend(judge(matching, slot, due, seen, moment)),
        }
    }
    let same = |draft: &Draft| (draft.finding.rung.map(|(rung, _)| rung), draft.finding.kind.clone());
    fold(drafts, same, |count, _| format!("So did {count} further repeat{} of it.", plural(count)))
}

/// The one place where a time is judged.
fn judge(matching: &Matching<'_>, slot: usize, due: &SlotDue, seen: Seen, moment: Moment) -> Option<Draft> {
    let window = due.due.due;
    let (kind, off, word) = if moment.at < window.earliest {
        (FindingKind::Early, window.earliest.since(moment.at), "early")
    } else if moment.from > window.latest {
        (FindingKind::Late, moment.from.since(window.latest), "late")
    } else {
        return None;
    };
    let late = kind == FindingKind::Late;
    let message = format!(
        "{} was due at {} and came at {}, {} {word} ({}).",
        show_repeat(matching.rung(slot)?, matching.name(slot)?.1),
        show_due(window),
        show_time(seen.at),
        show_off(off),
        due.due.reason,
    );
    let mut draft = Draft::fail(kind, message).on(matching, Some(slot)).seen(seen);
    // If one before it was not captured, this one was taken for it, and looks late. No
    // lost frame makes one look early.
    draft.lost_frames_explain = late;
    if let Some(reason) = excuse(matching.timeline, due, moment, off, late) {
        draft.excuse(&reason);
    }
    Some(draft)
}

fn excuse(timeline: &Timeline, due: &SlotDue, moment: Moment, off: Duration, late: bool) -> Option<String> {
    let stalled = if late { stalled(timeline, due.anchor.from, moment.from) } else { late_by(timeline, due.anchor.at) };
    let enough = stalled >= off && !stalled.is_zero();
    enough.then(|| {
        let stalled = show_off(stalled);
        format!("But the machine stood still for {stalled} meanwhile, which can explain it: run it again.")
    })
}

/// What ran late is stamped this soon after the stall that held it up.
const CATCHING_UP: Duration = Duration::from_millis(5);

/// How much a stall can have delayed what was stamped then: what counts from it would seem
/// as much too early.
fn late_by(timeline: &Timeline, stamp: LabTime) -> Duration {
    let delays = timeline.doubts.iter().filter_map(|doubt| match doubt {
        Doubt::Stall { from, until } if *from < stamp && *until + CATCHING_UP >= stamp => Some(stamp.since(*from)),
        _ => None,
    });
    delays.max().unwrap_or(Duration::ZERO)
}

/// A wide miss need not be told to the nanosecond.
fn show_off(off: Duration) -> String {
    let micros = u64::try_from(off.as_nanos().div_ceil(1000)).unwrap_or(u64::MAX);
    show_duration(Duration::from_micros(if micros > 10_000 {
        micros.div_ceil(1000).saturating_mul(1000)
    } else {
        micros
    }))
}

/// How long the watchdog's threads could not run, of all stalls that touch this time:
/// several processors' stalls at once count once.
pub(super) fn stalled(timeline: &Timeline, from: LabTime, until: LabTime) -> Duration {
    let mut stalls: Vec<(LabTime, LabTime)> = timeline
        .doubts
        .iter()
        .filter_map(|doubt| match doubt {
            Doubt::Stall { from: begun, until: ended } if *begun <= until && *ended >= from => Some((*begun, *ended)),
            _ => None,
        })
        .collect();
    stalls.sort();
    let mut counted = LabTime(i64::MIN);
    let mut total = Duration::ZERO;
    for (begun, ended) in stalls {
        total = total.saturating_add(ended.since(begun.max(counted)));
        counted = counted.max(ended);
    }
    total
}

/// A time condition that can't be judged is never passed over in silence, unless what it
/// counts from has a finding of its own.
fn unanchored(matching: &Matching<'_>, slot: usize, seen: Seen) -> Option<Draft> {
    let rung = matching.rung(slot)?;
    let (index, repeat) = matching.name(slot)?;
    let told_elsewhere = repeat > 0
        || match rung.since {
            Anchor::Rung(anchor) => {
                anchor < index
                    && (0..slot).any(|slot| {
                        matching.name(slot).is_some_and(|(rung, _)| rung == anchor)
                            && !matches!(matching.fit(slot), Fit::Met(_))
                    })
            }
            Anchor::Start | Anchor::Step(_) => false,
        };
    let message = format!(
        "When {} was due can't be told: what its time counts from is not in the record.",
        show_repeat(rung, repeat)
    );
    (!told_elsewhere).then(|| Draft::doubt(message).on(matching, Some(slot)).seen(seen))
}
