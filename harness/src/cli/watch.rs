use crate::ladder::Ladder;
use crate::record::Record;
use crate::run::{Progress, State, Watch};
use crate::time::LabTime;
use crate::timeline::timeline;
use crate::verdict;

/// Judges the record so far, each time anew: the same judge says when a run may end and
/// what came of it.
pub(super) struct Judge<'a> {
    ladder: &'a Ladder,
}

impl<'a> Judge<'a> {
    #[must_use]
    pub(super) fn new(ladder: &'a Ladder) -> Self {
        Self { ladder }
    }
}

impl Watch for Judge<'_> {
    fn look(&mut self, record: &Record, now: LabTime) -> Progress {
        let progress = verdict::progress(self.ladder, &timeline(record), now);
        Progress { met: progress.met, state: state(progress.state) }
    }
}

fn state(state: verdict::State) -> State {
    match state {
        verdict::State::Waiting { until } => State::Waiting { until },
        verdict::State::Settling { until } => State::Settling { until },
        verdict::State::Over => State::Over,
    }
}
