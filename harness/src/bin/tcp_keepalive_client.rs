//! Connects with keepalive on, and tells how the connection ends.

use std::process::ExitCode;

fn main() -> ExitCode {
    deadpeer::cli::programs::client::main(std::env::args_os().skip(1))
}
