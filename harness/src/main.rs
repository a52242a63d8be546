use std::process::ExitCode;

fn main() -> ExitCode {
    deadpeer::cli::main()
}
