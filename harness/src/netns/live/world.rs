use super::clock::Clock;
use super::error::Error;
use super::fault::Fault;
use super::filter::Tools;
use super::node::Node;
use super::parts;
use super::watch::{self, Subscription};
use crate::name::{NodeName, Side};
use crate::plan::{EndpointPlan, Plan};
use crate::record::{ClockKind, Event, EventKind};
use crate::run::Happening;
use std::collections::BTreeMap;
use std::net::SocketAddrV4;
use std::sync::Arc;
use std::sync::mpsc::Sender;

/// The nodes that are powered, and what is in force in them.
pub(crate) struct World {
    pub(crate) plan: Arc<Plan>,
    pub(crate) tools: Tools,
    pub(crate) clock: Clock,
    pub(crate) sink: Sender<Happening>,
    pub(crate) nodes: BTreeMap<NodeName, Node>,
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
        sink: Sender<Happening>,
        kind: ClockKind,
    ) -> Result<Self, Error> {
        let nodes = BTreeMap::new();
        // Where the clock jumps nothing keeps a thread waiting, and looking would end each jump.
        let jumps = kind != ClockKind::Real;
        let stalls = if jumps { None } else { watch::subscribe(clock, sink.clone()).ok() };
        let mut world = Self { plan, tools, clock, sink, nodes, faults: BTreeMap::new(), _stalls: stalls };
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

    pub(crate) fn endpoint(&self, side: Side) -> &EndpointPlan {
        match side {
            Side::Client => &self.plan.client,
            Side::Server => &self.plan.server,
        }
    }

    pub(crate) fn server_address(&self) -> SocketAddrV4 {
        SocketAddrV4::new(self.plan.server.address, self.plan.server.port.unwrap_or(0))
    }

    /// Has the server listen, unless it does or its node is off.
    ///
    /// # Errors
    /// It can't be started, or does not listen.
    pub(crate) fn serve(&self) -> Result<(), Error> {
        let plan = self.plan.server.clone();
        let (clock, sink) = (self.clock, self.sink.clone());
        match self.node(&plan.node) {
            Ok(node) => node.run_async(move || async move { parts::serve(&plan, clock, sink).await })?,
            Err(_) => Ok(()),
        }
    }

    pub(crate) fn tell(&self, kind: EventKind) {
        drop(self.sink.send(Happening::Event(Event { at: self.clock.now(), kind })));
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
