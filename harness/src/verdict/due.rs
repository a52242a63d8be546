use super::matching::Matching;
use super::quiet;
use super::reason::{Cause, Reason};
use super::slot::Moment;
use super::{DueReason, SeenAs};
use crate::ladder::{Anchor, Expected, Rung, When};
use crate::name::{Label, NodeName, Side};
use crate::record::ClockKind;
use crate::time::{self, Armed, Due, LabTime};
use crate::timeline::{Crossing, Reach, What};
use std::time::Duration;

/// What a slot's time is judged by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Timing {
    /// No condition.
    Free,
    /// What its time counts from was not seen.
    Unanchored,
    Due(SlotDue),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SlotDue {
    pub(super) due: DueReason,
    /// What its time counts from.
    pub(super) anchor: Moment,
    /// The slot comes on the edge of a timer that was set for this.
    edge: Option<Duration>,
}

/// The timing of every slot, in order.
pub(super) fn timings(matching: &Matching<'_>) -> Vec<Timing> {
    let last = last_slots(matching);
    let mut timings: Vec<Timing> = Vec::with_capacity(matching.slots.len());
    for slot in 0..matching.slots.len() {
        let timing = timing(matching, slot, &last, &timings).unwrap_or(Timing::Free);
        timings.push(timing);
    }
    timings
}

/// The slot of each rung's last repeat.
fn last_slots(matching: &Matching<'_>) -> Vec<Option<usize>> {
    let mut last = vec![None; matching.ladder.rungs.len()];
    for (index, slot) in matching.slots.iter().enumerate() {
        if let Some(place) = last.get_mut(slot.rung) {
            *place = Some(index);
        }
    }
    last
}

#[derive(Clone, Copy)]
enum Base {
    Start,
    Slot(usize),
    Step(usize),
    Nowhere,
}

/// What the slot's time counts from, and how.
fn condition(matching: &Matching<'_>, slot: usize, last: &[Option<usize>]) -> Option<(When, Base)> {
    let rung = matching.rung(slot)?;
    if matching.name(slot)?.1 > 0 {
        return rung.every.map(|when| (when, Base::Slot(slot.saturating_sub(1))));
    }
    let base = match rung.since {
        Anchor::Start => Base::Start,
        Anchor::Step(step) => Base::Step(step),
        Anchor::Rung(index) => match last.get(index).copied().flatten() {
            Some(anchor) if anchor < slot => Base::Slot(anchor),
            _ => Base::Nowhere,
        },
    };
    rung.when.map(|when| (when, base))
}

fn timing(matching: &Matching<'_>, slot: usize, last: &[Option<usize>], before: &[Timing]) -> Option<Timing> {
    let (when, base) = condition(matching, slot, last)?;
    let rung = matching.rung(slot)?;
    let owner = owner(matching, rung);
    let Some(anchor) = anchor(matching, base, owner, when) else { return Some(Timing::Unanchored) };
    let ((window, cause), edge) = match when {
        When::Range(low, high) => (range(anchor.moment, low, high), None),
        When::Timer(set) => {
            let arming = arming(matching, slot, &anchor, owner, before);
            let edge = (!matches!(arming, Arming::Lazy)).then_some(set);
            (kernel_timer(matching, rung, set, anchor.moment, arming), edge)
        }
    };
    let due = widened(matching, rung, window, anchor.moment, cause);
    Some(Timing::Due(SlotDue { due, anchor: anchor.moment, edge }))
}

/// The node whose timer a rung tells of.
fn owner<'a>(matching: &Matching<'a>, rung: &'a Rung) -> Option<&'a NodeName> {
    match &rung.what {
        Expected::Segment { from, .. } => Some(from),
        Expected::Outcome { side, .. } => Some(home(matching, *side)),
        Expected::Conntrack { node, .. } => Some(node),
        Expected::Step(_) | Expected::Reading { .. } | Expected::Quiet(_) => None,
    }
}

fn home<'a>(matching: &Matching<'a>, side: Side) -> &'a NodeName {
    let manifest = &matching.timeline.manifest;
    match side {
        Side::Client => &manifest.client.node,
        Side::Server => &manifest.server.node,
    }
}

struct AnchorSeen {
    moment: Moment,
    kind: Kind,
    slot: Option<usize>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Crossing(usize),
    Other,
}

