use super::Progress;
use crate::ladder::Expected;
use crate::plan::{Action, Connection, Plan};
use crate::record::EventKind;
use crate::time::LabTime;

/// Where the script is: its steps run one after another.
pub(super) struct Script<'a> {
    plan: &'a Plan,
    /// The step that is under way, or that comes next.
    step: usize,
    state: Doing,
    /// When the step before was done: the next one is planned for then.
    free: LabTime,
    /// When a step last began: what it causes may take until patience ends.
    begun: LabTime,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Doing {
    /// The next step may begin.
    Ready,
    /// The backend is at it.
    Underway,
    /// A `wait` that ends then.
    Waiting(LabTime),
    Failed(String),
}

/// What the executor must do next for the script.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    Begin {
        step: usize,
        planned: LabTime,
    },
    /// Nothing before then.
    Sleep(LabTime),
    /// Nothing until something happens.
    Blocked,
    Done,
}

impl<'a> Script<'a> {
    pub(super) fn new(plan: &'a Plan, now: LabTime) -> Self {
        Self { plan, step: 0, state: Doing::Ready, free: now, begun: now }
    }

    /// Takes note of what a step came to.
    pub(super) fn hear(&mut self, at: LabTime, event: &EventKind) {
        match event {
            EventKind::StepApplied { step } if *step == self.step && self.state == Doing::Underway => {
                self.pass(at);
            }
            EventKind::StepFailed { step, error } if *step == self.step => {
                let name = self.plan.steps.get(*step).map_or("", |s| s.name.as_str());
                self.state = Doing::Failed(format!("step `{name}` failed: {error}"));
            }
            _ => {}
        }
    }

    /// Why the script can't go on, if it can't.
    pub(super) fn failure(&self) -> Option<&str> {
        match &self.state {
            Doing::Failed(why) => Some(why),
            _ => None,
        }
    }

    /// The step that the backend is at.
    pub(super) fn underway(&self) -> Option<usize> {
        (self.state == Doing::Underway).then_some(self.step)
    }

    /// Whether the script only passes time, so that no rung can be held against it yet.
    pub(super) fn sleeps(&self) -> bool {
        matches!(self.state, Doing::Waiting(_))
    }

    /// Whether nothing but time passes at `now`.
    pub(super) fn sleeps_at(&self, now: LabTime) -> bool {
        matches!(self.state, Doing::Waiting(until) if now < until)
    }

    /// Until when the effects of the last step that began are waited for.
    pub(super) fn patient_until(&self) -> LabTime {
        self.begun + self.plan.ladder.patience
    }

    /// Moves on as far as `now` and the ladder allow.
    pub(super) fn advance(&mut self, now: LabTime, ladders: &Ladders) -> Next {
        loop {
            let Some(step) = self.plan.steps.get(self.step) else { return Next::Done };
            match (&self.state, &step.action) {
                (Doing::Underway | Doing::Failed(_), _) => return Next::Blocked,
                (Doing::Waiting(until), _) if now < *until => return Next::Sleep(*until),
                (Doing::Waiting(until), _) => self.pass(*until),
                (Doing::Ready, _) if !ladders.readings_allow(self.step) => return Next::Blocked,
                (Doing::Ready, Action::Wait(duration)) => self.state = Doing::Waiting(self.free + *duration),
                (Doing::Ready, Action::WaitFor { rung, times }) => {
                    if !ladders.met(self.step, *rung, *times) {
                        return Next::Blocked;
                    }
                    self.pass(now);
                }
                (Doing::Ready, _) => {
                    self.state = Doing::Underway;
                    self.begun = now;
                    return Next::Begin { step: self.step, planned: self.free };
                }
            }
        }
    }

    fn pass(&mut self, at: LabTime) {
        self.step += 1;
        self.state = Doing::Ready;
        self.free = at;
    }
}

/// How far the ladders are, as the script needs to know it.
pub(super) struct Ladders<'a> {
    plan: &'a Plan,
    /// One for each connection.
    pub(super) all: Vec<Climbed<'a>>,
}

/// How far one connection's ladder is.
pub(super) struct Climbed<'a> {
    pub(super) own: Connection<'a>,
    progress: &'a Progress,
    /// For each of its readings, whether the result is in.
    read: &'a [bool],
}

impl<'a> Ladders<'a> {
    pub(super) fn new(plan: &'a Plan, progress: &'a [Progress], read: &'a [Vec<bool>]) -> Self {
        let each = plan.connections().zip(progress).zip(read);
        Self { plan, all: each.map(|((own, progress), read)| Climbed { own, progress, read }).collect() }
    }

    /// Whether this rung is met so many times by each connection that takes part in a step.
    fn met(&self, step: usize, rung: usize, times: u32) -> bool {
        let takes_part = |connection| self.plan.steps.get(step).is_none_or(|step| step.is_of(connection));
        let own = self.all.iter().enumerate().filter(|(connection, _)| takes_part(*connection));
        own.into_iter().all(|(_, ladder)| ladder.met(rung, times))
    }

    fn readings_allow(&self, step: usize) -> bool {
        self.all.iter().all(|ladder| ladder.readings_allow(step))
    }
}

impl Climbed<'_> {
    fn met(&self, rung: usize, times: u32) -> bool {
        self.progress.met.get(rung).is_some_and(|met| *met >= times)
    }

    /// Whether all rungs before this one are met in full.
    pub(super) fn reached(&self, rung: usize) -> bool {
        let rungs = self.own.ladder.rungs.iter().enumerate().take(rung);
        rungs.into_iter().all(|(index, rung)| self.met(index, rung.times))
    }

    /// Whether a step may begin, as far as readings go: none whose turn has come is
    /// still out, for it tells the state before what comes next; and a step that has a
    /// line of its own waits for all readings above that line.
    fn readings_allow(&self, step: usize) -> bool {
        let own = |rung: &crate::ladder::Rung| rung.what == Expected::Step(step);
        let line = self.own.ladder.rungs.iter().position(own);
        let mut readings = self.own.readings.iter().zip(self.read);
        readings.all(|(reading, read)| {
            *read || !(self.reached(reading.rung) || line.is_some_and(|line| reading.rung < line))
        })
    }
}
