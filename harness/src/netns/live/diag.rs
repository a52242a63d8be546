//! The sockets of a connection, by sock_diag(7): also those that no process holds, which
//! are half open, orphans, or only waiting.

use super::netlink::request;
use super::sockets::{self, State};
use crate::name::{Side, SocketField};
use netlink_packet_core::NLM_F_DUMP;
use netlink_sys::protocols::NETLINK_SOCK_DIAG;
use std::io;
use std::net::SocketAddr;

/// SOCK_DIAG_BY_FAMILY (include/uapi/linux/sock_diag.h).
const BY_FAMILY: u16 = 20;

/// Bits by the numbers of include/net/tcp_states.h, from ESTABLISHED to NEW_SYN_RECV: not
/// LISTEN, nor what is bound and has no connection.
const CONNECTIONS: u32 = 0x1FFE & !(1 << 10);

/// INET_DIAG_INFO (include/uapi/linux/inet_diag.h).
const INFO: u16 = 2;

/// One side of a connection, as its own node names it.
#[derive(Debug, Clone, Copy)]
pub(super) struct End {
    side: Side,
    server: SocketAddr,
}

impl End {
    /// Of the connection to the server at this address: each has a port of its own there.
    pub(super) fn of(side: Side, server: SocketAddr) -> Self {
        Self { side, server }
    }

    /// The client's address may be another to the server, and its port the kernel's choice.
    pub(super) fn is(&self, found: &Found) -> bool {
        match self.side {
            Side::Client => found.remote == self.server,
            Side::Server => found.local.port() == self.server.port(),
        }
    }
}

/// A socket that has, or had, a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) state: State,
    /// `idiag_timer`
    pub(super) timer: u8,
    /// What the timer has repeated: retransmissions, or probes.
    pub(super) retrans: u8,
    /// Milliseconds until the timer fires.
    pub(super) expires: u32,
    /// Octets that wait to be read, and to be acknowledged.
    pub(super) queues: (u32, u32),
    pub(super) local: SocketAddr,
    pub(super) remote: SocketAddr,
    /// TCP_INFO, if it was asked for and there is one.
    pub(super) info: Vec<u8>,
}

/// The sockets of this end in the namespace of the calling thread; of `known` addresses
/// only those.
///
/// # Errors
/// What the kernel answers; ENOENT where it lacks tcp_diag.
pub(super) fn find(end: End, known: Option<(SocketAddr, SocketAddr)>, info: bool) -> io::Result<Vec<Found>> {
    let mut all = Vec::new();
    for family in [libc::AF_INET, libc::AF_INET6] {
        let asked = question(family, Some(end), info);
        let listed = request(NETLINK_SOCK_DIAG, BY_FAMILY, NLM_F_DUMP, &asked, |message| {
            let ours = |found: &Found| known.map_or(end.is(found), |known| (found.local, found.remote) == known);
            all.extend(found(message.payload).filter(ours));
        });
        // A kernel may be without IPv6.
        if family == libc::AF_INET {
            listed?;
        }
    }
    Ok(all)
}

/// All sockets that have, or had, a connection, with TCP_INFO: of IPv4, and with `six` those
/// of IPv6 that speak it, too.
///
/// # Errors
/// As [`find`].
pub(super) fn all(six: bool) -> io::Result<Vec<Found>> {
    let mut all = Vec::new();
    for family in [libc::AF_INET, libc::AF_INET6].into_iter().take(if six { 2 } else { 1 }) {
        let asked = question(family, None, true);
        let listed =
            request(NETLINK_SOCK_DIAG, BY_FAMILY, NLM_F_DUMP, &asked, |message| all.extend(found(message.payload)));
        if family == libc::AF_INET {
            listed?;
        }
    }
    Ok(all)
}

/// `struct inet_diag_req_v2`: family, protocol, extensions, states, and the server's port at
/// its place, if only sockets of that port are wanted.
fn question(family: i32, end: Option<End>, info: bool) -> [u8; 56] {
    let mut asked = [0; 56];
    asked[..2].copy_from_slice(&[family, libc::IPPROTO_TCP].map(|number| u8::try_from(number).unwrap_or(0)));
    asked[2] = if info { 1 << (INFO - 1) } else { 0 };
    asked[4..8].copy_from_slice(&CONNECTIONS.to_ne_bytes());
    if let Some(end) = end {
        let place = if end.side == Side::Server { 8 } else { 10 };
        asked[place..place + 2].copy_from_slice(&end.server.port().to_be_bytes());
    }
    asked
}

/// Reads `struct inet_diag_msg` and what follows it.
fn found(octets: &[u8]) -> Option<Found> {
    let number = |at: usize| octets.get(at..)?.first_chunk().map(|octets| u32::from_ne_bytes(*octets));
    let socket = sockets::socket(octets)?;
    Some(Found {
        state: socket.state,
        timer: *octets.get(2)?,
        retrans: *octets.get(3)?,
        expires: number(52)?,
        queues: (number(56)?, number(60)?),
        local: socket.local,
        remote: socket.remote,
        info: sockets::attribute(octets, INFO).map(<[u8]>::to_vec).unwrap_or_default(),
    })
}

