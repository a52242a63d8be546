use super::script::{Ladders, Next, Script};
use super::{Backend, Happening, Progress, State, Watch};
use crate::plan::{Action, EndpointPlan, Plan};
use crate::record::{EndReason, Event, EventKind, Record};
use crate::time::LabTime;
use crate::wire::{Packet, decode};

/// Runs `plan` on `backend` until its ladder is settled or can't be climbed further.
/// `seen` is told of everything as it happens, before anything is made of it.
pub fn execute(
    plan: &Plan,
    backend: &mut dyn Backend,
    watch: &mut dyn Watch,
    seen: &mut dyn FnMut(&Happening),
) -> Record {
    let record = Record { manifest: backend.manifest(), events: Vec::new(), frames: Vec::new() };
    let script = Script::new(plan, backend.now());
    let asked: Vec<Vec<bool>> = plan.connections().map(|own| vec![false; own.readings.len()]).collect();
    let read = asked.clone();
    let mut run = Run { plan, record, script, asked, read, looked: None, interrupted: false, seen };
    let reason = run.until_over(backend, watch);
    if let Some(failure) = run.never_connected() {
        run.note(Happening::Event(Event::new(backend.now(), failure)));
    }
    for happening in backend.finish() {
        run.note(happening);
    }
    run.note(Happening::Event(Event::new(backend.now(), EventKind::Ended { reason })));
    run.record
}

struct Run<'a> {
    plan: &'a Plan,
    record: Record,
    script: Script<'a>,
    /// For each connection and reading, whether the backend was told to take it.
    asked: Vec<Vec<bool>>,
    /// For each of them, whether its result is in.
    read: Vec<Vec<bool>>,
    /// What the last look told, and how long the record was then.
    looked: Option<(usize, Vec<Progress>)>,
    interrupted: bool,
    seen: &'a mut dyn FnMut(&Happening),
}

/// A record that is shorter is looked at whenever something happens.
const SHORT: usize = 500;

