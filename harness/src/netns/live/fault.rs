use super::address;
use super::error::Error;
use super::filter::Program;
use super::world::World;
use crate::name::NodeName;
use crate::plan::{Action, DeadEndPlan, FaultPlan, ImpairPlan};
use crate::record::EventKind;
use crate::time::LabTime;
use std::time::Duration;

/// A fault that was set.
pub(crate) struct Fault {
    what: What,
    state: State,
    /// How many packets it had matched when they were last told.
    packets: u64,
}

#[derive(Clone)]
enum What {
    Filter { plan: FaultPlan, by: Program },
    Impairment(ImpairPlan),
    Route(DeadEndPlan),
}

enum State {
    InForce {
        until: Option<LabTime>,
    },
    /// By itself, by its undoing, or because a node of it was powered off.
    Ended,
}

impl Fault {
    /// When it is to end by itself, if it is in force and does.
    fn due(&self) -> Option<LabTime> {
        match self.state {
            State::InForce { until } => until,
            State::Ended => None,
        }
    }

    fn is_in_force(&self) -> bool {
        matches!(self.state, State::InForce { .. })
    }
}

impl What {
    fn lasts(&self) -> Option<Duration> {
        match self {
            Self::Filter { plan, .. } => plan.lasts,
            Self::Impairment(plan) => plan.lasts,
            Self::Route(plan) => plan.lasts,
        }
    }

    /// Whether it goes with this node: a link goes as a whole.
    fn goes_with(&self, node: &NodeName) -> bool {
        match self {
            Self::Filter { plan, .. } => plan.node == *node,
            Self::Route(plan) => plan.node == *node,
            Self::Impairment(plan) => {
                let toward = format!("to-{node}");
                plan.senders.iter().any(|end| end.node == *node || end.interface == toward)
            }
        }
    }
}

impl World {
    /// Sets a step's fault.
    ///
    /// # Errors
    /// The node is off, or the kernel or the filter's program refused it.
    pub(crate) fn set_fault(&mut self, step: usize, action: &Action) -> Result<(), Error> {
        let what = match action {
            Action::Drop(plan) | Action::Reject { fault: plan, .. } => {
                What::Filter { plan: plan.clone(), by: self.load(&plan.node, &plan.set)? }
            }
            Action::Impair(plan) => {
                self.impair(plan)?;
                What::Impairment(plan.clone())
            }
            Action::Route(plan) => {
                self.reroute(plan, address::dead_end)?;
                What::Route(plan.clone())
            }
            _ => return Err(Error::Unplanned { what: format!("a fault in step {step}") }),
        };
        let until = what.lasts().map(|lasts| self.clock.now() + lasts);
        self.faults.insert(step, Fault { what, state: State::InForce { until }, packets: 0 });
        Ok(())
    }

    /// Ends a fault, having told how many packets it matched, if it counts them. One that
    /// ended by itself is left alone.
    ///
    /// # Errors
    /// No such fault was set, or it could not be ended.
    pub(crate) fn unset_fault(&mut self, step: usize) -> Result<(), Error> {
        let fault = self.faults.get(&step).ok_or(Error::NoFault { step })?;
        if !fault.is_in_force() {
            return Ok(());
        }
        let what = fault.what.clone();
        self.count(step)?;
        self.end(step);
        match what {
            What::Filter { plan, .. } => self.load(&plan.node, &plan.unset).map(drop),
            What::Impairment(plan) => self.repair(&plan),
            What::Route(plan) => self.reroute(&plan, address::reopen),
        }
    }

    fn end(&mut self, step: usize) {
        if let Some(fault) = self.faults.get_mut(&step) {
            fault.state = State::Ended;
        }
    }

    /// Tells how many packets a fault in force has matched, if it counts them.
    fn count(&mut self, step: usize) -> Result<(), Error> {
        let Some(packets) = self.matched_by_now(step)? else { return Ok(()) };
        if let Some(fault) = self.faults.get_mut(&step) {
            fault.packets = packets;
        }
        self.tell(EventKind::FaultCounter { step, packets });
        Ok(())
    }

    /// How many packets a fault in force has matched, if it counts them.
    fn matched_by_now(&self, step: usize) -> Result<Option<u64>, Error> {
        let fault = self.faults.get(&step).filter(|fault| fault.is_in_force());
        let Some(What::Filter { plan, by }) = fault.map(|fault| &fault.what) else { return Ok(None) };
        self.counted(&plan.node, *by, &plan.handle).map(Some)
    }

    /// How many packets the rule of a step has matched: of one that has ended, all of them.
    ///
    /// # Errors
    /// The step has set none yet, or its counter can't be read.
    pub(crate) fn packets(&self, step: usize) -> Result<u64, Error> {
        let name = || self.plan.steps.get(step).map(|step| step.name.clone()).unwrap_or_default();
        let fault = self.faults.get(&step).ok_or_else(|| Error::NoRule { step: name() })?;
        Ok(self.matched_by_now(step)?.unwrap_or(fault.packets))
    }

    /// Tells the counters of all faults in force, as far as they can be read.
    pub(crate) fn count_all(&mut self) {
        let steps: Vec<usize> = self.faults.keys().copied().collect();
        for step in steps {
            drop(self.count(step));
        }
    }

    /// Tells the counters of a node's faults, which end with it.
    pub(crate) fn lose_faults(&mut self, node: &NodeName) {
        let here = self.faults.iter().filter(|(_, fault)| fault.what.goes_with(node));
        let steps: Vec<usize> = here.map(|(step, _)| *step).collect();
        for step in steps {
            drop(self.count(step));
            self.end(step);
        }
    }

    /// When the next fault is to end by itself.
    pub(crate) fn next_due(&self) -> Option<LabTime> {
        self.faults.values().filter_map(Fault::due).min()
    }

    /// Ends the faults that are due. One that can't be ended fails its step.
    pub(crate) fn end_due(&mut self) {
        let now = self.clock.now();
        let due = self.faults.iter().filter(|(_, fault)| fault.due().is_some_and(|due| due <= now));
        let steps: Vec<usize> = due.map(|(step, _)| *step).collect();
        for step in steps {
            if let Err(error) = self.unset_fault(step) {
                self.tell(EventKind::StepFailed { step, error: error.to_string() });
                self.faults.remove(&step);
            }
        }
    }
}
