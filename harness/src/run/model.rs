use crate::record::{Event, Frame, Manifest, Record};
use crate::time::LabTime;

/// What carries out a plan. Calls never block for long: results come as events.
pub trait Backend {
    /// What is known before anything happens. The lab is up, every capture armed.
    fn manifest(&self) -> Manifest;
    fn now(&self) -> LabTime;
    /// The next thing that happened, waiting at most until `until`.
    fn next(&mut self, until: LabTime) -> Option<Happening>;
    /// Begins the plan's step of this index (never `wait` or `wait_for`). A
    /// `StepBegun`, then `StepApplied` or `StepFailed` follow.
    fn begin(&mut self, step: usize, planned: LabTime);
    /// Takes this reading of the connection of this index. A `Reading` or `ReadingFailed`
    /// follows.
    fn take(&mut self, connection: usize, reading: usize);
    /// Ends the captures once every frame up to now has been handed over, and hands
    /// over what is left: frames, fault counters, `CaptureEnded` for each vantage.
    fn finish(&mut self) -> Vec<Happening>;
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Happening {
    Frame(Frame),
    Event(Event),
    /// The user wants the run to end now; what was recorded is kept.
    Interrupted,
}

/// Tells, while a run goes on, how far up its ladder each connection is. Its word decides only when
/// to wait, to read and to end; the verdict comes from the whole record.
pub trait Watch {
    fn look(&mut self, record: &Record, now: LabTime) -> Vec<Progress>;
}

/// How far a connection is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// For each rung from the first on, how many of its repeats were met.
    pub met: Vec<u32>,
    pub state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// The next rung may still come until then.
    Waiting { until: LabTime },
    /// All rungs are met; it must stay quiet until then.
    Settling { until: LabTime },
    /// No more can be learnt.
    Over,
}