impl Run<'_> {
    fn until_over(&mut self, backend: &mut dyn Backend, watch: &mut dyn Watch) -> EndReason {
        loop {
            let now = backend.now();
            let progress = self.look(watch, now);
            self.take_readings(backend, &progress);
            let next = self.begin_steps(backend, &progress, now);
            let state = self.patient(together(&progress));
            if let Some(reason) = self.end(state, next, now) {
                return reason;
            }
            let wake = wake(state, next, now).min(due(&progress, now));
            self.take_in(backend, wake);
        }
    }

    /// Waits for something that may bring the run on. All that is already there is taken in
    /// before looking again.
    fn take_in(&mut self, backend: &mut dyn Backend, wake: LabTime) {
        let mut bears = false;
        while !bears {
            let Some(happening) = backend.next(wake) else { return };
            bears = self.note(happening);
            while let Some(happening) = backend.next(LabTime(i64::MIN)) {
                bears |= self.note(happening);
            }
        }
    }

    /// Each look judges the whole record. While the script only passes time and no reading
    /// is asked for, nothing hangs on it but an early end: a long record is looked at again
    /// when it has grown by an eighth, so that all looks together cost a few times the last.
    fn look(&mut self, watch: &mut dyn Watch, now: LabTime) -> Vec<Progress> {
        let length = self.record.frames.len() + self.record.events.len();
        let idle = self.script.sleeps_at(now) && self.read.iter().flatten().all(|read| *read);
        if let Some((before, progress)) = &self.looked
            && idle
            && length > SHORT
            && length < before + before / 8
        {
            return progress.clone();
        }
        let progress = watch.look(&self.record, now);
        self.looked = Some((length, progress.clone()));
        progress
    }

    /// Takes it into the record, and tells whether anything may hang on it.
    fn note(&mut self, happening: Happening) -> bool {
        (self.seen)(&happening);
        let bears = !matches!(&happening, Happening::Event(event) if event.kind.is_sample());
        match happening {
            Happening::Frame(frame) => self.record.frames.push(frame),
            Happening::Event(event) => {
                self.script.hear(event.at, &event.kind);
                self.note_reading(&event);
                self.record.events.push(event);
            }
            Happening::Interrupted => self.interrupted = true,
        }
        bears
    }

    fn note_reading(&mut self, event: &Event) {
        if let EventKind::Reading { rung, .. } | EventKind::ReadingFailed { rung, .. } = &event.kind
            && let Some(own) = self.plan.connections().nth(event.connection)
            && let Some(read) = self.read.get_mut(event.connection)
        {
            let readings = own.readings.iter().zip(read);
            readings.filter(|(reading, _)| reading.rung == *rung).for_each(|(_, read)| *read = true);
        }
    }

    /// Asks for each reading as soon as all rungs before it are met.
    fn take_readings(&mut self, backend: &mut dyn Backend, progress: &[Progress]) {
        let ladders = Ladders::new(self.plan, progress, &self.read);
        let each = ladders.all.iter().zip(&mut self.asked).enumerate();
        for (connection, (ladder, asked)) in each {
            for (index, (reading, asked)) in ladder.own.readings.iter().zip(asked).enumerate() {
                if !*asked && ladder.reached(reading.rung) {
                    *asked = true;
                    backend.take(connection, index);
                }
            }
        }
    }

    fn begin_steps(&mut self, backend: &mut dyn Backend, progress: &[Progress], now: LabTime) -> Next {
        let ladders = Ladders::new(self.plan, progress, &self.read);
        let next = self.script.advance(now, &ladders);
        if let Next::Begin { step, planned } = next {
            backend.begin(step, planned);
        }
        next
    }

    /// A rung's time may be up while what leads to it has only just begun.
    fn patient(&self, state: State) -> State {
        match state {
            State::Waiting { until } => State::Waiting { until: until.max(self.script.patient_until()) },
            other => other,
        }
    }

    /// The failure of a `connect` that waits in vain for a real program: one that neither
    /// connects nor listens shows nothing about connections, right or wrong.
    fn never_connected(&self) -> Option<EventKind> {
        let step = self.script.underway()?;
        let plan = self.plan.steps.get(step)?;
        let words = |endpoint: &EndpointPlan| endpoint.program.as_ref().map(|program| program.words.join(" "));
        let connections = self.plan.connections().enumerate().filter(|(index, _)| plan.is_of(*index));
        let mut programs = connections.filter_map(|(_, own)| words(own.client).or_else(|| words(own.server)));
        let words = programs.next()?;
        let link = |vantage| self.record.manifest.link(vantage);
        let spoke = self
            .record
            .frames
            .iter()
            .any(|frame| matches!(decode(link(frame.vantage), &frame.octets, frame.wire_len), Packet::Tcp(_)));
        let waits = plan.action == Action::Connect && !spoke && !self.interrupted;
        waits.then(|| EventKind::StepFailed {
            step,
            error: format!("`{words}` runs, but there was no segment of a connection in all that time"),
        })
    }

    /// Why the run is over, if it is.
    fn end(&self, state: State, next: Next, now: LabTime) -> Option<EndReason> {
        if self.interrupted {
            return Some(EndReason::Interrupted);
        }
        if let Some(why) = self.script.failure() {
            return Some(EndReason::Broken(why.to_owned()));
        }
        match state {
            State::Over => Some(EndReason::Overdue),
            State::Settling { until } => {
                let open = self.plan.connections().all(|own| own.ladder.open_ended);
                let done = next == Next::Done || open;
                (now >= until && done).then_some(EndReason::Complete)
            }
            State::Waiting { until } => (now > until && !self.script.sleeps()).then_some(EndReason::Overdue),
        }
    }
}

/// Where all connections are together: as long as one may still get on, the run goes on.
fn together(progress: &[Progress]) -> State {
    let states = progress.iter().map(|progress| progress.state);
    states
        .reduce(|one, other| match (one, other) {
            (State::Waiting { until: a }, State::Waiting { until: b }) => State::Waiting { until: a.max(b) },
            (waiting @ State::Waiting { .. }, _) | (_, waiting @ State::Waiting { .. }) => waiting,
            (State::Settling { until: a }, State::Settling { until: b }) => State::Settling { until: a.max(b) },
            (settling @ State::Settling { .. }, State::Over) | (State::Over, settling @ State::Settling { .. }) => {
                settling
            }
            (State::Over, State::Over) => State::Over,
        })
        .unwrap_or(State::Over)
}

/// When time alone may bring a connection on: a silence is over then, and nothing tells it.
/// Patience only says how long to wait for what comes by itself.
fn due(progress: &[Progress], now: LabTime) -> LabTime {
    let untils = progress.iter().filter_map(|progress| match progress.state {
        State::Waiting { until } => Some(until).filter(|until| *until > now),
        State::Settling { .. } | State::Over => None,
    });
    untils.min().unwrap_or(LabTime::FOREVER)
}

/// When to look again if nothing happens before.
fn wake(state: State, next: Next, now: LabTime) -> LabTime {
    let ladder = match state {
        State::Waiting { until } => LabTime(until.0.saturating_add(1)),
        State::Settling { until } => until,
        State::Over => now,
    };
    match next {
        Next::Sleep(until) if ladder <= now => until,
        Next::Sleep(until) => until.min(ladder),
        // The ladder's time is up, but the script is at work: it will say when it is done.
        _ if ladder <= now => LabTime::FOREVER,
        _ => ladder,
    }
}
