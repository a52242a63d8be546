use super::pair::{Client, Question};
use super::table;
use crate::cli::args::{Guest, Listing};
use crate::preset::{self, BUILDABLE_NAMES, Build, Keepalive, Middlebox, PROGRAM_NAMES, Program};
use crate::time::parse_duration;
use std::time::Duration;

/// Tell whether an idle connection lives through a middlebox, by running it in virtual time
///
/// Status: 0 it lives (with --all: every run could be judged), 1 it does not, 3 it could
/// not be judged, 4 there is no guest kernel.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Survive {
    /// A program whose keepalive the client has, see `deadpeer presets`
    #[arg(long, value_name = "PRESET", value_parser = client, required_unless_present_any = ["keepalive", "all"])]
    client: Option<&'static Program>,
    /// A middlebox that the connection goes through, see `deadpeer presets`
    #[arg(long, value_name = "PRESET", value_parser = through, required_unless_present = "all")]
    through: Option<&'static Middlebox>,
    /// Keepalive of the client's own, in seconds: `60/10/6`
    #[arg(long, value_name = "IDLE/INTERVAL/COUNT", value_parser = keepalive)]
    keepalive: Option<Keepalive>,
    /// TCP_USER_TIMEOUT of the client
    #[arg(long, value_name = "TIME", value_parser = user_timeout)]
    user_timeout: Option<Duration>,
    /// How long it is left idle [default: three times the middlebox's time-out]
    #[arg(long, value_name = "TIME", value_parser = idle, conflicts_with = "all")]
    idle: Option<Duration>,
    /// All programs through all middleboxes that forget within a day, as a table; with
    /// --client or --through, that one through all, or all through that one
    #[arg(long, conflicts_with_all = ["keepalive", "user_timeout", "ladder", "print"])]
    pub all: bool,
    /// Print the ladders of both runs, too
    #[arg(long)]
    pub ladder: bool,
    /// Print a scenario and run nothing: to be saved, changed and run by `deadpeer run`
    #[arg(long, value_enum, value_name = "WHICH", num_args = 0..=1, default_missing_value = "idle")]
    pub print: Option<Which>,
    #[arg(long, value_enum, default_value_t = Listing::Human)]
    pub format: Listing,
    #[command(flatten)]
    pub guest: Guest,
}

/// The two scenarios that give the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(in crate::cli) enum Which {
    /// It is left idle, and then written to
    Idle,
    /// The server loses power
    Dead,
}

impl Survive {
    /// All that is asked.
    pub(super) fn questions(&self) -> Vec<Question> {
        let client = Client { preset: self.client, keepalive: self.keepalive, user_timeout: self.user_timeout };
        if !self.all {
            return self.through.map(|through| Question { client, through, idle: self.idle }).into_iter().collect();
        }
        let mut all = table::questions();
        all.retain(|one| self.client.is_none_or(|wanted| one.client.preset == Some(wanted)));
        all.retain(|one| self.through.is_none_or(|wanted| one.through == wanted));
        all
    }
}

fn client(name: &str) -> Result<&'static Program, String> {
    preset::program(name).ok_or_else(|| meant(name, &PROGRAM_NAMES))
}

fn through(name: &str) -> Result<&'static Middlebox, String> {
    let known = preset::middlebox(name).ok_or_else(|| meant(name, &BUILDABLE_NAMES))?;
    match known.build {
        Build::Lab => Ok(known),
        Build::Not(why) => Err(format!("it can't be built: {why}")),
    }
}

fn meant(name: &str, known: &[&'static str]) -> String {
    match preset::alike(name, known).as_slice() {
        [] => "there is no such preset; `deadpeer presets` lists them".to_owned(),
        alike => format!("there is no such preset; did you mean {}?", alike.join(" or ")),
    }
}

/// Within the limits of include/net/tcp.h.
fn keepalive(text: &str) -> Result<Keepalive, String> {
    let numbers: Vec<u16> = text.split('/').filter_map(|part| part.parse().ok()).collect();
    match (numbers.as_slice(), text.matches('/').count()) {
        ([idle @ 1..=32767, interval @ 1..=32767, count @ 1..=127], 2) => {
            let count = u8::try_from(*count).ok();
            Ok(Keepalive::On { idle: Some(*idle), interval: Some(*interval), count })
        }
        _ => Err("write seconds, seconds and a count: `60/10/6`, up to 32767/32767/127".to_owned()),
    }
}

/// The option is an `int` of milliseconds (tcp(7)).
fn user_timeout(text: &str) -> Result<Duration, String> {
    let time = parse_duration(text).map_err(|error| error.to_string())?;
    let whole = time.subsec_nanos().is_multiple_of(1_000_000) && !time.is_zero();
    let fits = whole && i32::try_from(time.as_millis()).is_ok();
    fits.then_some(time).ok_or_else(|| "write whole milliseconds, at least one: `30s`".to_owned())
}

fn idle(text: &str) -> Result<Duration, String> {
    let time = parse_duration(text).map_err(|error| error.to_string())?;
    // Some weeks are as far as a guest's clock was seen to jump.
    let fits = (Duration::from_secs(1)..=Duration::from_secs(60 * 86400)).contains(&time);
    fits.then_some(time).ok_or_else(|| "write a time from 1s to 60d".to_owned())
}
