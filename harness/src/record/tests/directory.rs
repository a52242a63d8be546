use super::*;
use crate::ladder::{EntryChange, Outcome};
use crate::name::Errno;
use proptest::prelude::*;
use std::fs;
use tempfile::tempdir;

fn every_kind() -> Vec<Event> {
    let entry = Entry {
        original: Tuple { source: "10.0.0.1:40000".parse().unwrap(), destination: "10.0.1.2:5050".parse().unwrap() },
        reply: Tuple { source: "10.0.1.2:5050".parse().unwrap(), destination: "10.0.1.1:40000".parse().unwrap() },
        state: Some("ESTABLISHED".to_owned()),
        timeout: Some(431_999),
        assured: true,
        replied: true,
    };
    let outcome = |outcome| EventKind::Outcome { side: Side::Client, outcome };
    let text = || "line\nbreak \"quoted\" \u{2014}".to_owned();
    let kinds = [
        EventKind::StepBegun { step: 0, name: "connect".to_owned(), planned: LabTime(-1), fault: false },
        EventKind::StepApplied { step: 0 },
        EventKind::StepFailed { step: 1, error: text() },
        outcome(Outcome::Connected),
        outcome(Outcome::Bytes(u64::MAX)),
        outcome(Outcome::Eof),
        outcome(Outcome::Errno(Errno::parse("ETIMEDOUT").unwrap())),
        outcome(Outcome::Alive),
        outcome(Outcome::Exit(-1)),
        outcome(Outcome::Signal(9)),
        outcome(Outcome::Prints(text())),
        EventKind::Printed { side: Side::Server, line: text() },
        EventKind::Conntrack { node: node("nat"), change: EntryChange::Deleted, entry },
        EventKind::Reading { rung: 3, begun: LabTime(i64::MIN), value: "7000".to_owned() },
        EventKind::ReadingFailed { rung: 3, error: text() },
        EventKind::FaultCounter { step: 2, packets: u64::MAX },
        EventKind::Sample { side: Side::Client, sockets: Vec::new() },
        EventKind::Sample { side: Side::Server, sockets: vec![sample(&[]), sample(&[("probes", 2)])] },
        EventKind::Stall { from: LabTime(4), cpu: 1 },
        EventKind::ClockStep { nanoseconds: i64::MIN },
        EventKind::CaptureEnded { vantage: 0, received: 9, dropped: 1 },
        EventKind::CaptureFailed { vantage: 1, error: text() },
        EventKind::Ended { reason: EndReason::Overdue },
        EventKind::Ended { reason: EndReason::Interrupted },
        EventKind::Ended { reason: EndReason::Broken(text()) },
    ];
    let at = |(index, kind)| Event::new(LabTime(index), kind);
    (0..).zip(kinds).map(at).collect()
}

fn sample(info: &[(&str, u32)]) -> SocketSample {
    SocketSample {
        state: "ESTABLISHED".to_owned(),
        timer: "keepalive".to_owned(),
        repeated: u8::MAX,
        fires_in_ms: u32::MAX,
        unread: 1,
        unacknowledged: 2,
        info: info.iter().map(|(name, value)| ((*name).to_owned(), *value)).collect(),
    }
}

fn record() -> Record {
    Record { manifest: manifest(), events: every_kind(), frames: handshake() }
}

#[test]
fn what_is_saved_loads() {
    let dir = tempdir().unwrap();
    let run = dir.path().join("article/peer-reboot");
    save(&run, &record()).unwrap();
    assert_eq!(load(&run).unwrap(), record());
}

#[test]
fn links_are_kept() {
    let dir = tempdir().unwrap();
    let mut record = record();
    record.manifest.links = vec![LinkType::LinuxSll, LinkType::Other(147)];
    save(dir.path(), &record).unwrap();
    assert_eq!(load(dir.path()).unwrap(), record);
}

#[test]
fn a_record_without_links_is_ethernet() {
    let text = serde_json::to_string(&manifest()).unwrap();
    assert!(!text.contains("links"));
    let manifest: Manifest = serde_json::from_str(&text).unwrap();
    assert_eq!(manifest.link(1), LinkType::Ethernet);
}

#[test]
fn an_event_carries_the_frames_before_it() {
    let dir = tempdir().unwrap();
    let mut writer = Writer::create(dir.path(), &manifest()).unwrap();
    let frames = handshake();
    writer.frame(&frames[0]).unwrap();
    assert_eq!(load(dir.path()).unwrap().frames, []);
    writer.event(&every_kind()[1]).unwrap();
    assert_eq!(load(dir.path()).unwrap().frames, frames[..1]);
    writer.frame(&frames[1]).unwrap();
    writer.flush().unwrap();
    assert_eq!(load(dir.path()).unwrap().frames, frames[..2]);
    writer.frame(&frames[2]).unwrap();
    drop(writer);
    let loaded = load(dir.path()).unwrap();
    assert_eq!((loaded.frames.len(), loaded.events), (3, every_kind()[1..2].to_vec()));
}

