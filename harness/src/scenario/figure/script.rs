use super::head::wrong;
use super::lanes::Lanes;
use super::parts::{Figure, Parts, Topology, topology};
use super::phrase::Change;
use super::saying::{Reach, Saying};
use crate::name::{Label, NodeName, Side};
use crate::scenario::{Action, Diagnostic, Expected, Fate, PowerOn, Rung, Span, Spanned, Step, reads_alike};
use std::collections::VecDeque;

/// What a PSH row sends. A figure can't say how much; the classic article's programs
/// send `hello`.
const SENT: u32 = 5;

/// Turns what the rows say into steps and expectations.
///
/// # Errors
/// No SYN to begin with, rows after `...`, data from a side that closed or died.
pub(super) fn script(lanes: &Lanes, sayings: &[(Saying, Span)]) -> Result<Figure, Vec<Diagnostic>> {
    let segment = sayings.iter().find(|(said, _)| matches!(said, Saying::Segment { .. }));
    let opening = match segment {
        Some((Saying::Segment { from, label: Label::Syn, .. }, _)) if !lanes.is_middle(*from) => *from,
        other => {
            let span = other.or(sayings.first()).map(|(_, span)| *span);
            let help = "the first arrow is the client's SYN, and goes from one outer lane to the other";
            return Err(vec![wrong(span.unwrap_or(lanes.lane(0).name.span), "the connection is never opened", help)]);
        }
    };
    let mut script = Script::new(lanes, opening, topology(lanes, sayings));
    for (said, span) in sayings {
        script.take(said, *span);
    }
    script.finish()
}

struct Script<'a> {
    lanes: &'a Lanes,
    topology: Topology,
    client: usize,
    steps: Vec<Spanned<Step>>,
    expect: Vec<Spanned<Rung>>,
    errors: Vec<Diagnostic>,
    /// Segments since the last step that come without being asked for.
    unasked: Vec<Spanned<Rung>>,
    /// What `connect` itself waits for.
    handshake: VecDeque<Label>,
    /// Lanes whose program has sent FIN, and whose program died.
    closed: Vec<usize>,
    died: Vec<usize>,
}

impl<'a> Script<'a> {
    fn new(lanes: &'a Lanes, client: usize, topology: Topology) -> Self {
        Self {
            lanes,
            topology,
            client,
            steps: Vec::new(),
            expect: Vec::new(),
            errors: Vec::new(),
            unasked: Vec::new(),
            handshake: VecDeque::new(),
            closed: Vec::new(),
            died: Vec::new(),
        }
    }

    fn take(&mut self, said: &Saying, span: Span) {
        if matches!(self.expect.last(), Some(rung) if rung.what == Expected::Anything) {
            return self.refuse(span, "this row follows `...`", "`...` ends the judging: let it be the last row");
        }
        match said {
            Saying::Segment { from, to, label, times, reach } => {
                let asked = self.segment(*from, *label, *times, span) || self.handshake_goes_on(*label);
                let fate = match reach {
                    Reach::Whole => Fate::Arrives,
                    Reach::Lost => Fate::Lost,
                    Reach::LostAt(lane) => Fate::LostAt(self.node(*lane, span)),
                };
                let what =
                    Expected::Segment { from: self.node(*from, span), to: self.node(*to, span), label: *label, fate };
                self.expect(what, *times, span);
                if !asked {
                    self.unasked.extend(self.expect.last().cloned());
                }
            }
            Saying::Mark { lane, change } => self.mark(*lane, *change, span),
            Saying::Deletion { lane } => {
                let node = self.node(*lane, span);
                self.event("flush_nat", Action::FlushNat(node), span);
            }
            Saying::Pause(duration) => self.step(Action::Wait(*duration), span),
            Saying::Anything => self.expect(Expected::Anything, 1, span),
        }
    }

    /// Adds the step that a segment comes from, if there is one.
    fn segment(&mut self, from: usize, label: Label, times: u32, span: Span) -> bool {
        let action = match label {
            Label::Syn if self.steps.iter().all(|step| step.action != Action::Connect) => Some(Action::Connect),
            Label::Psh => self.side(from, span).map(|from| Action::Send { from, bytes: SENT }),
            Label::Fin => self.side(from, span).map(|from| Action::Close { from }),
            _ => None,
        };
        if matches!(label, Label::Psh | Label::Fin) {
            self.check_program(from, label, span);
        }
        let Some(action) = action else { return false };
        if times > 1 {
            let help = "each comes from a step of its own: draw each in a row of its own";
            self.refuse(span, format!("{label} can't be repeated in one row"), help);
        }
        if action == Action::Connect {
            self.handshake = [Label::SynAck, Label::Ack].into();
        }
        if label == Label::Fin {
            self.closed.push(from);
        }
        self.step(action, span);
        true
    }

