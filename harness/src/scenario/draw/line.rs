use super::scalar::{field, flow, scalar};
use crate::scenario::wording::{fate_words, rung_words};
use crate::scenario::{Expected, Outcome, Rung, When};
use crate::time::show_duration;

/// One line of `expect`, without the dash: `a > b: SYN`, or with conditions
/// `{ a > b: PROBE, times: 9 }`.
pub(super) fn line(rung: &Rung) -> String {
    let conditions = conditions(rung);
    match (&rung.what, conditions.is_empty()) {
        (Expected::Anything, _) => "\"...\"".to_owned(),
        (what, true) => {
            let (key, value) = head(what);
            format!("{key}: {value}")
        }
        (what, false) => flow(&[vec![head(what)], conditions].concat()),
    }
}

/// The same in braces also without conditions, as `wait_for` has it.
pub(super) fn map(rung: &Rung) -> String {
    match rung.what {
        Expected::Anything => "\"...\"".to_owned(),
        _ => flow(&[vec![head(&rung.what)], conditions(rung)].concat()),
    }
}

fn head(what: &Expected) -> (String, String) {
    let (key, value) = rung_words(what);
    let value = match what {
        Expected::Outcome { outcome: Outcome::Prints(text), .. } => flow(&[field("prints", scalar(text))]),
        _ => scalar(&value),
    };
    (key, value)
}

fn conditions(rung: &Rung) -> Vec<(String, String)> {
    [timing(rung), fate(rung)].concat()
}

/// How often and when a line must come, and its name.
pub(super) fn timing(rung: &Rung) -> Vec<(String, String)> {
    let mut all = Vec::new();
    if rung.times != 1 {
        all.push(field("times", rung.times));
    }
    all.extend(rung.every.map(|every| field("every", when(every))));
    all.extend(rung.when.map(|due| match due {
        When::Range(from, to) if from.is_zero() => field("within", show_duration(to)),
        due => field("after", when(due)),
    }));
    all.extend(rung.since.as_ref().map(|since| field("since", scalar(since))));
    all.extend(rung.name.as_ref().map(|name| field("as", scalar(name))));
    all
}

fn fate(rung: &Rung) -> Vec<(String, String)> {
    fate_words(&rung.what).into_iter().map(|(key, value)| field(key, value)).collect()
}

fn when(when: When) -> String {
    match when {
        When::Timer(duration) => show_duration(duration),
        When::Range(from, to) => format!("{}..{}", show_duration(from), show_duration(to)),
    }
}
