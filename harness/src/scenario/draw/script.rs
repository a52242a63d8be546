use crate::name::{Label, NodeName, Side};
use crate::scenario::figure::{Change, Lanes, Reach, Saying};
use crate::scenario::{Action, Expected, Fate, Rung, Scenario, Spanned, Step, reads_alike, step_names};

/// A row of a figure, and the line of `expect` that it draws.
pub(super) struct Drawn<'a> {
    pub(super) saying: Saying,
    pub(super) rung: Option<&'a Rung>,
}

/// What a figure can show of a scenario.
pub(super) struct Script<'a> {
    pub(super) rows: Vec<Drawn<'a>>,
    /// The lines after the last row.
    pub(super) then: Vec<&'a Rung>,
}

/// Threads the steps into the lines of `expect`: each before the segment that comes of
/// it, or where a `step:` line says.
pub(super) fn script<'a>(scenario: &'a Scenario, lanes: &'a Lanes) -> Script<'a> {
    let names = step_names(&scenario.steps);
    let mut pen = Pen { scenario, lanes, names, next: 0, rows: Vec::new() };
    let rungs: Vec<&Rung> = scenario.expect.iter().map(|rung| &rung.value).collect();
    let (drawn, then) = rungs.split_at(pen.drawn(&rungs));
    for rung in drawn {
        pen.rung(rung);
    }
    pen.steps_before(scenario.steps.len());
    Script { rows: pen.rows, then: then.to_vec() }
}

struct Pen<'a> {
    scenario: &'a Scenario,
    lanes: &'a Lanes,
    names: Vec<String>,
    /// The first step not drawn yet.
    next: usize,
    rows: Vec<Drawn<'a>>,
}

impl<'a> Pen<'a> {
    /// How many lines stand before the first after which nothing can be drawn.
    fn drawn(&self, rungs: &[&Rung]) -> usize {
        let last = rungs.iter().rposition(|rung| match &rung.what {
            Expected::Segment { .. } => self.arrow(rung).is_some(),
            Expected::Step(name) => self.step(name).is_some_and(|(_, step)| self.mark(step).is_some()),
            _ => false,
        });
        let end = last.map_or(0, |last| last + 1);
        let dots = rungs.get(end).is_some_and(|rung| rung.what == Expected::Anything);
        end + usize::from(dots)
    }

    fn rung(&mut self, rung: &'a Rung) {
        match &rung.what {
            Expected::Segment { .. } => self.segment(rung),
            Expected::Step(name) => self.step_line(name, rung),
            Expected::Anything => self.rows.push(Drawn { saying: Saying::Anything, rung: Some(rung) }),
            _ => {}
        }
    }

    fn segment(&mut self, rung: &'a Rung) {
        if let Some(at) = self.origin(rung) {
            self.steps_before(at);
            self.next = at + 1;
        }
        if let Some((saying, rows)) = self.arrow(rung) {
            let row = |_| Drawn { saying: saying.clone(), rung: Some(rung) };
            self.rows.extend((0..rows).map(row));
        }
        let waited = self.scenario.steps.iter().skip(self.next).take_while(|step| waits_for(step, rung)).count();
        self.next += waited.min(1);
    }

    fn step_line(&mut self, name: &str, rung: &'a Rung) {
        let Some((at, step)) = self.step(name).filter(|(at, _)| *at >= self.next) else { return };
        self.steps_before(at);
        self.next = at + 1;
        let saying = self.mark(step);
        self.rows.extend(saying.map(|saying| Drawn { saying, rung: Some(rung) }));
    }

    /// Draws the steps up to `end` that no line speaks of.
    fn steps_before(&mut self, end: usize) {
        let steps = self.scenario.steps.iter().take(end).skip(self.next);
        let marks: Vec<Drawn> = steps.filter_map(|step| Some(Drawn { saying: self.mark(step)?, rung: None })).collect();
        self.rows.extend(marks);
        self.next = self.next.max(end);
    }

    fn step(&self, name: &str) -> Option<(usize, &'a Step)> {
        let at = self.names.iter().position(|known| known == name)?;
        Some((at, &self.scenario.steps.get(at)?.value))
    }

    /// The step that a segment comes from, if there is one still to be drawn.
    fn origin(&self, rung: &Rung) -> Option<usize> {
        let Expected::Segment { from, label, .. } = &rung.what else { return None };
        let side = self.side(from)?;
        let gives = |action: &Action| match (label, action) {
            (Label::Syn, Action::Connect) => side == Side::Client,
            (Label::Psh, Action::Send { from, .. }) => *from == side,
            (Label::Fin, Action::Close { from } | Action::Shutdown { from }) => *from == side,
            (Label::Fin, Action::Kill(on)) => *on == side,
            _ => false,
        };
        let steps = self.scenario.steps.iter().enumerate().skip(self.next);
        steps.filter(|(_, step)| gives(&step.action)).map(|(at, _)| at).next()
    }

    fn side(&self, node: &NodeName) -> Option<Side> {
        let client = self.scenario.client.on.value == *node;
        let server = self.scenario.server.on.value == *node;
        if client { Some(Side::Client) } else { server.then_some(Side::Server) }
    }

    fn lane(&self, node: &NodeName) -> Option<usize> {
        self.lanes.all().position(|lane| lane.name.value == *node)
    }

    /// The arrow for a segment, and in how many rows it is drawn.
    fn arrow(&self, rung: &Rung) -> Option<(Saying, u32)> {
        let Expected::Segment { from, to, label, fate } = &rung.what else { return None };
        let (from, to) = (self.lane(from)?, self.lane(to)?);
        let far = if from < to { self.lanes.last() } else { 0 };
        let reach = match fate {
            Fate::Arrives => Reach::Whole,
            Fate::LostAt(node) if self.lane(node).is_some_and(|lane| self.lanes.is_middle(lane) && lane != from) => {
                Reach::LostAt(1)
            }
            Fate::Lost | Fate::LostAt(_) => Reach::Lost,
        };
        // What a step sends stands in rows of its own; so many that the eye still counts.
        let sent = matches!(label, Label::Syn | Label::Psh | Label::Fin);
        let (times, rows) = if sent { (1, rung.times.min(12)) } else { (rung.times, 1) };
        let saying = Saying::Segment { from, to, label: *label, times, reach };
        (to == far && from != to).then_some((saying, rows))
    }

    /// The row for a step that a figure shows by itself.
    fn mark(&self, step: &Step) -> Option<Saying> {
        let mark = |node: &Spanned<NodeName>, change| Some(Saying::Mark { lane: self.lane(node)?, change });
        match &step.action {
            Action::PowerOff(node) => mark(node, Change::PowerOff),
            Action::PowerOn(back) => mark(&back.node, Change::PowerOn),
            Action::LinkDown { of, .. } if self.is_edge(of) => mark(of, Change::LinkDown),
            Action::LinkUp { of, .. } if self.is_edge(of) => mark(of, Change::LinkUp),
            Action::FlushNat(node) => self.lane(node).map(|lane| Saying::Deletion { lane }),
            Action::Wait(duration) => Some(Saying::Pause(*duration)),
            _ => None,
        }
    }

    fn is_edge(&self, node: &NodeName) -> bool {
        self.lane(node).is_some_and(|lane| !self.lanes.is_middle(lane))
    }
}

fn waits_for(step: &Step, rung: &Rung) -> bool {
    matches!(&step.action, Action::WaitFor(waited) if reads_alike(&waited.what, &rung.what))
}
