use super::capture::packet;
use super::save::{header, io, stamped};
use super::{CAPTURE, Record, RecordError, load};
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

/// Writes the record's frames to `path`, each with the comment that `comment` gives for
/// its index, sorted by time as Wireshark likes them.
///
/// The file appears whole or not at all: it is written aside and then renamed.
///
/// # Errors
/// The file can't be written, or a frame's time is out of reach.
pub fn write_capture(
    path: &Path,
    record: &Record,
    comment: impl Fn(usize) -> Option<String>,
) -> Result<(), RecordError> {
    let octets = capture(record, comment)?;
    let aside = aside(path);
    let written = File::create(&aside).and_then(|mut file| file.write_all(&octets));
    let done =
        written.map_err(io("write", &aside)).and_then(|()| fs::rename(&aside, path).map_err(io("replace", path)));
    if done.is_err() {
        // The first error is the one to tell.
        let _ = fs::remove_file(&aside);
    }
    done
}

/// Puts comments into the capture of the run directory `dir`, by the index of the frame
/// in the record as [`load`](super::load) gives it. Comments that were there are gone.
///
/// # Errors
/// Those of [`load`](super::load) and [`write_capture`].
pub fn annotate(dir: &Path, comment: impl Fn(usize) -> Option<String>) -> Result<(), RecordError> {
    write_capture(&dir.join(CAPTURE), &load(dir)?, comment)
}

fn capture(record: &Record, comment: impl Fn(usize) -> Option<String>) -> Result<Vec<u8>, RecordError> {
    let mut octets = header(&record.manifest);
    let mut frames: Vec<_> = record.frames.iter().enumerate().collect();
    frames.sort_by_key(|(_, frame)| frame.at);
    for (index, frame) in frames {
        let stamped = stamped(frame, record.manifest.began_unix_ns)?;
        packet(&mut octets, &stamped, comment(index).as_deref());
    }
    Ok(octets)
}

/// Beside `path`, for a rename works within one file system only.
fn aside(path: &Path) -> PathBuf {
    let mut name = path.file_name().map_or_else(OsString::new, OsString::from);
    name.push(".part");
    path.with_file_name(name)
}
