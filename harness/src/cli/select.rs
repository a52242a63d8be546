use super::args::Select;
use super::find::{Found, find};
use crate::name::nearest;
use crate::plan::{self, Plan};
use crate::scenario::{self, Scenario, Variant};
use std::fs;
use std::path::Path;

/// A scenario that can be run.
#[derive(Debug, Clone)]
pub(super) struct Loaded {
    pub found: Found,
    pub scenario: Scenario,
    pub plan: Plan,
}

/// Everything that is wrong with the arguments or the files, ready to print.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct LoadError(pub String);

/// The scenarios that `select` names.
///
/// # Errors
/// Every path and every file that is wrong, with all that is wrong with it.
pub(super) fn load_all(select: &Select, color: bool) -> Result<Vec<Loaded>, LoadError> {
    load_found(&found(select)?, color)
}

/// The same of tests that were found.
///
/// # Errors
/// Every file that is wrong, with all that is wrong with it.
pub(super) fn load_found(found: &[Found], color: bool) -> Result<Vec<Loaded>, LoadError> {
    let mut loaded = Vec::new();
    let mut errors = Vec::new();
    for of_file in found.chunk_by(|one, next| one.path == next.path) {
        match load(of_file, color) {
            Ok(of_file) => loaded.extend(of_file),
            Err(error) => errors.push(error.0),
        }
    }
    if errors.is_empty() { Ok(loaded) } else { Err(LoadError(errors.join("\n"))) }
}

/// The tests that `select` names; of their files only what a matrix says is read.
///
/// # Errors
/// Every path that gives none, or a filter that leaves none.
pub(super) fn found(select: &Select) -> Result<Vec<Found>, LoadError> {
    let found = find(&select.paths.paths).map_err(|errors| {
        let lines: Vec<String> = errors.iter().map(|error| format!("error: {error}")).collect();
        LoadError(lines.join("\n"))
    })?;
    let wanted = |found: &Found| select.filter.as_ref().is_none_or(|text| found.name.contains(text));
    let shard = select.shard;
    let mine = |index: usize| shard.is_none_or(|shard| index % shard.of == shard.index - 1);
    let kept: Vec<Found> = found
        .into_iter()
        .filter(wanted)
        .enumerate()
        .filter(|(index, _)| mine(*index))
        .map(|(_, found)| found)
        .collect();
    match &select.filter {
        Some(text) if kept.is_empty() && shard.is_none() => {
            Err(LoadError(format!("error: no scenario's name contains `{text}`; see `deadpeer list`")))
        }
        _ => Ok(kept),
    }
}

/// Some tests of one file, read, checked and planned.
///
/// # Errors
/// All that is wrong with the file, also in those of its tests that are not asked for.
fn load(of_file: &[Found], color: bool) -> Result<Vec<Loaded>, LoadError> {
    let Some(first) = of_file.first() else { return Ok(Vec::new()) };
    let variants = read(&first.path, color)?;
    of_file.iter().map(|found| planned(found, &variants)).collect()
}

/// The one test of a file, or that of its tests which `case` names, with or without the
/// brackets.
///
/// # Errors
/// All that is wrong with the file, or that it makes several tests, and which.
pub(super) fn load_one(path: &Path, case: Option<&str>, color: bool) -> Result<Loaded, LoadError> {
    let variants = read(path, color)?;
    let wanted = case.map(|case| format!("[{}]", case.trim_start_matches('[').trim_end_matches(']')));
    let fits = |variant: &&Variant| wanted.as_ref().map_or(variants.len() == 1, |wanted| variant.case == *wanted);
    let Some(variant) = variants.iter().find(fits) else {
        return Err(LoadError(format!("error: {}: {}", path.display(), choices(&variants, case))));
    };
    let stem = path.with_extension("");
    let stem = stem.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
    let name = format!("{stem}{}", variant.case);
    planned(&Found { path: path.to_owned(), name, case: variant.case.clone() }, &variants)
}

fn choices(variants: &[Variant], asked: Option<&str>) -> String {
    let cases = || variants.iter().map(|variant| variant.case.trim_matches(['[', ']']));
    match (asked, cases().next()) {
        (Some(_), None | Some("")) => "this file has no matrix; leave `--case` out".to_owned(),
        (Some(asked), _) => {
            let near =
                nearest(asked, cases()).map_or_else(|| one_of(cases()), |near| format!("did you mean `{near}`?"));
            format!("no test of this file is called `{asked}`; {near}")
        }
        (None, _) => format!("the matrix makes {} tests; say which with --case: {}", variants.len(), one_of(cases())),
    }
}

fn one_of<'a>(cases: impl Iterator<Item = &'a str>) -> String {
    cases.map(|case| format!("'{case}'")).collect::<Vec<_>>().join(" or ")
}

fn planned(found: &Found, variants: &[Variant]) -> Result<Loaded, LoadError> {
    let told = |why: String| LoadError(format!("error: {}: {why}", found.path.display()));
    let variant = variants.iter().find(|variant| variant.case == found.case);
    // Somebody wrote to the file after it was looked at.
    let variant = variant.ok_or_else(|| told(format!("it no longer makes the test `{}`; try again", found.name)))?;
    let plan = plan::compile(&found.name, &variant.scenario).map_err(|error| told(error.to_string()))?;
    Ok(Loaded { found: found.clone(), scenario: variant.scenario.clone(), plan })
}

fn read(path: &Path, color: bool) -> Result<Vec<Variant>, LoadError> {
    let unreadable =
        |error| LoadError(format!("error: {}: {error}; give a scenario file that can be read", path.display()));
    let octets = fs::read(path).map_err(unreadable)?;
    scenario::parse_all(&path.to_string_lossy(), &octets).map_err(|failure| LoadError(failure.render(color)))
}
