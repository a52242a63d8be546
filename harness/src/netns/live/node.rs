use super::error::{Error, errno, kernel};
use crate::name::NodeName;
use nix::sched::{CloneFlags, unshare};
use std::fs::File;
use std::future::Future;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::mpsc;
use std::thread::JoinHandle;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::{LocalSet, spawn_local};

type Job = Box<dyn FnOnce() + Send>;

/// A node's own thread, inside the node's own network namespace (unshare(2),
/// CLONE_NEWNET). Nothing else ever enters that namespace; it goes with the thread,
/// once its last sockets and processes have gone.
pub(crate) struct Node {
    name: NodeName,
    jobs: Option<UnboundedSender<Job>>,
    thread: Option<JoinHandle<()>>,
    netns: OwnedFd,
}

/// A node whose thread was started, but has not told yet that it is in its namespace.
#[must_use]
pub(crate) struct Starting {
    name: NodeName,
    jobs: UnboundedSender<Job>,
    thread: JoinHandle<()>,
    ready: mpsc::Receiver<Result<OwnedFd, Error>>,
}

/// The result of work that a node's thread was given.
#[must_use]
pub(crate) struct Pending<T> {
    node: NodeName,
    reply: mpsc::Receiver<T>,
}

impl<T> Pending<T> {
    /// Blocks until the work is done.
    ///
    /// # Errors
    /// The node's thread ended before.
    pub(crate) fn wait(self) -> Result<T, Error> {
        self.reply.recv().map_err(|_| Error::NodeGone { node: self.node })
    }
}

impl Starting {
    /// Blocks until the thread is in its namespace.
    ///
    /// # Errors
    /// The kernel refused the namespace: EPERM without privilege, ENOSPC beyond
    /// user.max_net_namespaces.
    pub(crate) fn ready(self) -> Result<Node, Error> {
        let gone = || Error::NodeGone { node: self.name.clone() };
        let netns = self.ready.recv().map_err(|_| gone())??;
        Ok(Node { name: self.name, jobs: Some(self.jobs), thread: Some(self.thread), netns })
    }
}

impl Node {
    /// Starts a node and waits until its thread is in a new namespace.
    ///
    /// # Errors
    /// As [`Starting::ready`], or no thread could be started.
    pub(crate) fn start(name: &NodeName) -> Result<Self, Error> {
        Self::begin(name)?.ready()
    }

    /// Starts a node's thread: several nodes enter their namespaces at a time.
    ///
    /// # Errors
    /// No thread could be started.
    pub(crate) fn begin(name: &NodeName) -> Result<Starting, Error> {
        let (jobs, inbox) = unbounded_channel();
        let (tell, ready) = mpsc::sync_channel(1);
        let own = name.clone();
        let thread = std::thread::Builder::new()
            .name(format!("deadpeer-{name}"))
            .spawn(move || live(&own, inbox, &tell))
            .map_err(kernel("start", "the thread", name))?;
        Ok(Starting { name: name.clone(), jobs, thread, ready })
    }

    pub(crate) fn name(&self) -> &NodeName {
        &self.name
    }

    /// Calls `work` on the node's thread, where it may spawn local tasks, and blocks
    /// until it returns.
    ///
    /// # Errors
    /// The node's thread has ended.
    pub(crate) fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
        let (tell, reply) = mpsc::sync_channel(1);
        self.order(move || drop(tell.send(work())));
        Pending { node: self.name.clone(), reply }.wait()
    }

    /// Runs a future on the node's thread, and blocks until it is done.
    ///
    /// # Errors
    /// The node's thread has ended.
    pub(crate) fn run_async<F, T>(&self, work: impl FnOnce() -> F + Send + 'static) -> Result<T, Error>
    where
        T: Send + 'static,
        F: Future<Output = T> + 'static,
    {
        self.submit(work).wait()
    }

    /// Begins a future on the node's thread, whose result can be waited for.
    pub(crate) fn submit<F, T>(&self, work: impl FnOnce() -> F + Send + 'static) -> Pending<T>
    where
        T: Send + 'static,
        F: Future<Output = T> + 'static,
    {
        let (tell, reply) = mpsc::sync_channel(1);
        self.post(move || async move { drop(tell.send(work().await)) });
        Pending { node: self.name.clone(), reply }
    }

    /// Begins a future on the node's thread, and returns at once.
    pub(crate) fn post<F>(&self, work: impl FnOnce() -> F + Send + 'static)
    where
        F: Future<Output = ()> + 'static,
    {
        self.order(move || drop(spawn_local(work())));
    }

    /// Has `work` called on the node's thread, after all it was given before, and
    /// returns at once.
    pub(crate) fn order(&self, job: impl FnOnce() + Send + 'static) {
        if let Some(jobs) = &self.jobs {
            drop(jobs.send(Box::new(job)));
        }
    }

    /// The namespace, for moving a link's end into it.
    pub(crate) fn netns_fd(&self) -> BorrowedFd<'_> {
        self.netns.as_fd()
    }

    /// Tells the thread to end, without waiting for it as dropping does.
    pub(crate) fn dismiss(&mut self) {
        self.jobs = None;
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        self.dismiss();
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

/// A node's life: into a namespace, then work until there can come no more.
fn live(name: &NodeName, mut inbox: UnboundedReceiver<Job>, ready: &mpsc::SyncSender<Result<OwnedFd, Error>>) {
    let runtime = match enter(name) {
        Ok((netns, runtime)) => {
            drop(ready.send(Ok(netns)));
            runtime
        }
        Err(error) => return drop(ready.send(Err(error))),
    };
    let local = LocalSet::new();
    local.block_on(&runtime, async {
        while let Some(job) = inbox.recv().await {
            job();
        }
    });
}

fn enter(name: &NodeName) -> Result<(OwnedFd, tokio::runtime::Runtime), Error> {
    let refused = kernel("create", "the network namespace", name);
    unshare(CloneFlags::CLONE_NEWNET).map_err(|errno| refused(errno.into()))?;
    let netns = File::open("/proc/thread-self/ns/net").map_err(kernel("open", "/proc/thread-self/ns/net", name))?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Error::Process { operation: "start a node's runtime", errno: errno(&error) })?;
    Ok((netns.into(), runtime))
}
