//! `deadpeer predict`: when the kernel probes, and when it gives up.

mod args;
mod forecast;
mod json;
mod text;
mod warnings;

pub use args::{Invalid, Predict, PredictError};

use forecast::Forecast;
use std::io::Write;

/// Writes the timetable that `args` ask for.
///
/// # Errors
/// Every value that the kernel would refuse, at once; or `out` can't be written to.
pub fn run(args: &Predict, out: &mut dyn Write) -> Result<(), PredictError> {
    let forecast = Forecast::of(&args.check()?);
    let written = if args.json { json::write(&forecast, out) } else { text::write(&forecast, out) };
    Ok(written?)
}

#[cfg(test)]
mod tests;
