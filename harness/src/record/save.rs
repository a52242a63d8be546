use super::capture::{Packet, interface, packet, section};
use super::{Event, EventKind, Frame, Manifest, Record, RecordError};
use serde::Serialize;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// The file of frames in a run directory.
pub const CAPTURE: &str = "capture.pcapng";
/// The file of the manifest and events in a run directory.
pub const EVENTS: &str = "record.jsonl";

/// Frames wait until so many octets have come together: a system call for each would be
/// the dearest part of a run in a guest kernel.
const ENOUGH: usize = 64 * 1024;

/// Writes a record while the run goes on.
///
/// A process that is killed leaves whole blocks and lines, but for a torn one at the end
/// that [`load`](super::load) leaves out. Frames wait in memory until 64 KiB have come
/// together, [`flush`](Self::flush) is called or an event comes: so a frame that was
/// handed over before an event that can be read can be read, too.
#[derive(Debug)]
pub struct Writer {
    began_unix_ns: u64,
    vantages: usize,
    capture: Output,
    events: Output,
    waiting: Vec<u8>,
    /// Samples, which come with the next event.
    beside: Vec<u8>,
}

/// A file that is written to as it stands, and its path for messages.
#[derive(Debug)]
struct Output {
    path: PathBuf,
    file: File,
}

impl Output {
    fn create(path: PathBuf) -> Result<Self, RecordError> {
        match File::create(&path) {
            Ok(file) => Ok(Self { path, file }),
            Err(source) => Err(RecordError::Io { operation: "create", path, source }),
        }
    }

    fn write(&mut self, octets: &[u8]) -> Result<(), RecordError> {
        self.file.write_all(octets).map_err(io("write", &self.path))
    }
}

/// Makes an I/O error speak of the path.
pub(super) fn io(operation: &'static str, path: &Path) -> impl FnOnce(io::Error) -> RecordError {
    let path = path.to_owned();
    move |source| RecordError::Io { operation, path, source }
}

impl Writer {
    /// Creates the directory and both files in it; a record that is there already is
    /// written over.
    ///
    /// # Errors
    /// The directory or a file in it can't be created or written.
    pub fn create(dir: &Path, manifest: &Manifest) -> Result<Self, RecordError> {
        fs::create_dir_all(dir).map_err(io("create", dir))?;
        let mut capture = Output::create(dir.join(CAPTURE))?;
        capture.write(&header(manifest))?;
        let mut events = Output::create(dir.join(EVENTS))?;
        events.write(&line(manifest)?)?;
        let vantages = manifest.vantages.len();
        let began_unix_ns = manifest.began_unix_ns;
        Ok(Self { began_unix_ns, vantages, capture, events, waiting: Vec::new(), beside: Vec::new() })
    }

    /// Adds a frame.
    ///
    /// # Errors
    /// Its vantage is not in the manifest, or its time is out of reach; nothing was
    /// written then. Or the file can't be written.
    pub fn frame(&mut self, frame: &Frame) -> Result<(), RecordError> {
        self.known(frame.vantage)?;
        let stamped = stamped(frame, self.began_unix_ns)?;
        packet(&mut self.waiting, &stamped, None);
        if self.waiting.len() >= ENOUGH {
            self.flush()?;
        }
        Ok(())
    }

    /// Adds an event, after all frames so far; a sample of sockets waits in memory for the
    /// next other event.
    ///
    /// # Errors
    /// It speaks of a vantage that is not in the manifest, or a file can't be written.
    pub fn event(&mut self, event: &Event) -> Result<(), RecordError> {
        if let Some(vantage) = vantage_of(event) {
            self.known(vantage)?;
        }
        self.beside.extend(line(event)?);
        if event.kind.is_sample() {
            return Ok(());
        }
        self.flush()
    }

    /// Hands over to the kernel what waits in memory.
    ///
    /// # Errors
    /// The file can't be written.
    pub fn flush(&mut self) -> Result<(), RecordError> {
        self.capture.write(&self.waiting)?;
        self.waiting.clear();
        self.events.write(&self.beside)?;
        self.beside.clear();
        Ok(())
    }

    fn known(&self, vantage: usize) -> Result<(), RecordError> {
        if vantage < self.vantages {
            return Ok(());
        }
        Err(RecordError::Vantage { vantage, known: self.vantages })
    }
}

/// A writer that goes out of sight in a panic still leaves all its frames.
impl Drop for Writer {
    fn drop(&mut self) {
        let _ = self.flush();
    }
}

/// Writes a whole record to `dir`, as a [`Writer`] would.
///
/// # Errors
/// Those of the [`Writer`].
pub fn save(dir: &Path, record: &Record) -> Result<(), RecordError> {
    let mut writer = Writer::create(dir, &record.manifest)?;
    for frame in &record.frames {
        writer.frame(frame)?;
    }
    for event in &record.events {
        writer.event(event)?;
    }
    writer.flush()
}

/// The vantage an event speaks of.
pub(super) fn vantage_of(event: &Event) -> Option<usize> {
    match event.kind {
        EventKind::CaptureEnded { vantage, .. } | EventKind::CaptureFailed { vantage, .. } => Some(vantage),
        _ => None,
    }
}

/// The capture's section header and interfaces.
pub(super) fn header(manifest: &Manifest) -> Vec<u8> {
    let mut octets = Vec::new();
    let system = format!("Linux {}", manifest.kernel.release);
    let program = concat!("deadpeer ", env!("CARGO_PKG_VERSION"));
    section(&mut octets, std::env::consts::ARCH, system.trim_end(), program);
    for (vantage, plan) in manifest.vantages.iter().enumerate() {
        let name = format!("{}/{}", plan.node, plan.interface);
        interface(&mut octets, &name, manifest.link(vantage));
    }
    octets
}

/// The frame as the capture has it, in Unix time.
pub(super) fn stamped(frame: &Frame, began_unix_ns: u64) -> Result<Packet<'_>, RecordError> {
    let stamp = began_unix_ns.checked_add_signed(frame.at.0);
    let stamp = stamp.ok_or(RecordError::Stamp { at: frame.at.0 })?;
    let (interface, wire_len) = (frame.vantage, frame.wire_len);
    Ok(Packet { interface, stamp, wire_len, octets: &frame.octets })
}

fn line(value: &impl Serialize) -> Result<Vec<u8>, RecordError> {
    let mut line = serde_json::to_vec(value).map_err(RecordError::Json)?;
    line.push(b'\n');
    Ok(line)
}
