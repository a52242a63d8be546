use super::matching::Matching;
use super::quiet;
use super::reason::{Cause, Reason};
use super::slot::Moment;
use super::{DueReason, SeenAs};
use crate::ladder::{Anchor, Expected, Rung, When};
use crate::name::{Label, NodeName, Side};
use crate::record::ClockKind;
use crate::time::{self, Armed, Due, LabTime, Slack, Ticks, to_jiffies};
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
            let moment = Moment { from: anchor.moment.from - ahead(matching, &anchor, owner), ..anchor.moment };
            (kernel_timer(matching, rung, set, moment, arming), edge)
        }
    };
    let due = widened(matching, rung, when, window, anchor.moment, cause);
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
fn conntrack_timer(set: Duration, anchor: Moment, hz: u32, ticks: Ticks) -> (Due, Cause) {
    let tick = time::tick(hz);
    let due = match ticks {
        Ticks::Exact(phase) => {
            let last = |at| phase.edge(phase.jiffies_at(at, hz) + to_jiffies(set, hz), hz);
            Due { earliest: last(anchor.from), latest: last(anchor.at) }
        }
        Ticks::Near(_) | Ticks::Unknown => Due { earliest: anchor.from + set - tick, latest: anchor.at + set + tick },
    };
    (due, Cause::Conntrack { set, tick })
}

/// In virtual time reading a clock takes 256 ns, and nothing else takes any. Between a
/// segment's stamp and the arming of the timer that it armed are a few readings, by all that
/// runs at that moment: the timer's tick may be the next one.
const CLOCK_READINGS: Duration = Duration::from_micros(10);

/// How long before the stamp of a segment its sender may have armed the timer that counts from
/// it, in virtual time: what a timer sends is sent first, and any other segment last.
fn ahead(matching: &Matching<'_>, anchor: &AnchorSeen, owner: Option<&NodeName>) -> Duration {
    let Kind::Crossing(index) = anchor.kind else { return Duration::ZERO };
    let by_timer = |label| matches!(label, Label::Probe | Label::Retransmit | Label::WindowProbe);
    let last = |crossing: &Crossing| Some(&crossing.from) == owner && !by_timer(crossing.label);
    let sent = matching.timeline.crossings.get(index).is_some_and(last);
    if sent && matches!(ticks(matching), Ticks::Exact(_)) { CLOCK_READINGS } else { Duration::ZERO }
}

fn kernel_timer(matching: &Matching<'_>, rung: &Rung, set: Duration, anchor: Moment, arming: Arming) -> (Due, Cause) {
    let hz = hz(matching.timeline.manifest.kernel.hz);
    let ticks = ticks(matching);
    if matches!(rung.what, Expected::Conntrack { .. }) {
        return conntrack_timer(set, anchor, hz, ticks);
    }
    let armed = |at| match arming {
        Arming::Anywhere => Armed::Anywhere { at },
        Arming::InCallback(edge_of) => Armed::InCallback { at, edge_of },
        Arming::Lazy => Armed::Lazy { at },
    };
    let window = |at| time::due(set, hz, armed(at), ticks).due;
    let latest = if matches!(ticks, Ticks::Exact(_)) { anchor.at + CLOCK_READINGS } else { anchor.at };
    let due = Due { earliest: window(anchor.from).earliest, latest: window(latest).latest };
    (due, Cause::Kernel { set, hz, armed: armed(anchor.at), ticks })
}

/// Where the ticks lie, and whether stamps tell theirs.
fn ticks(matching: &Matching<'_>) -> Ticks {
    let manifest = &matching.timeline.manifest;
    match (manifest.kernel.phase, manifest.clock) {
        (None, _) => Ticks::Unknown,
        (Some(phase), ClockKind::Virtual) => Ticks::Exact(phase),
        (Some(phase), ClockKind::Real | ClockKind::Emulated | ClockKind::Capture) => Ticks::Near(phase),
    }
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

/// How far the stamps may be off.
fn slack(matching: &Matching<'_>, when: When) -> Slack {
    let manifest = &matching.timeline.manifest;
    let hz = hz(manifest.kernel.hz);
    match (manifest.clock, ticks(matching), when) {
        (_, Ticks::Exact(_), When::Timer(_)) => Slack::exact(hz),
        (ClockKind::Virtual, _, _) => Slack::jumping(hz),
        (ClockKind::Real | ClockKind::Emulated | ClockKind::Capture, _, _) => Slack::usual(hz),
    }
}

/// The window with what the stamps may be off.
fn widened(matching: &Matching<'_>, rung: &Rung, when: When, window: Due, anchor: Moment, cause: Cause) -> DueReason {
    let mut allowed = slack(matching, when);
    if !matches!(rung.what, Expected::Segment { .. } | Expected::Quiet(_)) {
        allowed.late += waking(matching.timeline.manifest.clock);
    }
    let due = Due { earliest: window.earliest - allowed.early, latest: window.latest + allowed.late };
    DueReason { due, reason: Reason { anchor, cause, allowed } }
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
