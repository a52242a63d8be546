//! Accepts clients with keepalive on, and tells how each connection ends.

use std::process::ExitCode;

fn main() -> ExitCode {
    deadpeer::cli::programs::server::main(std::env::args_os().skip(1))
}
