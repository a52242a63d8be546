use super::script::{Ladders, Next, Script};
use super::{Backend, Happening, Progress, State, Watch};
use crate::plan::Plan;
use crate::record::{EndReason, Event, EventKind, Record};
use crate::time::LabTime;

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
    let asked = vec![false; plan.readings.len()];
    let read = asked.clone();
    let mut run = Run { plan, record, script, asked, read, looked: None, interrupted: false, seen };
    let reason = run.until_over(backend, watch);
    for happening in backend.finish() {
        run.note(happening);
    }
    run.note(Happening::Event(Event { at: backend.now(), kind: EventKind::Ended { reason } }));
    run.record
}

struct Run<'a> {
    plan: &'a Plan,
    record: Record,
    script: Script<'a>,
    /// For each reading, whether the backend was told to take it.
    asked: Vec<bool>,
    /// For each reading, whether its result is in.
    read: Vec<bool>,
    /// What the last look told, and how long the record was then.
    looked: Option<(usize, Progress)>,
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
            let progress = self.patient(progress);
            if let Some(reason) = self.end(&progress, next, now) {
                return reason;
            }
            if let Some(happening) = backend.next(wake(&progress, next, now)) {
                self.note(happening);
                // All that is already there is taken in before looking again.
                while let Some(happening) = backend.next(LabTime(i64::MIN)) {
                    self.note(happening);
                }
            }
        }
    }

    /// Each look judges the whole record. While the script only passes time and no reading
    /// is asked for, nothing hangs on it but an early end: a long record is looked at again
    /// when it has grown by an eighth, so that all looks together cost a few times the last.
    fn look(&mut self, watch: &mut dyn Watch, now: LabTime) -> Progress {
        let length = self.record.frames.len() + self.record.events.len();
        let idle = self.script.sleeps_at(now) && self.read.iter().all(|read| *read);
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

    fn note(&mut self, happening: Happening) {
        (self.seen)(&happening);
        match happening {
            Happening::Frame(frame) => self.record.frames.push(frame),
            Happening::Event(event) => {
                self.script.hear(event.at, &event.kind);
                self.note_reading(&event.kind);
                self.record.events.push(event);
            }
            Happening::Interrupted => self.interrupted = true,
        }
    }

    fn note_reading(&mut self, event: &EventKind) {
        if let EventKind::Reading { rung, .. } | EventKind::ReadingFailed { rung, .. } = event {
            let readings = self.plan.readings.iter().zip(&mut self.read);
            readings.filter(|(reading, _)| reading.rung == *rung).for_each(|(_, read)| *read = true);
        }
    }

    /// Asks for each reading as soon as all rungs before it are met.
    fn take_readings(&mut self, backend: &mut dyn Backend, progress: &Progress) {
        let ladder = Ladders { plan: self.plan, progress, read: &self.read };
        for (index, reading) in self.plan.readings.iter().enumerate() {
            if !self.asked[index] && ladder.reached(reading.rung) {
                self.asked[index] = true;
                backend.take(index);
            }
        }
    }

    fn begin_steps(&mut self, backend: &mut dyn Backend, progress: &Progress, now: LabTime) -> Next {
        let ladder = Ladders { plan: self.plan, progress, read: &self.read };
        let next = self.script.advance(now, &ladder);
        if let Next::Begin { step, planned } = next {
            backend.begin(step, planned);
        }
        next
    }

    /// A rung's time may be up while what leads to it has only just begun.
    fn patient(&self, mut progress: Progress) -> Progress {
        if let State::Waiting { until } = &mut progress.state {
            *until = (*until).max(self.script.patient_until());
        }
        progress
    }

    /// Why the run is over, if it is.
    fn end(&self, progress: &Progress, next: Next, now: LabTime) -> Option<EndReason> {
        if self.interrupted {
            return Some(EndReason::Interrupted);
        }
        if let Some(why) = self.script.failure() {
            return Some(EndReason::Broken(why.to_owned()));
        }
        match progress.state {
            State::Over => Some(EndReason::Overdue),
            State::Settling { until } => {
                let done = next == Next::Done || self.plan.ladder.open_ended;
                (now >= until && done).then_some(EndReason::Complete)
            }
            State::Waiting { until } => (now > until && !self.script.sleeps()).then_some(EndReason::Overdue),
        }
    }
}

/// When to look again if nothing happens before.
fn wake(progress: &Progress, next: Next, now: LabTime) -> LabTime {
    let ladder = match progress.state {
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
