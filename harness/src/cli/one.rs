use super::evidence::Place;
use super::gate::Gate;
use super::judgement::{Judged, judge_all};
use super::say::chain;
use super::watch::Judge;
use crate::netns::{self, Lab, Options};
use crate::plan::Plan;
use crate::record::{Record, RecordError, Writer};
use crate::run::{Backend, Happening, execute};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// What became of one scenario.
#[derive(Debug)]
pub(super) enum Outcome {
    Judged(Box<Ran>),
    /// It can't run here.
    Skipped {
        reason: String,
        remedy: String,
    },
    /// It should have run, but the lab could not be built, or the evidence not be kept.
    Broken {
        reason: String,
    },
}

/// A run, and what was made of its record.
#[derive(Debug)]
pub(super) struct Ran {
    pub judged: Judged,
    /// From the lab's first namespace to its last frame.
    pub wall: Duration,
    /// The folder with the record, if it was kept.
    pub evidence: Option<PathBuf>,
}

/// Builds the plan's lab, runs it, and judges. `gate` lets labs be built; `place` says
/// where the evidence goes.
pub(super) fn run_one(plan: &Plan, gate: &Gate, place: &Place) -> Outcome {
    if let Some(lack) = netns::lacks(plan) {
        return Outcome::Skipped { reason: lack.why, remedy: lack.remedy };
    }
    let began = Instant::now();
    let built = {
        let _pass = gate.enter();
        Lab::build(plan, &Options::default())
    };
    let lab = match built {
        Ok(lab) => lab,
        Err(error) => {
            return Outcome::Broken { reason: format!("the lab could not be built: failed to {}", chain(&error)) };
        }
    };
    let dir = place.dir();
    match record_in(lab, plan, &dir) {
        Ok(record) => Outcome::Judged(Box::new(judged(plan, &record, began.elapsed(), place, &dir))),
        Err(error) => {
            Outcome::Broken { reason: format!("the evidence could not be kept: failed to {}", chain(&error)) }
        }
    }
}

/// Runs the plan in the lab. What happens is on disk before it is judged.
fn record_in(mut lab: Lab, plan: &Plan, dir: &Path) -> Result<Record, RecordError> {
    let mut writer = Writer::create(dir, &lab.manifest())?;
    let mut failed = None;
    let mut keep = |happening: &Happening| {
        let kept = match happening {
            Happening::Frame(frame) => writer.frame(frame),
            Happening::Event(event) => writer.event(event),
            Happening::Interrupted => Ok(()),
        };
        failed = failed.take().or(kept.err());
    };
    let record = execute(plan, &mut lab, &mut Judge::new(plan), &mut keep);
    let flushed = writer.flush();
    failed.map_or(flushed, Err).map(|()| record)
}

pub(super) fn judged(plan: &Plan, record: &Record, wall: Duration, place: &Place, dir: &Path) -> Ran {
    let judged = judge_all(plan, record);
    let evidence = place.settle(dir, &judged);
    Ran { judged, wall, evidence }
}
