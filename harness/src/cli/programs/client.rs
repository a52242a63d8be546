use super::ending::{Ending, Named};
use super::talk::{fail, misused, say};
use super::usage::{Misuse, value};
use socket2::{Domain, Protocol, Socket, TcpKeepalive, Type};
use std::ffi::OsString;
use std::io;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::Duration;

const PROGRAM: &str = "tcp_keepalive_client";
const USAGE: &str = "[-c count] [-d idle] [-i interval] ADDRESS:PORT";

/// The command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Settings {
    address: SocketAddr,
    /// TCP_KEEPIDLE, TCP_KEEPCNT and TCP_KEEPINTVL; the system's where there is none.
    idle: Option<u32>,
    count: Option<u32>,
    interval: Option<u32>,
}

/// Connects, waits until the connection ends, and says how. The status is 0 if the peer
/// closed it, 1 after an error, 2 for a wrong command line.
pub fn main(args: impl Iterator<Item = OsString>) -> ExitCode {
    let settings = match parse(args.map(|arg| arg.to_string_lossy().into_owned())) {
        Ok(settings) => settings,
        Err(misuse) => return misused(PROGRAM, &misuse, USAGE),
    };
    match connection(&settings) {
        Ok(mut socket) => end(&Ending::of(&mut socket)),
        Err(error) => fail(PROGRAM, Named(&error)),
    }
}

/// Reads the options in any order, as getopt(3) does: `-c 3` or `-c3`.
fn parse(mut args: impl Iterator<Item = String>) -> Result<Settings, Misuse> {
    let (mut idle, mut count, mut interval, mut address) = (None, None, None, None);
    while let Some(arg) = args.next() {
        let (option, given) = match arg.split_at_checked(2) {
            Some((option, given)) if option.starts_with('-') => (option, given.to_owned()),
            _ if arg.starts_with('-') => return Err(Misuse::Unknown(arg)),
            _ if address.is_some() => return Err(Misuse::Excess(arg)),
            _ => {
                address = Some(arg.parse().map_err(|_| Misuse::Address(arg))?);
                continue;
            }
        };
        let (name, slot) = match option {
            "-c" => ("TCP_KEEPCNT", &mut count),
            "-d" => ("TCP_KEEPIDLE", &mut idle),
            "-i" => ("TCP_KEEPINTVL", &mut interval),
            _ => return Err(Misuse::Unknown(arg)),
        };
        let given = Some(given).filter(|given| !given.is_empty()).or_else(|| args.next());
        *slot = Some(value(name, &given.ok_or_else(|| Misuse::NoValue(option.to_owned()))?)?);
    }
    let address = address.ok_or(Misuse::Missing("ADDRESS:PORT"))?;
    Ok(Settings { address, idle, count, interval })
}

/// Sets the options, then connects: the first idle time begins with the handshake.
fn connection(settings: &Settings) -> io::Result<Socket> {
    let address = settings.address;
    say(format_args!("connecting to {} port {}", address.ip(), address.port()));
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    set(&socket, settings)?;
    socket.connect(&address.into())?;
    say("connected");
    Ok(socket)
}

/// Sets what the command line gives, and says what getsockopt(2) then reads.
fn set(socket: &Socket, settings: &Settings) -> io::Result<()> {
    socket.set_keepalive(true)?;
    say(format_args!("set SO_KEEPALIVE  = {}", i32::from(socket.keepalive()?)));
    let none = TcpKeepalive::new();
    if let Some(idle) = settings.idle {
        socket.set_tcp_keepalive(&none.clone().with_time(Duration::from_secs(idle.into())))?;
        say(format_args!("set TCP_KEEPIDLE  = {}", socket.tcp_keepalive_time()?.as_secs()));
    }
    if let Some(count) = settings.count {
        socket.set_tcp_keepalive(&none.clone().with_retries(count))?;
        say(format_args!("set TCP_KEEPCNT   = {}", socket.tcp_keepalive_retries()?));
    }
    if let Some(interval) = settings.interval {
        socket.set_tcp_keepalive(&none.with_interval(Duration::from_secs(interval.into())))?;
        say(format_args!("set TCP_KEEPINTVL = {}", socket.tcp_keepalive_interval()?.as_secs()));
    }
    Ok(())
}

fn end(ending: &Ending) -> ExitCode {
    say(ending);
    match ending {
        Ending::Closed => ExitCode::SUCCESS,
        Ending::Failed(_) => ExitCode::FAILURE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Settings, Misuse> {
        parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn options_in_any_order_and_both_forms() {
        let address = SocketAddr::from(([192, 0, 2, 1], 5050));
        let all = Settings { address, idle: Some(10), count: Some(3), interval: Some(5) };
        assert_eq!(parsed("-c 3 -d 10 -i 5 192.0.2.1:5050"), Ok(all));
        assert_eq!(parsed("192.0.2.1:5050 -i5 -d10 -c3"), Ok(all));
        let none = Settings { address, idle: None, count: None, interval: None };
        assert_eq!(parsed("192.0.2.1:5050"), Ok(none));
    }

    #[test]
    fn what_is_wrong_has_its_own_words() {
        let said = |line| parsed(line).unwrap_err().to_string();
        assert_eq!(said(""), "ADDRESS:PORT is missing");
        assert_eq!(said("192.0.2.1"), "`192.0.2.1` is no ADDRESS:PORT, such as 192.0.2.1:5050 or [2001:db8::1]:5050");
        assert_eq!(said("192.0.2.1:1 192.0.2.1:2"), "`192.0.2.1:2` is one argument too many");
        assert_eq!(said("-x 192.0.2.1:1"), "there is no option `-x`");
        assert_eq!(said("- 192.0.2.1:1"), "there is no option `-`");
        assert_eq!(said("-é 192.0.2.1:1"), "there is no option `-é`");
        assert_eq!(said("192.0.2.1:1 -c"), "option `-c` has no value");
        assert_eq!(said("-d 0 192.0.2.1:1"), "`0` is no value for TCP_KEEPIDLE: it takes 1 to 32767");
        assert_eq!(said("-i 32768 192.0.2.1:1"), "`32768` is no value for TCP_KEEPINTVL: it takes 1 to 32767");
        assert_eq!(said("-c 128 192.0.2.1:1"), "`128` is no value for TCP_KEEPCNT: it takes 1 to 127");
        assert_eq!(said("-c three 192.0.2.1:1"), "`three` is no value for TCP_KEEPCNT: it takes 1 to 127");
    }
}