fn anchor(matching: &Matching<'_>, base: Base, owner: Option<&NodeName>, when: When) -> Option<AnchorSeen> {
    let other = |moment| AnchorSeen { moment, kind: Kind::Other, slot: None };
    match base {
        Base::Nowhere => None,
        Base::Start => Some(other(Moment::exactly(LabTime::ZERO))),
        Base::Step(wanted) => {
            let is_it = |what: &What| matches!(what, What::Step { step, .. } if *step == wanted);
            let seen = matching.happening(*matching.happenings(is_it).first()?)?;
            Some(other(Moment::of(matching.timeline, seen)))
        }
        Base::Slot(slot) => {
            let seen = matching.fit(slot).met()?;
            let moment = Moment::of(matching.timeline, seen);
            Some(match seen.what {
                SeenAs::Silence => AnchorSeen { slot: Some(slot), ..other(moment) },
                SeenAs::Crossing(index) => {
                    let crossing = matching.timeline.crossings.get(index)?;
                    let moment = if matches!(when, When::Timer(_)) { at_owner(crossing, owner) } else { moment };
                    AnchorSeen { moment, kind: Kind::Crossing(index), slot: Some(slot) }
                }
                SeenAs::Happening(index) => noticed(matching, slot, index, moment, when)?,
            })
        }
    }
}

/// A timer is armed where it runs: when the segment left its node, or came there.
fn at_owner(crossing: &Crossing, owner: Option<&NodeName>) -> Moment {
    let last = crossing.sightings.iter().map(|sighting| sighting.at).max().unwrap_or(crossing.sent);
    let arrived = Moment::exactly(last.max(crossing.sent));
    match owner {
        Some(owner) if *owner == crossing.from => Moment::exactly(crossing.sent),
        Some(owner) if *owner == crossing.to && crossing.reach == Reach::Arrived => arrived,
        _ => Moment { from: crossing.sent, at: arrived.at },
    }
}

/// What an endpoint noticed was caused by a segment, and a timer armed, before that: at
/// the earliest with the last segment its node sent or got.
fn noticed(matching: &Matching<'_>, slot: usize, index: usize, moment: Moment, when: When) -> Option<AnchorSeen> {
    let anchor = |moment| Some(AnchorSeen { moment, kind: Kind::Other, slot: Some(slot) });
    let What::Outcome { side, .. } = &matching.timeline.happenings.get(index)?.what else {
        return anchor(moment);
    };
    if !matches!(when, When::Timer(_)) {
        return anchor(moment);
    }
    let node = home(matching, *side);
    let timeline = matching.timeline;
    let here = |vantage: usize| timeline.manifest.vantages.get(vantage).is_some_and(|v| v.node == *node);
    let sightings = timeline.crossings.iter().flat_map(|crossing| &crossing.sightings);
    let cause = sightings.filter(|s| s.at <= moment.at && here(s.vantage)).map(|s| s.at).max();
    anchor(Moment { from: cause.map_or(moment.from, |at| at.min(moment.from)), at: moment.at })
}

fn range(anchor: Moment, low: Duration, high: Duration) -> (Due, Cause) {
    (Due { earliest: anchor.from + low, latest: anchor.at + high }, Cause::Range(low, high))
}

/// [`Armed`] without its time.
#[derive(Clone, Copy)]
enum Arming {
    Anywhere,
    InCallback(Option<Duration>),
    Lazy,
}

/// How the timer was armed that this slot tells of. A keepalive or retransmission timer
/// re-arms itself where it fires; it is armed afresh when the handshake ends; after any
/// other segment the keepalive timer runs on, and is re-armed for the rest when it fires
/// (net/ipv4/tcp_timer.c, `tcp_keepalive_timer`).
fn arming(
    matching: &Matching<'_>,
    slot: usize,
    anchor: &AnchorSeen,
    owner: Option<&NodeName>,
    before: &[Timing],
) -> Arming {
    let (Kind::Crossing(index), Some(owner)) = (anchor.kind, owner) else { return Arming::Lazy };
    let Some(crossing) = matching.timeline.crossings.get(index) else { return Arming::Lazy };
    if disturbed(matching, owner, anchor.moment.at, matching.fit(slot).seen().map_or(matching.end, |seen| seen.at)) {
        return Arming::Lazy;
    }
    if crossing.from == *owner && matches!(crossing.label, Label::Probe | Label::Retransmit) {
        return Arming::InCallback(match anchor.slot.and_then(|slot| before.get(slot)) {
            Some(Timing::Due(due)) => due.edge,
            _ => None,
        });
    }
    if owner == home(matching, Side::Client) && ends_handshake(matching, index) {
        return Arming::Anywhere;
    }
    Arming::Lazy
}

