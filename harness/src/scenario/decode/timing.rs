use super::conditions;
use super::context::{Context, clip};
use super::fields::Fields;
use crate::scenario::keys::TIMED;
use crate::scenario::tree::{Kind, Yaml};
use crate::scenario::{Expected, Rung, Spanned};

/// Sets conditions for rows of a figure.
pub(super) fn timing(tree: &Yaml, rows: &mut [Spanned<Rung>], cx: &mut Context) {
    let Kind::Map(entries) = &tree.kind else {
        let help = "write rows and their conditions: `{ 3: { after: 2s }, PSH: { within: 300ms } }`";
        return cx.error(tree.span, format!("{} where rows belong", tree.what()), help);
    };
    for (key, tree) in entries {
        let Some(index) = row(key, rows, cx) else { continue };
        let Some(fields) = Fields::open(tree, &TIMED, cx) else { continue };
        let Some(row) = rows.get_mut(index) else { continue };
        if let Some(rung) = conditions::apply(&fields, Some(row.value.clone()), cx) {
            row.value = rung;
        }
    }
}

/// The row of this number, or the only one that reads so.
fn row(key: &Spanned<String>, rows: &[Spanned<Rung>], cx: &mut Context) -> Option<usize> {
    if let Ok(number) = key.parse::<usize>() {
        let index = number.checked_sub(1).filter(|index| *index < rows.len());
        if index.is_none() {
            let help = format!("rows are counted from 1 to {}", rows.len());
            cx.error(key.span, format!("the figure has no row {number}"), help);
        }
        return index;
    }
    let texts: Vec<String> = rows.iter().map(|row| short(&row.what)).collect();
    let found: Vec<usize> = (0..).zip(&texts).filter(|(_, text)| **text == key.value).map(|(index, _)| index).collect();
    match found.as_slice() {
        [one] => Some(*one),
        [] => {
            cx.unknown(key, "row", texts.iter().map(String::as_str));
            None
        }
        [first, ..] => {
            let message = format!("`{}` is the text of {} rows", clip(key), found.len());
            cx.error(key.span, message, format!("use the row's number: `{}` for the first of them", first + 1));
            None
        }
    }
}

/// What a row reads, without who and where.
fn short(what: &Expected) -> String {
    match what {
        Expected::Segment { label, .. } => label.to_string(),
        Expected::Step(name) => name.value.clone(),
        Expected::Outcome { outcome, .. } => outcome.to_string(),
        Expected::Conntrack { change, .. } => change.to_string(),
        other => other.to_string(),
    }
}
