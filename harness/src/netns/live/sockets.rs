//! The TCP sockets of the calling thread's namespace, by sock_diag(7).

use super::netlink::request;
use netlink_packet_core::NLM_F_DUMP;
use netlink_sys::protocols::NETLINK_SOCK_DIAG;
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddrV4};

/// SOCK_DIAG_BY_FAMILY (include/uapi/linux/sock_diag.h).
const BY_FAMILY: u16 = 20;

/// One TCP socket. An IPv6 socket that speaks IPv4 counts as one of IPv4, and one that
/// listens at `::` as one at `0.0.0.0`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Socket {
    pub(crate) state: State,
    pub(crate) local: SocketAddrV4,
    pub(crate) remote: SocketAddrV4,
    /// As /proc/PID/fd shows it; 0 for one that no process holds.
    pub(crate) inode: u32,
}

/// A state's number in `enum` of include/net/tcp_states.h.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct State(pub(crate) u8);

const STATES: [&str; 13] = [
    "",
    "ESTABLISHED",
    "SYN_SENT",
    "SYN_RECV",
    "FIN_WAIT1",
    "FIN_WAIT2",
    "TIME_WAIT",
    "CLOSE",
    "CLOSE_WAIT",
    "LAST_ACK",
    "LISTEN",
    "CLOSING",
    "NEW_SYN_RECV",
];

impl State {
    pub(crate) const ESTABLISHED: Self = Self(1);
    pub(crate) const CLOSE: Self = Self(7);
    pub(crate) const LISTEN: Self = Self(10);

    /// The kernel's name without `TCP_`; a number not known here as it is.
    pub(crate) fn name(self) -> String {
        STATES
            .get(usize::from(self.0))
            .filter(|name| !name.is_empty())
            .map_or_else(|| self.0.to_string(), ToString::to_string)
    }
}

/// All TCP sockets of both families.
///
/// # Errors
/// What the kernel answers; ENOENT where it lacks tcp_diag.
pub(crate) fn list() -> io::Result<Vec<Socket>> {
    let mut all = dump(libc::AF_INET)?;
    // A kernel may be without IPv6.
    all.extend(dump(libc::AF_INET6).unwrap_or_default());
    Ok(all)
}

/// The socket that listens at this port.
#[cfg(test)]
pub(crate) fn listener(port: u16) -> io::Result<Option<Socket>> {
    Ok(list()?.into_iter().find(|socket| socket.state == State::LISTEN && socket.local.port() == port))
}

fn dump(family: i32) -> io::Result<Vec<Socket>> {
    // struct inet_diag_req_v2: family, protocol, no extensions, every state, any address.
    let mut asked = [0; 56];
    asked[..2].copy_from_slice(&[family, libc::IPPROTO_TCP].map(|number| u8::try_from(number).unwrap_or(0)));
    asked[4..8].copy_from_slice(&u32::MAX.to_ne_bytes());
    let mut all = Vec::new();
    request(NETLINK_SOCK_DIAG, BY_FAMILY, NLM_F_DUMP, &asked, |message| all.extend(socket(message.payload)))?;
    Ok(all)
}

/// Reads struct inet_diag_msg; none for a socket of IPv6 alone.
fn socket(octets: &[u8]) -> Option<Socket> {
    let port = |at: usize| octets.get(at..)?.first_chunk().map(|port| u16::from_be_bytes(*port));
    let address = |at: usize| address(*octets.first()?, octets.get(at..)?.first_chunk()?);
    Some(Socket {
        state: State(*octets.get(1)?),
        local: SocketAddrV4::new(address(8)?, port(4)?),
        remote: SocketAddrV4::new(address(24)?, port(6)?),
        inode: u32::from_ne_bytes(*octets.get(68..)?.first_chunk()?),
    })
}

fn address(family: u8, octets: &[u8; 16]) -> Option<Ipv4Addr> {
    if i32::from(family) == libc::AF_INET {
        return octets.first_chunk::<4>().map(|octets| Ipv4Addr::from(*octets));
    }
    let address = Ipv6Addr::from(*octets);
    if address.is_unspecified() { Some(Ipv4Addr::UNSPECIFIED) } else { address.to_ipv4_mapped() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::netns::live::testing::{inside, sh};
    use std::net::{TcpListener, TcpStream};

    #[test]
    fn they_are_those_that_ss_lists() {
        inside(async || {
            let server = TcpListener::bind("127.0.0.1:0").unwrap();
            let client = TcpStream::connect(server.local_addr().unwrap()).unwrap();
            let both = TcpListener::bind("[::]:7777").unwrap();
            let mut ours: Vec<_> =
                list().unwrap().iter().map(|s| (s.state.name(), s.local.port(), s.remote.port())).collect();
            let mut theirs: Vec<_> = sh("ss -Htan").lines().map(of_ss).collect();
            ours.sort();
            theirs.sort();
            assert_eq!(ours, theirs);
            assert_eq!(ours.len(), 4);
            assert_eq!(listener(7777).unwrap().unwrap().local, "0.0.0.0:7777".parse().unwrap());
            assert_eq!(listener(7778).unwrap(), None);
            drop((both, client));
        });
    }

    fn of_ss(line: &str) -> (String, u16, u16) {
        let fields: Vec<_> = line.split_whitespace().collect();
        let port = |field: &str| field.rsplit_once(':').unwrap().1.parse().unwrap_or(0);
        let state = if fields[0] == "ESTAB" { "ESTABLISHED" } else { fields[0] };
        (state.to_owned(), port(fields[3]), port(fields[4]))
    }
}
