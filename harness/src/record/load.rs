use super::capture::{Capture, Flaw, Packet, read};
use super::save::{CAPTURE, EVENTS, io, vantage_of};
use super::{Event, EventKind, Frame, Manifest, Record, RecordError, VERSION};
use crate::time::LabTime;
use serde::Deserialize;
use std::fs;
use std::path::Path;

/// Reads the run directory `dir`.
///
/// What a killed process left unfinished is left out: a line or a packet torn at the
/// end. Such a record has no [`EventKind::Ended`]; if it has one all the same, the
/// capture was cut later, and that is told as [`EventKind::CaptureFailed`].
///
/// # Errors
/// A file is missing or can't be read, is of another version, is damaged otherwise than
/// at its end, or the two don't belong together.
pub fn load(dir: &Path) -> Result<Record, RecordError> {
    let (manifest, mut events) = read_events(&dir.join(EVENTS))?;
    let path = dir.join(CAPTURE);
    let file = fs::read(&path).map_err(io("read", &path))?;
    let unreadable = |reason| RecordError::Unreadable { path: path.clone(), reason };
    let capture = read(&file).map_err(unreadable)?;
    let frames = frames(&path, &manifest, &capture)?;
    if let Some(flaw) = capture.flaw {
        check(&path, flaw)?;
        tell(flaw, &manifest, &mut events);
    }
    Ok(Record { manifest, events, frames })
}

fn read_events(path: &Path) -> Result<(Manifest, Vec<Event>), RecordError> {
    let file = fs::read(path).map_err(io("read", path))?;
    let mut lines = file.split_inclusive(|octet| *octet == b'\n').zip(1..);
    let first = lines.next().map(|(line, _)| line).unwrap_or_default();
    let manifest = read_manifest(path, first)?;
    let mut events = Vec::new();
    for (line, number) in lines {
        match serde_json::from_slice(line) {
            Ok(event) => events.push(known(path, number, event, &manifest)?),
            // The process was killed while it wrote this line.
            Err(_) if !line.ends_with(b"\n") => {}
            Err(error) => return Err(wrong_line(path, number, &error)),
        }
    }
    Ok((manifest, events))
}

/// Of any version, this can be read.
#[derive(Deserialize)]
struct Head {
    version: u64,
}

fn read_manifest(path: &Path, line: &[u8]) -> Result<Manifest, RecordError> {
    if !line.ends_with(b"\n") {
        return Err(RecordError::NoManifest(path.to_owned()));
    }
    let head: Head = serde_json::from_slice(line).map_err(|error| wrong_manifest(path, &error))?;
    if !(1..=u64::from(VERSION)).contains(&head.version) {
        return Err(RecordError::Version { path: path.to_owned(), found: head.version });
    }
    serde_json::from_slice(line).map_err(|error| wrong_manifest(path, &error))
}

fn wrong_manifest(path: &Path, error: &serde_json::Error) -> RecordError {
    let reason = format!("its first line is no manifest: {error}");
    RecordError::Unreadable { path: path.to_owned(), reason }
}

fn wrong_line(path: &Path, line: usize, error: &serde_json::Error) -> RecordError {
    RecordError::Line { path: path.to_owned(), line, reason: error.to_string() }
}

fn known(path: &Path, line: usize, event: Event, manifest: &Manifest) -> Result<Event, RecordError> {
    let known = manifest.vantages.len();
    match vantage_of(&event).filter(|vantage| *vantage >= known) {
        Some(vantage) => Err(RecordError::EventVantage { path: path.to_owned(), line, vantage, known }),
        None => Ok(event),
    }
}

/// Interfaces are found by name, for other tools may have put them in another order.
fn frames(path: &Path, manifest: &Manifest, capture: &Capture) -> Result<Vec<Frame>, RecordError> {
    let names = manifest.vantages.iter().map(|v| format!("{}/{}", v.node, v.interface));
    let names: Vec<String> = names.collect();
    let vantage_of = |name: Option<&String>| names.iter().position(|known| Some(known) == name);
    let vantages: Vec<Option<usize>> =
        capture.interfaces.iter().map(|interface| vantage_of(interface.name.as_ref())).collect();
    let frame = |packet: &Packet| match vantages.get(packet.interface) {
        Some(Some(vantage)) => Ok(frame(packet, *vantage, manifest.began_unix_ns)),
        _ => Err(RecordError::Interface { path: path.to_owned(), name: name_of(capture, packet.interface) }),
    };
    capture.packets.iter().map(frame).collect()
}

fn name_of(capture: &Capture, interface: usize) -> String {
    let interface = capture.interfaces.get(interface);
    interface.and_then(|interface| interface.name.clone()).unwrap_or_default()
}

/// The packet as the record has it, in lab time.
pub(super) fn frame(packet: &Packet, vantage: usize, began_unix_ns: u64) -> Frame {
    // Wrapping takes back what adding did when it was written.
    let at = LabTime(packet.stamp.wrapping_sub(began_unix_ns).cast_signed());
    Frame { vantage, at, wire_len: packet.wire_len, octets: packet.octets.to_vec() }
}

fn check(path: &Path, flaw: Flaw) -> Result<(), RecordError> {
    if flaw.torn {
        return Ok(());
    }
    let (offset, reason) = (flaw.offset, flaw.reason);
    Err(RecordError::Damaged { path: path.to_owned(), offset, reason })
}

fn tell(flaw: Flaw, manifest: &Manifest, events: &mut Vec<Event>) {
    let ended = events.iter().find(|event| matches!(event.kind, EventKind::Ended { .. }));
    let Some(at) = ended.map(|event| event.at) else { return };
    let error = flaw.reason.to_owned();
    events.extend(
        (0..manifest.vantages.len())
            .map(|vantage| Event::new(at, EventKind::CaptureFailed { vantage, error: error.clone() })),
    );
}
