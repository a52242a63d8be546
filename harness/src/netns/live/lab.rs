use super::clock::Clock;
use super::error::Error;
use super::filter::Tools;
use super::interrupt;
use super::kernel;
use super::model::Options;
use super::samples::Samples;
use super::sink::Sink;
use super::worker::{self, Command};
use super::world::World;
use crate::name::NodeName;
use crate::plan::{EndpointPlan, NodePlan, Plan};
use crate::record::{ClockKind, EndpointInfo, InterfaceInfo, Kernel, Manifest, NodeInfo, VERSION};
use crate::run::{Backend, Happening};
use crate::time::LabTime;
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender, TryRecvError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// A plan built on this machine's kernel: each node a network namespace that no path
/// names, each link a veth pair. Dropping it removes all.
#[must_use = "a lab that is dropped is taken down"]
pub struct Lab {
    manifest: Manifest,
    clock: Clock,
    happenings: Receiver<Happening>,
    commands: Option<Sender<Command>>,
    samples: Samples,
    worker: Option<JoinHandle<()>>,
}

impl Lab {
    /// Builds all of a plan; on return every link is usable, every capture armed, the
    /// server listening, and nothing has been sent.
    ///
    /// # Errors
    /// Privilege, kernel or a tool is lacking; what the kernel refused, with its errno.
    pub fn build(plan: &Plan, options: &Options) -> Result<Self, Error> {
        let (sink, happenings) = Sink::new();
        let tools = Tools::find(plan.family());
        let tools = if options.without_nft { tools.without_nft() } else { tools };
        interrupt::subscribe(sink.clone());
        allow_descriptors();
        let clock = Clock::start();
        let kernel = Describing::begin(clock, options.clock);
        let world = World::build(Arc::new(plan.clone()), tools, clock, sink, options.clock)?;
        let manifest = Manifest { clock: options.clock, ..manifest(plan, &clock, kernel.end()) };
        let (commands, inbox) = mpsc::channel();
        let worker = worker::start(world, inbox)?;
        Ok(Self {
            manifest,
            clock,
            happenings,
            commands: Some(commands),
            samples: Samples::of(plan),
            worker: Some(worker),
        })
    }

    /// Calls `work` on the thread of a node, in its namespace, between steps; while it
    /// runs nothing else of that node does.
    ///
    /// # Errors
    /// The node is powered off, or not in the plan.
    pub fn within<T: Send + 'static>(
        &self,
        node: &NodeName,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Error> {
        let (tell, reply) = mpsc::sync_channel(1);
        let name = node.clone();
        self.command(Command::Within(Box::new(move |world| {
            drop(tell.send(world.node(&name).and_then(|node| node.run(work))));
        })));
        reply.recv().map_err(|_| Error::NodeGone { node: node.clone() })?
    }

    fn happening(&self, until: LabTime) -> Option<Happening> {
        // Without asking what time it is: in a guest kernel that is a system call.
        match self.happenings.try_recv() {
            Err(TryRecvError::Empty) if until >= LabTime::ZERO => {}
            other => return other.ok(),
        }
        // Far above any run, and still no overflow in the standard library.
        let longest = Duration::from_secs(1 << 30);
        self.happenings.recv_timeout(until.since(self.now()).min(longest)).ok()
    }

    fn command(&self, command: Command) {
        if let Some(commands) = &self.commands {
            drop(commands.send(command));
        }
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        self.commands = None;
        if let Some(worker) = self.worker.take() {
            drop(worker.join());
        }
    }
}

impl Backend for Lab {
    fn manifest(&self) -> Manifest {
        self.manifest.clone()
    }

    fn now(&self) -> LabTime {
        self.clock.now()
    }

    fn next(&mut self, until: LabTime) -> Option<Happening> {
        let happening = self.happening(until)?;
        if let Some(asked) = self.samples.after(&happening) {
            self.command(Command::Sample(asked));
        }
        Some(happening)
    }

    fn begin(&mut self, step: usize, planned: LabTime) {
        self.command(Command::Step { step, planned });
    }

    fn take(&mut self, connection: usize, reading: usize) {
        self.command(Command::Take { connection, reading });
    }

    fn finish(&mut self) -> Vec<Happening> {
        let (done, finished) = mpsc::sync_channel(1);
        self.command(Command::Finish { done });
        let _ = finished.recv();
        self.happenings.try_iter().collect()
    }
}

/// A lab holds some 30 descriptors; the usual 1024 would end with 30 labs at once. As
/// many as the hard limit allows need no privilege (getrlimit(2)).
fn allow_descriptors() {
    if let Ok((soft, hard)) = getrlimit(Resource::RLIMIT_NOFILE)
        && soft < hard
    {
        // Without it labs can be built all the same, only not as many.
        let _ = setrlimit(Resource::RLIMIT_NOFILE, hard, hard);
    }
}

/// What is to be known of the kernel. Where it takes as long as a tick it is found out while the
/// lab is built, which most of its time waits for the kernel.
enum Describing {
    Done(Kernel),
    Underway(JoinHandle<Kernel>),
}

impl Describing {
    fn begin(clock: Clock, kind: ClockKind) -> Self {
        if kind == ClockKind::Virtual {
            return Self::Done(kernel::describe_guest(&clock));
        }
        Self::Underway(thread::spawn(move || kernel::describe(&clock)))
    }

    fn end(self) -> Kernel {
        match self {
            Self::Done(kernel) => kernel,
            Self::Underway(thread) => thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
        }
    }
}

fn manifest(plan: &Plan, clock: &Clock, kernel: Kernel) -> Manifest {
    Manifest {
        version: VERSION,
        name: plan.name.clone(),
        began_unix_ns: clock.began_unix_ns(),
        links: Vec::new(),
        copies: plan.duplicates(),
        clock: ClockKind::Real,
        kernel,
        nodes: plan.nodes.iter().map(node).collect(),
        vantages: plan.vantages.clone(),
        client: endpoint(&plan.client),
        server: endpoint(&plan.server),
        further: plan.further.iter().map(|other| (endpoint(&other.client), endpoint(&other.server))).collect(),
    }
}

fn node(plan: &NodePlan) -> NodeInfo {
    let interface = |interface: &crate::plan::InterfacePlan| InterfaceInfo {
        name: interface.name.clone(),
        peer: interface.peer.clone(),
        mac: interface.mac,
        address: interface.address,
    };
    NodeInfo { name: plan.name.clone(), kind: plan.kind, interfaces: plan.interfaces.iter().map(interface).collect() }
}

fn endpoint(plan: &EndpointPlan) -> EndpointInfo {
    let EndpointPlan { side, node, address, forwarded, port, .. } = plan.clone();
    EndpointInfo { side, node, address, forwarded, port }
}
