use super::*;
use crate::ladder::EntryChange;
use crate::name::NodeName;
use crate::netns::live::testing::{Seen, inside, sh};
use crate::plan::TakenPlan;
use crate::record::{Entry, EventKind};
use crate::run::Happening;
use crate::time::LabTime;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// Conntrack works only where a rule needs it.
fn track() {
    sh("nft 'table ip f { chain o { type filter hook output priority 0; ct state new accept\n }\n }'");
}

fn changes(seen: &Seen) -> Vec<(LabTime, EntryChange, Entry)> {
    let change = |happening: &Happening| match happening {
        Happening::Event(event) => match event.kind.clone() {
            EventKind::Conntrack { change, entry, .. } => Some((event.at, change, entry)),
            other => panic!("{other:?}"),
        },
        Happening::Frame(_) | Happening::Interrupted => None,
    };
    seen.all.iter().filter_map(change).collect()
}

fn node() -> NodeName {
    NodeName::new("nat").unwrap()
}

fn connection() -> (TcpStream, TcpStream) {
    let server = TcpListener::bind("127.0.0.1:5050").unwrap();
    let client = TcpStream::connect("127.0.0.1:5050").unwrap();
    (client, server.accept().unwrap().0)
}

fn conntrack_events() -> Child {
    let mut child = Command::new("conntrack")
        .args(["-E", "-p", "tcp", "-o", "timestamp"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // It subscribes before it sleeps: what it does not see then fails the test below.
    std::thread::sleep(Duration::from_millis(200));
    assert!(child.try_wait().unwrap().is_none());
    child
}

#[test]
fn events_are_those_of_the_conntrack_program() {
    inside(async || {
        track();
        let mut seen = Seen::new();
        let monitor = Monitor::open(node(), seen.clock, seen.sink.clone()).unwrap();
        let mut other = conntrack_events();
        let begun = seen.clock.now();
        UdpSocket::bind("127.0.0.1:0").unwrap().send_to(b"x", "127.0.0.1:9").unwrap();
        let both = connection();
        let client = both.0.local_addr().unwrap().port();
        assert_eq!(flush_tcp().unwrap(), 1);
        assert_eq!(list().unwrap(), []);
        monitor.drain();
        let now = seen.clock.now();
        seen.wait(Duration::from_millis(50)).await;
        other.kill().unwrap();
        let mut theirs = String::new();
        other.stdout.take().unwrap().read_to_string(&mut theirs).unwrap();
        other.wait().unwrap();
        let all = changes(&seen);
        let told: Vec<_> = all
            .iter()
            .map(|(_, change, entry)| (*change, entry.state.clone().unwrap_or_default(), entry.timeout, entry.assured))
            .collect();
        let state = ToString::to_string;
        assert_eq!(
            told[..3],
            [
                (EntryChange::Created, state("SYN_SENT"), Some(120), false),
                (EntryChange::Updated, state("SYN_RECV"), Some(60), false),
                (EntryChange::Updated, state("ESTABLISHED"), Some(432_000), true),
            ]
        );
        assert_eq!((told.len(), told[3].0), (4, EntryChange::Deleted));
        assert_eq!(theirs.lines().count(), 4, "{theirs}");
        for (line, (at, change, entry)) in theirs.lines().zip(&all) {
            let word = ["[NEW]", "[UPDATE]", "[DESTROY]"][*change as usize];
            assert!(line.contains(word), "{line}");
            let tuple = format!("src=127.0.0.1 dst=127.0.0.1 sport={client} dport=5050");
            assert!(line.contains(&tuple), "{line}");
            assert_eq!((entry.original.source.port(), entry.reply.destination.port()), (client, client));
            assert!(begun <= *at && *at <= now, "{at:?}");
        }
        assert!(all.is_sorted_by_key(|(at, ..)| *at));
    });
}

#[test]
fn the_list_is_that_of_the_conntrack_program() {
    inside(async || {
        track();
        let _both = connection();
        UdpSocket::bind("127.0.0.1:0").unwrap().send_to(b"x", "127.0.0.1:9").unwrap();
        let theirs = sh("conntrack -L -p tcp 2>/dev/null");
        let ours = list().unwrap();
        assert_eq!((ours.len(), theirs.lines().count()), (1, 1), "{theirs}");
        assert!(ours[0].replied && ours[0].assured && theirs.contains("[ASSURED]"), "{theirs}");
        assert!(
            theirs.contains(&format!(
                " ESTABLISHED src=127.0.0.1 dst=127.0.0.1 sport={} ",
                ours[0].original.source.port()
            ))
        );
        assert_eq!(flush_tcp().unwrap(), 1);
        assert_eq!(sh("conntrack -L -p tcp 2>/dev/null"), "");
        assert_eq!(sh("conntrack -L -p udp 2>/dev/null").lines().count(), 1);
        assert_eq!(flush_tcp().unwrap(), 0);
    });
}

#[test]
fn entries_of_ipv6_are_listed_told_and_flushed() {
    inside(async || {
        sh("nft 'table inet f { chain o { type filter hook output priority 0; ct state new accept\n }\n }'");
        sh("sysctl -qw net.netfilter.nf_conntrack_tcp_timeout_established=1");
        let mut seen = Seen::new();
        let _monitor = Monitor::open(node(), seen.clock, seen.sink.clone()).unwrap();
        let server = TcpListener::bind("[::1]:0").unwrap();
        let client = TcpStream::connect(server.local_addr().unwrap()).unwrap();
        let _accepted = server.accept().unwrap();
        let theirs = sh("conntrack -L -f ipv6 -p tcp 2>/dev/null");
        assert_eq!(theirs.lines().count(), 1, "{theirs}");
        let ours = list().unwrap();
        assert_eq!(ours[0].original.source, client.local_addr().unwrap());
        assert!(theirs.contains(&format!(" src=::1 dst=::1 sport={} ", ours[0].original.source.port())), "{theirs}");
        // Its end is found by asking for it, which names the family.
        let established = changed(&mut seen, EntryChange::Updated).await;
        let deleted = changed(&mut seen, EntryChange::Deleted).await;
        assert_lived(1, established, deleted, &seen);
        drop((client, _accepted));
        let _again = TcpStream::connect(server.local_addr().unwrap()).unwrap();
        assert_eq!(list().unwrap().len(), flush_tcp().unwrap());
        assert_eq!(sh("conntrack -L -f ipv6 -p tcp 2>/dev/null"), "");
    });
}

async fn changed(seen: &mut Seen, wanted: EntryChange) -> LabTime {
    let like = |event: &EventKind| {
        matches!(event, EventKind::Conntrack { change, entry, .. }
            if *change == wanted && entry.state.as_deref() == Some("ESTABLISHED"))
    };
    seen.event(&format!("{wanted:?}"), like).await.0
}

/// It lived for whole seconds, less a tick at most, for the kernel counts in ticks; and
/// what it stamps is a tick late at most. Nothing came upon it but the monitor.
fn assert_lived(seconds: u64, since: LabTime, deleted: LabTime, seen: &Seen) {
    let (lived, exact, tick) = (deleted.since(since), Duration::from_secs(seconds), Duration::from_millis(10));
    assert!(lived + tick > exact && lived < exact + tick, "{lived:?}");
    assert!(seen.clock.now().since(deleted) < Duration::from_millis(200));
}

#[test]
fn an_expired_entry_is_told_at_once() {
    inside(async || {
        track();
        sh("sysctl -qw net.netfilter.nf_conntrack_tcp_timeout_established=1");
        let mut seen = Seen::new();
        let _monitor = Monitor::open(node(), seen.clock, seen.sink.clone()).unwrap();
        let _both = connection();
        let established = changed(&mut seen, EntryChange::Updated).await;
        let deleted = changed(&mut seen, EntryChange::Deleted).await;
        assert_lived(1, established, deleted, &seen);
    });
}

#[test]
fn a_refreshed_entry_is_told_when_it_ends_at_last() {
    inside(async || {
        track();
        sh("sysctl -qw net.netfilter.nf_conntrack_tcp_timeout_established=2");
        let mut seen = Seen::new();
        let _monitor = Monitor::open(node(), seen.clock, seen.sink.clone()).unwrap();
        let (mut client, _server) = connection();
        changed(&mut seen, EntryChange::Updated).await;
        seen.wait(Duration::from_millis(1_300)).await;
        let refreshed = seen.clock.now();
        client.write_all(b"x").unwrap();
        let deleted = changed(&mut seen, EntryChange::Deleted).await;
        assert_lived(2, refreshed, deleted, &seen);
    });
}

#[test]
fn lost_events_are_told() {
    inside(async || {
        track();
        let mut seen = Seen::new();
        let _monitor = Monitor::open(node(), seen.clock, seen.sink.clone()).unwrap();
        // The node's thread is busy all the while: nothing is read.
        let server = UdpSocket::bind("127.0.0.1:0").unwrap();
        let to = server.local_addr().unwrap();
        for port in 10_000..40_000 {
            let Ok(client) = UdpSocket::bind(("127.0.0.1", port)) else { continue };
            client.send_to(b"x", to).unwrap();
        }
        seen.event("loss", |kind| *kind == EventKind::ConntrackLost { node: node() }).await;
    });
}

#[test]
fn it_can_be_asked_here() {
    inside(async || probe().unwrap());
}

#[test]
fn a_port_that_somebody_has_can_not_be_taken_again() {
    inside(async || {
        track();
        let end = |text: &str| text.parse().unwrap();
        let entry = |port: u16| TakenPlan {
            inside: end(&format!("10.255.255.254:{port}")),
            outside: end(&format!("127.0.0.1:{port}")),
            server: end("127.0.0.2:5050"),
        };
        take(&entry(40_001)).unwrap();
        let error = take(&entry(40_001)).unwrap_err();
        assert_eq!(error.to_string(), "take port 40001: a connection has it already; flush the table first");
        take(&entry(40_002)).unwrap();
        let made = list().unwrap().into_iter().find(|made| made.original.source.port() == 40_001).unwrap();
        assert_eq!((made.original.source, made.reply.destination), (entry(40_001).inside, entry(40_001).outside));
        assert_eq!((made.state.as_deref(), made.assured, made.replied), (Some("ESTABLISHED"), true, true));
        assert_eq!(flush_tcp().unwrap(), 2);
    });
}
