use super::endpoint::Handle;
use super::sockets::{self, State};
use crate::name::{Side, TcpInfo};
use crate::plan::ReadingKind;
use std::fs;
use std::io;
use std::net::SocketAddr;

/// Whose state or option is read.
#[derive(Clone, Copy)]
pub(crate) enum Subject<'a> {
    /// A sysctl has none.
    Node,
    Endpoint(&'a Handle),
    /// A real program's connection, as its own side names it.
    Program {
        local: SocketAddr,
        remote: SocketAddr,
    },
}

/// Why a reading was not taken.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReadingError {
    #[error("read {what}: {source}")]
    Kernel { what: String, source: io::Error },
    #[error("read {what}: a real program's sockets are its own")]
    NotOurs { what: String },
    #[error("read the socket of the {side}: there are {count}, and which one is meant is not known")]
    Several { side: Side, count: usize },
    #[error("read {what}: there is no endpoint")]
    NoEndpoint { what: String },
}

/// Takes a reading, on the thread of the node that it is about.
///
/// # Errors
/// The kernel's answer, or a subject that has no such thing.
pub(crate) fn take(kind: &ReadingKind, subject: Subject<'_>) -> Result<String, ReadingError> {
    match (kind, subject) {
        (ReadingKind::Sysctl { key, .. }, _) => sysctl(key),
        (ReadingKind::Counter { name, .. }, _) => counter(name),
        (ReadingKind::Info { name, .. }, Subject::Endpoint(handle)) => {
            field(name, &handle.info().map_err(|source| kernel("TCP_INFO", source))?)
        }
        (ReadingKind::Info { name, .. }, Subject::Program { local, remote }) => {
            let info = sockets::info(local, remote).map_err(|source| kernel("TCP_INFO", source))?;
            field(name, &info)
        }
        (ReadingKind::Option { name, level, number, .. }, Subject::Endpoint(handle)) => {
            let value = handle.get_option(*level, *number).map_err(|source| kernel(name, source))?;
            Ok(value.to_string())
        }
        (ReadingKind::Option { name, .. }, Subject::Program { .. }) => {
            Err(ReadingError::NotOurs { what: name.clone() })
        }
        (ReadingKind::Alive { .. }, Subject::Endpoint(handle)) => {
            handle.state().map(alive).map_err(|source| kernel("TCP_INFO", source))
        }
        (ReadingKind::Alive { .. }, Subject::Program { local, remote }) => state(local, remote),
        (ReadingKind::Option { name, .. } | ReadingKind::Info { name, .. }, Subject::Node) => {
            Err(ReadingError::NoEndpoint { what: name.clone() })
        }
        (ReadingKind::Alive { .. }, Subject::Node) => Err(ReadingError::NoEndpoint { what: "TCP_INFO".to_owned() }),
        // Neither is about an endpoint: they are read elsewhere.
        (ReadingKind::Socket { .. } | ReadingKind::Packets { .. }, _) => {
            Err(ReadingError::NoEndpoint { what: "it".to_owned() })
        }
    }
}

pub(super) fn kernel(what: &str, source: io::Error) -> ReadingError {
    ReadingError::Kernel { what: what.to_owned(), source }
}

/// Fields are parted by tabs in some; a sysctl of net is that of the thread's namespace.
fn sysctl(key: &str) -> Result<String, ReadingError> {
    let path = format!("/proc/sys/{}", key.replace('.', "/"));
    let text = fs::read_to_string(&path).map_err(|source| kernel(key, source))?;
    Ok(text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// How much it has grown: a namespace's counters begin at 0.
fn counter(name: &str) -> Result<String, ReadingError> {
    for path in ["/proc/thread-self/net/snmp", "/proc/thread-self/net/netstat"] {
        let text = fs::read_to_string(path).map_err(|source| kernel(path, source))?;
        if let Some(value) = count(&text, name) {
            return Ok(format!("+{value}"));
        }
    }
    Err(kernel(name, io::Error::new(io::ErrorKind::NotFound, "this kernel has no such counter")))
}

/// Lines come in pairs, of names and of values: `Tcp: InSegs OutSegs` and `Tcp: 1 2`.
fn count(text: &str, name: &str) -> Option<u64> {
    let lines: Vec<&str> =
        text.lines().filter(|line| line.starts_with("Tcp: ") || line.starts_with("TcpExt: ")).collect();
    lines.chunks(2).find_map(|pair| {
        let [names, values] = pair else { return None };
        let at = names.split(' ').position(|known| known == name)?;
        values.split(' ').nth(at)?.parse().ok()
    })
}

fn field(name: &str, info: &[u8]) -> Result<String, ReadingError> {
    let value = TcpInfo::find(name).and_then(|field| field.of(info));
    let missing = || kernel(name, io::Error::new(io::ErrorKind::NotFound, "this kernel's TCP_INFO has no such field"));
    value.map(|value| value.to_string()).ok_or_else(missing)
}

/// A connection that is in no list any more is closed.
fn state(local: SocketAddr, remote: SocketAddr) -> Result<String, ReadingError> {
    let all = sockets::list().map_err(|source| kernel("the list of sockets", source))?;
    let found = all.iter().find(|socket| socket.local == local && socket.remote == remote);
    Ok(alive(found.map_or(State::CLOSE, |socket| socket.state).name()))
}

fn alive(state: String) -> String {
    if state == State::ESTABLISHED.name() { "alive".to_owned() } else { state }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::name::NodeName;
    use crate::netns::live::testing::{inside, sh};

    fn sysctl_of(key: &str) -> Result<String, ReadingError> {
        take(&ReadingKind::Sysctl { node: NodeName::new("a").unwrap(), key: key.to_owned() }, Subject::Node)
    }

    #[test]
    fn a_counter_is_the_namespaces_own_and_counts_from_its_beginning() {
        let of = |name: &str| {
            take(&ReadingKind::Counter { node: NodeName::new("a").unwrap(), name: name.to_owned() }, Subject::Node)
        };
        inside(async move || {
            assert_eq!(of("ActiveOpens").unwrap(), "+0");
            let refused = std::net::TcpStream::connect("127.0.0.1:1");
            assert!(refused.is_err());
            assert_eq!(of("ActiveOpens").unwrap(), "+1");
            assert_eq!(of("AttemptFails").unwrap(), "+1");
            assert_eq!(of("TCPKeepAlive").unwrap(), "+0");
            // nstat(8) reads them by itself.
            assert!(sh("nstat -asz TcpOutRsts").contains("TcpOutRsts                      1"), "{}", sh("nstat -asz"));
            assert_eq!(of("OutRsts").unwrap(), "+1");
            assert!(of("NoSuch").unwrap_err().to_string().contains("NoSuch"));
        });
    }

    #[test]
    fn a_sysctl_is_the_namespaces_own() {
        inside(async || {
            sh("sysctl -qw net.ipv4.tcp_keepalive_time=4711");
            assert_eq!(sysctl_of("net.ipv4.tcp_keepalive_time").unwrap(), "4711");
            assert_eq!(sysctl_of("net.ipv4.ip_local_port_range").unwrap(), "32768 60999");
            let error = sysctl_of("net.ipv4.no_such").unwrap_err().to_string();
            assert_eq!(error, "read net.ipv4.no_such: No such file or directory (os error 2)");
        });
        assert_ne!(sysctl_of("net.ipv4.tcp_keepalive_time").unwrap(), "4711");
    }
}
