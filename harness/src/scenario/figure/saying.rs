use super::arrow::arrow;
use super::lanes::{Lanes, State};
use super::mark::{mark, note};
use super::phrase::{Change, change, is_dots, label, pause};
use super::row::{Item, Row};
use crate::name::Label;
use std::time::Duration;

/// What one row says. Lanes go by their index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::scenario) enum Saying {
    Segment {
        from: usize,
        to: usize,
        label: Label,
        times: u32,
        reach: Reach,
    },
    Mark {
        lane: usize,
        change: Change,
    },
    /// A NAT forgets the connection.
    Deletion {
        lane: usize,
    },
    Pause(Duration),
    /// `...`
    Anything,
}

impl Saying {
    /// Makes `lanes` what they are after this row.
    pub(in crate::scenario) fn change(&self, lanes: &mut Lanes) {
        let Self::Mark { lane, change } = self else { return };
        let state = match change {
            Change::PowerOff => State::Off,
            Change::LinkDown => State::Cut,
            Change::PowerOn | Change::LinkUp => State::Up,
        };
        lanes.set(*lane, state);
    }
}

/// How far an arrow goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::scenario) enum Reach {
    Whole,
    Lost,
    LostAt(usize),
}

/// Why a row can't be read, and the remedy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wrong {
    pub(super) message: String,
    pub(super) help: String,
}

impl Wrong {
    pub(super) fn new(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { message: message.into(), help: help.into() }
    }
}

/// Reads one row below the head; none if it only carries the lanes on.
///
/// # Errors
/// Anything that isn't understood, or that contradicts the rows before.
pub(super) fn saying(row: &Row, lanes: &Lanes) -> Result<Option<Saying>, Wrong> {
    let items: Vec<&Item> = row.items().collect();
    if is_ornament(&items, lanes) {
        return Ok(None);
    }
    if items.iter().all(|item| matches!(item, Item::Words(text) if is_dots(text))) {
        return Ok(Some(Saying::Anything));
    }
    if let Some(duration) = only_words(&items).and_then(pause) {
        return Ok(Some(Saying::Pause(duration)));
    }
    let signed = items.iter().any(|item| matches!(item, Item::Cross | Item::Caret));
    let arrowed = row.gaps.iter().any(|gap| is_arrow(gap));
    let marked = items.iter().any(|item| matches!(item, Item::Words(text) if change(text).is_some()));
    let said = match (signed, arrowed && !marked) {
        (_, true) => arrow(row, lanes),
        (true, false) => mark(row, lanes),
        (false, false) => note(row, lanes),
    };
    said.map(Some)
}

/// Bars alone, or the arrowheads that lanes begin and end with.
fn is_ornament(items: &[&Item], lanes: &Lanes) -> bool {
    let carets = items.iter().all(|item| matches!(item, Item::Caret));
    let tips = |text: &str| text.chars().all(|c| matches!(c, 'v' | 'V' | ' '));
    (carets && (items.is_empty() || lanes.all_up())) || matches!(items, [Item::Words(text)] if tips(text))
}

/// The words of a row that says nothing else; heads of a dimension line are let pass.
fn only_words<'a>(items: &[&'a Item]) -> Option<&'a str> {
    match items {
        [Item::Words(text)]
        | [Item::Shaft { .. }, Item::Words(text)]
        | [Item::Words(text), Item::Shaft { .. }]
        | [Item::Shaft { .. }, Item::Words(text), Item::Shaft { .. }] => Some(text),
        _ => None,
    }
}

/// Whether a gap holds (a part of) an arrow: a label at a shaft, words between two
/// shafts, or a shaft from bar to bar.
fn is_arrow(gap: &[Item]) -> bool {
    let labelled = |text: &str| label(text).is_some();
    let plain: Vec<&Item> = gap.iter().filter(|item| !matches!(item, Item::Cross)).collect();
    match plain.as_slice() {
        [Item::Shaft { .. }] => plain.len() == gap.len(),
        [Item::Shaft { .. }, Item::Words(text)] | [Item::Words(text), Item::Shaft { .. }] => labelled(text),
        _ => plain.windows(3).any(|three| matches!(three, [Item::Shaft { .. }, Item::Words(_), Item::Shaft { .. }])),
    }
}
