//! The TCP sockets of the calling thread's namespace, by sock_diag(7).

use super::netlink::request;
use netlink_packet_core::NLM_F_DUMP;
use netlink_sys::protocols::NETLINK_SOCK_DIAG;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// SOCK_DIAG_BY_FAMILY (include/uapi/linux/sock_diag.h).
const BY_FAMILY: u16 = 20;

/// One TCP socket. An IPv6 socket that speaks IPv4 counts as one of IPv4.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Socket {
    pub(crate) state: State,
    pub(crate) local: SocketAddr,
    pub(crate) remote: SocketAddr,
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

/// TCP_INFO of the connection that goes by these addresses.
///
/// # Errors
/// There is no such connection; what the kernel answers.
pub(crate) fn info(local: SocketAddr, remote: SocketAddr) -> io::Result<Vec<u8>> {
    let mut found = None;
    for family in [libc::AF_INET, libc::AF_INET6] {
        ask(family, 1 << (INFO - 1), &mut |octets| {
            if socket(octets).is_some_and(|socket| socket.local == local && socket.remote == remote) {
                found = attribute(octets, INFO).map(<[u8]>::to_vec);
            }
        })?;
    }
    found.ok_or_else(|| io::Error::new(io::ErrorKind::NotConnected, "there is no such connection any more"))
}

/// INET_DIAG_INFO (include/uapi/linux/inet_diag.h).
const INFO: u16 = 2;

/// Where the attributes begin: after struct inet_diag_msg.
const ATTRIBUTES: usize = 72;

/// The content of the attribute of this kind (struct rtattr).
pub(super) fn attribute(octets: &[u8], kind: u16) -> Option<&[u8]> {
    let mut rest = octets.get(ATTRIBUTES..)?;
    while let Some([a, b, c, d]) = rest.first_chunk::<4>() {
        let length = usize::from(u16::from_ne_bytes([*a, *b]));
        if u16::from_ne_bytes([*c, *d]) == kind {
            return rest.get(4..length);
        }
        rest = rest.get(length.max(4).next_multiple_of(4)..)?;
    }
    None
}

fn dump(family: i32) -> io::Result<Vec<Socket>> {
    let mut all = Vec::new();
    ask(family, 0, &mut |octets| all.extend(socket(octets)))?;
    Ok(all)
}

/// Tells of each socket of this family, with what `extensions` asks for.
fn ask(family: i32, extensions: u8, each: &mut dyn FnMut(&[u8])) -> io::Result<()> {
    // struct inet_diag_req_v2: family, protocol, extensions, every state, any address.
    let mut asked = [0; 56];
    asked[..2].copy_from_slice(&[family, libc::IPPROTO_TCP].map(|number| u8::try_from(number).unwrap_or(0)));
    asked[2] = extensions;
    asked[4..8].copy_from_slice(&u32::MAX.to_ne_bytes());
    request(NETLINK_SOCK_DIAG, BY_FAMILY, NLM_F_DUMP, &asked, |message| each(message.payload))
}

/// Reads struct inet_diag_msg.
pub(super) fn socket(octets: &[u8]) -> Option<Socket> {
    let port = |at: usize| octets.get(at..)?.first_chunk().map(|port| u16::from_be_bytes(*port));
    let address = |at: usize| address(*octets.first()?, octets.get(at..)?.first_chunk()?);
    Some(Socket {
        state: State(*octets.get(1)?),
        local: SocketAddr::new(address(8)?, port(4)?),
        remote: SocketAddr::new(address(24)?, port(6)?),
        inode: u32::from_ne_bytes(*octets.get(68..)?.first_chunk()?),
    })
}

fn address(family: u8, octets: &[u8; 16]) -> Option<IpAddr> {
    if i32::from(family) == libc::AF_INET {
        return octets.first_chunk::<4>().map(|octets| Ipv4Addr::from(*octets).into());
    }
    Some(Ipv6Addr::from(*octets).to_canonical())
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
            assert_eq!(listener(7777).unwrap().unwrap().local, "[::]:7777".parse().unwrap());
            assert_eq!(listener(7778).unwrap(), None);
            let (ours, theirs) = (client.local_addr().unwrap(), client.peer_addr().unwrap());
            let info = info(ours, theirs).unwrap();
            let mss = sh(&format!("ss -Htin sport = :{}", ours.port()))
                .split_once(" mss:")
                .unwrap()
                .1
                .split(' ')
                .next()
                .unwrap()
                .to_owned();
            assert_eq!(crate::name::TcpInfo::find("snd_mss").unwrap().of(&info).unwrap().to_string(), mss);
            assert_eq!(info[0], State::ESTABLISHED.0);
            drop((both, client));
        });
    }

    #[test]
    fn a_connection_over_ipv6_goes_by_its_addresses() {
        inside(async || {
            let server = TcpListener::bind("[::1]:0").unwrap();
            let client = TcpStream::connect(server.local_addr().unwrap()).unwrap();
            let (ours, theirs) = (client.local_addr().unwrap(), client.peer_addr().unwrap());
            let wanted = |socket: &&Socket| (socket.local, socket.remote) == (ours, theirs);
            assert_eq!(list().unwrap().iter().find(wanted).map(|socket| socket.state), Some(State::ESTABLISHED));
            assert_eq!(info(ours, theirs).unwrap()[0], State::ESTABLISHED.0);
            assert!(info(theirs, "[::1]:9".parse().unwrap()).is_err());
        });
    }

    #[test]
    fn an_ipv6_socket_that_speaks_ipv4_counts_as_one_of_it() {
        inside(async || {
            let server = TcpListener::bind("[::]:0").unwrap();
            let port = server.local_addr().unwrap().port();
            let client = TcpStream::connect(("127.0.0.1", port)).unwrap();
            let (here, there) = (client.peer_addr().unwrap(), client.local_addr().unwrap());
            let accepted = |socket: &&Socket| (socket.local, socket.remote) == (here, there);
            assert!(list().unwrap().iter().find(accepted).is_some());
        });
    }

    fn of_ss(line: &str) -> (String, u16, u16) {
        let fields: Vec<_> = line.split_whitespace().collect();
        let port = |field: &str| field.rsplit_once(':').unwrap().1.parse().unwrap_or(0);
        let state = if fields[0] == "ESTAB" { "ESTABLISHED" } else { fields[0] };
        (state.to_owned(), port(fields[3]), port(fields[4]))
    }
}
