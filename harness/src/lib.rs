//! `deadpeer` proves how TCP connections die.
//!
//! ```text
//! file ─► Scenario ─► Plan ─► (lab: effects) ─► Record ─► Timeline ─► Verdict ─► reports
//! ```
//!
//! A module imports only from modules above it in this list; a test reads the
//! `use crate::` lines and fails on any other. [`Record`](record::Record) is the
//! waist: only the step before it needs Linux and privileges.

/// Arguments into calls of the above, and exit codes.
pub mod cli;
/// Plans run by the lab in a guest kernel whose clock jumps. Judges nothing.
pub mod guest;
/// What is expected: rungs, each with its due time. Knows nothing of what was seen.
pub mod ladder;
/// Validated words: node names, labels, errno, socket options. Knows no files.
pub mod name;
/// The live lab, behind the feature `netns`. Decides nothing the plan could.
pub mod netns;
/// Every address, rule text and window decided, as values. Touches no kernel.
pub mod plan;
/// What known middleboxes and programs do by default: data, with source and day. Builds
/// nothing.
pub mod preset;
/// What a run leaves: frames, events, statistics; versioned. Judges nothing.
pub mod record;
/// Verdicts as text and data. Decides nothing.
pub mod report;
/// Carries a plan out on a backend, into a record. Knows not which backend.
pub mod run;
/// YAML and figures into a [`Scenario`](scenario::Scenario), with source positions.
/// Resolves no names into addresses.
pub mod scenario;
/// Lab time, durations, and the kernel's timer arithmetic. Reads no clock.
pub mod time;
/// A record as one ordered list of crossings and happenings. Never fails.
pub mod timeline;
/// Ladder against timeline: every finding, not just the first.
pub mod verdict;
/// Captured octets into segments, total and lossless. Knows no flows.
pub mod wire;

pub use cli::{Checked, check};

/// The examples of the README compile.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;
