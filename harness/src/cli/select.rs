use super::args::Select;
use super::find::{Found, find};
use crate::plan::{self, Plan};
use crate::scenario::{self, Scenario};
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
    let found = found(select)?;
    let mut loaded = Vec::new();
    let mut errors = Vec::new();
    for found in found {
        match load(found, color) {
            Ok(one) => loaded.push(one),
            Err(error) => errors.push(error.0),
        }
    }
    if errors.is_empty() { Ok(loaded) } else { Err(LoadError(errors.join("\n"))) }
}

/// The files that `select` names; nothing is read.
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

/// One scenario, read, checked and planned.
///
/// # Errors
/// All that is wrong with it.
pub(super) fn load(found: Found, color: bool) -> Result<Loaded, LoadError> {
    let scenario = read(&found.path, color)?;
    let plan = plan::compile(&found.name, &scenario)
        .map_err(|error| LoadError(format!("error: {}: {error}", found.path.display())))?;
    Ok(Loaded { found, scenario, plan })
}

fn read(path: &Path, color: bool) -> Result<Scenario, LoadError> {
    let unreadable =
        |error| LoadError(format!("error: {}: {error}; give a scenario file that can be read", path.display()));
    let octets = fs::read(path).map_err(unreadable)?;
    scenario::parse(&path.to_string_lossy(), &octets).map_err(|failure| LoadError(failure.render(color)))
}
