use super::EndpointError;
use crate::name::TcpInfo;
use crate::plan::OptionPlan;
use std::io;
use std::os::fd::{AsRawFd, BorrowedFd};

/// setsockopt(2) with an `int`.
pub(super) fn set(socket: BorrowedFd<'_>, option: &OptionPlan) -> Result<(), EndpointError> {
    let length = size_of::<i32>() as libc::socklen_t;
    // SAFETY: the value is an `int` of that length, and lives through the call.
    let done = unsafe {
        libc::setsockopt(socket.as_raw_fd(), option.level, option.number, (&raw const option.value).cast(), length)
    };
    if done == 0 {
        return Ok(());
    }
    let object = format!("{} = {}", option.name, option.value);
    Err(EndpointError::socket("set", object)(io::Error::last_os_error()))
}

/// getsockopt(2) of an `int`.
pub(super) fn get(socket: BorrowedFd<'_>, level: i32, number: i32) -> io::Result<i32> {
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
