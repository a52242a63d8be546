use super::*;
use crate::name::{NodeName, SocketOption};
use crate::netns::live::reading::{Subject, take};
use crate::netns::live::testing::{Seen, inside, sh};
use crate::plan::{EndpointPlan, OptionPlan, ReadingKind};
use crate::time::LabTime;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

const SERVER: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 5050);

fn plan(side: Side) -> EndpointPlan {
    EndpointPlan {
        connection: 0,
        side,
        node: NodeName::new("a").unwrap(),
        address: Ipv4Addr::LOCALHOST.into(),
        forwarded: None,
        port: (side == Side::Server).then_some(SERVER.port()),
        options: vec![],
        program: None,
        reads: true,
        accepts: true,
        backlog: 16,
    }
}

fn option(name: &str, value: i32) -> OptionPlan {
    let option = SocketOption::find(name).unwrap();
    OptionPlan { name: name.to_owned(), level: option.level, number: option.number, value }
}

fn keepalive(idle: i32, interval: i32, count: i32) -> Vec<OptionPlan> {
    [("SO_KEEPALIVE", 1), ("TCP_KEEPIDLE", idle), ("TCP_KEEPINTVL", interval), ("TCP_KEEPCNT", count)]
        .map(|(name, value)| option(name, value))
        .to_vec()
}

/// Both endpoints, connected.
async fn pair(client: EndpointPlan, server: EndpointPlan, seen: &Seen) -> (Handle, Handle) {
    let server = listen(&server, seen.clock, seen.sink.clone()).unwrap();
    let client = connect(&client, SERVER, seen.clock, seen.sink.clone()).unwrap();
    assert!(client.connected().await && server.connected().await);
    (client, server)
}

async fn plain(seen: &Seen) -> (Handle, Handle) {
    pair(plan(Side::Client), plan(Side::Server), seen).await
}

/// All outcomes of one side so far.
fn outcomes(seen: &Seen, of: Side) -> Vec<Outcome> {
    let outcome = |kind| match kind {
        EventKind::Outcome { side, outcome } if side == of => Some(outcome),
        _ => None,
    };
    seen.events().into_iter().filter_map(outcome).collect()
}

async fn errno(seen: &mut Seen) -> (LabTime, Errno) {
    let (at, kind) =
        seen.event("errno", |kind| matches!(kind, EventKind::Outcome { outcome: Outcome::Errno(_), .. })).await;
    let EventKind::Outcome { outcome: Outcome::Errno(errno), .. } = kind else { unreachable!() };
    (at, errno)
}

const fn number(errno: i32) -> Outcome {
    Outcome::Errno(Errno(errno))
}

fn alive(handle: &Handle) -> String {
    take(&ReadingKind::Alive { side: Side::Client }, Subject::Endpoint(handle)).unwrap()
}

/// From now on whoever sends hears nothing.
fn drop_all() {
    sh("nft 'table ip f { chain i { type filter hook input priority 0; meta l4proto tcp drop\n }\n }'");
}

#[test]
fn both_say_what_they_saw() {
    inside(async || {
        let mut seen = Seen::new();
        let (client, server) = plain(&seen).await;
        client.send(5).unwrap();
        seen.event("5 bytes", |kind| *kind == EventKind::Outcome { side: Side::Server, outcome: Outcome::Bytes(5) })
            .await;
        assert_eq!(alive(&client), "alive");
        assert_eq!(client.local().unwrap().ip(), SERVER.ip());
        server.close().await.unwrap();
        seen.event("EOF", |kind| *kind == EventKind::Outcome { side: Side::Client, outcome: Outcome::Eof }).await;
        assert_eq!(alive(&client), "CLOSE_WAIT");
        assert!(matches!(server.send(1), Err(EndpointError::NoConnection { side: Side::Server })));
        client.shutdown().unwrap();
        seen.wait(Duration::from_millis(50)).await;
        assert_eq!(outcomes(&seen, Side::Client), [Outcome::Connected, Outcome::Eof]);
        assert_eq!(outcomes(&seen, Side::Server), [Outcome::Connected, Outcome::Bytes(5)]);
    });
}