    /// Whether this segment is the next that `connect` itself waits for.
    fn handshake_goes_on(&mut self, label: Label) -> bool {
        let next = self.handshake.pop_front() == Some(label);
        if !next {
            self.handshake.clear();
        }
        next
    }

    /// Data and FIN need a program that lives and has not closed.
    fn check_program(&mut self, from: usize, label: Label, span: Span) {
        let name = self.lanes.name(from);
        if self.died.contains(&from) {
            let help = "with its power the program lost the connection; what its kernel still sends is RST";
            self.refuse(span, format!("`{name}` sends {label} after it was powered off"), help);
        } else if self.closed.contains(&from) {
            let help = "it sent FIN before; what is sent again is labelled RETRANSMIT";
            self.refuse(span, format!("`{name}` sends {label} after it has closed"), help);
        }
    }

    fn mark(&mut self, lane: usize, change: Change, span: Span) {
        let of = self.node(lane, span);
        let toward = self.topology.neighbour(&of).unwrap_or_else(|| of.clone());
        let action = match change {
            Change::PowerOff => Action::PowerOff(of),
            Change::PowerOn => Action::PowerOn(PowerOn::plain(of)),
            Change::LinkDown => Action::LinkDown { of, toward },
            Change::LinkUp => Action::LinkUp { of, toward },
        };
        if change == Change::PowerOff {
            self.died.push(lane);
        }
        self.event(change.verb(), action, span);
    }

    /// A step that shows on the ladder.
    fn event(&mut self, verb: &str, action: Action, span: Span) {
        let same = |step: &&Spanned<Step>| verb_of(&step.action) == Some(verb);
        let before = self.steps.iter().filter(same).count();
        let name = if before == 0 { verb.to_owned() } else { format!("{verb}#{}", before + 1) };
        self.step(action, span);
        self.expect(Expected::Step(Spanned::new(name, span)), 1, span);
    }

    /// Adds a step. It must not overtake the segments drawn before it: those that come
    /// unasked are waited for, by the last of them.
    fn step(&mut self, action: Action, span: Span) {
        let unasked = std::mem::take(&mut self.unasked);
        if let Some(last) = unasked.last() {
            let alike = unasked.iter().filter(|rung| reads_alike(&rung.what, &last.what));
            let waits = alike.map(|rung| Action::WaitFor(Spanned::new(rung.value.clone(), rung.span)));
            self.steps.extend(waits.map(|action| Spanned::new(Step { action, name: None, of: None }, span)));
        }
        self.steps.push(Spanned::new(Step { action, name: None, of: None }, span));
    }

    fn expect(&mut self, what: Expected, times: u32, span: Span) {
        let rung = Rung { what, name: None, times, every: None, when: None, since: None };
        self.expect.push(Spanned::new(rung, span));
    }

    fn side(&mut self, lane: usize, span: Span) -> Option<Side> {
        if !self.lanes.is_middle(lane) {
            return Some(if lane == self.client { Side::Client } else { Side::Server });
        }
        let message = format!("`{}` is no end of the connection: it sends no data and no FIN", self.lanes.name(lane));
        self.refuse(span, message, "begin the arrow at an outer lane");
        None
    }

    fn node(&self, lane: usize, span: Span) -> Spanned<NodeName> {
        Spanned::new(self.lanes.lane(lane).name.value.clone(), span)
    }

    fn refuse(&mut self, span: Span, message: impl Into<String>, help: &str) {
        self.errors.push(wrong(span, message, help));
    }

    fn finish(self) -> Result<Figure, Vec<Diagnostic>> {
        if !self.errors.is_empty() {
            return Err(self.errors);
        }
        let server = if self.client == 0 { self.lanes.last() } else { 0 };
        let (client_on, server_on) = (self.lanes.lane(self.client).name.clone(), self.lanes.lane(server).name.clone());
        let Topology { nodes, links } = self.topology;
        Ok(Figure { parts: Parts { nodes, links, steps: self.steps, expect: self.expect, client_on, server_on } })
    }
}

fn verb_of(action: &Action) -> Option<&'static str> {
    Some(match action {
        Action::PowerOff(_) => "power_off",
        Action::PowerOn(_) => "power_on",
        Action::LinkDown { .. } => "link_down",
        Action::LinkUp { .. } => "link_up",
        Action::FlushNat(_) => "flush_nat",
        _ => return None,
    })
}
