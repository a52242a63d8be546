use super::args::Settings;
use super::forecast::{Forecast, RETRIES2};
use crate::time::keepalive::ProbeTime;
use crate::time::{Span, show_duration};
use std::io::{self, Write};
use std::time::Duration;

/// A list of more probes than this is folded in the middle.
const MOST_ROWS: usize = 12;
/// How many probes stay before and after the fold.
const BEFORE: usize = 4;
const AFTER: usize = 2;

/// Writes the forecast for people.
///
/// # Errors
/// `out` can't be written to.
pub(super) fn write(forecast: &Forecast, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}", title(&forecast.settings))?;
    writeln!(out)?;
    table(forecast, out)?;
    writeln!(out)?;
    summary(forecast, out)?;
    if !forecast.warnings.is_empty() {
        writeln!(out)?;
    }
    forecast.warnings.iter().try_for_each(|warning| writeln!(out, "warning: {warning}"))
}

fn title(settings: &Settings) -> String {
    let Settings { idle, interval, count, user_timeout, hz, hz_assumed } = *settings;
    let user_timeout = user_timeout.map_or(String::new(), |limit| format!(", user timeout {}", length(limit)));
    let assumed = if hz_assumed { " (assumed)" } else { "" };
    format!("idle {}, interval {}, count {count}{user_timeout}; HZ={hz}{assumed}", length(idle), length(interval))
}

/// One row for each probe and one for the end, in columns of one width.
fn table(forecast: &Forecast, out: &mut dyn Write) -> io::Result<()> {
    let width = seconds(forecast.death.latest).len();
    let row = |span: Span| {
        let (earliest, latest) = (bare(span.earliest), seconds(span.latest));
        format!("{earliest:>0$} .. {latest:>width$}", width - 2)
    };
    let digits = forecast.probes.len().to_string().len().max(1);
    for (number, probe) in shown(&forecast.probes) {
        match probe {
            Some(probe) => {
                let doubt = if probe.certain { "" } else { "   unless it ended before" };
                writeln!(out, "  probe {number:<digits$}  {}{doubt}", row(probe.after))?;
            }
            None => writeln!(out, "  ...{}  {number} more, {} apart", " ".repeat(digits + 3), step(&forecast.probes))?,
        }
    }
    writeln!(out, "  RST{}  {}   ETIMEDOUT", " ".repeat(digits + 3), row(forecast.death))
}

/// The probes that have a row, by number; for the fold, how many it hides.
fn shown(probes: &[ProbeTime]) -> Vec<(usize, Option<ProbeTime>)> {
    let rows = probes.iter().enumerate().map(|(index, probe)| (index + 1, Some(*probe)));
    if probes.len() <= MOST_ROWS {
        return rows.collect();
    }
    let last = probes.len() - AFTER;
    let fold = std::iter::once((last - BEFORE, None));
    rows.clone().take(BEFORE).chain(fold).chain(rows.skip(last)).collect()
}

/// The time between the last two probes, which is that between all but the first.
fn step(probes: &[ProbeTime]) -> String {
    match probes {
        [.., before, last] => seconds(last.after.latest.saturating_sub(before.after.latest)),
        _ => String::new(),
    }
}

fn summary(forecast: &Forecast, out: &mut dyn Write) -> io::Result<()> {
    let Forecast { death, nominal, answered_every, in_flight, settings, .. } = forecast;
    let why = match settings.user_timeout {
        Some(_) => "user timeout".to_owned(),
        None => format!("tcp_retries2 = {RETRIES2}"),
    };
    writeln!(out, "  silent peer     noticed after {}; nominally {}", range(*death), length(*nominal))?;
    writeln!(out, "  living peer     probed every {}", range(*answered_every))?;
    writeln!(out, "  data in flight  no probes; ETIMEDOUT {} after the write, without RST ({why})", range(*in_flight))
}

/// `4.072 to 4.104 s`, or in minutes and hours where that reads better.
fn range(span: Span) -> String {
    let Span { earliest, latest } = span;
    if seconds(earliest) == seconds(latest) {
        seconds(latest)
    } else if latest < Duration::from_secs(120) {
        format!("{} to {}", bare(earliest), seconds(latest))
    } else {
        let (earliest, latest) = (earliest.as_secs(), latest.as_secs() + 1);
        format!("{} to {}", length(Duration::from_secs(earliest)), length(Duration::from_secs(latest)))
    }
}

/// `4.104 s`
pub(super) fn seconds(time: Duration) -> String {
    format!("{} s", bare(time))
}

fn bare(time: Duration) -> String {
    format!("{:.3}", time.as_secs_f64())
}

/// A setting's time as people write it: `30 s`, `2 h`, `2 h 11 min 15 s`.
pub(super) fn length(time: Duration) -> String {
    let spaced = |part: &str| {
        let unit = part.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(part.len());
        let (number, unit) = part.split_at(unit);
        format!("{number} {}", if unit == "m" { "min" } else { unit })
    };
    show_duration(time).split(' ').map(spaced).collect::<Vec<_>>().join(" ")
}
