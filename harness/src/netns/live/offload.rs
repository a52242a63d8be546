use super::error::{Error, kernel};
use crate::name::NodeName;
use nix::sys::socket::{AddressFamily, SockFlag, SockType, socket};
use std::io;
use std::os::fd::{AsRawFd, OwnedFd};

/// ETHTOOL_SRXCSUM, STXCSUM, SSG, STSO, SGSO, SGRO (include/uapi/linux/ethtool.h).
const FEATURES: [(u32, &str); 6] = [
    (0x15, "receive checksumming"),
    (0x17, "transmit checksumming"),
    (0x19, "scatter-gather"),
    (0x1f, "TCP segmentation offload"),
    (0x24, "generic segmentation offload"),
    (0x2c, "generic receive offload"),
];

/// SIOCETHTOOL (include/uapi/linux/sockios.h).
const SIOCETHTOOL: libc::Ioctl = 0x8946;

/// struct ethtool_value
#[repr(C)]
struct EthtoolValue {
    command: u32,
    data: u32,
}

/// Switches off what a veth leaves undone for a device that would do it: with it on,
/// captures hold unfilled checksums and segments larger than the MTU.
///
/// # Errors
/// The kernel refused one of them; a feature it does not have is none to switch off.
pub(crate) fn disable<'a>(node: &NodeName, interfaces: impl Iterator<Item = &'a str>) -> Result<(), Error> {
    let socket = socket(AddressFamily::Inet, SockType::Datagram, SockFlag::SOCK_CLOEXEC, None)
        .map_err(|errno| kernel("open", "a socket", node)(errno.into()))?;
    for interface in interfaces {
        for (command, feature) in FEATURES {
            match set(&socket, interface, EthtoolValue { command, data: 0 }) {
                Err(error) if error.raw_os_error() != Some(libc::EOPNOTSUPP) => {
                    let object = format!("{feature} of {interface}");
                    return Err(kernel("switch off", &object, node)(error));
                }
                _ => {}
            }
        }
    }
    Ok(())
}

fn set(socket: &OwnedFd, interface: &str, mut value: EthtoolValue) -> io::Result<()> {
    // SAFETY: an ifreq is plain data, for which all zero is a value.
    let mut request: libc::ifreq = unsafe { std::mem::zeroed() };
    // The last octet stays NUL.
    for (to, from) in request.ifr_name[..libc::IFNAMSIZ - 1].iter_mut().zip(interface.bytes()) {
        *to = from.cast_signed();
    }
    request.ifr_ifru.ifru_data = (&raw mut value).cast();
    // SAFETY: the request and the value it points to outlive the call, and have the
    // layout that SIOCETHTOOL with these commands reads.
    let done = unsafe { libc::ioctl(socket.as_raw_fd(), SIOCETHTOOL, &raw mut request) };
    if done < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}
