use super::clock::Clock;
use super::sink::Sink;
use crate::record::ClockKind;
use crate::record::{Event, EventKind, Frame};
use crate::run::Happening;
use pcap::{Active, Precision};
use std::cell::{Cell, RefCell};
use std::io;
use std::os::fd::{AsRawFd, RawFd};
use std::rc::Rc;
use std::thread;
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// Octets kept of a frame: all of an Ethernet frame of 1500 octets, and all headers of
/// a bigger one that veth passes on unsegmented. libpcap's ring has slots of one size
/// (TPACKET_V2, the one without a timer), and with this two of them fill a page.
const SNAPLEN: i32 = 1920;

/// How much can wait while the node's thread is busy, in octets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ring(i32);

/// What a frame takes of a ring, about.
const FRAME: i32 = 2 << 10;

impl Ring {
    /// For a lab of so many connections: each may send some segments at one moment, such as its
    /// handshake.
    pub(crate) fn of(clock: ClockKind, connections: usize) -> Self {
        let frames = match clock {
            ClockKind::Real | ClockKind::Capture => 1000,
            // Where computing takes no time a thread is behind by no more than one run of
            // softirqs, and the memory of many labs is a guest's.
            ClockKind::Virtual | ClockKind::Emulated => 250,
        };
        let more = i32::try_from(connections.saturating_sub(1)).unwrap_or(i32::MAX).saturating_mul(8);
        Self(FRAME.saturating_mul(more.saturating_add(frames)).min(64 << 20))
    }
}

/// Why there is no capture.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CaptureError {
    #[error("{operation} at interface `{interface}`: {source}")]
    Pcap { operation: &'static str, interface: String, source: pcap::Error },
    #[error("await frames of interface `{interface}`: {source}")]
    Poll { interface: String, source: std::io::Error },
    #[error("start a thread for the capture at `{interface}`: {source}")]
    Thread { interface: String, source: std::io::Error },
}

/// One vantage's capture, armed, unfiltered. Frames go to the sink as they come; dropped without
/// [`finish`](Self::finish) it just ends.
pub(crate) struct Capture {
    shared: Rc<Shared>,
    task: JoinHandle<()>,
}

/// How often the ring is read again for frames that were counted but not yet shown: the
/// kernel copies each on another processor at worst, which takes microseconds.
const COUNTED_NOT_SHOWN: usize = 1000;

/// Borrowed by the reading task and by the capture's owner, never across an await.
struct Shared {
    vantage: usize,
    clock: Clock,
    sink: Sink,
    ready: Option<AsyncFd<Descriptor>>,
    pcap: RefCell<Option<pcap::Capture<Active>>>,
    ended: Cell<bool>,
    /// Frames handed over so far.
    delivered: Cell<u64>,
}

/// pcap_get_selectable_fd(3PCAP); the capture owns it.
struct Descriptor(RawFd);

impl AsRawFd for Descriptor {
    fn as_raw_fd(&self) -> RawFd {
        self.0
    }
}

impl Capture {
    /// Arms a capture at an interface of the calling thread's network namespace, on a
    /// node's thread. It takes one RCU grace period (8 ms or so): for several
    /// interfaces [`open_all`](Self::open_all) takes no longer.
    ///
    /// # Errors
    /// No such interface, no privilege, no memory for the ring.
    pub(crate) fn open(vantage: usize, interface: &str, clock: Clock, sink: Sink) -> Result<Self, CaptureError> {
        Self::watch(vantage, interface, activate(interface, Ring::of(ClockKind::Real, 1))?, clock, sink)
    }

    /// As [`open`](Self::open), for all the vantages of a node at once. The kernel lets
    /// each wait for an RCU grace period or two: the node's thread works on meanwhile.
    ///
    /// # Errors
    /// As `open`; then none is open.
    pub(crate) async fn open_all(
        vantages: &[(usize, &str)],
        ring: Ring,
        clock: Clock,
        sink: &Sink,
    ) -> Result<Vec<Self>, CaptureError> {
        let started =
            vantages.iter().map(|(_, interface)| activate_aside(interface, ring)).collect::<Result<Vec<_>, _>>()?;
        let mut captures = Vec::new();
        for (&(vantage, interface), started) in vantages.iter().zip(started) {
            let ended = |_| thread_failed(interface, io::Error::other("it ended"));
            let pcap = started.await.map_err(ended)??;
            captures.push(Self::watch(vantage, interface, pcap, clock, sink.clone())?);
        }
        Ok(captures)
    }

    fn watch(
        vantage: usize,
        interface: &str,
        pcap: pcap::Capture<Active>,
        clock: Clock,
        sink: Sink,
    ) -> Result<Self, CaptureError> {
        let descriptor = Descriptor(pcap.as_raw_fd());
        // SAFETY: `Shared` has both, and drops this before it closes the capture.
        let ready = unsafe { AsyncFd::register_with_interest(descriptor, Interest::READABLE) }
            .map_err(|error| CaptureError::Poll { interface: interface.to_owned(), source: error.into() })?;
        let shared = Rc::new(Shared {
            vantage,
            clock,
            sink,
            ready: Some(ready),
            pcap: RefCell::new(Some(pcap)),
            ended: Cell::new(false),
            delivered: Cell::new(0),
        });
        let reader = Rc::clone(&shared);
        let task = tokio::task::spawn_local(async move { reader.follow().await });
        Ok(Self { shared, task })
    }

    /// Hands over every frame stamped up to now.
    #[cfg(test)]
    pub(crate) fn drain(&mut self) {
        self.shared.read_all();
    }

