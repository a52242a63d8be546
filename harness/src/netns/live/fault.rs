use super::error::Error;
use super::filter::Program;
use super::world::World;
use crate::name::NodeName;
use crate::plan::FaultPlan;
use crate::record::EventKind;
use crate::time::LabTime;

/// A fault that was set.
pub(crate) struct Fault {
    plan: FaultPlan,
    state: State,
}

enum State {
    InForce {
        by: Program,
        until: Option<LabTime>,
    },
    /// By itself, by its undoing, or because its node was powered off.
    Ended,
}

impl Fault {
    /// When it is to end by itself, if it is in force and does.
    fn due(&self) -> Option<LabTime> {
        match self.state {
            State::InForce { until, .. } => until,
            State::Ended => None,
        }
    }
}

impl World {
    /// Sets a step's fault.
    ///
    /// # Errors
    /// The node is off, or the filter's program refused the text.
    pub(crate) fn set_fault(&mut self, step: usize, plan: &FaultPlan) -> Result<(), Error> {
        let (tools, name, text) = (self.tools.clone(), plan.node.clone(), plan.set.clone());
        let by = self.node(&plan.node)?.run_async(move || async move { tools.load(&name, &text).await })??;
        let until = plan.lasts.map(|lasts| self.clock.now() + lasts);
        self.faults.insert(step, Fault { plan: plan.clone(), state: State::InForce { by, until } });
        Ok(())
    }

    /// Ends a fault, having told how many packets it matched. One that ended by itself
    /// is left alone.
    ///
    /// # Errors
    /// No such fault was set, or its program failed.
    pub(crate) fn unset_fault(&mut self, step: usize) -> Result<(), Error> {
        let fault = self.faults.get_mut(&step).ok_or(Error::NoFault { step })?;
        let State::InForce { .. } = fault.state else { return Ok(()) };
        let plan = fault.plan.clone();
        self.count(step)?;
        if let Some(fault) = self.faults.get_mut(&step) {
            fault.state = State::Ended;
        }
        let (tools, name) = (self.tools.clone(), plan.node.clone());
        self.node(&plan.node)?.run_async(move || async move { tools.load(&name, &plan.unset).await })?.map(drop)
    }

    /// Tells how many packets a fault in force has matched.
    fn count(&self, step: usize) -> Result<(), Error> {
        let Some(Fault { plan, state: State::InForce { by, .. } }) = self.faults.get(&step) else { return Ok(()) };
        let (tools, name, handle, by) = (self.tools.clone(), plan.node.clone(), plan.handle.clone(), *by);
        let counted =
            self.node(&plan.node)?.run_async(move || async move { tools.counter(&name, by, &handle).await })??;
        self.tell(EventKind::FaultCounter { step, packets: counted });
        Ok(())
    }

    /// Tells the counters of all faults in force, as far as they can be read.
    pub(crate) fn count_all(&self) {
        for step in self.faults.keys() {
            drop(self.count(*step));
        }
    }

    /// Tells the counters of a node's faults, which end with it.
    pub(crate) fn lose_faults(&mut self, node: &NodeName) {
        let here = self.faults.iter().filter(|(_, fault)| fault.plan.node == *node);
        let steps: Vec<usize> = here.map(|(step, _)| *step).collect();
        for step in steps {
            drop(self.count(step));
            if let Some(fault) = self.faults.get_mut(&step) {
                fault.state = State::Ended;
            }
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
