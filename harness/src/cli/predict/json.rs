use super::forecast::Forecast;
use crate::time::Span;
use serde::Serialize;
use std::io::{self, Write};
use std::time::Duration;

/// All times are in seconds.
#[derive(Serialize)]
struct Document<'a> {
    hz: u32,
    hz_assumed: bool,
    idle: f64,
    interval: f64,
    count: u32,
    user_timeout: Option<f64>,
    probes: Vec<Probe>,
    death: Death,
    nominal: f64,
    answered_every: Range,
    in_flight_death: Range,
    one_lost_probe_kills: bool,
    warnings: &'a [String],
}

#[derive(Serialize)]
struct Range {
    earliest: f64,
    latest: f64,
}

#[derive(Serialize)]
struct Probe {
    earliest: f64,
    latest: f64,
    /// False if the user timeout may end the connection before it.
    certain: bool,
}

#[derive(Serialize)]
struct Death {
    earliest: f64,
    latest: f64,
    errno: &'static str,
}

/// Writes the forecast for programs.
///
/// # Errors
/// `out` can't be written to.
pub(super) fn write(forecast: &Forecast, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, &Document::of(forecast))?;
    writeln!(out)
}

impl<'a> Document<'a> {
    fn of(forecast: &'a Forecast) -> Self {
        let settings = &forecast.settings;
        let Range { earliest, latest } = range(forecast.death);
        Self {
            hz: settings.hz,
            hz_assumed: settings.hz_assumed,
            idle: settings.idle.as_secs_f64(),
            interval: settings.interval.as_secs_f64(),
            count: settings.count,
            user_timeout: settings.user_timeout.map(|limit| limit.as_secs_f64()),
            probes: forecast.probes.iter().map(|probe| Probe::of(probe.after, probe.certain)).collect(),
            death: Death { earliest, latest, errno: "ETIMEDOUT" },
            nominal: forecast.nominal.as_secs_f64(),
            answered_every: range(forecast.answered_every),
            in_flight_death: range(forecast.in_flight),
            one_lost_probe_kills: forecast.one_loss_kills,
            warnings: &forecast.warnings,
        }
    }
}

impl Probe {
    fn of(span: Span, certain: bool) -> Self {
        let Range { earliest, latest } = range(span);
        Self { earliest, latest, certain }
    }
}

fn range(span: Span) -> Range {
    let seconds = |time: Duration| (time.as_secs_f64() * 1e6).round() / 1e6;
    Range { earliest: seconds(span.earliest), latest: seconds(span.latest) }
}
