use super::predict::Predict;
use super::survive::Survive;
use crate::time::parse_duration;
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;
use std::time::Duration;

/// The seed of runs that name none: they repeat, too.
const SEED: u64 = 1;

/// Proves how TCP connections die: builds a lab, breaks it, captures every packet, and
/// judges what was seen.
#[derive(Debug, Parser)]
#[command(name = "deadpeer", version, max_term_width = 100, disable_help_subcommand = true)]
pub(super) struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Run scenarios (files or folders) and print a ladder for each that fails
    Run(Run),
    /// List the scenarios that would run
    List(Select),
    /// Check scenario files without running them
    Validate(Paths),
    /// Judge a saved record or a capture file against a scenario
    Judge(Judge),
    /// Print the kernel's timetable for keepalive settings
    Predict(Predict),
    /// Print a scenario as a figure, or a figure in full form
    Draw(Draw),
    /// Print a new scenario, to be saved and changed
    New(New),
    /// Print the JSON Schema of scenario files, for editors
    Schema,
    /// List the middleboxes and programs that scenarios can name, with source and date
    Presets(Presets),
    Survive(Survive),
    /// Tell what this machine can run, and the command that mends each lack
    Doctor,
}

#[derive(Debug, Args)]
pub(super) struct Paths {
    /// Scenario files, or folders that hold some [default: scenarios, or this folder]
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
}

/// Which scenarios, and how often.
#[derive(Debug, Args)]
pub(super) struct Select {
    #[command(flatten)]
    pub paths: Paths,
    /// Only scenarios whose name contains this
    #[arg(long, value_name = "TEXT")]
    pub filter: Option<String>,
    /// Only every N-th scenario, beginning with the I-th
    #[arg(long, value_name = "I/N", value_parser = shard)]
    pub shard: Option<Shard>,
}

#[derive(Debug, Args)]
pub(super) struct Run {
    #[command(flatten)]
    pub select: Select,
    /// Which clock the kernel under the lab goes by
    #[arg(long, value_enum, default_value_t = ClockChoice::Auto)]
    pub clock: ClockChoice,
    #[command(flatten)]
    pub guest: Guest,
    /// Only scenarios whose steps and due times add up to no more than this, by whichever clock
    #[arg(long, value_name = "TIME", value_parser = parse_duration)]
    pub within: Option<Duration>,
    /// How many scenarios run side by side
    #[arg(long, value_name = "N", default_value_t = 64, value_parser = at_least_one)]
    pub jobs: usize,
    /// Run each scenario so many times
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = at_least_one)]
    pub repeat: usize,
    /// Begin no more scenarios once one has failed
    #[arg(long)]
    pub fail_fast: bool,
    /// Keep the evidence of every run in this folder [default: that of runs that did
    /// not pass, in deadpeer-out]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub format: Format,
    /// Skipped scenarios count as a failure to run (status 4)
    #[arg(long)]
    pub deny_skips: bool,
    /// Print a ladder for scenarios that pass, too
    #[arg(long)]
    pub ladder: bool,
    /// Show what would be built and done, and run nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// What runs in virtual time.
#[derive(Debug, Args)]
pub(super) struct Guest {
    /// The guest for virtual time: Linux's user-mode port, to the tick, or a distribution's
    /// kernel on a PC that QEMU emulates
    #[arg(long = "guest", value_enum, default_value_t = GuestChoice::Uml)]
    pub kind: GuestChoice,
    /// The guest's kernel [default: what ci/guest-kernel built; for QEMU the newest in /boot]
    #[arg(long, value_name = "FILE", value_parser = file)]
    pub kernel: Option<PathBuf>,
    /// All chance in virtual time comes from this number: the same again, the same run
    #[arg(long, value_name = "N", default_value_t = SEED)]
    pub seed: u64,
}

/// As if nothing had been said.
impl Default for Guest {
    fn default() -> Self {
        Self { kind: GuestChoice::Uml, kernel: None, seed: SEED }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ClockChoice {
    Real,
    Virtual,
    Auto,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum GuestChoice {
    Uml,
    Qemu,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    Human,
    Json,
    Junit,
    Github,
}

#[derive(Debug, Args)]
pub(super) struct Judge {
    /// The scenario, as it was or changed
    pub scenario: PathBuf,
    /// A run's folder under --out, or a capture file (pcap or pcapng)
    pub record: PathBuf,
    /// Which test of a file with a matrix, such as 'idle=1s' [default: what the record says]
    #[arg(long, value_name = "CASE")]
    pub case: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct Draw {
    pub scenario: PathBuf,
    /// Print the full form, not the figure
    #[arg(long)]
    pub full: bool,
    /// Which test of a file with a matrix, such as 'idle=1s'
    #[arg(long, value_name = "CASE")]
    pub case: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct New {
    /// What the scenario shows
    #[arg(value_enum, default_value_t = Template::DeadPeer)]
    pub template: Template,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Template {
    DeadPeer,
    Reboot,
    Nat,
    Figure,
    Program,
}

#[derive(Debug, Args)]
pub(super) struct Presets {
    #[arg(long, value_enum, default_value_t = Listing::Human)]
    pub format: Listing,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Listing {
    Human,
    Json,
}

/// One part of a suite that is spread over machines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Shard {
    /// From 1.
    pub index: usize,
    pub of: usize,
}

fn shard(text: &str) -> Result<Shard, String> {
    let parts = text.split_once('/').and_then(|(i, n)| Some((i.parse().ok()?, n.parse().ok()?)));
    match parts {
        Some((index, of)) if (1..=of).contains(&index) => Ok(Shard { index, of }),
        _ => Err("write I/N with 1 <= I <= N, such as 2/4".to_owned()),
    }
}

fn file(text: &str) -> Result<PathBuf, String> {
    let path = PathBuf::from(text);
    if path.is_file() { Ok(path) } else { Err("there is no such file".to_owned()) }
}

fn at_least_one(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|n| *n > 0).ok_or_else(|| "a whole number, at least 1".to_owned())
}
