use super::usage::Misuse;
use std::fmt;
use std::io::{self, Write};
use std::process::ExitCode;

/// Writes a line to standard output at once, though that be a pipe. Nobody there to
/// read it is no reason to end a connection.
pub(super) fn say(line: impl fmt::Display) {
    let mut out = io::stdout().lock();
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}

/// Writes an error to standard error; the status is 1.
pub(super) fn fail(program: &str, error: impl fmt::Display) -> ExitCode {
    let _ = writeln!(io::stderr(), "{program}: {error}");
    ExitCode::FAILURE
}

/// Writes what is wrong with the command line, and the usage; the status is 2.
pub(super) fn misused(program: &str, error: &Misuse, usage: &str) -> ExitCode {
    let _ = writeln!(io::stderr(), "{program}: {error}\nusage: {program} {usage}");
    ExitCode::from(2)
}
