use crate::time::show_duration;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::time::Duration;

/// What a link does to frames besides carrying them (tc-netem(8)). Shares are in
/// thousandths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Impairment {
    pub delay: Option<Duration>,
    /// The delay is chosen at random from so much less to so much more.
    pub jitter: Option<Duration>,
    pub loss: Option<u16>,
    pub duplicate: Option<u16>,
    /// This share is not delayed, and so overtakes the rest.
    pub reorder: Option<u16>,
    /// In this share one bit is turned.
    pub corrupt: Option<u16>,
    /// Bits a second.
    pub rate: Option<u64>,
}

/// The units of a rate, as in tc(8), largest first.
pub(super) const RATES: [(&str, u64); 4] = [("gbit", 1_000_000_000), ("mbit", 1_000_000), ("kbit", 1000), ("bit", 1)];

impl Impairment {
    /// Its settings by their keys, as a scenario has them.
    #[must_use]
    pub fn words(&self) -> Vec<(&'static str, String)> {
        let time = |key, value: Option<Duration>| value.map(|value| (key, show_duration(value)));
        let share = |key, value: Option<u16>| value.map(|value| (key, percent(value)));
        let all = [
            time("delay", self.delay),
            time("jitter", self.jitter),
            share("loss", self.loss),
            share("duplicate", self.duplicate),
            share("reorder", self.reorder),
            share("corrupt", self.corrupt),
            self.rate.map(|rate| ("rate", show_rate(rate))),
        ];
        all.into_iter().flatten().collect()
    }
}

/// `delay 20ms, loss 1%`
impl fmt::Display for Impairment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<String> = self.words().into_iter().map(|(key, value)| format!("{key} {value}")).collect();
        f.write_str(&words.join(", "))
    }
}

/// Thousandths in percent: `50%`, `0.1%`.
pub(super) fn percent(share: u16) -> String {
    match share % 10 {
        0 => format!("{}%", share / 10),
        tenth => format!("{}.{tenth}%", share / 10),
    }
}

/// In the largest unit of which it is a whole number.
fn show_rate(rate: u64) -> String {
    let (unit, size) = RATES.into_iter().find(|(_, size)| rate.is_multiple_of(*size)).unwrap_or(("bit", 1));
    format!("{}{unit}", rate / size)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_shown_in_their_largest_unit() {
        for (rate, text) in [(9600, "9600bit"), (64_000, "64kbit"), (1_000_000, "1mbit"), (1_500_000, "1500kbit")] {
            assert_eq!(show_rate(rate), text);
        }
        assert_eq!(show_rate(2_000_000_000), "2gbit");
    }

    #[test]
    fn all_of_it_in_words() {
        let delay = Some(Duration::from_millis(20));
        let how = Impairment { delay, loss: Some(15), rate: Some(64_000), ..Impairment::default() };
        assert_eq!(how.to_string(), "delay 20ms, loss 1.5%, rate 64kbit");
    }
}