#[test]
fn nobody_listens() {
    inside(async || {
        let mut seen = Seen::new();
        let client = connect(&plan(Side::Client), SERVER, seen.clock, seen.sink.clone()).unwrap();
        assert!(!client.connected().await);
        seen.wait(Duration::from_millis(10)).await;
        assert_eq!(outcomes(&seen, Side::Client), [number(libc::ECONNREFUSED)]);
        assert_eq!(alive(&client), "CLOSE");
        let elsewhere = EndpointPlan { address: [10, 9, 9, 9].into(), ..plan(Side::Server) };
        let error = listen(&elsewhere, seen.clock, seen.sink.clone()).err().unwrap().to_string();
        assert_eq!(error, "bind to 10.9.9.9:5050: Cannot assign requested address (os error 99)");
    });
}

#[test]
fn options_are_as_ss_and_getsockopt_read_them() {
    inside(async || {
        let seen = Seen::new();
        let options = [keepalive(7, 3, 2), vec![option("TCP_USER_TIMEOUT", 12_000)]].concat();
        let client = EndpointPlan { options: options.clone(), port: Some(40_001), ..plan(Side::Client) };
        let server = EndpointPlan { options, ..plan(Side::Server) };
        let (client, server) = pair(client, server, &seen).await;
        for handle in [&client, &server] {
            for (name, value) in
                [("TCP_KEEPIDLE", 7), ("TCP_KEEPINTVL", 3), ("TCP_KEEPCNT", 2), ("TCP_USER_TIMEOUT", 12_000)]
            {
                let option = option(name, 0);
                assert_eq!(handle.get_option(option.level, option.number).unwrap(), value, "{name}");
            }
        }
        let listed = sh("ss -Htno state established");
        let timers = ["timer:(keepalive,6.", "timer:(keepalive,7sec"].map(|timer| listed.matches(timer).count());
        assert_eq!(timers.iter().sum::<usize>(), 2, "{listed}");
        assert!(listed.contains("127.0.0.1:40001"), "{listed}");
        client.set_option(&option("TCP_KEEPIDLE", 9)).unwrap();
        let kind = ReadingKind::Option { side: Side::Client, name: "TCP_KEEPIDLE".to_owned(), level: 6, number: 4 };
        assert_eq!(take(&kind, Subject::Endpoint(&client)).unwrap(), "9");
        let error = client.set_option(&option("TCP_KEEPIDLE", 0)).unwrap_err().to_string();
        assert_eq!(error, "set TCP_KEEPIDLE = 0: Invalid argument (os error 22)");
    });
}

#[test]
fn a_dead_peer_is_told_once() {
    inside(async || {
        let mut seen = Seen::new();
        let client = EndpointPlan { options: keepalive(1, 1, 1), ..plan(Side::Client) };
        let (client, _server) = pair(client, plan(Side::Server), &seen).await;
        let connected = seen.clock.now();
        drop_all();
        let (at, error) = errno(&mut seen).await;
        // Idle and one interval, each late by at most 32 ms at HZ=250 and some scheduling.
        let took = at.since(connected);
        assert!(took > Duration::from_secs(2) && took < Duration::from_millis(2150), "{took:?}");
        assert_eq!((error, alive(&client).as_str()), (Errno(libc::ETIMEDOUT), "CLOSE"));
        client.send(5).unwrap();
        client.send(5).unwrap();
        seen.wait(Duration::from_millis(50)).await;
        let all = [Outcome::Connected, number(libc::ETIMEDOUT), number(libc::EPIPE), number(libc::EPIPE)];
        assert_eq!(outcomes(&seen, Side::Client), all);
        assert_eq!(outcomes(&seen, Side::Server), [Outcome::Connected]);
    });
}

#[test]
fn who_does_not_read_learns_of_it_by_writing() {
    inside(async || {
        let mut seen = Seen::new();
        let client = EndpointPlan { options: keepalive(1, 1, 1), reads: false, ..plan(Side::Client) };
        let (client, _server) = pair(client, plan(Side::Server), &seen).await;
        drop_all();
        seen.wait(Duration::from_millis(2300)).await;
        assert_eq!(outcomes(&seen, Side::Client), [Outcome::Connected]);
        client.send(5).unwrap();
        client.send(5).unwrap();
        // The error is gone, and what is left is an end (tcp_recvmsg).
        client.read(None).await.unwrap();
        seen.wait(Duration::from_millis(20)).await;
        let all = [Outcome::Connected, number(libc::ETIMEDOUT), number(libc::EPIPE), Outcome::Eof];
        assert_eq!(outcomes(&seen, Side::Client), all);
    });
}

