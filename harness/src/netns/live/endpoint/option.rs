use super::EndpointError;
use crate::name::{SO_LINGER, TcpInfo};
use crate::plan::OptionPlan;
use std::io;
use std::os::fd::{AsRawFd, BorrowedFd};

/// setsockopt(2) with an `int`; SO_LINGER's is told by its seconds.
pub(super) fn set(socket: BorrowedFd<'_>, option: &OptionPlan) -> Result<(), EndpointError> {
    let value = if is_linger(option.level, option.number) {
        [1_i32, option.value].map(i32::to_ne_bytes).concat()
    } else {
        option.value.to_ne_bytes().to_vec()
    };
    let object = || format!("{} = {}", option.name, option.value);
    write(socket, option.level, option.number, &value).map_err(|error| EndpointError::socket("set", object())(error))
}

fn is_linger(level: i32, number: i32) -> bool {
    (level, number) == (libc::SOL_SOCKET, SO_LINGER)
}

/// SO_LINGER's seconds; none if it is off.
pub(super) fn linger(socket: BorrowedFd<'_>) -> Option<i32> {
    let mut octets = [0; 2 * size_of::<i32>()];
    read(socket, libc::SOL_SOCKET, SO_LINGER, &mut octets).ok()?;
    let (on, seconds) = octets.split_first_chunk()?;
    (i32::from_ne_bytes(*on) != 0).then(|| seconds.first_chunk().map(|octets| i32::from_ne_bytes(*octets)))?
}

/// Has close(2) not wait for the peer, as it does not when a process ends: only what
/// SO_LINGER says with 0 stays as it is.
pub(super) fn hurry(socket: BorrowedFd<'_>) {
    if linger(socket).is_some_and(|seconds| seconds > 0) {
        // Without it closing takes as long as it says, and nothing else is changed.
        let _ = write(socket, libc::SOL_SOCKET, SO_LINGER, &[0; 2 * size_of::<i32>()]);
    }
}

fn write(socket: BorrowedFd<'_>, level: i32, number: i32, value: &[u8]) -> io::Result<()> {
    let length = libc::socklen_t::try_from(value.len()).unwrap_or(0);
    // SAFETY: the value has that length, and lives through the call.
    let done = unsafe { libc::setsockopt(socket.as_raw_fd(), level, number, value.as_ptr().cast(), length) };
    if done == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// getsockopt(2) of an `int`; of SO_LINGER its seconds, or -1 if it is off.
pub(super) fn get(socket: BorrowedFd<'_>, level: i32, number: i32) -> io::Result<i32> {
    if is_linger(level, number) {
        return Ok(linger(socket).unwrap_or(-1));
    }
    let mut octets = [0; size_of::<i32>()];
    let _ = read(socket, level, number, &mut octets)?;
    Ok(i32::from_ne_bytes(octets))
}

/// TCP_INFO, as much of it as is known by name.
pub(super) fn info(socket: BorrowedFd<'_>) -> io::Result<Vec<u8>> {
    let mut octets = vec![0; TcpInfo::LENGTH];
    let length = read(socket, libc::IPPROTO_TCP, libc::TCP_INFO, &mut octets)?;
    octets.truncate(length);
    Ok(octets)
}

/// tcpi_state, the first octet of TCP_INFO.
pub(super) fn state(socket: BorrowedFd<'_>) -> io::Result<u8> {
    let mut octets = [0; 1];
    let _ = read(socket, libc::IPPROTO_TCP, libc::TCP_INFO, &mut octets)?;
    Ok(octets[0])
}

fn read(socket: BorrowedFd<'_>, level: i32, number: i32, octets: &mut [u8]) -> io::Result<usize> {
    let mut length = libc::socklen_t::try_from(octets.len()).unwrap_or(libc::socklen_t::MAX);
    // SAFETY: the kernel writes at most `length` octets, which `octets` has.
    let done =
        unsafe { libc::getsockopt(socket.as_raw_fd(), level, number, octets.as_mut_ptr().cast(), &raw mut length) };
    if done == 0 { Ok(length as usize) } else { Err(io::Error::last_os_error()) }
}
