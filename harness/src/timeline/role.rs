use super::flow::{Said, Talker};
use super::sight::Head;
use crate::name::Label;
use crate::time::LabTime;
use crate::wire::Flags;
use std::time::Duration;

/// With the window closed, a probe that comes sooner after the last segment is sent by
/// the persist timer, for the keepalive timer is set to 1 s at least (tcp(7),
/// TCP_KEEPIDLE and TCP_KEEPINTVL) and counts in ticks, of 10 ms at most.
const SOONEST_KEEPALIVE: Duration = Duration::from_millis(900);

/// A segment as its sender has it.
#[derive(Debug, Clone, Copy)]
pub(super) struct View<'a> {
    pub(super) head: &'a Head,
    pub(super) seq: i64,
    pub(super) ack: i64,
    /// In octets, and the scale that windows have.
    pub(super) window: (u64, u8),
    pub(super) at: LabTime,
}

impl View<'_> {
    fn has(&self, flags: Flags) -> bool {
        self.head.has(flags)
    }

    /// The sequence number after the segment; SYN and FIN count as one each.
    pub(super) fn end(&self) -> i64 {
        let control = i64::from(self.has(Flags::SYN)) + i64::from(self.has(Flags::FIN));
        self.seq + i64::from(self.head.len) + control
    }

    fn is_bare(&self) -> bool {
        self.head.len == 0 && !self.has(Flags::SYN) && !self.has(Flags::FIN)
    }
}

/// The role of a segment that `me` is about to send.
pub(super) fn of(me: &Talker, view: &View) -> Label {
    if view.has(Flags::RST) {
        return Label::Rst;
    }
    if view.has(Flags::SYN) {
        return of_syn(me, view);
    }
    if let Some(probe) = probe(me, view) {
        return probe;
    }
    if view.is_bare() {
        return of_ack(me, view);
    }
    match (view.end() > me.next, view.has(Flags::FIN)) {
        (true, true) => Label::Fin,
        (true, false) => Label::Psh,
        (false, _) => Label::Retransmit,
    }
}

fn of_syn(me: &Talker, view: &View) -> Label {
    match (me.next > view.seq, view.has(Flags::ACK)) {
        (true, _) => Label::Retransmit,
        (false, true) => Label::SynAck,
        (false, false) => Label::Syn,
    }
}

/// A probe has no octet that the peer lacks, and comes when the sender knows so: it
/// repeats the last octet's number though all is acknowledged. Or, as some stacks probe
/// a closed window, it has one octet that is new (RFC 9293 §3.8.6.1).
fn probe(me: &Talker, view: &View) -> Option<Label> {
    let closed = me.window == Some(0);
    let idle = me.next >= 1 && me.una >= me.next;
    let small = view.head.len <= 1 && !view.has(Flags::FIN) && view.has(Flags::ACK);
    if !idle || !small {
        return None;
    }
    let old = view.seq == me.next - 1 && !(view.head.len == 1 && view.has(Flags::PSH));
    let new = view.seq == me.next && view.head.len == 1;
    match closed {
        true if new || (old && persists(me, view)) => Some(Label::WindowProbe),
        _ if old => Some(Label::Probe),
        _ => None,
    }
}

/// Whether the persist timer sent it. Linux probes a closed window with the octets of a
/// keepalive probe, and a capture can't show whether data waits for the window; without
/// any, keepalive goes on as ever. But the persist timer begins with the retransmission
/// time-out, 0.2 s on a short way, and the keepalive timer can't be that short. Once
/// begun it goes on, ever slower, until the window opens.
///
/// Two cases are told wrongly: a first persist probe on a way with a time-out above
/// 0.9 s, and one for data that were written long after the window closed, each called
/// PROBE until the second.
fn persists(me: &Talker, view: &View) -> bool {
    me.persists || me.last.is_some_and(|last| view.at.since(last) < SOONEST_KEEPALIVE)
}

/// The role of a segment with neither data nor SYN, FIN, RST. Only keepalive probes have
/// answers by a name of their own: that to a zero-window probe is an ACK, or, if it
/// opens the window, a WINDOW-UPDATE.
fn of_ack(me: &Talker, view: &View) -> Label {
    let Some(said) = me.said else {
        return if answers(me, view) == Some(Label::Probe) { Label::ProbeAck } else { Label::Ack };
    };
    match answers(me, view) {
        Some(Label::Probe) => Label::ProbeAck,
        Some(_) if view.window.0 < said.window + said.blur => Label::Ack,
        _ if view.ack != said.ack => Label::Ack,
        _ => of_repeated_ack(&said, view),
    }
}

/// The kind of the probe that the segment answers.
fn answers(me: &Talker, view: &View) -> Option<Label> {
    let debt = me.owes?;
    (view.seq == me.next && view.ack == debt.ack).then_some(debt.kind)
}

/// RFC 5681 §2: a duplicate ACK doesn't change the window; but with SACK blocks it is
/// one whatever the window (RFC 6675 §2).
fn of_repeated_ack(said: &Said, view: &View) -> Label {
    let window = view.window.0;
    if view.head.has_sack || window.abs_diff(said.window) < said.blur {
        Label::DupAck
    } else if window > said.window {
        Label::WindowUpdate
    } else {
        Label::Ack
    }
}
