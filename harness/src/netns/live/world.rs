use super::capture::Ring;
use super::clock::Clock;
use super::error::Error;
use super::fault::Fault;
use super::filter::Tools;
use super::node::Node;
use super::parts;
use super::sink::Sink;
use super::watch::{self, Subscription};
use crate::name::{NodeName, Side};
use crate::plan::{EndpointPlan, Plan, StepPlan};
use crate::record::{ClockKind, Event, EventKind};
use crate::run::Happening;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The nodes that are powered, and what is in force in them.
pub(crate) struct World {
    pub(crate) plan: Arc<Plan>,
    pub(crate) tools: Tools,
    pub(crate) clock: Clock,
    pub(crate) sink: Sink,
    pub(crate) nodes: BTreeMap<NodeName, Node>,
    /// Of each capture.
    pub(crate) ring: Ring,
    /// By the steps that set them.
    pub(crate) faults: BTreeMap<usize, Fault>,
    /// Tells when this machine did not run us. A lab goes on without.
    _stalls: Option<Subscription>,
}

impl World {
    /// All nodes powered, all links usable, all captures armed, the server listening.
    ///
    /// # Errors
    /// Whatever the kernel or a tool refused.
    pub(crate) fn build(
        plan: Arc<Plan>,
        tools: Tools,
        clock: Clock,
        sink: Sink,
        kind: ClockKind,
    ) -> Result<Self, Error> {
        let nodes = BTreeMap::new();
        // Where the clock jumps nothing keeps a thread waiting, and looking would end each jump.
        let jumps = kind != ClockKind::Real;
        let stalls = if jumps { None } else { watch::subscribe(clock, sink.clone()).ok() };
        let ring = Ring::of(kind, plan.further.len() + 1);
        let mut world = Self { plan, tools, clock, sink, nodes, ring, faults: BTreeMap::new(), _stalls: stalls };
        let names: Vec<NodeName> = world.plan.nodes.iter().map(|node| node.name.clone()).collect();
        world.start(&names)?;
        let links: Vec<usize> = (0..world.plan.links.len()).collect();
        world.join(&links, &names)?;
        world.serve()?;
        Ok(world)
    }

    /// # Errors
    /// The node is powered off, or not in the plan.
    pub(crate) fn node(&self, name: &NodeName) -> Result<&Node, Error> {
        self.nodes.get(name).ok_or_else(|| Error::PoweredOff { node: name.clone() })
    }

    /// The endpoints of this side, of the connections that take part in a step.
    pub(crate) fn endpoints(&self, step: &StepPlan, side: Side) -> Vec<EndpointPlan> {
        let own = self.plan.connections().enumerate().filter(|(connection, _)| step.is_of(*connection));
        own.map(|(_, own)| if side == Side::Client { own.client } else { own.server }).cloned().collect()
    }

    /// Has all servers listen, unless they do or their node is off.
    ///
    /// # Errors
    /// One can't be started, or does not listen.
    pub(crate) fn serve(&self) -> Result<(), Error> {
        let mut servers: BTreeMap<&NodeName, Vec<EndpointPlan>> = BTreeMap::new();
        for own in self.plan.connections() {
            servers.entry(&own.server.node).or_default().push(own.server.clone());
        }
        for (node, plans) in servers {
            let Ok(node) = self.node(node) else { continue };
            let (clock, sink) = (self.clock, self.sink.clone());
            node.run_async(move || async move {
                for plan in plans {
                    parts::serve(&plan, clock, sink.of(plan.connection)).await?;
                }
                Ok(())
            })??;
        }
        Ok(())
    }

    pub(crate) fn tell(&self, kind: EventKind) {
        drop(self.sink.send(Happening::Event(Event::new(self.clock.now(), kind))));
    }
}

/// In reverse order: what runs in the nodes, then all nodes at a time. The links go
/// with their namespaces, which the kernel removes in its own time.
impl Drop for World {
    fn drop(&mut self) {
        for node in self.nodes.values() {
            node.order(parts::clear);
        }
        self.nodes.values_mut().for_each(Node::dismiss);
    }
}
