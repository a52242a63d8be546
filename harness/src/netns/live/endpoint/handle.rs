use super::stream::Stream;
use super::{EndpointError, Report, option};
use crate::ladder::Outcome;
use crate::netns::live::sockets::State;
use crate::plan::OptionPlan;
use socket2::Socket;
use std::cell::{Cell, RefCell};
use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::rc::Rc;
use tokio::io::unix::AsyncFd;
use tokio::sync::watch;
use tokio::task::AbortHandle;

/// An endpoint's connection, and its listener if it is the server. Clones are the same
/// endpoint; when the last is dropped its sockets are closed.
#[derive(Clone)]
pub(crate) struct Handle(Rc<Inner>);

pub(super) struct Inner {
    pub(super) report: Report,
    /// Reads what comes without being told.
    reads: bool,
    listener: RefCell<Option<Rc<AsyncFd<Socket>>>>,
    /// The socket whose connect(2) is under way.
    connecting: RefCell<Option<Rc<AsyncFd<Socket>>>>,
    stream: RefCell<Option<Rc<Stream>>>,
    frozen: Cell<bool>,
    opened: watch::Sender<Opened>,
    tasks: RefCell<Vec<AbortHandle>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Opened {
    Pending,
    Connected,
    Failed,
}

impl Handle {
    pub(super) fn new(report: Report, reads: bool) -> Self {
        Self(Rc::new(Inner {
            report,
            reads,
            listener: RefCell::default(),
            connecting: RefCell::default(),
            stream: RefCell::default(),
            frozen: Cell::new(false),
            opened: watch::Sender::new(Opened::Pending),
            tasks: RefCell::default(),
        }))
    }

    pub(super) fn inner(&self) -> &Rc<Inner> {
        &self.0
    }

    /// Waits until it is known whether there is a connection, and says so.
    pub(crate) async fn connected(&self) -> bool {
        let mut opened = self.0.opened.subscribe();
        opened.wait_for(|&opened| opened != Opened::Pending).await.is_ok_and(|opened| *opened == Opened::Connected)
    }

    /// Writes the next `octets` of the payload: at once what the kernel takes, and the
    /// rest as it takes more. What send(2) fails with is an outcome.
    ///
    /// # Errors
    /// There is no connection.
    pub(crate) fn send(&self, octets: u32) -> Result<(), EndpointError> {
        self.stream().map(|stream| stream.send(octets))
    }

    /// Waits for one read(2) that returns, or, told how many, for so many octets.
    ///
    /// # Errors
    /// There is no connection.
    pub(crate) async fn read(&self, octets: Option<u32>) -> Result<(), EndpointError> {
        let stream = self.stream()?;
        stream.read(octets).await;
        Ok(())
    }

    /// shutdown(2) of the sending direction.
    ///
    /// # Errors
    /// There is no connection.
    pub(crate) fn shutdown(&self) -> Result<(), EndpointError> {
        self.stream().map(|stream| stream.shutdown())
    }

    /// close(2) of the connection; a listener stays.
    ///
    /// # Errors
    /// There is no connection.
    pub(crate) async fn close(&self) -> Result<(), EndpointError> {
        let stream = self.0.stream.take().ok_or(self.none())?;
        Stream::close(stream).await;
        Ok(())
    }

    /// What a process's death by SIGKILL does to its sockets: all are closed.
    pub(crate) async fn kill(&self) {
        self.0.stop_opening().await;
        if let Some(stream) = self.0.stream.take() {
            option::hurry(stream.socket().as_fd());
            Stream::close(stream).await;
        }
    }

    /// Does nothing any more, as after SIGSTOP: it neither accepts, reads nor writes,
    /// and the kernel goes on acknowledging.
    pub(crate) fn freeze(&self) {
        self.set_frozen(true);
    }

    /// Ends [`freeze`](Self::freeze).
    pub(crate) fn thaw(&self) {
        self.set_frozen(false);
    }

    fn set_frozen(&self, frozen: bool) {
        self.0.frozen.set(frozen);
        // Wakes an accept that waits for the thaw.
        self.0.opened.send_modify(|_| {});
        if let Some(stream) = &*self.0.stream.borrow() {
            stream.set_frozen(frozen);
        }
    }

    /// setsockopt(2) on the connection, on the listener before there is one.
    ///
    /// # Errors
    /// There is no socket, or what the kernel answers.
    pub(crate) fn set_option(&self, wanted: &OptionPlan) -> Result<(), EndpointError> {
        self.with_socket(|socket| option::set(socket, wanted))?
    }

