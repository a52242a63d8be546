use super::cases::{Case, MOST};
use super::reference::{Piece, pieces};
use crate::scenario::tree::{Kind, Tree, Yaml};
use crate::scenario::{Diagnostic, Span, Spanned};

/// A name becomes a folder's: Linux has 255 octets for those, and the file's own comes first.
const LONGEST: usize = 160;
/// A value may stand in many places.
const MOST_OCTETS: usize = 200;

/// A variable and its values, at least one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::scenario) struct Variable {
    pub(in crate::scenario) name: Spanned<String>,
    pub(in crate::scenario) values: Vec<Spanned<String>>,
}

/// Takes `matrix` out of a tree; without one there are no variables.
///
/// # Errors
/// All that is wrong with it.
pub(in crate::scenario) fn split(tree: &mut Tree, mask: Option<char>) -> Result<Vec<Variable>, Vec<Diagnostic>> {
    let Kind::Map(entries) = &mut tree.root.kind else { return Ok(Vec::new()) };
    let Some(at) = entries.iter().position(|(key, _)| key.value == "matrix") else { return Ok(Vec::new()) };
    let (key, matrix) = entries.remove(at);
    let mut reader = Reader { mask, wrong: Vec::new() };
    let variables = reader.variables(&matrix, key.span);
    if reader.wrong.is_empty() { Ok(variables) } else { Err(reader.wrong) }
}

struct Reader {
    mask: Option<char>,
    wrong: Vec<Diagnostic>,
}

impl Reader {
    fn error(&mut self, span: Span, message: impl Into<String>, help: impl Into<String>) {
        self.wrong.push(Diagnostic { span, message: message.into(), help: Some(help.into()) });
    }

    fn variables(&mut self, matrix: &Yaml, place: Span) -> Vec<Variable> {
        let Kind::Map(entries) = &matrix.kind else {
            let message = format!("{} where variables belong", matrix.what());
            self.error(matrix.span, message, "write each as a name and its values: `{ idle: [1s, 5s] }`");
            return Vec::new();
        };
        let variables: Vec<Variable> = entries.iter().filter_map(|(name, list)| self.variable(name, list)).collect();
        if entries.is_empty() {
            self.error(place, "a matrix without variables", "add one: `{ idle: [1s, 5s] }`, or take it out");
        }
        let tests = variables.iter().fold(1usize, |all, one| all.saturating_mul(one.values.len()));
        if tests > MOST {
            let message = format!("the matrix makes {tests} tests; a file may make {MOST}");
            self.error(place, message, "take values out, or make several files of it");
        } else if let Some(longest) = Case::all(&variables).iter().map(|case| case.label().len()).max()
            && longest > LONGEST
        {
            let message = format!("the names of its tests would get {longest} letters longer, and may {LONGEST}");
            self.error(place, message, "take variables out, or give them shorter names and values");
        }
        variables
    }

    fn variable(&mut self, name: &Spanned<String>, list: &Yaml) -> Option<Variable> {
        self.name(name);
        let Kind::Seq(items) = &list.kind else {
            let message = format!("{} where a list of values belongs", list.what());
            self.error(list.span, message, format!("write `{}: [1s, 5s]`", clip(name)));
            return None;
        };
        if items.is_empty() {
            self.error(list.span, format!("`{}` has no values", clip(name)), "add at least one: `[1s, 5s]`");
        }
        let mut values: Vec<Spanned<String>> = Vec::new();
        for item in items {
            let Some(value) = self.value(item) else { continue };
            if values.iter().any(|known| known.value == value.value) {
                let message = format!("the value `{}` stands here a second time", clip(&value));
                self.error(value.span, message, "its tests would be the same: keep one of the two");
            }
            values.push(value);
        }
        (!values.is_empty()).then(|| Variable { name: name.clone(), values })
    }

    fn name(&mut self, name: &Spanned<String>) {
        let letters =
            |rest: &str| rest.bytes().all(|o| o.is_ascii_lowercase() || o.is_ascii_digit() || b"_-".contains(&o));
        if !(1..=16).contains(&name.len()) || !name.starts_with(|c: char| c.is_ascii_lowercase()) || !letters(name) {
            let message = format!("`{}` can't be a variable's name", clip(name));
            self.error(name.span, message, "names look like `idle`, `n2` or `probe-count`, up to 16 characters");
        }
    }

    /// A single value, in which no variable stands.
    fn value(&mut self, item: &Yaml) -> Option<Spanned<String>> {
        let Kind::Scalar { text, .. } = &item.kind else {
            let message = format!("{} where a single value belongs", item.what());
            self.error(item.span, message, "write a word, a number or a duration; quote a text with `{` or `[`");
            return None;
        };
        let all = pieces(text, self.mask);
        if all.iter().any(|piece| !matches!(piece, Piece::Text(_))) {
            self.error(item.span, "a variable among the values of a matrix", "write the value itself");
            return None;
        }
        if text.len() > MOST_OCTETS {
            let message = format!("a value of {} letters", text.len());
            self.error(item.span, message, format!("a value may have {MOST_OCTETS}"));
            return None;
        }
        if text.trim().is_empty() {
            self.error(item.span, "an empty value", "write a value that a test's name can show");
            return None;
        }
        Some(Spanned::new(
            all.iter().map(|piece| if let Piece::Text(text) = piece { text } else { "" }).collect(),
            item.span,
        ))
    }
}

fn clip(text: &str) -> String {
    if text.chars().count() <= 64 { text.to_owned() } else { text.chars().take(64).collect::<String>() + "..." }
}