#[test]
fn killed_with_unread_data_it_resets_and_without_it_ends() {
    inside(async || {
        for (unread, last) in [(true, number(libc::ECONNRESET)), (false, Outcome::Eof)] {
            let mut seen = Seen::new();
            let (client, server) = plain(&seen).await;
            server.freeze();
            if unread {
                client.send(5).unwrap();
                seen.wait(Duration::from_millis(20)).await;
            }
            server.kill().await;
            seen.wait(Duration::from_millis(20)).await;
            assert_eq!(outcomes(&seen, Side::Client), [Outcome::Connected, last]);
            assert_eq!(outcomes(&seen, Side::Server), [Outcome::Connected]);
            assert_eq!(sh("ss -Htln").lines().count(), 0);
        }
    });
}

#[test]
fn a_frozen_endpoint_is_acknowledged_for() {
    inside(async || {
        let mut seen = Seen::new();
        let client = EndpointPlan { options: keepalive(1, 1, 1), ..plan(Side::Client) };
        let (client, server) = pair(client, plan(Side::Server), &seen).await;
        server.freeze();
        client.send(700).unwrap();
        seen.wait(Duration::from_millis(2500)).await;
        // Received by its kernel, and probes answered: it would be dead by now.
        assert!(sh("ss -Htn state established").lines().any(|line| line.starts_with("700 ")));
        assert_eq!(alive(&client), "alive");
        assert_eq!(outcomes(&seen, Side::Server), [Outcome::Connected]);
        server.thaw();
        seen.event("700 bytes", |kind| matches!(kind, EventKind::Outcome { outcome: Outcome::Bytes(700), .. })).await;
    });
}

#[test]
fn a_frozen_listener_accepts_when_it_thaws() {
    inside(async || {
        let mut seen = Seen::new();
        let server = listen(&plan(Side::Server), seen.clock, seen.sink.clone()).unwrap();
        server.freeze();
        let client = connect(&plan(Side::Client), SERVER, seen.clock, seen.sink.clone()).unwrap();
        assert!(client.connected().await);
        seen.wait(Duration::from_millis(50)).await;
        assert_eq!(outcomes(&seen, Side::Server), []);
        server.thaw();
        assert!(server.connected().await);
    });
}

#[test]
fn more_than_the_kernel_takes_follows_by_itself() {
    inside(async || {
        const ALL: u32 = 20_000_000;
        let mut seen = Seen::new();
        let server = EndpointPlan { reads: false, ..plan(Side::Server) };
        let (client, server) = pair(plan(Side::Client), server, &seen).await;
        client.send(ALL - 7).unwrap();
        client.send(7).unwrap();
        server.read(Some(ALL)).await.unwrap();
        seen.wait(Duration::ZERO).await;
        assert_eq!(outcomes(&seen, Side::Server), [Outcome::Connected, Outcome::Bytes(ALL.into())]);
    });
}

#[test]
fn a_read_takes_as_many_as_it_is_told() {
    inside(async || {
        let mut seen = Seen::new();
        let server = EndpointPlan { reads: false, ..plan(Side::Server) };
        let (client, server) = pair(plan(Side::Client), server, &seen).await;
        client.send(2).unwrap();
        client.send(4).unwrap();
        server.read(Some(5)).await.unwrap();
        server.read(None).await.unwrap();
        client.send(3).unwrap();
        client.close().await.unwrap();
        server.read(Some(5)).await.unwrap();
        seen.wait(Duration::ZERO).await;
        let all = [Outcome::Connected, Outcome::Bytes(5), Outcome::Bytes(1), Outcome::Bytes(3), Outcome::Eof];
        assert_eq!(outcomes(&seen, Side::Server), all);
    });
}

#[test]
fn closing_ends_a_read_that_waits() {
    inside(async || {
        let mut seen = Seen::new();
        let server = EndpointPlan { reads: false, ..plan(Side::Server) };
        let (_client, server) = pair(plan(Side::Client), server, &seen).await;
        let reader = server.clone();
        let waits = tokio::task::spawn_local(async move { reader.read(None).await });
        seen.wait(Duration::from_millis(20)).await;
        server.close().await.unwrap();
        waits.await.unwrap().unwrap();
        seen.event("EOF", |kind| *kind == EventKind::Outcome { side: Side::Client, outcome: Outcome::Eof }).await;
        assert_eq!(outcomes(&seen, Side::Server), [Outcome::Connected]);
    });
}

