use super::{Report, option};
use crate::ladder::Outcome;
use socket2::Socket;
use std::cell::Cell;
use std::io;
use std::net::Shutdown;
use std::os::fd::AsFd;
use std::rc::Rc;
use tokio::io::Interest;
use tokio::io::unix::{AsyncFd, AsyncFdReadyGuard};
use tokio::sync::Notify;

/// What is sent, over and over: easily found in a capture.
const PAYLOAD: &[u8] = b"deadpeer sends these octets\n";

/// The most that one call reads or writes.
const CHUNK: usize = 64 << 10;

/// A connected socket, non-blocking. Tasks that wait for it give up when it closes, so
/// that close(2) really is called then.
pub(super) struct Stream {
    socket: Rc<AsyncFd<Socket>>,
    report: Report,
    /// Octets yet to be handed to the kernel.
    unsent: Cell<u64>,
    /// Octets handed over so far.
    sent: Cell<u64>,
    frozen: Cell<bool>,
    closing: Cell<bool>,
    /// One of the above has changed.
    changed: Notify,
}

impl Stream {
    /// On a node's thread. `socket` is connected and non-blocking.
    pub(super) fn new(socket: Rc<AsyncFd<Socket>>, report: Report) -> Self {
        Self {
            socket,
            report,
            unsent: Cell::new(0),
            sent: Cell::new(0),
            frozen: Cell::new(false),
            closing: Cell::new(false),
            changed: Notify::new(),
        }
    }

    pub(super) fn socket(&self) -> &Socket {
        self.socket.get_ref()
    }

    /// Reads all that comes, until an end or an error, and reports it.
    pub(super) async fn read_on(self: Rc<Self>) {
        while let Some(got) = self.receive(CHUNK).await {
            self.report_read(&got);
            if !matches!(got, Ok(octets) if octets > 0) {
                return;
            }
        }
    }

    /// Without `wanted` one read(2) that gives anything; with it as many as it takes for
    /// so many octets, reported in one.
    pub(super) async fn read(&self, wanted: Option<u32>) {
        let goal = wanted.map_or(1, |octets| octets as usize);
        let mut total = 0;
        while total < goal {
            let Some(got) = self.receive(wanted.map_or(CHUNK, |_| (goal - total).min(CHUNK))).await else { break };
            let Ok(octets @ 1..) = got else {
                self.report_total(total);
                return self.report_read(&got);
            };
            total += octets;
        }
        self.report_total(total);
    }

    fn report_total(&self, octets: usize) {
        if octets > 0 {
            self.report_read(&Ok(octets));
        }
    }

    fn report_read(&self, got: &io::Result<usize>) {
        match got {
            Ok(0) => self.report.outcome(Outcome::Eof),
            Ok(octets) => self.report.outcome(Outcome::Bytes(*octets as u64)),
            Err(error) => self.report.error(error),
        }
    }

    /// What read(2) returns once it would not block; none when it closes first.
    async fn receive(&self, most: usize) -> Option<io::Result<usize>> {
        let mut buffer = Vec::with_capacity(most);
        loop {
            let mut guard = self.ready(Interest::READABLE).await?;
            if let Ok(got) = guard.try_io(|socket| socket.get_ref().recv(buffer.spare_capacity_mut())) {
                buffer.clear();
                return Some(got);
            }
        }
    }

    /// Hands `octets` more to the kernel: at once what it takes, the rest as it takes
    /// more (see [`write_on`](Self::write_on)). A frozen endpoint sends when it thaws.
    pub(super) fn send(&self, octets: u32) {
        let idle = self.unsent.get() == 0;
        self.unsent.set(self.unsent.get() + u64::from(octets));
        if idle && !self.frozen.get() {
            while self.unsent.get() > 0 && self.write_some(self.socket()).is_ok() {}
        }
        self.changed.notify_waiters();
    }

    /// Hands over what [`send`](Self::send) had to leave.
    pub(super) async fn write_on(self: Rc<Self>) {
        loop {
            if !self.until(|| self.unsent.get() > 0).await {
                return;
            }
            let Some(mut guard) = self.ready(Interest::WRITABLE).await else { return };
            let _ = guard.try_io(|socket| self.write_some(socket.get_ref()));
        }
    }

    /// One send(2); an error but EAGAIN is reported and ends this writing.
    fn write_some(&self, socket: &Socket) -> io::Result<()> {
        let most = usize::try_from(self.unsent.get()).unwrap_or(usize::MAX).min(CHUNK);
        match socket.send_with_flags(&payload(self.sent.get(), most), libc::MSG_NOSIGNAL) {
            Ok(octets) => {
                self.sent.set(self.sent.get() + octets as u64);
                self.unsent.set(self.unsent.get() - octets as u64);
                Ok(())
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Err(error),
            Err(error) => {
                self.unsent.set(0);
                self.report.error(&error);
                Ok(())
            }
        }
    }

    /// shutdown(2) for writing. An error is the application's to see.
    pub(super) fn shutdown(&self) {
        if let Err(error) = self.socket().shutdown(Shutdown::Write) {
            self.report.error(&error);
        }
    }

    pub(super) fn set_frozen(&self, frozen: bool) {
        self.frozen.set(frozen);
        self.changed.notify_waiters();
    }

    /// close(2). Every task lets go at once; SO_LINGER may take as long as it says.
    pub(super) async fn close(mut this: Rc<Self>) {
        this.closing.set(true);
        this.changed.notify_waiters();
        let stream = loop {
            match Rc::try_unwrap(this) {
                Ok(stream) => break stream,
                Err(held) => this = held,
            }
            tokio::task::yield_now().await;
        };
        if let Ok(socket) = Rc::try_unwrap(stream.socket) {
            let_go(socket.into_inner()).await;
        }
    }

    /// Waits for readiness, and for the thaw if it is frozen; none when it closes.
    async fn ready(&self, interest: Interest) -> Option<AsyncFdReadyGuard<'_, Socket>> {
        loop {
            if !self.until(|| !self.frozen.get()).await {
                return None;
            }
            tokio::select! {
                biased;
                () = self.changed.notified() => {}
                guard = self.socket.ready(interest) => return guard.ok(),
            }
        }
    }

    /// Waits until `condition` holds; false when it closes.
    async fn until(&self, condition: impl Fn() -> bool) -> bool {
        while !self.closing.get() && !condition() {
            self.changed.notified().await;
        }
        !self.closing.get()
    }
}

/// close(2) waits for the peer even with a non-blocking socket (socket(7), SO_LINGER): not
/// on the node's thread, which has other things to do.
async fn let_go(socket: Socket) {
    if option::linger(socket.as_fd()).is_some_and(|seconds| seconds > 0) {
        let (tell, closed) = tokio::sync::oneshot::channel();
        std::thread::spawn(move || {
            drop(socket);
            let _ = tell.send(());
        });
        let _ = closed.await;
    }
}

/// The stream's octets from `offset` on.
fn payload(offset: u64, length: usize) -> Vec<u8> {
    let start = usize::try_from(offset % PAYLOAD.len() as u64).unwrap_or(0);
    PAYLOAD.iter().cycle().skip(start).take(length).copied().collect()
}
