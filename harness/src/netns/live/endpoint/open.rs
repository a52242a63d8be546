use super::handle::{Handle, Inner};
use super::{EndpointError, Report, option};
use crate::netns::live::clock::Clock;
use crate::netns::live::poll::register;
use crate::netns::live::sink::Sink;
use crate::plan::EndpointPlan;
use socket2::{Domain, Protocol, SockAddr, Socket, Type};
use std::io;
use std::net::SocketAddr;
use std::os::fd::AsFd;
use std::rc::{Rc, Weak};
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

const BOTH: Interest = Interest::READABLE.add(Interest::WRITABLE);

/// Listens where the plan says, and accepts the first connection. On a node's thread.
///
/// # Errors
/// A socket call before listen(2) was done.
pub(crate) fn listen(plan: &EndpointPlan, clock: Clock, sink: Sink) -> Result<Handle, EndpointError> {
    let socket = bound(plan)?;
    socket.listen(plan.backlog.into()).map_err(EndpointError::socket("listen at", address(plan)))?;
    let socket = Rc::new(awaited(socket)?);
    let handle = Handle::new(Report { side: plan.side, clock, sink }, plan.reads);
    handle.inner().listens(&socket);
    if plan.accepts {
        let task = tokio::task::spawn_local(accept(socket, Rc::downgrade(handle.inner())));
        handle.inner().keep(task.abort_handle());
    }
    Ok(handle)
}

/// Connects as the plan says. On a node's thread. How connect(2) ends is an outcome.
///
/// # Errors
/// A socket call before connect(2).
pub(crate) fn connect(
    plan: &EndpointPlan,
    server: SocketAddr,
    clock: Clock,
    sink: Sink,
) -> Result<Handle, EndpointError> {
    let socket = bound(plan)?;
    let begun = socket.connect(&SockAddr::from(server));
    let handle = Handle::new(Report { side: plan.side, clock, sink }, plan.reads);
    match begun {
        Err(error) if error.raw_os_error() != Some(libc::EINPROGRESS) => handle.inner().failed(&error),
        _ => {
            let socket = Rc::new(awaited(socket)?);
            handle.inner().connects(&socket);
            let task = tokio::task::spawn_local(finish_connect(socket, Rc::downgrade(handle.inner())));
            handle.inner().keep(task.abort_handle());
        }
    }
    Ok(handle)
}

/// The endpoint's own; port 0 leaves the port to the kernel.
fn address(plan: &EndpointPlan) -> SocketAddr {
    SocketAddr::new(plan.address, plan.port.unwrap_or(0))
}

/// A non-blocking socket, bound, with the plan's options.
fn bound(plan: &EndpointPlan) -> Result<Socket, EndpointError> {
    let address = address(plan);
    let socket = Socket::new(Domain::for_address(address), Type::STREAM.nonblocking(), Some(Protocol::TCP))
        .map_err(EndpointError::socket("create", "a TCP socket"))?;
    // A port whose last connection is in TIME-WAIT is free all the same.
    socket.set_reuse_address(true).map_err(EndpointError::socket("set", "SO_REUSEADDR"))?;
    socket.bind(&SockAddr::from(address)).map_err(EndpointError::socket("bind to", address))?;
    plan.options.iter().try_for_each(|wanted| option::set(socket.as_fd(), wanted))?;
    Ok(socket)
}

fn awaited(socket: Socket) -> Result<AsyncFd<Socket>, EndpointError> {
    register(socket, BOTH).map_err(EndpointError::socket("await", "a TCP socket"))
}

async fn accept(listener: Rc<AsyncFd<Socket>>, inner: Weak<Inner>) {
    loop {
        let Ok(mut guard) = listener.readable().await else { return };
        let Some(inner) = inner.upgrade() else { return };
        inner.thawed().await;
        let Ok(accepted) = guard.try_io(|listener| listener.get_ref().accept()) else { continue };
        match accepted.and_then(|(socket, _)| non_blocking(socket)) {
            Ok(socket) => return inner.connected(socket),
            // The peer took it back before it was accepted (accept(2)).
            Err(error) if error.raw_os_error() == Some(libc::ECONNABORTED) => {}
            Err(error) => return inner.failed(&error),
        }
    }
}

fn non_blocking(socket: Socket) -> io::Result<Rc<AsyncFd<Socket>>> {
    socket.set_nonblocking(true)?;
    register(socket, BOTH).map(Rc::new)
}

async fn finish_connect(socket: Rc<AsyncFd<Socket>>, inner: Weak<Inner>) {
    let ready = socket.writable().await.map(drop);
    let Some(inner) = inner.upgrade() else { return };
    inner.thawed().await;
    // SO_ERROR both tells the error and takes it: it is seen once.
    match ready.and_then(|()| socket.get_ref().take_error()).unwrap_or_else(Some) {
        Some(error) => inner.failed(&error),
        None => inner.connected(socket),
    }
}
