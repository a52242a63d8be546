use super::args::Format;
use super::commands::refuse;
use super::exit::Exit;
use super::select::{LoadError, Loaded};
use crate::netns;
use crate::plan::Plan;
use crate::report;
use std::io::{self, Write};

/// `deadpeer run --dry-run`: what would be built, done and expected, in words; or, as
/// JSON, one array of whole plans.
pub(super) fn dry_run(loaded: &[Loaded], format: Format, out: &mut dyn Write) -> io::Result<Exit> {
    match format {
        Format::Human => {
            let hz = netns::hz();
            let texts: Vec<String> = loaded.iter().map(|one| report::plan(&one.plan, hz)).collect();
            write!(out, "{}", texts.join("\n\n"))?;
        }
        Format::Json => {
            let plans: Vec<&Plan> = loaded.iter().map(|one| &one.plan).collect();
            writeln!(out, "{}", serde_json::to_string_pretty(&plans).map_err(io::Error::other)?)?;
        }
        Format::Junit | Format::Github => {
            let why = "error: a plan has no such form; use --dry-run with --format human or json";
            return refuse(&LoadError(why.to_owned()));
        }
    }
    Ok(Exit::Passed)
}
