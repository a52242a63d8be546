use crate::ladder::{Anchor, Expected, Fate, Ladder, Outcome, Rung, When};
use crate::name::{Errno, Label, Side, SocketField};
use crate::timeline::{Happening, Timeline, What};
use crate::verdict::order::NOTICE;
use crate::verdict::outcomes::must_be_named;
use crate::verdict::{SeenAs, Verdict};
use std::time::Duration;

/// A mutant: what was done, the rung that a finding should name, the ladder.
type Mutant = (String, usize, Ladder);

/// Ladders that differ from this one in one thing, such that no record which passes this
/// one passes them. Changes that a record could bear are left out: what need not be
/// named, what comes last, and what is read or kept quiet at another place.
#[must_use]
pub fn ladder_mutants(ladder: &Ladder) -> Vec<Mutant> {
    let mut mutants = Vec::new();
    for (index, rung) in ladder.rungs.iter().enumerate() {
        let changed = changes(rung).into_iter().map(|(what, rung)| {
            let mut ladder = ladder.clone();
            if let Some(place) = ladder.rungs.get_mut(index) {
                *place = rung;
            }
            (what, ladder)
        });
        let expected = if_repeated(ladder, index);
        let named = |what: String| format!("line {} `{}`: {what}", rung.line, rung.text);
        mutants.extend(changed.map(|(what, ladder)| (named(what), index, ladder)));
        mutants.extend(counts(ladder, index).into_iter().map(|(what, ladder)| (named(what), expected, ladder)));
        mutants.extend(left_out(ladder, index).map(|l| (named("left out".into()), expected.saturating_sub(1), l)));
        mutants.extend(swapped(ladder, index).map(|l| (named("swapped with the next".into()), index, l)));
    }
    mutants
}

/// Whether swapping this rung and the next must be noticed: not if the two overlapped in
/// time (a step and what it caused), as far as their stamps can tell.
#[must_use]
pub fn swap_is_told(timeline: &Timeline, verdict: &Verdict, first: usize) -> bool {
    let seen = |wanted: usize| {
        let rungs = verdict.rungs.iter().filter(move |rung| rung.rung == wanted);
        rungs.filter_map(|rung| rung.seen).map(|seen| (seen.at, what(timeline, seen.what)))
    };
    let second = first.saturating_add(1);
    let begun = seen(second).map(|(at, happening)| happening.map_or(at, |h| h.from)).max();
    let ended = seen(first).map(|(at, _)| at).min();
    let stamp = |wanted: usize| seen(wanted).map(|(_, happening)| Stamp::of(happening)).next();
    let apart = match (stamp(first), stamp(second)) {
        (_, Some(Stamp::Exact)) | (Some(Stamp::Exact), Some(Stamp::Side(_))) => Duration::ZERO,
        (Some(Stamp::Side(a)), Some(Stamp::Side(b))) if a == b => Duration::ZERO,
        _ => NOTICE,
    };
    matches!((ended, begun), (Some(ended), Some(begun)) if ended + apart < begun)
}

fn what(timeline: &Timeline, seen: SeenAs) -> Option<&Happening> {
    match seen {
        SeenAs::Happening(index) => timeline.happenings.get(index),
        SeenAs::Crossing(_) | SeenAs::Silence => None,
    }
}

/// Whose clock read it was, and how soon after.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stamp {
    Exact,
    /// An endpoint's thread, woken by it.
    Side(Side),
    /// A thread that was told of it.
    Told,
}

impl Stamp {
    fn of(happening: Option<&Happening>) -> Self {
        match happening.map(|happening| &happening.what) {
            Some(What::Outcome { side, .. }) => Self::Side(*side),
            Some(What::Printed { .. } | What::Conntrack { .. }) => Self::Told,
            _ => Self::Exact,
        }
    }
}

fn is_segment(rung: &Rung) -> bool {
    matches!(rung.what, Expected::Segment { .. })
}

fn same(a: &Rung, b: &Rung) -> bool {
    match (&a.what, &b.what) {
        (Expected::Segment { from, to, label, .. }, Expected::Segment { from: f, to: t, label: l, .. }) => {
            (from, to, label) == (f, t, l)
        }
        (a, b) => a == b,
    }
}

/// The last rung of a run of equal ones: one too few or too many is told there.
fn if_repeated(ladder: &Ladder, index: usize) -> usize {
    let later = ladder.rungs.iter().enumerate().skip(index);
    let equal = later.take_while(|(_, rung)| ladder.rungs.get(index).is_some_and(|first| same(first, rung)));
    equal.map(|(index, _)| index).last().unwrap_or(index)
}

