use crate::scenario::Diagnostic;
use std::collections::HashMap;

/// The errors of all combinations, each once. What is wrong only with some of them says
/// with which.
pub(in crate::scenario) fn merged(wrong: Vec<(String, Vec<Diagnostic>)>) -> Vec<Diagnostic> {
    let cases = wrong.len();
    let mut order: Vec<Diagnostic> = Vec::new();
    let mut labels: HashMap<Diagnostic, Vec<String>> = HashMap::new();
    for (label, diagnostics) in wrong {
        for diagnostic in diagnostics {
            let of = labels.entry(diagnostic.clone()).or_default();
            if of.is_empty() {
                order.push(diagnostic);
            }
            if of.last() != Some(&label) {
                of.push(label.clone());
            }
        }
    }
    let told = |diagnostic: Diagnostic| match labels.get(&diagnostic).map(Vec::as_slice) {
        Some([first, more @ ..]) if more.len() + 1 < cases => {
            Diagnostic { message: format!("{}, in {}", diagnostic.message, words(first, more.len())), ..diagnostic }
        }
        _ => diagnostic,
    };
    order.into_iter().map(told).collect()
}

fn words(first: &str, more: usize) -> String {
    match more {
        0 => format!("`{first}`"),
        _ => format!("`{first}` and {more} more"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::Span;

    fn wrong(message: &str) -> Diagnostic {
        Diagnostic { span: Span::default(), message: message.to_owned(), help: None }
    }

    #[test]
    fn what_all_have_is_told_once_and_the_rest_with_its_case() {
        let cases = [("[n=1]", vec!["all", "one"]), ("[n=2]", vec!["all", "two"]), ("[n=3]", vec!["all", "two"])];
        let all = cases.map(|(label, messages)| (label.to_owned(), messages.into_iter().map(wrong).collect()));
        let told: Vec<String> = merged(all.into()).into_iter().map(|wrong| wrong.message).collect();
        assert_eq!(told, ["all", "one, in `[n=1]`", "two, in `[n=2]` and 1 more"]);
    }

    #[test]
    fn a_single_case_is_not_named() {
        assert_eq!(merged(vec![(String::new(), vec![wrong("x")])]), [wrong("x")]);
    }
}
