use super::matrix::{self, Case, Ground, Variable, fill, merged};
use super::tree::Tree;
use super::{Diagnostic, Scenario, Source, Span, decode, text, tree};
use std::collections::BTreeSet;

/// Everything that is wrong with a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The file; of one that can't be shown, as much as can be.
    pub source: Source,
    /// At least one, by their places.
    pub diagnostics: Vec<Diagnostic>,
}

/// One of the tests that a file makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variant {
    /// Which of its matrix's combinations, such as `[idle=1s,family=a]`; empty for a file
    /// without a matrix. It can stand in a file's name, and needs quotes in a shell.
    pub case: String,
    pub scenario: Scenario,
}

/// Reads the file `path`, whose content is `octets` and which makes one test.
///
/// # Errors
/// All that is wrong with it, each with its place and the remedy; also that it makes
/// several tests.
pub fn parse(path: &str, octets: &[u8]) -> Result<Scenario, Failure> {
    let mut variants = parse_all(path, octets)?;
    match (variants.len(), variants.pop()) {
        (1, Some(variant)) => Ok(variant.scenario),
        (tests, last) => {
            let source = last.map_or_else(|| source(path, ""), |variant| variant.scenario.source);
            Err(failure(source.clone(), vec![several(&source.text, tests)]))
        }
    }
}

/// Reads the file `path`, whose content is `octets`: a test for each combination of its
/// matrix, or a single one without.
///
/// # Errors
/// All that is wrong with it in any combination, each with its place and the remedy.
pub fn parse_all(path: &str, octets: &[u8]) -> Result<Vec<Variant>, Failure> {
    let text = match text::read(octets) {
        Ok(text) => text,
        Err((shown, wrong)) => return Err(failure(source(path, &shown), vec![wrong])),
    };
    let source = source(path, text);
    variants(&source, text).map_err(|wrong| failure(source, wrong))
}

/// The combinations that a file's matrix makes, as [`Variant::case`] has them, whatever
/// else is wrong with the file; a single empty one if there is no matrix to be read.
#[must_use]
pub fn cases(octets: &[u8]) -> Vec<String> {
    let read = || {
        let mask = matrix::mask(text::read(octets).ok()?);
        let mut tree = tree::read(&mask.text).ok()?;
        let variables = matrix::split(&mut tree, mask.letter).ok()?;
        Some(Case::all(&variables).iter().map(Case::label).collect())
    };
    read().unwrap_or_else(|| vec![String::new()])
}

fn variants(source: &Source, text: &str) -> Result<Vec<Variant>, Vec<Diagnostic>> {
    let mask = matrix::mask(text);
    let mut tree = tree::read(&mask.text)?;
    let variables = matrix::split(&mut tree, mask.letter).map_err(|wrong| [tree.wrong.clone(), wrong].concat())?;
    let known: Vec<&str> = variables.iter().map(|variable| variable.name.as_str()).collect();
    let ground = Ground { text, mask: mask.letter, known: &known };
    let (mut variants, mut wrong, mut used) = (Vec::new(), Vec::new(), BTreeSet::new());
    for case in Case::all(&variables) {
        let filled = fill(&tree, &case, ground);
        used.extend(filled.used);
        match decoded(source, &filled.tree, filled.wrong) {
            Ok(scenario) => variants.push(Variant { case: case.label(), scenario }),
            Err(of_case) => wrong.push((case.label(), of_case)),
        }
    }
    // What is wrong with some is told with their names, so the others must be counted.
    wrong.extend(variants.iter().map(|variant| (variant.case.clone(), Vec::new())));
    let mut wrong = merged(wrong);
    wrong.extend(variables.iter().filter(|variable| !used.contains(&variable.name.value)).map(unused));
    if wrong.is_empty() { Ok(variants) } else { Err(wrong) }
}

/// Refuses a file of several tests, at its matrix.
fn several(text: &str, tests: usize) -> Diagnostic {
    let before = text.split_inclusive('\n').take_while(|line| !line.starts_with("matrix"));
    let (line, offset) = before.fold((1, 0), |(line, offset), text| (line + 1, offset + text.len()));
    Diagnostic {
        span: Span { line, column: 1, offset, len: "matrix".len() },
        message: format!("the matrix makes {tests} tests, where one is asked for"),
        help: Some("say which, or ask for all".to_owned()),
    }
}

/// What could not be filled in would only be misread.
fn decoded(source: &Source, tree: &Tree, wrong: Vec<Diagnostic>) -> Result<Scenario, Vec<Diagnostic>> {
    if wrong.is_empty() {
        return decode::scenario(source, tree);
    }
    Err([tree.wrong.clone(), wrong].concat())
}

fn unused(variable: &Variable) -> Diagnostic {
    let name = &variable.name.value;
    Diagnostic {
        span: variable.name.span,
        message: format!("the variable `{name}` stands nowhere in the file"),
        help: Some(format!("write `${{{name}}}` where its values belong, or take it out")),
    }
}

fn source(path: &str, text: &str) -> Source {
    Source { path: path.to_owned(), text: text.into() }
}

fn failure(source: Source, mut diagnostics: Vec<Diagnostic>) -> Failure {
    diagnostics.sort_by_key(|wrong| (wrong.span.line, wrong.span.column));
    diagnostics.dedup();
    Failure { source, diagnostics }
}
