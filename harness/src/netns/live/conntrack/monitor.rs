use super::ConntrackError;
use super::entry::{Told, parse};
use super::expiry::Expiry;
use super::table;
use crate::ladder::EntryChange;
use crate::name::NodeName;
use crate::netns::live::clock::Clock;
use crate::netns::live::netlink::{BUFFER, Message, messages};
use crate::netns::live::poll::register;
use crate::netns::live::sink::Sink;
use crate::record::{Event, EventKind};
use crate::run::Happening;
use crate::time::LabTime;
use netlink_packet_core::NLM_F_CREATE;
use netlink_sys::protocols::NETLINK_NETFILTER;
use netlink_sys::{Socket, SocketAddr};
use std::cell::RefCell;
use std::fs;
use std::io;
use std::rc::Rc;
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;
use tokio::task::JoinHandle;

/// NFNLGRP_CONNTRACK_NEW, _UPDATE and _DESTROY.
const GROUPS: [u32; 3] = [1, 2, 3];
/// IPCTNL_MSG_CT_NEW, also of updates, and IPCTNL_MSG_CT_DELETE, of subsystem 1.
const NEW: u16 = 0x100;
const DELETE: u16 = 0x102;

/// Without it events have no time of their own. The kernel writes it into entries as
/// they are created, so it is set before there are any.
const TIMESTAMPS: &str = "/proc/sys/net/netfilter/nf_conntrack_timestamp";

/// Enough for thousands of events while the node's thread is busy.
const RECEIVE: usize = 4 << 20;

/// Hands the conntrack events of one namespace's TCP entries to a sink until dropped.
pub(crate) struct Monitor {
    shared: Rc<Shared>,
    task: JoinHandle<()>,
}

struct Shared {
    node: NodeName,
    clock: Clock,
    sink: Sink,
    socket: AsyncFd<Socket>,
    expiry: RefCell<Expiry>,
}

impl Monitor {
    /// Subscribes to the events of the calling thread's namespace, on a node's thread.
    ///
    /// # Errors
    /// As [`probe`](super::probe).
    pub(crate) fn open(node: NodeName, clock: Clock, sink: Sink) -> Result<Self, ConntrackError> {
        // Without it the events come all the same, stamped when they are noticed.
        drop(fs::write(TIMESTAMPS, "1"));
        let socket =
            subscribe().map_err(|source| ConntrackError::Netlink { operation: "await conntrack events", source })?;
        let shared = Rc::new(Shared { node, clock, sink, socket, expiry: RefCell::default() });
        let reader = Rc::clone(&shared);
        let task = tokio::task::spawn_local(async move { reader.follow().await });
        Ok(Self { shared, task })
    }

    /// Hands over every event that the kernel has told up to now.
    pub(crate) fn drain(&self) {
        self.shared.read_all();
    }
}

impl Drop for Monitor {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn subscribe() -> io::Result<AsyncFd<Socket>> {
    let mut socket = Socket::new(NETLINK_NETFILTER)?;
    socket.set_non_blocking(true)?;
    socket.set_rx_buf_sz(i32::try_from(RECEIVE).unwrap_or(i32::MAX))?;
    socket.bind(&SocketAddr::new(0, 0))?;
    GROUPS.iter().try_for_each(|&group| socket.add_membership(group))?;
    register(socket, Interest::READABLE)
}

impl Shared {
    async fn follow(&self) {
        loop {
            let due = self.expiry.borrow().next();
            tokio::select! {
                ready = self.socket.readable() => {
                    let Ok(mut guard) = ready else { return };
                    // Cleared first: an event that comes during the reading sets it anew.
                    guard.clear_ready();
                    self.read_all();
                }
                // What this finds expired is told as an event.
                () = self.until(due) => self.expiry.borrow_mut().look(self.clock.now(), table::left),
            }
        }
    }

    async fn until(&self, due: Option<LabTime>) {
        match due {
            Some(due) => tokio::time::sleep(due.since(self.clock.now())).await,
            None => std::future::pending().await,
        }
    }

    fn read_all(&self) {
        let mut buffer = Vec::with_capacity(BUFFER);
        loop {
            buffer.clear();
            match self.socket.get_ref().recv(&mut buffer, 0) {
                Ok(_) => {
                    messages(&buffer).filter_map(|message| self.event(&message)).for_each(|event| self.tell(event))
                }
                Err(error) if error.raw_os_error() == Some(libc::ENOBUFS) => self.lost(),
                Err(_) => return,
            }
        }
    }

    fn event(&self, message: &Message<'_>) -> Option<Event> {
        let told = parse(message.payload)?;
        let change = match message.kind {
            NEW if message.flags & NLM_F_CREATE != 0 => EntryChange::Created,
            NEW => EntryChange::Updated,
            DELETE => EntryChange::Deleted,
            _ => return None,
        };
        let now = self.clock.now();
        // A clock that was set between the two would have it happen later than now.
        let at = stamp(&told, change).map_or(now, |stamp| self.clock.at_realtime(stamp).min(now));
        self.expiry.borrow_mut().note(&told, change, at);
        Some(Event::new(at, EventKind::Conntrack { node: self.node.clone(), change, entry: told.entry }))
    }

    fn lost(&self) {
        self.tell(Event::new(self.clock.now(), EventKind::ConntrackLost { node: self.node.clone() }));
    }

    fn tell(&self, event: Event) {
        drop(self.sink.send(Happening::Event(event)));
    }
}

/// The kernel's own time of the change. An expired entry ends when it expired, not when
/// garbage collection found it.
fn stamp(told: &Told, change: EntryChange) -> Option<i64> {
    match change {
        EntryChange::Created => told.happened.or(told.started),
        EntryChange::Updated => told.happened,
        EntryChange::Deleted => told.stopped.or(told.happened),
    }
}
