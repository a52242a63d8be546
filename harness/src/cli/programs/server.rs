use super::ending::{Ending, Named};
use super::talk::{fail, misused, say};
use super::usage::Misuse;
use socket2::{Domain, Protocol, Socket, Type};
use std::ffi::OsString;
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream};
use std::process::ExitCode;
use std::thread;

const PROGRAM: &str = "tcp_keepalive_server";
const USAGE: &str = "PORT";

/// listen(2)'s queue: as many clients as may come while none is accepted.
const BACKLOG: i32 = 128;

/// Listens, accepts clients until it is killed, and says of each how its connection
/// ended. The status is 1 after an error, 2 for a wrong command line.
///
/// A client's end never ends the server: SIGPIPE is ignored, as Rust's runtime has it
/// before `main`.
pub fn main(args: impl Iterator<Item = OsString>) -> ExitCode {
    let port = match parse(args.map(|arg| arg.to_string_lossy().into_owned())) {
        Ok(port) => port,
        Err(misuse) => return misused(PROGRAM, &misuse, USAGE),
    };
    match serve(port) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(PROGRAM, Named(&error)),
    }
}

/// Reads the port; 0 lets the kernel choose one.
fn parse(mut args: impl Iterator<Item = String>) -> Result<u16, Misuse> {
    let port = args.next().ok_or(Misuse::Missing("PORT"))?;
    let number = port.parse().map_err(|_| Misuse::Port(port))?;
    args.next().map_or(Ok(number), |more| Err(Misuse::Excess(more)))
}

/// Listens on every address of both families, each with a socket of its own: an IPv4
/// client then has an IPv4 socket. Where there is no IPv6, IPv4 alone will do.
fn serve(port: u16) -> io::Result<()> {
    let socket = tcp(Domain::IPV4)?;
    keepalive(&socket)?;
    let listener = listen(socket, SocketAddr::from((Ipv4Addr::UNSPECIFIED, port)))?;
    let port = listener.local_addr()?.port();
    let other = tcp(Domain::IPV6).and_then(|socket| {
        socket.set_only_v6(true)?;
        socket.set_keepalive(true)?;
        listen(socket, SocketAddr::from((Ipv6Addr::UNSPECIFIED, port)))
    });
    say(format_args!("listening on port {port}"));
    if let Ok(other) = other {
        thread::Builder::new().spawn(move || accept(&other).map_err(|error| fail(PROGRAM, Named(&error))))?;
    }
    accept(&listener)
}

fn tcp(domain: Domain) -> io::Result<Socket> {
    Socket::new(domain, Type::STREAM, Some(Protocol::TCP))
}

/// Turns keepalive on, and says what it was and what the system's numbers are. Accepted
/// sockets inherit all of them (net/core/sock.c, `sk_clone_lock`).
fn keepalive(socket: &Socket) -> io::Result<()> {
    let state = |on| if on { "ON" } else { "OFF" };
    say(format_args!("SO_KEEPALIVE default is {}", state(socket.keepalive()?)));
    socket.set_keepalive(true)?;
    say(format_args!("SO_KEEPALIVE is {}", state(socket.keepalive()?)));
    say(format_args!("TCP_KEEPIDLE is {}", socket.tcp_keepalive_time()?.as_secs()));
    say(format_args!("TCP_KEEPCNT is {}", socket.tcp_keepalive_retries()?));
    say(format_args!("TCP_KEEPINTVL is {}", socket.tcp_keepalive_interval()?.as_secs()));
    Ok(())
}

/// A server that was started again gets its port though old connections linger.
fn listen(socket: Socket, address: SocketAddr) -> io::Result<TcpListener> {
    socket.set_reuse_address(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}

/// Hands each client to a thread. One that was gone before it was accepted is no error
/// of the server's (accept(2), "Error handling").
fn accept(listener: &TcpListener) -> io::Result<()> {
    loop {
        match listener.accept() {
            Ok((stream, client)) => {
                say(format_args!("{client} connected"));
                thread::Builder::new().spawn(move || attend(stream, client))?;
            }
            Err(error) if is_of_one_client(&error) => {}
            Err(error) => return Err(error),
        }
    }
}

fn is_of_one_client(error: &io::Error) -> bool {
    use io::ErrorKind as Kind;
    let network = matches!(error.kind(), Kind::NetworkDown | Kind::NetworkUnreachable | Kind::HostUnreachable);
    network || matches!(error.kind(), Kind::ConnectionAborted | Kind::ConnectionReset | Kind::Interrupted)
}

fn attend(mut stream: TcpStream, client: SocketAddr) {
    let ending = Ending::of(&mut stream);
    say(format_args!("{client} {ending}"));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<u16, Misuse> {
        parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn one_port() {
        assert_eq!(parsed("5050"), Ok(5050));
        assert_eq!(parsed("0"), Ok(0));
    }

    #[test]
    fn what_is_wrong_has_its_own_words() {
        let said = |line| parsed(line).unwrap_err().to_string();
        assert_eq!(said(""), "PORT is missing");
        assert_eq!(said("65536"), "`65536` is no port: it takes 0 to 65535");
        assert_eq!(said("-1"), "`-1` is no port: it takes 0 to 65535");
        assert_eq!(said("5050 5051"), "`5051` is one argument too many");
    }
}