    /// Drains, and ends the capture with a `CaptureEnded`, all through the sink.
    pub(crate) fn finish(self) {
        self.shared.read_all();
        self.shared.end();
    }
}

impl Drop for Capture {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Shared {
    async fn follow(&self) {
        let Some(ready) = &self.ready else { return };
        while !self.ended.get() {
            let Ok(mut guard) = ready.readable().await else { return };
            // Cleared first: a frame that comes while the ring is read sets it anew.
            guard.clear_ready();
            self.read_all();
        }
    }

    /// Reads until the ring is empty. Where the interface is gone the capture ends.
    fn read_all(&self) {
        while !self.ended.get() {
            match self.read_one() {
                Ok(Some(frame)) => self.hand_over(frame),
                Ok(None) => return,
                Err(error) => self.broken(&error),
            }
        }
    }

    fn hand_over(&self, frame: Frame) {
        self.delivered.set(self.delivered.get() + 1);
        drop(self.sink.send(Happening::Frame(frame)));
    }

    fn read_one(&self) -> Result<Option<Frame>, pcap::Error> {
        let mut pcap = self.pcap.borrow_mut();
        let Some(pcap) = pcap.as_mut() else { return Ok(None) };
        match pcap.next_packet() {
            Ok(packet) => Ok(Some(Frame {
                vantage: self.vantage,
                // With nanosecond precision tv_usec counts nanoseconds.
                at: self.clock.at_realtime(packet.header.ts.tv_sec * 1_000_000_000 + packet.header.ts.tv_usec),
                wire_len: packet.header.len,
                octets: packet.data.to_vec(),
            })),
            Err(pcap::Error::TimeoutExpired) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// libpcap gives an error only once it knows that the interface is gone for good;
    /// while it is merely down it waits on. A gone interface is an end, not a failure:
    /// nothing can have been missed.
    fn broken(&self, error: &pcap::Error) {
        if !is_gone(error) {
            self.tell(EventKind::CaptureFailed { vantage: self.vantage, error: error.to_string() });
        }
        self.end();
    }

    fn end(&self) {
        if self.ended.replace(true) {
            return;
        }
        let Some(first) = self.stats() else { return };
        let mut stat = first;
        // The kernel counts a frame before it shows it (net/packet/af_packet.c,
        // tpacket_rcv): what was counted in between is still to be read.
        for _ in 0..COUNTED_NOT_SHOWN {
            if Self::counted(&stat) <= self.delivered.get() {
                break;
            }
            while let Ok(Some(frame)) = self.read_one() {
                self.hand_over(frame);
            }
            stat = self.stats().unwrap_or(first);
        }
        self.tell(EventKind::CaptureEnded {
            vantage: self.vantage,
            received: stat.received.into(),
            dropped: u64::from(stat.dropped) + u64::from(stat.if_dropped),
        });
    }

    /// Frames that went into the ring, by pcap_stats(3PCAP).
    fn counted(stat: &pcap::Stat) -> u64 {
        u64::from(stat.received).saturating_sub(stat.dropped.into())
    }

    /// None, and told, where there is none to be had.
    fn stats(&self) -> Option<pcap::Stat> {
        let stats = self.pcap.borrow_mut().as_mut()?.stats();
        let failed = |error: pcap::Error| {
            self.tell(EventKind::CaptureFailed { vantage: self.vantage, error: error.to_string() });
        };
        stats.map_err(failed).ok()
    }

    fn tell(&self, kind: EventKind) {
        drop(self.sink.send(Happening::Event(Event::new(self.clock.now(), kind))));
    }
}

/// Closing waits for three RCU grace periods (24 ms or so): not on the node's thread.
impl Drop for Shared {
    fn drop(&mut self) {
        // It must leave epoll before the descriptor is closed and its number used again.
        self.ready = None;
        let pcap = self.pcap.take();
        // Without a thread the closure is dropped here, and the capture with it.
        drop(thread::Builder::new().name("close-capture".to_owned()).spawn(move || drop(pcap)));
    }
}

fn is_gone(error: &pcap::Error) -> bool {
    matches!(error, pcap::Error::PcapError(text) if text.contains("disappeared") || text.contains("No such device"))
}

fn thread_failed(interface: &str, source: io::Error) -> CaptureError {
    CaptureError::Thread { interface: interface.to_owned(), source }
}

type Activated = Result<pcap::Capture<Active>, CaptureError>;

/// Activates on a thread of its own, which is in the namespace of the one that started it.
fn activate_aside(interface: &str, ring: Ring) -> Result<oneshot::Receiver<Activated>, CaptureError> {
    let (tell, told) = oneshot::channel();
    let owned = interface.to_owned();
    let work = move || drop(tell.send(activate(&owned, ring)));
    let started = thread::Builder::new().name("open-capture".to_owned()).spawn(work);
    started.map_err(|source| thread_failed(interface, source)).map(|_| told)
}

fn activate(interface: &str, ring: Ring) -> Result<pcap::Capture<Active>, CaptureError> {
    let failed = |operation| move |source| CaptureError::Pcap { operation, interface: interface.to_owned(), source };
    pcap::Capture::from_device(interface)
        .map_err(failed("create a capture"))?
        .snaplen(SNAPLEN)
        .buffer_size(ring.0)
        .promisc(true)
        .immediate_mode(true)
        .precision(Precision::Nano)
        .open()
        .map_err(failed("arm a capture"))?
        .setnonblock()
        .map_err(failed("make non-blocking the capture"))
}

#[cfg(test)]
mod tests;