/// A process can be killed between any two octets that it writes.
#[test]
fn a_torn_tail_is_left_out() {
    let dir = tempdir().unwrap();
    let events = vec![every_kind().swap_remove(1), every_kind().swap_remove(2)];
    let record = Record { events, ..record() };
    save(dir.path(), &record).unwrap();
    let capture = fs::read(dir.path().join(CAPTURE)).unwrap();
    let lines = fs::read(dir.path().join(EVENTS)).unwrap();
    let header = super::super::save::header(&record.manifest).len();
    for len in header..capture.len() {
        fs::write(dir.path().join(CAPTURE), &capture[..len]).unwrap();
        let loaded = load(dir.path()).unwrap();
        assert_eq!(loaded.events, record.events, "{len}");
        assert!(record.frames.starts_with(&loaded.frames) && loaded.frames.len() < 4, "{len}");
    }
    fs::write(dir.path().join(CAPTURE), &capture).unwrap();
    let manifest_len = 1 + lines.iter().position(|octet| *octet == b'\n').unwrap();
    for len in 0..lines.len() {
        fs::write(dir.path().join(EVENTS), &lines[..len]).unwrap();
        let loaded = load(dir.path());
        if len < manifest_len {
            assert!(matches!(loaded, Err(RecordError::NoManifest(_))), "{len}");
        } else {
            let events = loaded.unwrap().events;
            assert!(record.events.starts_with(&events), "{len}");
        }
    }
}

#[test]
fn a_capture_cut_after_the_end_is_told() {
    let dir = tempdir().unwrap();
    let record = Record { events: vec![ended(2000)], ..record() };
    save(dir.path(), &record).unwrap();
    let path = dir.path().join(CAPTURE);
    let capture = fs::read(&path).unwrap();
    fs::write(&path, &capture[..capture.len() - 1]).unwrap();
    let failed: Vec<_> = load(dir.path()).unwrap().events.into_iter().skip(1).collect();
    assert_eq!(failed.len(), 2);
    assert!(failed.iter().all(|event| matches!(event.kind, EventKind::CaptureFailed { .. })));
}

/// The error of loading, after `edit` was done to the file `name` of a sound record.
fn refused(name: &str, edit: impl Fn(&mut Vec<u8>)) -> RecordError {
    let dir = tempdir().unwrap();
    save(dir.path(), &record()).unwrap();
    let path = dir.path().join(name);
    let mut octets = fs::read(&path).unwrap();
    edit(&mut octets);
    fs::write(&path, octets).unwrap();
    load(dir.path()).unwrap_err()
}

/// The same, after text was replaced.
fn replaced(old: &str, new: &str) -> RecordError {
    refused(EVENTS, |octets| {
        let text = String::from_utf8(octets.clone()).unwrap();
        assert!(text.contains(old), "{old}");
        *octets = text.replacen(old, new, 1).into_bytes();
    })
}

#[test]
fn another_version_is_refused() {
    let error = replaced("{\"version\":2", "{\"version\":3,\"other\":0");
    assert!(matches!(error, RecordError::Version { found: 3, .. }));
    let text = error.to_string();
    assert!(text.contains("version 3") && text.contains("versions up to 2"), "{text}");
}

#[test]
fn a_malformed_line_is_told_by_its_number() {
    let error = replaced("\"step_applied\"", "\"step_aplied\"");
    assert!(matches!(error, RecordError::Line { line: 3, .. }), "{error}");
    assert!(error.to_string().contains("delete the line"), "{error}");
    let error = refused(EVENTS, |octets| octets.splice(0..0, *b"{}\n").for_each(drop));
    assert!(error.to_string().contains("no manifest"), "{error}");
}

#[test]
fn unknown_vantages_are_refused() {
    let error = replaced("\"vantage\":1", "\"vantage\":2");
    assert!(matches!(error, RecordError::EventVantage { vantage: 2, known: 2, .. }), "{error}");
    let error = replaced("\"interface\":\"to-a\"", "\"interface\":\"to-c\"");
    let RecordError::Interface { name, .. } = error else { panic!("{error}") };
    assert_eq!(name, "b/to-a");
}

#[test]
fn damage_in_the_capture_is_told() {
    let error = refused(CAPTURE, |octets| {
        let last = octets.len() - 1;
        octets[last] ^= 0x40;
    });
    assert!(matches!(error, RecordError::Damaged { .. }), "{error}");
    let error = refused(CAPTURE, |octets| octets.fill(0));
    assert!(matches!(error, RecordError::Unreadable { .. }), "{error}");
}

