use super::*;
use crate::netns::live::testing::{Seen, inside, sh, veth};
use std::net::UdpSocket;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A socket whose datagrams leave at `va` and arrive at `vb`.
fn talker() -> UdpSocket {
    veth();
    sh("ip addr add 10.9.0.1/24 dev va; ip neigh add 10.9.0.2 lladdr 02:00:00:00:00:02 dev va");
    let socket = UdpSocket::bind("10.9.0.1:0").unwrap();
    socket.connect("10.9.0.2:9").unwrap();
    socket
}

fn frames(seen: &Seen, vantage: usize) -> Vec<Frame> {
    let frame = |happening: &Happening| match happening {
        Happening::Frame(frame) if frame.vantage == vantage => Some(frame.clone()),
        _ => None,
    };
    seen.all.iter().filter_map(frame).collect()
}

fn tcpdump(file: &str) -> Child {
    let mut child = Command::new("timeout")
        .args([
            "10",
            "tcpdump",
            "-i",
            "va",
            "-U",
            "--immediate-mode",
            "-s",
            "2000",
            "-B",
            "4096",
            "--nano",
            "-Z",
            "root",
            "-c",
            "200",
            "-w",
            file,
        ])
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut octet = [0; 1];
    let mut line = Vec::new();
    while !line.ends_with(b"listening on") {
        std::io::Read::read_exact(child.stderr.as_mut().unwrap(), &mut octet).unwrap();
        line.push(octet[0]);
    }
    child
}

#[test]
fn the_same_frames_as_tcpdump_with_the_same_stamps() {
    inside(async || {
        let socket = talker();
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("seen.pcap").display().to_string();
        let mut other = tcpdump(&file);
        let mut seen = Seen::new();
        let opened = [(0, "va"), (1, "vb")];
        let mut captures =
            Capture::open_all(&opened, Ring::of(ClockKind::Virtual, 1), seen.clock, &seen.sink).await.unwrap();
        for length in 0..200 {
            socket.send(&vec![7; length]).unwrap();
        }
        captures[0].drain();
        captures[1].drain();
        seen.wait(Duration::from_millis(100)).await;
        captures.into_iter().for_each(Capture::finish);
        seen.wait(Duration::ZERO).await;
        // It ends by itself after so many.
        other.wait().unwrap();
        let [near, far] = [frames(&seen, 0), frames(&seen, 1)];
        let theirs = sh(&format!("tcpdump --nano -tt -n -r {file} "));
        let ours = |frame: &Frame| {
            let unix = i64::try_from(seen.clock.began_unix_ns()).unwrap() + frame.at.0;
            format!("{}.{:09} ", unix / 1_000_000_000, unix % 1_000_000_000)
        };
        assert_eq!((near.len(), far.len(), theirs.lines().count()), (200, 200, 200));
        for (index, line) in theirs.lines().enumerate() {
            assert!(line.starts_with(&ours(&near[index])), "{line}");
            assert!(line.ends_with(&format!("length {index}")), "{line}");
        }
        assert!(near.iter().zip(&far).all(|(near, far)| near.at <= far.at && near.octets == far.octets));
        assert!(near.is_sorted_by_key(|frame| frame.at));
        let ended = |vantage| EventKind::CaptureEnded { vantage, received: 200, dropped: 0 };
        assert_eq!(seen.events(), [ended(0), ended(1)]);
    });
}

#[test]
fn a_frame_is_there_at_once_and_a_long_one_is_cut() {
    inside(async || {
        let socket = talker();
        sh("ip link set va mtu 9000; ip link set vb mtu 9000");
        let mut seen = Seen::new();
        let mut capture = Capture::open(3, "vb", seen.clock, seen.sink.clone()).unwrap();
        let before = seen.clock.now();
        socket.send(&[7; 5000]).unwrap();
        capture.drain();
        let after = seen.clock.now();
        seen.wait(Duration::ZERO).await;
        let all = frames(&seen, 3);
        assert_eq!((all.len(), all[0].wire_len, all[0].octets.len()), (1, 5042, 1920));
        assert!(before <= all[0].at && all[0].at <= after);
        socket.send(b"x").unwrap();
        // Without being asked.
        seen.wait(Duration::from_millis(20)).await;
        assert_eq!(frames(&seen, 3).len(), 2);
    });
}

#[test]
fn it_outlives_a_link_that_is_down_and_ends_with_the_interface() {
    inside(async || {
        let socket = talker();
        let mut seen = Seen::new();
        let capture = Capture::open(0, "va", seen.clock, seen.sink.clone()).unwrap();
        socket.send(b"1").unwrap();
        sh("ip link set va down");
        seen.wait(Duration::from_millis(50)).await;
        sh("ip link set va up; ip neigh replace 10.9.0.2 lladdr 02:00:00:00:00:02 dev va");
        seen.wait(Duration::from_millis(50)).await;
        socket.send(b"2").unwrap();
        seen.wait(Duration::from_millis(50)).await;
        assert_eq!(seen.events(), []);
        socket.send(b"3").unwrap();
        sh("ip link del va");
        seen.wait(Duration::from_millis(50)).await;
        capture.finish();
        seen.wait(Duration::ZERO).await;
        let udp: Vec<_> = frames(&seen, 0).into_iter().filter(|frame| frame.octets.get(23) == Some(&17)).collect();
        let payload: Vec<_> = udp.iter().filter_map(|frame| frame.octets.get(42).copied()).collect();
        assert_eq!(payload, *b"123");
        let received = frames(&seen, 0).len() as u64;
        assert_eq!(seen.events(), [EventKind::CaptureEnded { vantage: 0, received, dropped: 0 }]);
    });
}

#[test]
fn frames_that_find_no_room_are_counted() {
    inside(async || {
        let socket = talker();
        let mut seen = Seen::new();
        let capture = Capture::open(0, "va", seen.clock, seen.sink.clone()).unwrap();
        for _ in 0..3000 {
            socket.send(b"x").unwrap();
        }
        capture.finish();
        seen.wait(Duration::ZERO).await;
        let kept = frames(&seen, 0).len() as u64;
        let events = seen.events();
        let [EventKind::CaptureEnded { received, dropped, .. }] = events[..] else { panic!("{events:?}") };
        assert!(dropped > 0);
        assert_eq!((received, received - dropped), (3000, kept));
    });
}

#[test]
fn no_interface_no_capture() {
    inside(async || {
        let seen = Seen::new();
        let error = Capture::open(0, "nowhere", seen.clock, seen.sink.clone()).err().unwrap().to_string();
        assert!(error.starts_with("arm a capture at interface `nowhere`: "), "{error}");
    });
}

#[test]
fn many_cost_no_more_than_one() {
    inside(async || {
        veth();
        let seen = Seen::new();
        let time = async |vantages: &[(usize, &str)]| {
            let begun = Instant::now();
            let opened =
                Capture::open_all(vantages, Ring::of(ClockKind::Real, 1), seen.clock, &seen.sink).await.unwrap();
            let open = begun.elapsed();
            opened.into_iter().for_each(Capture::finish);
            (open, begun.elapsed() - open)
        };
        let eight: Vec<_> = (0..8).map(|vantage| (vantage, if vantage % 2 == 0 { "va" } else { "vb" })).collect();
        // Eight grace periods one after another take 64 ms and more, every time. What else the
        // machine does may take as long, but not every time.
        let mut slow = Vec::new();
        for _ in 0..20 {
            let (open, close) = time(&eight).await;
            if open < Duration::from_millis(50) && close < Duration::from_millis(10) {
                return;
            }
            slow.push((open, close));
        }
        panic!("{slow:?}");
    });
}
