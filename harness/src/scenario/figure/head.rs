use super::lanes::{Lane, Lanes};
use super::row::{Item, Row};
use crate::name::NodeName;
use crate::scenario::{Diagnostic, Span, Spanned};

const HELP: &str =
    "begin with the lanes' names in boxes: `|  A  |   |  B  |`, or with a middle one, `|  A  |   | NAT |   |  B  |`";

/// What a figure begins with: its lanes, and how many rows they took.
pub(super) struct Head {
    pub(super) lanes: Lanes,
    pub(super) rows: usize,
}

/// Reads the boxes that the lanes hang from.
///
/// # Errors
/// No boxes, fewer than two or more than three, or names that can be no node's.
pub(super) fn head(rows: &[Row], start: Span) -> Result<Head, Vec<Diagnostic>> {
    let named = rows.iter().position(|row| !is_border(row));
    let boxes = named.and_then(|at| Some((at, rows.get(at)?, names(rows.get(at)?)?)));
    let Some((at, row, mut texts)) = boxes else {
        let span = named.and_then(|at| rows.get(at)).or(rows.first()).map(|row| row.span);
        return Err(vec![wrong(span.unwrap_or(start), "the figure has no head", HELP)]);
    };
    let mut end = at + 1;
    while let Some(more) = rows.get(end) {
        // The lower edge may have a tee where the lane begins, so its bars aren't counted.
        let is_edge = is_border(more) && !more.is_bare();
        if !is_edge && more.bars() != 2 * texts.len() {
            break;
        }
        end += 1;
        if is_edge {
            break;
        }
        for (text, more) in texts.iter_mut().zip(names(more).unwrap_or_default()) {
            *text = format!("{text} {more}").trim().to_owned();
        }
    }
    Ok(Head { lanes: lanes(&texts, row.span)?, rows: end })
}

/// A box's upper or lower edge, or a part without a name.
fn is_border(row: &Row) -> bool {
    row.items().all(|item| match item {
        Item::Shaft { left, right } => !left && !right,
        Item::Words(text) => text.chars().all(|c| matches!(c, '_' | '.' | '\'' | '`' | ',' | '~' | ' ')),
        Item::Cross | Item::Caret => false,
    })
}

/// The texts in the boxes of a row: between its first and second bar, its third and
/// fourth, and so on, with nothing else in the row.
fn names(row: &Row) -> Option<Vec<String>> {
    let inside = row.gaps.iter().skip(1).step_by(2).map(|gap| match gap.as_slice() {
        [] => Some(String::new()),
        [Item::Words(text)] => Some(text.clone()),
        [Item::Cross] => Some("x".to_owned()),
        _ => None,
    });
    let outside_is_blank = row.gaps.iter().step_by(2).all(Vec::is_empty);
    let even = row.bars() > 0 && row.bars().is_multiple_of(2);
    inside.collect::<Option<Vec<_>>>().filter(|_| even && outside_is_blank)
}

fn lanes(texts: &[String], span: Span) -> Result<Lanes, Vec<Diagnostic>> {
    let (left, middle, right) = match texts {
        [left, right] => (left, None, right),
        [left, middle, right] => (left, Some(middle), right),
        _ => {
            let message = format!("the head has {} lane{}", texts.len(), if texts.len() == 1 { "" } else { "s" });
            return Err(vec![wrong(span, message, "a figure has two or three lanes")]);
        }
    };
    let read =
        (lane(left, false, span), middle.map(|text| lane(text, true, span)).transpose(), lane(right, false, span));
    let lanes = match read {
        (Ok(left), Ok(middle), Ok(right)) => Lanes::new(left, middle, right),
        (left, middle, right) => return Err([left.err(), middle.err(), right.err()].into_iter().flatten().collect()),
    };
    let names: Vec<&str> = lanes.all().map(|lane| lane.name.as_str()).collect();
    match (1..names.len()).find_map(|at| names.get(at).filter(|name| names.iter().take(at).any(|n| n == *name))) {
        Some(name) => {
            Err(vec![wrong(span, format!("two lanes are named `{name}`"), "give each lane a name of its own")])
        }
        None => Ok(lanes),
    }
}

fn lane(text: &str, middle: bool, span: Span) -> Result<Lane, Diagnostic> {
    let lower = text.to_lowercase();
    let is_nat = names_a_nat(&lower);
    if is_nat && !middle {
        let message = format!("the NAT `{text}` stands at the edge");
        return Err(wrong(span, message, "draw it between the two hosts: `|  A  |   | NAT |   |  B  |`"));
    }
    let shown = if is_nat && lower.contains(' ') { "nat".to_owned() } else { lower.replace(' ', "-") };
    let help = "write another name into the box; in lower case it is the node's name";
    let name = NodeName::new(&shown).map_err(|error| wrong(span, format!("a lane's name is wrong: {error}"), help))?;
    Ok(Lane { name: Spanned::new(name, span), is_nat })
}

/// Whether a lane of this name, in lower case, is a NAT.
pub(in crate::scenario) fn names_a_nat(lower: &str) -> bool {
    lower.split([' ', '-']).any(is_nat_word)
}

/// `nat`, `nat1`, `nat44`, `cgnat`, `snat`.
fn is_nat_word(word: &str) -> bool {
    let stem = word.trim_end_matches(|c: char| c.is_ascii_digit());
    matches!(stem, "nat" | "cgnat" | "snat" | "napt" | "masquerade")
}

/// A diagnostic with a remedy.
pub(super) fn wrong(span: Span, message: impl Into<String>, help: impl Into<String>) -> Diagnostic {
    Diagnostic { span, message: message.into(), help: Some(help.into()) }
}