    /// getsockopt(2) of an `int`, on the socket that [`set_option`](Self::set_option)
    /// means.
    ///
    /// # Errors
    /// ENOTCONN where there is no socket, or what the kernel answers.
    pub(crate) fn get_option(&self, level: i32, number: i32) -> io::Result<i32> {
        let read = self.with_socket(|socket| option::get(socket, level, number));
        read.unwrap_or_else(|_| Err(io::Error::from_raw_os_error(libc::ENOTCONN)))
    }

    /// The connection's state by TCP_INFO: `ESTABLISHED`, `CLOSE`, ...; `CLOSE` also
    /// when it is closed or never was.
    ///
    /// # Errors
    /// What getsockopt(2) answers.
    pub(crate) fn state(&self) -> io::Result<String> {
        let stream = self.0.stream.borrow();
        let number = stream.as_ref().map_or(Ok(State::CLOSE.0), |stream| option::state(stream.socket().as_fd()))?;
        Ok(State(number).name())
    }

    /// TCP_INFO of the connection.
    ///
    /// # Errors
    /// There is none, or what getsockopt(2) answers.
    pub(crate) fn info(&self) -> io::Result<Vec<u8>> {
        let stream = self.0.stream.borrow();
        let none = || io::Error::new(io::ErrorKind::NotConnected, "there is no connection any more");
        stream.as_ref().ok_or_else(none).and_then(|stream| option::info(stream.socket().as_fd()))
    }

    /// The connection's own address, if it is known.
    #[cfg(test)]
    pub(crate) fn local(&self) -> Option<std::net::SocketAddr> {
        self.with_socket(|socket| socket2::SockRef::from(&socket).local_addr().ok()?.as_socket()).ok()?
    }

    fn with_socket<T>(&self, act: impl FnOnce(BorrowedFd<'_>) -> T) -> Result<T, EndpointError> {
        let opening = [&self.0.connecting, &self.0.listener].into_iter().find_map(|socket| socket.borrow().clone());
        match (&*self.0.stream.borrow(), opening) {
            (Some(stream), _) => Ok(act(stream.socket().as_fd())),
            (None, Some(socket)) => Ok(act(socket.get_ref().as_fd())),
            (None, None) => Err(self.none()),
        }
    }

    fn stream(&self) -> Result<Rc<Stream>, EndpointError> {
        self.0.stream.borrow().clone().ok_or(self.none())
    }

    fn none(&self) -> EndpointError {
        EndpointError::NoConnection { side: self.0.report.side }
    }
}

impl Inner {
    pub(super) fn listens(&self, socket: &Rc<AsyncFd<Socket>>) {
        self.listener.replace(Some(Rc::clone(socket)));
    }

    pub(super) fn connects(&self, socket: &Rc<AsyncFd<Socket>>) {
        self.connecting.replace(Some(Rc::clone(socket)));
    }

    pub(super) fn keep(&self, task: AbortHandle) {
        self.tasks.borrow_mut().push(task);
    }

    /// The connection is there: the application has it from now on.
    pub(super) fn connected(&self, socket: Rc<AsyncFd<Socket>>) {
        self.report.outcome(Outcome::Connected);
        self.connecting.take();
        let stream = Rc::new(Stream::new(socket, self.report.clone()));
        stream.set_frozen(self.frozen.get());
        self.keep(tokio::task::spawn_local(Rc::clone(&stream).write_on()).abort_handle());
        if self.reads {
            self.keep(tokio::task::spawn_local(Rc::clone(&stream).read_on()).abort_handle());
        }
        self.stream.replace(Some(stream));
        self.opened.send_replace(Opened::Connected);
    }

    /// There will be none.
    pub(super) fn failed(&self, error: &io::Error) {
        self.report.error(error);
        self.connecting.take();
        self.opened.send_replace(Opened::Failed);
    }

    /// Waits while it is frozen.
    pub(super) async fn thawed(&self) {
        let mut changed = self.opened.subscribe();
        while self.frozen.get() && changed.changed().await.is_ok() {}
    }

    /// Closes the listener, or the socket that is still connecting.
    async fn stop_opening(&self) {
        let tasks = self.tasks.take();
        tasks.iter().for_each(AbortHandle::abort);
        while !tasks.iter().all(AbortHandle::is_finished) {
            tokio::task::yield_now().await;
        }
        self.listener.take();
        self.connecting.take();
    }
}

/// The tasks hold the sockets.
impl Drop for Inner {
    fn drop(&mut self) {
        self.tasks.get_mut().iter().for_each(AbortHandle::abort);
        if let Some(stream) = self.stream.get_mut() {
            option::hurry(stream.socket().as_fd());
        }
    }
}
