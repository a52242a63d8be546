//! `deadpeer presets`: what the middleboxes and programs do that scenarios can name.

use super::args::{Listing, Presets};
use super::exit::Exit;
use crate::preset::{Build, Keepalive, MIDDLEBOXES, Middlebox, PROGRAMS, Program};
use crate::time::show_duration;
use serde_json::{Value, json};
use std::io::{self, Write};

/// `deadpeer presets`
pub(super) fn presets(args: &Presets, out: &mut dyn Write) -> io::Result<Exit> {
    match args.format {
        Listing::Human => write!(out, "{}", human())?,
        Listing::Json => {
            let all = json!({
                "middleboxes": MIDDLEBOXES.iter().map(middlebox).collect::<Vec<_>>(),
                "programs": PROGRAMS.iter().map(program).collect::<Vec<_>>(),
            });
            writeln!(out, "{}", serde_json::to_string_pretty(&all).map_err(io::Error::other)?)?;
        }
    }
    Ok(Exit::Passed)
}

fn human() -> String {
    let built = |one: &&Middlebox| one.build == Build::Lab;
    let mut text = "Middleboxes, for `nodes: { nat: { role: nat, preset: NAME } }`:\n".to_owned();
    text.extend(MIDDLEBOXES.iter().filter(built).map(box_lines));
    text += "\nMiddleboxes that the lab can't build:\n";
    text.extend(MIDDLEBOXES.iter().filter(|one| !built(one)).map(box_lines));
    text += "\nPrograms, for `client: { on: a, preset: NAME }`; idle/interval/count in seconds, `-` is the system's:\n";
    text.extend(PROGRAMS.iter().map(program_lines));
    text
}

fn box_lines(one: &Middlebox) -> String {
    let then = if one.loose { "takes up again what comes then".to_owned() } else { one.on_expiry.to_string() };
    let why = match one.build {
        Build::Lab => String::new(),
        Build::Not(why) => format!("    not built: {why}\n"),
    };
    format!(
        "\n  {}  {}\n    forgets after {}, {then}\n{why}    {}, looked up {}\n",
        one.name,
        one.about,
        show_duration(one.idle_timeout),
        one.source.at,
        one.source.checked_on,
    )
}

fn program_lines(one: &Program) -> String {
    let timeout = one.user_timeout.map_or_else(String::new, |time| format!(", user timeout {}", show_duration(time)));
    format!(
        "\n  {}  {}\n    keepalive {}{timeout}\n    {}, looked up {}\n",
        one.name, one.about, one.keepalive, one.source.at, one.source.checked_on,
    )
}

fn middlebox(one: &Middlebox) -> Value {
    json!({
        "name": one.name,
        "about": one.about,
        "idle_timeout": one.idle_timeout.as_secs(),
        "on_expiry": one.on_expiry,
        "probes_refresh": one.probes_refresh,
        "loose": one.loose,
        "runnable": one.build == Build::Lab,
        "not_runnable_because": match one.build {
            Build::Lab => None,
            Build::Not(why) => Some(why),
        },
        "source": one.source,
    })
}

fn program(one: &Program) -> Value {
    let (idle, interval, count) = match one.keepalive {
        Keepalive::On { idle, interval, count } => (idle, interval, count),
        Keepalive::Off => (None, None, None),
    };
    json!({
        "name": one.name,
        "about": one.about,
        "keepalive": one.keepalive != Keepalive::Off,
        "idle": idle,
        "interval": interval,
        "count": count,
        "user_timeout": one.user_timeout.map(|time| time.as_secs_f64()),
        "source": one.source,
    })
}
