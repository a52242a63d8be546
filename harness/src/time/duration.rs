use std::time::Duration;

/// Why a text is no duration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DurationError {
    #[error("`{0}` is no duration: write a number and a unit, such as `300ms`, `2s`, `1m 15s`, `2h`")]
    Malformed(String),
    #[error("`{0}` is too long to be counted in nanoseconds (292 years)")]
    TooLong(String),
}

/// Units with their nanoseconds, the longest first.
const UNITS: [(&str, u64); 7] = [
    ("d", 86_400_000_000_000),
    ("h", 3_600_000_000_000),
    ("m", 60_000_000_000),
    ("s", 1_000_000_000),
    ("ms", 1_000_000),
    ("us", 1_000),
    ("ns", 1),
];

/// Reads `2s`, `300ms`, `1.5s`, `2h 11m 15s`; a bare `0` needs no unit.
///
/// # Errors
/// Another form, or more than an `i64` of nanoseconds.
pub fn parse_duration(text: &str) -> Result<Duration, DurationError> {
    let malformed = || DurationError::Malformed(text.to_owned());
    if text.trim() == "0" {
        return Ok(Duration::ZERO);
    }
    let mut rest = text.trim();
    let mut total: u128 = 0;
    if rest.is_empty() {
        return Err(malformed());
    }
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.').ok_or_else(malformed)?;
        let (number, tail) = rest.split_at(digits);
        let unit_len = tail.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(tail.len());
        let (unit, tail) = tail.split_at(unit_len);
        let scale = UNITS.iter().find(|(name, _)| *name == unit).ok_or_else(malformed)?.1;
        let part = scaled(number, scale).ok_or_else(malformed)?;
        total = total.saturating_add(part);
        rest = tail.trim_start();
    }
    u64::try_from(total)
        .ok()
        .filter(|&n| i64::try_from(n).is_ok())
        .map(Duration::from_nanos)
        .ok_or_else(|| DurationError::TooLong(text.to_owned()))
}

/// `number` (digits, perhaps with one point) times `scale`, exactly.
fn scaled(number: &str, scale: u64) -> Option<u128> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if whole.is_empty() || (number.contains('.') && fraction.is_empty()) || fraction.len() > 18 {
        return None;
    }
    let whole = whole
        .bytes()
        .try_fold(0u128, |n, digit| Some((n * 10 + u128::from(digit.checked_sub(b'0')?)).min(u128::from(u64::MAX))))?;
    let part: u128 = if fraction.is_empty() { 0 } else { fraction.parse().ok()? };
    let places = 10u128.pow(u32::try_from(fraction.len()).ok()?);
    Some(whole * u128::from(scale) + part * u128::from(scale) / places)
}

/// The shortest text that reads back as `duration`: `300ms`, `2s`, `2h 11m 15s`.
#[must_use]
pub fn show_duration(duration: Duration) -> String {
    let mut rest = u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
    if rest == 0 {
        return "0s".to_owned();
    }
    if rest < 1_000_000_000 {
        let (unit, scale) = UNITS[4..].iter().find(|(_, scale)| rest >= *scale).unwrap_or(&UNITS[6]);
        return format!("{}{unit}", decimal(rest, *scale));
    }
    let mut parts = Vec::new();
    for (unit, scale) in &UNITS[..3] {
        if rest >= *scale {
            parts.push(format!("{}{unit}", rest / scale));
            rest %= scale;
        }
    }
    if rest > 0 {
        parts.push(format!("{}s", decimal(rest, 1_000_000_000)));
    }
    parts.join(" ")
}

/// `value / scale` with no more places than it needs.
fn decimal(value: u64, scale: u64) -> String {
    let places = scale.ilog10() as usize;
    let text = format!("{}.{:0places$}", value / scale, value % scale);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_that_are_written() {
        let cases =
            [("2s", 2000), ("300ms", 300), ("1.5s", 1500), ("1m15s", 75_000), ("2h 11m 15s", 7_875_000), ("0", 0)];
        for (text, millis) in cases {
            assert_eq!(parse_duration(text), Ok(Duration::from_millis(millis)), "{text}");
        }
    }

    #[test]
    fn forms_that_are_none() {
        for text in ["", "2", "s", "2 s s", "-1s", "1.s", ".5s", "1..5s", "2x", "1e3s"] {
            assert!(parse_duration(text).is_err(), "{text}");
        }
        assert_eq!(parse_duration("99999999999h"), Err(DurationError::TooLong("99999999999h".into())));
    }

    #[test]
    fn shown_reads_back() {
        for nanos in [1, 999, 1_500, 300_000_000, 1_020_000_000, 75_000_000_000, 7_875_000_000_000, 86_400_000_000_001]
        {
            let duration = Duration::from_nanos(nanos);
            assert_eq!(parse_duration(&show_duration(duration)), Ok(duration), "{nanos}");
        }
    }
}