fn allowed(ladder: &Ladder, rung: &Rung) -> bool {
    matches!(&rung.what, Expected::Segment { label, .. } if ladder.allow.contains(label))
}

/// The number of repeats, one more and one less. What comes too much after the last rung
/// may come after judging ended.
fn counts(ladder: &Ladder, index: usize) -> Vec<(String, Ladder)> {
    let with = |times: u32| {
        let mut ladder = ladder.clone();
        if let Some(rung) = ladder.rungs.get_mut(index) {
            rung.times = times;
        }
        (format!("{times} times"), ladder)
    };
    let Some(rung) = ladder.rungs.get(index).filter(|rung| is_segment(rung) && !allowed(ladder, rung)) else {
        return Vec::new();
    };
    let last = index + 1 == ladder.rungs.len();
    let fewer = (rung.times > 1 && !last).then(|| with(rung.times - 1));
    let more = (!last || !ladder.open_ended).then(|| with(rung.times.saturating_add(1)));
    more.into_iter().chain(fewer).collect()
}

/// Anchors follow their rungs; one on the line before stays on the line before.
fn renumbered(
    ladder: &Ladder,
    rungs: Vec<Rung>,
    moved: impl Fn(usize) -> usize,
    old: impl Fn(usize) -> usize,
) -> Ladder {
    let follow = |(index, mut rung): (usize, Rung)| {
        if let Anchor::Rung(anchor) = rung.since {
            let was_before = anchor + 1 == old(index);
            let before = index.checked_sub(1).map_or(Anchor::Start, Anchor::Rung);
            rung.since = if was_before { before } else { Anchor::Rung(moved(anchor)) };
        } else if index > 0 && old(index) == 0 && rung.since == Anchor::Start {
            rung.since = Anchor::Rung(index - 1);
        }
        rung
    };
    Ladder { rungs: rungs.into_iter().enumerate().map(follow).collect(), ..ladder.clone() }
}

/// Segments must all be named.
fn left_out(ladder: &Ladder, index: usize) -> Option<Ladder> {
    let rung = ladder.rungs.get(index)?;
    if index + 1 == ladder.rungs.len() || !is_segment(rung) || allowed(ladder, rung) {
        return None;
    }
    Some(without(ladder, index))
}

/// The ladder without one of its lines about an error, which must all be named: at its
/// place another finding must say so. None if the rung is another, or nothing after it is
/// judged.
#[must_use]
pub fn error_left_out(ladder: &Ladder, index: usize) -> Option<Ladder> {
    let rung = ladder.rungs.get(index)?;
    let Expected::Outcome { outcome, .. } = &rung.what else { return None };
    let last = index + 1 == ladder.rungs.len();
    if !must_be_named(outcome) || (last && ladder.open_ended) {
        return None;
    }
    Some(without(ladder, index))
}

fn without(ladder: &Ladder, index: usize) -> Ladder {
    let mut rungs = ladder.rungs.clone();
    rungs.remove(index);
    let moved = |anchor: usize| if anchor >= index { anchor.saturating_sub(1) } else { anchor };
    renumbered(ladder, rungs, moved, |place| if place >= index { place + 1 } else { place })
}

fn swapped(ladder: &Ladder, index: usize) -> Option<Ladder> {
    let (a, b) = (ladder.rungs.get(index)?, ladder.rungs.get(index + 1)?);
    let fixed = |rung: &Rung| matches!(rung.what, Expected::Reading { .. } | Expected::Quiet(_));
    if same(a, b) || fixed(a) || fixed(b) || allowed(ladder, a) || allowed(ladder, b) {
        return None;
    }
    let mut rungs = ladder.rungs.clone();
    rungs.swap(index, index + 1);
    let swap = move |place: usize| match place {
        place if place == index => index + 1,
        place if place == index + 1 => index,
        place => place,
    };
    Some(renumbered(ladder, rungs, swap, swap))
}

/// Everything else about the rung, one thing at a time.
fn changes(rung: &Rung) -> Vec<(String, Rung)> {
    let what = others(&rung.what).into_iter().map(|(name, what)| (name, Rung { what, ..rung.clone() }));
    let when =
        rung.when.into_iter().flat_map(times).map(|(name, when)| (name, Rung { when: Some(when), ..rung.clone() }));
    let spaced = rung.every.filter(|_| rung.times > 1).into_iter().flat_map(times);
    let every = spaced.map(|(name, when)| (format!("repeats {name}"), Rung { every: Some(when), ..rung.clone() }));
    what.chain(when).chain(every).collect()
}