#[test]
fn a_reset_connection_is_told_so() {
    inside(async || {
        let mut seen = Seen::new();
        let (client, _server) = plain(&seen).await;
        // The kernel forgets the server's socket, and answers for it as after a reboot.
        let port = client.local().unwrap().port();
        sh(&format!("ss -K dst 127.0.0.1 dport = {port}"));
        let mut all = vec![errno(&mut seen).await.1, errno(&mut seen).await.1];
        all.sort();
        assert_eq!(all, [Errno(libc::ECONNABORTED), Errno(libc::ECONNRESET)]);
        assert_eq!(outcomes(&seen, Side::Client), [Outcome::Connected, number(libc::ECONNRESET)]);
    });
}

#[test]
fn dropped_handles_close() {
    inside(async || {
        let mut seen = Seen::new();
        let (client, server) = plain(&seen).await;
        drop((client, server));
        seen.wait(Duration::from_millis(20)).await;
        assert_eq!(sh("ss -Htan state established; ss -Htln").lines().count(), 0);
    });
}

#[test]
fn linger_is_told_by_its_seconds_and_makes_a_close_take_as_long() {
    inside(async || {
        let seen = Seen::new();
        let lingering = EndpointPlan { options: vec![option("SO_LINGER", 1)], ..plan(Side::Client) };
        let (client, server) = pair(lingering, plan(Side::Server), &seen).await;
        let known = SocketOption::find("SO_LINGER").unwrap();
        assert_eq!(client.get_option(known.level, known.number).unwrap(), 1);
        assert_eq!(server.get_option(known.level, known.number).unwrap(), -1);
        drop((client, server));
        // A program that another test is just starting may hold a copy of the socket for a
        // moment, and then close(2) is not the last and waits for nothing.
        let mut longest = Duration::ZERO;
        for _ in 0..5 {
            longest = longest.max(lingers().await);
            if longest >= Duration::from_secs(1) {
                break;
            }
        }
        assert!((Duration::from_secs(1)..Duration::from_millis(1500)).contains(&longest), "{longest:?}");
    });
}

/// How long it takes to close a connection that nobody acknowledges any more.
async fn lingers() -> Duration {
    let seen = Seen::new();
    let lingering = EndpointPlan { options: vec![option("SO_LINGER", 1)], ..plan(Side::Client) };
    let (client, _server) = pair(lingering, plan(Side::Server), &seen).await;
    sh("printf 'table inet x {\nchain c {\ntype filter hook input priority 0\ndrop\n}\n}\n' | nft -f -");
    client.send(5).unwrap();
    let begun = std::time::Instant::now();
    client.close().await.unwrap();
    sh("nft delete table inet x");
    begun.elapsed()
}

#[test]
fn what_ends_with_its_process_does_not_linger() {
    inside(async || {
        let seen = Seen::new();
        let lingering = EndpointPlan { options: vec![option("SO_LINGER", 20)], ..plan(Side::Client) };
        let (client, _server) = pair(lingering, plan(Side::Server), &seen).await;
        sh("printf 'table inet x {\nchain c {\ntype filter hook input priority 0\ndrop\n}\n}\n' | nft -f -");
        client.send(5).unwrap();
        let begun = std::time::Instant::now();
        client.kill().await;
        drop(client);
        assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
    });
}

#[test]
fn one_that_never_accepts_leaves_its_connections_in_the_backlog() {
    inside(async || {
        let seen = Seen::new();
        let shut = EndpointPlan { accepts: false, backlog: 0, ..plan(Side::Server) };
        let server = listen(&shut, seen.clock, seen.sink.clone()).unwrap();
        let client = connect(&plan(Side::Client), SERVER, seen.clock, seen.sink.clone()).unwrap();
        assert!(client.connected().await);
        assert_eq!(outcomes(&seen, Side::Server), []);
        assert!(server.send(1).is_err());
        // With a backlog of 0 there is room for one.
        assert!(sh("ss -Hltn").split_whitespace().collect::<Vec<_>>().starts_with(&["LISTEN", "1", "0"]));
    });
}
