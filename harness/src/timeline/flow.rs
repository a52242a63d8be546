use super::role::{self, View};
use super::sight::Head;
use super::topology::index;
use crate::name::{Label, Side};
use crate::time::LabTime;
use crate::wire::{Flags, Seq};

/// Where a segment stands in the connection, and what its role is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Placed {
    pub(super) label: Label,
    pub(super) seq: i64,
    pub(super) ack: i64,
}

/// Both endpoints as TCP has them (RFC 9293 §3.3.1), told by what they sent and by what
/// came to them.
#[derive(Debug, Clone, Default)]
pub(super) struct Flows {
    talkers: [Talker; 2],
}

/// One endpoint. Numbers are relative to its own initial sequence number, or, of what it
/// acknowledged, to the other's.
#[derive(Debug, Clone, Default)]
pub(super) struct Talker {
    /// None until it has sent something.
    pub(super) isn: Option<Seq>,
    /// Its SYN is in the record, so nothing that it sent before is missing.
    whole: bool,
    /// SND.NXT
    pub(super) next: i64,
    /// SND.UNA, by the ACKs that have come to it.
    pub(super) una: i64,
    /// The window that was last told to it (SND.WND).
    pub(super) window: Option<u64>,
    /// From its SYN (RFC 7323 §2.3).
    scale: Option<u8>,
    /// What it said last.
    pub(super) said: Option<Said>,
    /// A probe that has come to it and that it has not answered.
    pub(super) owes: Option<Debt>,
    /// When it last sent or was sent something.
    pub(super) last: Option<LabTime>,
    /// It sends zero-window probes.
    pub(super) persists: bool,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Said {
    pub(super) ack: i64,
    pub(super) window: u64,
    /// What a difference of windows must exceed to be one: a SYN's is not scaled, and
    /// what follows it is rounded.
    pub(super) blur: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Debt {
    /// The acknowledgment that the answer has.
    pub(super) ack: i64,
    pub(super) kind: Label,
}

/// An ACK so far beyond what was seen sent is not of this incarnation.
const FARTHEST: i64 = 1 << 24;

impl Flows {
    /// Begins in the middle of a connection: `first` is the first segment of one side and
    /// `answer` the first of the other. The first may be a probe, of octets that were
    /// sent before the capture began.
    pub(super) fn seed(&mut self, side: Side, first: &Head, answer: &Head) {
        let plain = first.flags == Flags::ACK && first.len <= 1 && answer.has(Flags::ACK);
        if plain && !answer.has(Flags::RST) && answer.ack.minus(first.seq) == 1 {
            self.talkers[index(side)].begin_before(answer.ack);
        }
    }

    /// `side` sends `segment`.
    pub(super) fn send(&mut self, side: Side, segment: &Head, at: LabTime) -> Placed {
        self.begin(side, segment);
        let (seq, ack) = self.relative(side, segment);
        let window = self.window(side, segment);
        let me = &mut self.talkers[index(side)];
        let view = View { head: segment, seq, ack, window, at };
        let label = role::of(me, &view);
        if label != Label::Rst {
            me.sent(&view, label);
        }
        Placed { label, seq, ack }
    }

    /// What `side` sent comes to the other.
    pub(super) fn arrive(&mut self, side: Side, segment: &Head, placed: Placed, at: LabTime) {
        let window = self.window(side, segment);
        let next = self.talkers[index(side)].next;
        let other = &mut self.talkers[index(side.other())];
        other.last = Some(at);
        match placed.label {
            Label::Rst => {}
            Label::Probe | Label::WindowProbe => {
                let ack = next.min(placed.seq + 1);
                other.owes = Some(Debt { ack, kind: placed.label });
            }
            _ => other.told(segment, placed.ack, window),
        }
    }

    /// The sequence number of a segment that `side` sent and that an ICMP message quotes.
    pub(super) fn quoted(&self, side: Side, seq: Seq) -> i64 {
        self.talkers[index(side)].relative(seq)
    }

    /// Takes initial sequence numbers from the first segment of a side, or from its SYN.
    fn begin(&mut self, side: Side, segment: &Head) {
        if segment.has(Flags::RST) {
            return;
        }
        let me = &mut self.talkers[index(side)];
        let opens = segment.has(Flags::SYN) && me.isn != Some(segment.seq);
        if opens {
            me.open(segment);
        } else if me.isn.is_none() {
            me.begin_before(segment.seq);
        }
        if opens {
            self.talkers[index(side.other())].forget_acks();
        }
        let other = &mut self.talkers[index(side.other())];
        if segment.has(Flags::ACK) && other.isn.is_none() {
            other.begin_before(segment.ack);
        }
    }

    fn relative(&self, side: Side, segment: &Head) -> (i64, i64) {
        let [me, other] = [side, side.other()].map(|side| &self.talkers[index(side)]);
        let ack = match segment.has(Flags::ACK) {
            true => other.relative(segment.ack),
            false => 0,
        };
        (me.relative(segment.seq), ack)
    }

    /// The receive window in octets; scaled if both offered to, and never in a SYN.
    fn window(&self, side: Side, segment: &Head) -> (u64, u8) {
        let scales = [side, side.other()].map(|side| self.talkers[index(side)].scale);
        let shift = match scales {
            [Some(mine), Some(_)] => mine.min(14),
            _ => 0,
        };
        let applied = if segment.has(Flags::SYN) { 0 } else { shift };
        (u64::from(segment.window) << applied, shift)
    }
}

impl Talker {
    fn open(&mut self, syn: &Head) {
        let scale = syn.scale;
        *self = Self { isn: Some(syn.seq), whole: true, scale, ..Self::default() };
    }

    /// The other begins anew: what was said of its former numbers means nothing now.
    fn forget_acks(&mut self) {
        (self.said, self.owes) = (None, None);
    }

    /// All octets before `seq` were sent and acknowledged; that one is the first.
    fn begin_before(&mut self, seq: Seq) {
        let isn = Seq(seq.0.wrapping_sub(1));
        *self = Self { isn: Some(isn), next: 1, una: 1, ..Self::default() };
    }

    /// Nearest to SND.NXT, so that it goes on beyond 4 GiB.
    fn relative(&self, seq: Seq) -> i64 {
        let Some(isn) = self.isn else { return 0 };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "modulo 2^32")]
        let near = isn.plus(self.next as u32);
        self.next + i64::from(seq.minus(near))
    }

