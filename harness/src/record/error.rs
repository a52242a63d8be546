use super::VERSION;
use crate::name::NameError;
use std::io;
use std::path::PathBuf;

/// Why a record could not be written or read. Each completes "failed to".
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    #[error("{operation} `{path}`")]
    Io { operation: &'static str, path: PathBuf, source: io::Error },
    #[error("read `{0}`: it holds no manifest; the run ended before it began to record")]
    NoManifest(PathBuf),
    #[error(
        "read `{path}`: it is of version {found} and this program reads versions up to {VERSION}; \
         judge it with the release that wrote it"
    )]
    Version { path: PathBuf, found: u64 },
    #[error("read line {line} of `{path}`: {reason}; delete the line to go on without that event")]
    Line { path: PathBuf, line: usize, reason: String },
    #[error("write a frame or event of vantage {vantage}: the manifest has {known} of them")]
    Vantage { vantage: usize, known: usize },
    #[error(
        "read line {line} of `{path}`: it speaks of vantage {vantage}, and the manifest has \
         {known} of them; manifest and events are of different runs"
    )]
    EventVantage { path: PathBuf, line: usize, vantage: usize, known: usize },
    #[error(
        "read `{path}`: its interface `{name}` is no vantage of the record; put the capture \
         back that the run wrote, or read it alone"
    )]
    Interface { path: PathBuf, name: String },
    #[error("write a frame of lab time {at} ns: that is no time in Unix nanoseconds of 64 bits")]
    Stamp { at: i64 },
    #[error("read `{path}`: {reason}")]
    Unreadable { path: PathBuf, reason: String },
    #[error("read `{path}`: it holds no packets; was the capture running while they passed?")]
    NoPackets { path: PathBuf },
    #[error("read `{path}`: octet {offset}: {reason}; put a sound copy in its place")]
    Damaged { path: PathBuf, offset: usize, reason: &'static str },
    #[error("write an event")]
    Json(#[source] serde_json::Error),
    #[error("name a node")]
    Name(#[from] NameError),
}