/// Whether a segment came to the node in between.
fn disturbed(matching: &Matching<'_>, node: &NodeName, from: LabTime, until: LabTime) -> bool {
    let crossings = &matching.timeline.crossings;
    let first = crossings.partition_point(|crossing| crossing.sent <= from);
    let between = crossings.get(first..).unwrap_or_default().iter().take_while(|crossing| crossing.sent < until);
    between.into_iter().any(|crossing| crossing.to == *node && crossing.reach != Reach::LostAt(crossing.from.clone()))
}

/// Whether this crossing is the SYN/ACK, or the ACK that answers it.
fn ends_handshake(matching: &Matching<'_>, index: usize) -> bool {
    let crossings = &matching.timeline.crossings;
    let opening = |crossing: &Crossing| matches!(crossing.label, Label::Syn | Label::SynAck | Label::Retransmit);
    match crossings.get(index).map(|crossing| crossing.label) {
        Some(Label::SynAck) => true,
        Some(Label::Ack) => crossings.get(..index).unwrap_or_default().iter().all(opening),
        _ => false,
    }
}

/// Conntrack counts whole ticks, of which the first has begun when an entry is refreshed,
/// and what it stamps as the end may lie anywhere in the last
/// (net/netfilter/nf_conntrack_core.c, `nf_ct_delete`).
fn conntrack_timer(set: Duration, anchor: Moment, hz: u32) -> (Due, Cause) {
    let tick = Duration::from_nanos(1_000_000_000 / u64::from(hz));
    let due = Due { earliest: anchor.from + set - tick, latest: anchor.at + set + tick };
    (due, Cause::Conntrack { set, tick })
}

fn kernel_timer(matching: &Matching<'_>, rung: &Rung, set: Duration, anchor: Moment, arming: Arming) -> (Due, Cause) {
    let kernel = &matching.timeline.manifest.kernel;
    let (hz, phase) = (hz(kernel.hz), kernel.phase);
    if matches!(rung.what, Expected::Conntrack { .. }) {
        return conntrack_timer(set, anchor, hz);
    }
    let armed = |at| match arming {
        Arming::Anywhere => Armed::Anywhere { at },
        Arming::InCallback(edge_of) => Armed::InCallback { at, edge_of },
        Arming::Lazy => Armed::Lazy { at },
    };
    let window = |at| time::due(set, hz, armed(at), phase).due;
    let due = Due { earliest: window(anchor.from).earliest, latest: window(anchor.at).latest };
    (due, Cause::Kernel { set, hz, armed: armed(anchor.at), phase })
}

/// A capture does not tell its kernel's ticks: the slowest in use makes the widest window.
fn hz(known: u32) -> u32 {
    if known == 0 { 100 } else { known }
}

/// An endpoint's thread has to wake up before it can tell, which takes no virtual time.
fn waking(clock: ClockKind) -> Duration {
    match clock {
        ClockKind::Virtual => Duration::ZERO,
        ClockKind::Real | ClockKind::Emulated | ClockKind::Capture => Duration::from_millis(10),
    }
}

/// The window with what the stamps may be off.
fn widened(matching: &Matching<'_>, rung: &Rung, window: Due, anchor: Moment, cause: Cause) -> DueReason {
    let manifest = &matching.timeline.manifest;
    let slack = time::slack(manifest.clock == ClockKind::Virtual, hz(manifest.kernel.hz));
    let late = if matches!(rung.what, Expected::Segment { .. } | Expected::Quiet(_)) {
        slack
    } else {
        slack + waking(manifest.clock)
    };
    let due = Due { earliest: window.earliest - slack, latest: window.latest + late };
    DueReason { due, reason: Reason { anchor, cause, allowed: late } }
}

/// When a slot that was not met must have come at the latest.
pub(super) fn deadline(matching: &Matching<'_>, timings: &[Timing], slot: usize) -> LabTime {
    if let Some(Expected::Quiet(length)) = matching.rung(slot).map(|rung| &rung.what) {
        return quiet::begin(matching, slot) + *length;
    }
    match timings.get(slot) {
        Some(Timing::Due(due)) => due.due.due.latest,
        _ => patience(matching),
    }
}

/// Up to when a rung without a due time is waited for: counted from the last thing met
/// or done.
pub(super) fn patience(matching: &Matching<'_>) -> LabTime {
    let is_step = |what: &What| matches!(what, What::Step { .. } | What::StepFailed { .. });
    let steps = matching.happenings(is_step).into_iter().filter_map(|index| matching.happening(index));
    let done = steps.map(|seen| seen.at).max().unwrap_or(LabTime::ZERO);
    done.max(matching.last_met()) + matching.ladder.patience
}