/// What a line calls it: `none` if there is no such socket, nothing if there are several.
pub(super) fn word(field: SocketField, found: &[Found]) -> Option<String> {
    Some(match (found, field) {
        ([], SocketField::State) => SocketField::NONE.to_owned(),
        ([], SocketField::Timer) => "no socket".to_owned(),
        ([one], SocketField::State) => one.state.name(),
        ([one], SocketField::Timer) => SocketField::timer(one.timer).map_or(one.timer.to_string(), ToOwned::to_owned),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::netns::live::testing::{inside, sh};
    use std::net::{TcpListener, TcpStream};
    use std::time::{Duration, Instant};

    /// What `ss -o` says of the sockets of this port: state and timer, in our words.
    fn of_ss(port: &str) -> Words {
        let told = sh(&format!("ss -Htno state connected '( sport = :{port} or dport = :{port} )'"));
        let read = |line: &str| {
            let state = SocketField::State.meant(line.split_whitespace().next().unwrap()).unwrap();
            let timer = line.split_once("timer:(").map_or("none", |(_, rest)| rest.split_once(',').unwrap().0);
            (state.to_owned(), SocketField::Timer.meant(timer).unwrap().to_owned())
        };
        told.lines().map(read).collect()
    }

    fn ours(end: End) -> Words {
        let all = find(end, None, false).unwrap();
        let words = |one: &Found| {
            let word = |field| word(field, std::slice::from_ref(one)).unwrap();
            (word(SocketField::State), word(SocketField::Timer))
        };
        all.iter().map(words).collect()
    }

    type Words = Vec<(String, String)>;

    /// Waits until each end, both of them in one namespace, is told so by us and by ss(8).
    fn becomes(server: SocketAddr, ends: [Words; 2]) {
        let limit = Instant::now() + Duration::from_secs(10);
        let mut wanted: Words = ends.concat();
        wanted.sort();
        loop {
            let told = [Side::Client, Side::Server].map(|side| ours(End::of(side, server)));
            let mut theirs = of_ss(&server.port().to_string());
            theirs.sort();
            if told == ends && theirs == wanted {
                return;
            }
            assert!(Instant::now() < limit, "{ends:?} expected, we tell {told:?}, ss(8) tells {theirs:?}");
        }
    }

    fn pair(state: &str, timer: &str) -> Words {
        vec![(state.to_owned(), timer.to_owned())]
    }

    #[test]
    fn an_idle_connection_is_told_as_ss_tells_it() {
        inside(async || {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            let server = listener.local_addr().unwrap();
            becomes(server, [vec![], vec![]]);
            let client = TcpStream::connect(server).unwrap();
            // Not accepted yet: nobody holds the server's.
            becomes(server, [pair("ESTABLISHED", "none"), pair("ESTABLISHED", "none")]);
            socket2::SockRef::from(&client).set_keepalive(true).unwrap();
            becomes(server, [pair("ESTABLISHED", "keepalive"), pair("ESTABLISHED", "none")]);
            let (accepted, _) = listener.accept().unwrap();
            drop(client);
            becomes(server, [pair("FIN_WAIT2", "timewait"), pair("CLOSE_WAIT", "none")]);
            drop(accepted);
            becomes(server, [pair("TIME_WAIT", "timewait"), vec![]]);
        });
    }

    #[test]
    fn what_is_half_open_or_an_orphan_is_told_too() {
        inside(async || {
            sh("sysctl -qw net.ipv4.tcp_syn_retries=1");
            let listener = TcpListener::bind("127.0.0.1:7001").unwrap();
            let server = listener.local_addr().unwrap();
            // The handshake's last ACK is lost, and all that the client says.
            sh("nft 'table ip t { chain c { type filter hook input priority filter; \
                tcp dport 7001 tcp flags & (syn|ack) == ack drop; }; }'");
            let client = TcpStream::connect(server).unwrap();
            becomes(server, [pair("ESTABLISHED", "none"), pair("SYN_RECV", "retransmit")]);
            drop(client);
            becomes(server, [pair("FIN_WAIT1", "retransmit"), pair("SYN_RECV", "retransmit")]);
        });
    }

    #[test]
    fn a_closed_window_has_its_timer() {
        inside(async || {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            let server = listener.local_addr().unwrap();
            let client = TcpStream::connect(server).unwrap();
            let (_accepted, _) = listener.accept().unwrap();
            client.set_nonblocking(true).unwrap();
            use std::io::Write;
            while (&client).write(&[0; 65536]).is_ok() {}
            becomes(server, [pair("ESTABLISHED", "persist"), pair("ESTABLISHED", "none")]);
            let found = find(End::of(Side::Client, server), None, true).unwrap();
            assert!(found[0].expires > 0 && found[0].queues.1 > 0 && found[0].info.len() > 100, "{found:?}");
            let known = (found[0].local, found[0].remote);
            assert_eq!(find(End::of(Side::Client, server), Some(known), true).unwrap().len(), 1);
            let other = (found[0].remote, found[0].local);
            assert_eq!(find(End::of(Side::Client, server), Some(other), false).unwrap(), []);
        });
    }

    #[test]
    fn of_several_none_is_chosen() {
        inside(async || {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            let server = listener.local_addr().unwrap();
            let _two = [TcpStream::connect(server).unwrap(), TcpStream::connect(server).unwrap()];
            let all = find(End::of(Side::Server, server), None, false).unwrap();
            assert_eq!((all.len(), word(SocketField::State, &all)), (2, None));
            assert_eq!(word(SocketField::State, &[]).as_deref(), Some("none"));
            assert_eq!(word(SocketField::Timer, &[]).as_deref(), Some("no socket"));
        });
    }
}
