use super::args::{Cli, Command};
use super::exit::Exit;
use super::fault::guarded;
use super::say::say;
use super::watch::Judge;
use super::{commands, presets, suite, survive};
use crate::guest;
use clap::Parser;
use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

/// The whole program.
pub fn main() -> ExitCode {
    if std::env::args_os().nth(1).is_some_and(|argument| argument == guest::INIT) {
        guest::init_main(|plan| Box::new(Judge::new(plan)));
    }
    // clap ends the process with status 2 for a wrong command line.
    let cli = Cli::parse();
    guarded(|| carry_out(&cli)).into()
}

fn carry_out(cli: &Cli) -> Exit {
    let color = io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let mut out = io::stdout().lock();
    let done = match &cli.command {
        Command::Run(run) => suite::run(run, color, &mut out),
        Command::List(select) => commands::list(select, &mut out),
        Command::Validate(paths) => commands::validate(paths, color, &mut out),
        Command::Judge(judge) => commands::judge_again(judge, color, &mut out),
        Command::Predict(predict) => commands::timetable(predict, &mut out),
        Command::Draw(draw) => commands::draw(draw, color, &mut out),
        Command::New(new) => commands::new(new, &mut out),
        Command::Schema => commands::schema(&mut out),
        Command::Presets(args) => presets::presets(args, &mut out),
        Command::Survive(args) => survive::survive(args, &mut out),
        Command::Doctor => commands::doctor(&mut out),
    };
    ended(done.and_then(|exit| out.flush().map(|()| exit)))
}

/// A reader that went away (`deadpeer list | head`) is no fault of anyone; that the output
/// can't be kept is one of the command line, which says where it goes.
fn ended(done: io::Result<Exit>) -> Exit {
    match done {
        Ok(exit) => exit,
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Exit::Passed,
        Err(error) => {
            say(&format!("error: failed to write to standard output: {error}; send it elsewhere"));
            Exit::Usage
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_closed_pipe_is_no_error_and_a_full_disk_is() {
        assert_eq!(ended(Err(io::ErrorKind::BrokenPipe.into())), Exit::Passed);
        assert_eq!(ended(Err(io::ErrorKind::StorageFull.into())), Exit::Usage);
        assert_eq!(ended(Ok(Exit::Failed)), Exit::Failed);
    }
}
