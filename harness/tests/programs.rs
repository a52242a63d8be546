//! The two programs, run over the loopback interface.

use socket2::SockRef;
use std::io::{BufRead, BufReader, Lines, Write};
use std::net::{Ipv4Addr, Ipv6Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::time::Duration;

const CLIENT: &str = env!("CARGO_BIN_EXE_tcp_keepalive_client");
const SERVER: &str = env!("CARGO_BIN_EXE_tcp_keepalive_server");

/// A program that is read line by line, and killed when the test is over.
struct Running {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Running {
    fn start(program: &str, args: &[&str]) -> Self {
        let mut child = Command::new(program).args(args).stdout(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, lines }
    }

    /// The next line, which comes at once though the output is a pipe.
    fn line(&mut self) -> String {
        self.lines.next().expect("the program said no more").unwrap()
    }

    /// The lines that are left, and the exit status.
    fn end(mut self) -> (Vec<String>, Option<i32>) {
        let lines = self.lines.by_ref().map(Result::unwrap).collect();
        (lines, self.child.wait().unwrap().code())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn run(program: &str, args: &[&str]) -> Output {
    Command::new(program).args(args).output().unwrap()
}

/// The kernel's default for new sockets.
fn sysctl(name: &str) -> String {
    std::fs::read_to_string(format!("/proc/sys/net/ipv4/{name}")).unwrap().trim().to_owned()
}

/// A server on a port of the kernel's choice, after its first lines.
fn server() -> (Running, u16) {
    let mut server = Running::start(SERVER, &["0"]);
    let listening = loop {
        let line = server.line();
        if let Some(port) = line.strip_prefix("listening on port ") {
            break port.parse().unwrap();
        }
    };
    (server, listening)
}

fn listener() -> (TcpListener, String) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap().to_string();
    (listener, address)
}

/// Closing this will send RST.
fn abrupt(stream: &TcpStream) {
    SockRef::from(stream).set_linger(Some(Duration::ZERO)).unwrap();
}

#[test]
fn wrong_usage_is_status_2_and_one_usage_line() {
    let usage = |program: &str| match program {
        CLIENT => "usage: tcp_keepalive_client [-c count] [-d idle] [-i interval] ADDRESS:PORT",
        _ => "usage: tcp_keepalive_server PORT",
    };
    let cases: [(&str, &[&str], &str); 9] = [
        (CLIENT, &[], "ADDRESS:PORT is missing"),
        (CLIENT, &["localhost"], "`localhost` is no ADDRESS:PORT, such as 192.0.2.1:5050 or [2001:db8::1]:5050"),
        (CLIENT, &["-x", "127.0.0.1:1"], "there is no option `-x`"),
        (CLIENT, &["-c", "0", "127.0.0.1:1"], "`0` is no value for TCP_KEEPCNT: it takes 1 to 127"),
        (CLIENT, &["-d", "32768", "127.0.0.1:1"], "`32768` is no value for TCP_KEEPIDLE: it takes 1 to 32767"),
        (CLIENT, &["-i", "-1", "127.0.0.1:1"], "`-1` is no value for TCP_KEEPINTVL: it takes 1 to 32767"),
        (SERVER, &[], "PORT is missing"),
        (SERVER, &["http"], "`http` is no port: it takes 0 to 65535"),
        (SERVER, &["1", "2"], "`2` is one argument too many"),
    ];
    for (program, args, error) in cases {
        let output = run(program, args);
        let stderr = String::from_utf8(output.stderr).unwrap();
        let name = program.rsplit('/').next().unwrap();
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert_eq!(stderr, format!("{name}: {error}\n{}\n", usage(program)), "{args:?}");
        assert_eq!(output.stdout, b"", "{args:?}");
    }
}

#[test]
fn the_client_says_what_it_sets_and_that_the_peer_closed() {
    let (listener, address) = listener();
    let client = Running::start(CLIENT, &["-c", "3", "-d", "10", "-i", "5", &address]);
    let (mut stream, _) = listener.accept().unwrap();
    stream.write_all(b"data is no ending").unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    let (lines, status) = client.end();
    let port = listener.local_addr().unwrap().port();
    let expected = [
        &format!("connecting to 127.0.0.1 port {port}"),
        "set SO_KEEPALIVE  = 1",
        "set TCP_KEEPIDLE  = 10",
        "set TCP_KEEPCNT   = 3",
        "set TCP_KEEPINTVL = 5",
        "connected",
        "closed by the peer",
    ];
    assert_eq!(lines, expected);
    assert_eq!(status, Some(0));
}

#[test]
fn the_client_leaves_alone_what_it_is_not_told() {
    let (listener, address) = listener();
    let client = Running::start(CLIENT, &["-i", "32767", &address]);
    drop(listener.accept().unwrap());
    let (lines, _) = client.end();
    assert_eq!(lines[1..3], ["set SO_KEEPALIVE  = 1", "set TCP_KEEPINTVL = 32767"]);
    assert_eq!(lines[3], "connected");
}

#[test]
fn the_client_names_the_error() {
    let (listener, address) = listener();
    let client = Running::start(CLIENT, &[&address]);
    let (stream, _) = listener.accept().unwrap();
    abrupt(&stream);
    drop(stream);
    let (lines, status) = client.end();
    assert_eq!(lines.last().unwrap(), "ECONNRESET (Connection reset by peer)");
    assert_eq!(status, Some(1));
}

#[test]
fn the_client_says_that_nobody_listens() {
    let (listener, address) = listener();
    drop(listener);
    let output = run(CLIENT, &[&address]);
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(stderr, "tcp_keepalive_client: ECONNREFUSED (Connection refused)\n");
    assert_eq!(output.status.code(), Some(1));
    assert!(!String::from_utf8(output.stdout).unwrap().contains("connected\n"));
}

#[test]
fn the_server_says_what_the_system_has() {
    let mut server = Running::start(SERVER, &["0"]);
    let lines: Vec<_> = (0..5).map(|_| server.line()).collect();
    let expected = [
        "SO_KEEPALIVE default is OFF",
        "SO_KEEPALIVE is ON",
        &format!("TCP_KEEPIDLE is {}", sysctl("tcp_keepalive_time")),
        &format!("TCP_KEEPCNT is {}", sysctl("tcp_keepalive_probes")),
        &format!("TCP_KEEPINTVL is {}", sysctl("tcp_keepalive_intvl")),
    ];
    assert_eq!(lines, expected);
    assert!(server.line().starts_with("listening on port "));
}

#[test]
fn the_server_says_of_each_client_how_it_ended() {
    let (mut server, port) = server();
    let connect = || {
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
        let address = stream.local_addr().unwrap();
        (stream, address)
    };
    let (first, first_address) = connect();
    assert_eq!(server.line(), format!("{first_address} connected"));
    let (second, second_address) = connect();
    assert_eq!(server.line(), format!("{second_address} connected"));
    abrupt(&second);
    drop(second);
    assert_eq!(server.line(), format!("{second_address} ECONNRESET (Connection reset by peer)"));
    drop(first);
    assert_eq!(server.line(), format!("{first_address} closed by the peer"));
}

#[test]
fn the_server_hears_ipv6_where_there_is_any() {
    let any: SocketAddr = (Ipv6Addr::LOCALHOST, 0).into();
    if TcpListener::bind(any).is_err() {
        eprintln!("skipped: this machine has no IPv6");
        return;
    }
    let (mut server, port) = server();
    let stream = TcpStream::connect((Ipv6Addr::LOCALHOST, port)).unwrap();
    assert_eq!(server.line(), format!("{} connected", stream.local_addr().unwrap()));
}

#[test]
fn a_taken_port_is_an_error() {
    let (server, port) = server();
    let output = run(SERVER, &[&port.to_string()]);
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(stderr, "tcp_keepalive_server: EADDRINUSE (Address already in use)\n");
    assert_eq!(output.status.code(), Some(1));
    drop(server);
}

#[test]
fn the_two_programs_meet() {
    let (mut server, port) = server();
    let mut client = Running::start(CLIENT, &["-d", "7", &format!("127.0.0.1:{port}")]);
    while client.line() != "connected" {}
    assert!(server.line().ends_with(" connected"));
    drop(server);
    let (lines, status) = client.end();
    assert_eq!((lines, status), (vec!["closed by the peer".to_owned()], Some(0)));
}
