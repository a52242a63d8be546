use std::io;
use std::os::fd::{AsFd, AsRawFd};
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

/// Registers what owns a descriptor with the runtime of the calling thread.
///
/// # Errors
/// What epoll_ctl(2) answers.
pub(super) fn register<T: AsFd + AsRawFd>(owner: T, interest: Interest) -> io::Result<AsyncFd<T>> {
    // SAFETY: by `AsFd` the descriptor is open as long as its owner, which the result keeps.
    unsafe { Ok(AsyncFd::register_with_interest(owner, interest)?) }
}