#[test]
fn a_missing_file_is_told_by_its_path() {
    for name in [CAPTURE, EVENTS] {
        let dir = tempdir().unwrap();
        save(dir.path(), &record()).unwrap();
        fs::remove_file(dir.path().join(name)).unwrap();
        let error = load(dir.path()).unwrap_err();
        assert!(matches!(error, RecordError::Io { operation: "read", .. }), "{error}");
        assert!(error.to_string().contains(name), "{error}");
    }
}

#[test]
fn the_writer_refuses_what_could_not_be_read() {
    let dir = tempdir().unwrap();
    let mut writer = Writer::create(dir.path(), &manifest()).unwrap();
    let syn = segment(CLIENT, SERVER, Flags::SYN);
    let error = writer.frame(&frame(2, 0, &syn)).unwrap_err();
    assert!(matches!(error, RecordError::Vantage { vantage: 2, known: 2 }), "{error}");
    let error = writer.frame(&frame(0, i64::MIN, &syn)).unwrap_err();
    assert!(matches!(error, RecordError::Stamp { at: i64::MIN }), "{error}");
    let kind = EventKind::CaptureEnded { vantage: 7, received: 0, dropped: 0 };
    let error = writer.event(&Event::new(LabTime::ZERO, kind)).unwrap_err();
    assert!(matches!(error, RecordError::Vantage { vantage: 7, .. }), "{error}");
    drop(writer);
    assert_eq!(load(dir.path()).unwrap().frames, []);
}

#[test]
fn a_directory_that_cannot_be_is_told() {
    let dir = tempdir().unwrap();
    let file = dir.path().join("file");
    fs::write(&file, "").unwrap();
    let error = save(&file.join("run"), &record()).unwrap_err();
    assert!(matches!(error, RecordError::Io { operation: "create", .. }), "{error}");
}

#[test]
fn annotating_keeps_the_record() {
    let dir = tempdir().unwrap();
    let mut record = record();
    record.frames.swap(0, 3);
    save(dir.path(), &record).unwrap();
    annotate(dir.path(), |frame| (frame == 3).then(|| "the first SYN".to_owned())).unwrap();
    record.frames.sort_by_key(|frame| frame.at);
    assert_eq!(load(dir.path()).unwrap(), record);
    let capture = fs::read(dir.path().join(CAPTURE)).unwrap();
    let comment = capture.windows(13).position(|found| found == b"the first SYN").unwrap();
    let packet = capture.windows(54).position(|found| found == record.frames[0].octets).unwrap();
    assert_eq!(comment, packet + 56 + 4, "it follows its packet, padding and option header");
    let names: Vec<_> = fs::read_dir(dir.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(names.len(), 2, "nothing is left aside: {names:?}");
}

#[test]
fn a_capture_that_cannot_be_replaced_stays() {
    let dir = tempdir().unwrap();
    let path = dir.path().join("taken");
    fs::create_dir(&path).unwrap();
    fs::write(path.join("file"), "").unwrap();
    let error = write_capture(&path, &record(), |_| None).unwrap_err();
    assert!(matches!(error, RecordError::Io { operation: "replace", .. }), "{error}");
    assert!(path.is_dir() && !dir.path().join("taken.part").exists());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_frames_are_kept(
        frames in proptest::collection::vec(
            (0..2usize, -(1i64 << 60)..1 << 60, any::<u32>(), any::<Vec<u8>>()), 0..20,
        ),
    ) {
        let frames: Vec<Frame> = frames
            .into_iter()
            .map(|(vantage, at, wire_len, octets)| Frame {
                vantage, at: LabTime(at), wire_len, octets,
            })
            .collect();
        let dir = tempdir().unwrap();
        let record = Record { frames, events: Vec::new(), manifest: manifest() };
        save(dir.path(), &record).unwrap();
        prop_assert_eq!(load(dir.path()).unwrap(), record);
    }

    #[test]
    fn no_damage_panics(
        places in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        of_capture: bool,
        held: prop::sample::Index,
    ) {
        let dir = tempdir().unwrap();
        save(dir.path(), &record()).unwrap();
        let path = dir.path().join(if of_capture { CAPTURE } else { EVENTS });
        let mut octets = fs::read(&path).unwrap();
        for (place, value) in places {
            let place = place.index(octets.len());
            octets[place] = value;
        }
        octets.truncate(held.index(octets.len()) + 1);
        fs::write(&path, &octets).unwrap();
        let _ = load(dir.path());
        let _ = from_capture(&path);
    }
}
