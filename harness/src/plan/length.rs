use super::{Action, Plan};
use crate::ladder::{Expected, When};
use std::time::Duration;

impl Plan {
    /// About how long a run takes in its own clock if all comes as expected, for
    /// putting the longest first.
    #[must_use]
    pub fn length(&self) -> Duration {
        let waits: Duration = self.steps.iter().map(|step| waits(&step.action)).sum();
        let climbed = self.connections().map(|own| own.ladder.rungs.iter().map(climb).sum());
        waits.max(climbed.max().unwrap_or_default()) + self.ladder.settle
    }
}

fn waits(action: &Action) -> Duration {
    match action {
        Action::Wait(duration) => *duration,
        _ => Duration::ZERO,
    }
}

fn climb(rung: &crate::ladder::Rung) -> Duration {
    let nominal = |when: Option<When>| match when {
        Some(When::Timer(duration) | When::Range(duration, _)) => duration,
        None => Duration::ZERO,
    };
    let silence = match rung.what {
        Expected::Quiet(duration) => duration,
        _ => Duration::ZERO,
    };
    nominal(rung.when) + nominal(rung.every) * (rung.times - 1) + silence
}
