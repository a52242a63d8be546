use crate::plan::Plan;
use crate::record::{Record, Views};
use crate::run::{Progress, State, Watch};
use crate::time::LabTime;
use crate::timeline::timeline;
use crate::verdict;

/// Judges the record so far, each time anew: the same judge says when a run may end and
/// what came of it.
pub(super) struct Judge<'a> {
    plan: &'a Plan,
    /// Of several connections: each by itself, and how far it was.
    several: Option<(Views, Vec<Progress>)>,
}

impl<'a> Judge<'a> {
    #[must_use]
    pub(super) fn new(plan: &'a Plan) -> Self {
        Self { plan, several: None }
    }
}

impl Watch for Judge<'_> {
    fn look(&mut self, record: &Record, now: LabTime) -> Vec<Progress> {
        if self.plan.further.is_empty() {
            let progress = verdict::progress(&self.plan.ladder, &timeline(record), now);
            return vec![of(progress)];
        }
        let (views, known) = self.several.get_or_insert_with(|| (Views::new(&record.manifest), Vec::new()));
        for (index, (view, own)) in views.take(record).iter().zip(self.plan.connections()).enumerate() {
            // Of a connection of which nothing new is known only its time may be up.
            if known.get(index).is_some_and(|known| !view.grown && !is_up(known, now)) {
                continue;
            }
            let progress = of(verdict::progress(own.ladder, &timeline(&view.record), now));
            match known.get_mut(index) {
                Some(known) => *known = progress,
                None => known.push(progress),
            }
        }
        known.clone()
    }
}

fn is_up(progress: &Progress, now: LabTime) -> bool {
    match progress.state {
        State::Waiting { until } | State::Settling { until } => now >= until,
        State::Over => false,
    }
}

fn of(progress: verdict::Progress) -> Progress {
    Progress { met: progress.met, state: state(progress.state) }
}

fn state(state: verdict::State) -> State {
    match state {
        verdict::State::Waiting { until } => State::Waiting { until },
        verdict::State::Settling { until } => State::Settling { until },
        verdict::State::Over => State::Over,
    }
}
