use super::Variable;
use crate::scenario::Spanned;

/// A file makes no more tests than that.
pub(super) const MOST: usize = 256;
/// So much of a value stands in a test's name.
const SHOWN: usize = 24;

/// One combination: for each variable, in order, which of its values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::scenario) struct Case<'a> {
    chosen: Vec<(&'a Variable, usize)>,
}

impl<'a> Case<'a> {
    /// Every combination, the last variable changing first; a single one without
    /// variables.
    pub(in crate::scenario) fn all(variables: &'a [Variable]) -> Vec<Self> {
        let mut cases = vec![Self { chosen: Vec::new() }];
        for variable in variables {
            let with = |case: &Self, value| Self { chosen: [case.chosen.clone(), vec![(variable, value)]].concat() };
            cases =
                cases.iter().flat_map(|case| (0..variable.values.len()).map(move |value| with(case, value))).collect();
        }
        cases
    }

    /// The value of a variable.
    pub(super) fn value(&self, name: &str) -> Option<&'a Spanned<String>> {
        let (variable, value) = self.chosen.iter().find(|(variable, _)| variable.name.value == name)?;
        variable.values.get(*value)
    }

    /// What tells its test from the others of the file: `[idle=1s,family=a]`, which can
    /// stand in a file's name; nothing without variables.
    pub(in crate::scenario) fn label(&self) -> String {
        if self.chosen.is_empty() {
            return String::new();
        }
        let words =
            self.chosen.iter().map(|(variable, value)| format!("{}={}", variable.name.value, word(variable, *value)));
        format!("[{}]", words.collect::<Vec<_>>().join(","))
    }
}

/// A value as a part of a name. Values that would look the same there are numbered.
fn word(variable: &Variable, value: usize) -> String {
    let words: Vec<String> = variable.values.iter().map(|value| plain(value)).collect();
    let own = words.get(value).cloned().unwrap_or_default();
    let before = words.iter().take(value).filter(|word| **word == own).count();
    if before == 0 { own } else { format!("{own}~{}", before + 1) }
}

/// With `_` for what has a meaning to shells, in paths or in these names.
fn plain(value: &str) -> String {
    let letter = |c: char| if c.is_ascii_alphanumeric() || "._+%-".contains(c) { c } else { '_' };
    value.trim().chars().take(SHOWN).map(letter).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::Span;

    fn at(text: &str) -> Spanned<String> {
        Spanned::new(text.to_owned(), Span::default())
    }

    fn variable(name: &str, values: &[&str]) -> Variable {
        Variable { name: at(name), values: values.iter().map(|value| at(value)).collect() }
    }

    fn labels(variables: &[Variable]) -> Vec<String> {
        Case::all(variables).iter().map(Case::label).collect()
    }

    #[test]
    fn every_combination_once_in_order() {
        let all = [variable("idle", &["1s", "5s"]), variable("f", &["a", "b"])];
        let expected = ["[idle=1s,f=a]", "[idle=1s,f=b]", "[idle=5s,f=a]", "[idle=5s,f=b]"];
        assert_eq!(labels(&all), expected);
        assert_eq!(labels(&[]), [""]);
    }

    #[test]
    fn labels_are_fit_for_names_and_stay_apart() {
        let odd = [variable("x", &["a/b", "a b", "50%", "../..", "a\nb"])];
        assert_eq!(labels(&odd), ["[x=a_b]", "[x=a_b~2]", "[x=50%]", "[x=.._..]", "[x=a_b~3]"]);
        let long = ["y".repeat(60) + "1", "y".repeat(60) + "2"];
        let names = labels(&[variable("x", &[&long[0], &long[1]])]);
        assert!(names[0] != names[1] && names.iter().all(|name| name.len() < 32), "{names:?}");
    }
}