/// The same time made much later and, if it was long enough, much sooner.
fn times(when: When) -> Vec<(String, When)> {
    const LONG: Duration = Duration::from_millis(200);
    let (later, sooner) = match when {
        When::Timer(set) => (
            When::Timer(set.saturating_mul(3).saturating_add(Duration::from_secs(1))),
            (set >= LONG).then_some(When::Timer(set / 4)),
        ),
        When::Range(low, high) => {
            let away = high.saturating_add(Duration::from_secs(10));
            (When::Range(away, away), (low >= LONG).then_some(When::Range(Duration::ZERO, low / 4)))
        }
    };
    let sooner = sooner.map(|when| ("sooner".to_owned(), when));
    [("later".to_owned(), later)].into_iter().chain(sooner).collect()
}

fn others(what: &Expected) -> Vec<(String, Expected)> {
    match what {
        Expected::Segment { from, to, label, fate } => {
            let with = |label, fate| Expected::Segment { from: from.clone(), to: to.clone(), label, fate };
            let other = if *label == Label::Probe { Label::Psh } else { Label::Probe };
            let end = if *fate == Fate::Arrives { Fate::Lost } else { Fate::Arrives };
            let back = Expected::Segment { from: to.clone(), to: from.clone(), label: *label, fate: fate.clone() };
            vec![
                (format!("{other} instead"), with(other, fate.clone())),
                ("lost instead of arriving, or the other way".to_owned(), with(*label, end)),
                ("the other way round".to_owned(), back),
            ]
        }
        Expected::Outcome { side, outcome } => {
            let outcome = other_outcome(outcome).map(|outcome| Expected::Outcome { side: *side, outcome });
            outcome.map(|what| ("another outcome".to_owned(), what)).into_iter().collect()
        }
        Expected::Reading { value } => {
            vec![("another value".to_owned(), Expected::Reading { value: other_reading(value) })]
        }
        Expected::Quiet(length) => {
            vec![("quiet for much longer".to_owned(), Expected::Quiet(length.saturating_mul(1000)))]
        }
        Expected::Step(_) => vec![("another step".to_owned(), Expected::Step(usize::MAX))],
        // Events of conntrack need not be named, so another one may be there as well.
        Expected::Conntrack { .. } => Vec::new(),
    }
}

/// What might have been read instead: one more, or another state or timer of a socket.
pub(super) fn other_reading(value: &str) -> String {
    let (number, rest) = value.split_at(value.find(' ').unwrap_or(value.len()));
    let sign = if number.starts_with('+') { "+" } else { "" };
    if let Ok(number) = number.trim_start_matches('+').parse::<u64>() {
        return format!("{sign}{}{rest}", number.wrapping_add(1));
    }
    let fields = [SocketField::State, SocketField::Timer];
    let values = fields.iter().find(|field| field.value(value).is_some()).map_or(&[][..], |field| field.values());
    let other = values.iter().copied().find(|other| *other != value);
    other.map_or_else(|| format!("{value}0"), ToOwned::to_owned)
}

/// Another outcome of the same kind, or at least of an endpoint that came to its end.
pub(super) fn other_outcome(outcome: &Outcome) -> Option<Outcome> {
    const RESET: Errno = Errno(104);
    const REFUSED: Errno = Errno(111);
    Some(match outcome {
        Outcome::Errno(RESET) | Outcome::Connected => Outcome::Errno(REFUSED),
        Outcome::Errno(_) | Outcome::Eof => Outcome::Errno(RESET),
        Outcome::Bytes(count) => Outcome::Bytes(count.saturating_add(1)),
        Outcome::Exit(status) => Outcome::Exit(status.wrapping_add(1)),
        Outcome::Signal(number) => Outcome::Signal(number.wrapping_add(1)),
        Outcome::Prints(text) => Outcome::Prints(format!("{text}\0")),
        Outcome::Alive => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::other_reading;

    #[test]
    fn another_reading_is_one_that_might_be() {
        let cases = [
            ("4 packets", "5 packets"),
            ("+3", "+4"),
            ("7200", "7201"),
            ("4096 131072 6291456", "4097 131072 6291456"),
            ("FIN_WAIT1", "ESTABLISHED"),
            ("none", "ESTABLISHED"),
            ("keepalive", "none"),
            ("alive", "alive0"),
            ("", "0"),
        ];
        for (value, other) in cases {
            assert_eq!(other_reading(value), other);
        }
    }
}