    fn sent(&mut self, view: &View, label: Label) {
        let (window, shift) = view.window;
        if label != Label::WindowProbe {
            self.next = self.next.max(view.end());
        }
        if view.head.has(Flags::ACK) {
            let blur = if view.head.has(Flags::SYN) { 1 << shift } else { 1 };
            self.said = Some(Said { ack: view.ack, window, blur });
        }
        self.persists = match label {
            Label::WindowProbe => true,
            Label::Psh | Label::Fin => false,
            _ => self.persists,
        };
        self.owes = None;
        self.last = Some(view.at);
    }

    fn told(&mut self, segment: &Head, ack: i64, window: (u64, u8)) {
        if segment.len > 0 || segment.flags.0 & (Flags::SYN.0 | Flags::FIN.0) != 0 {
            self.owes = None;
        }
        if !segment.has(Flags::ACK) || ack < self.una || ack > self.next + self.ahead() {
            return;
        }
        self.una = ack;
        self.next = self.next.max(ack);
        self.window = Some(window.0);
        self.persists &= window.0 == 0;
    }

    /// How far beyond SND.NXT an ACK may be: frames may be missing, but not in the
    /// handshake.
    fn ahead(&self) -> i64 {
        if self.whole && self.next <= 1 { 0 } else { FARTHEST }
    }
}
