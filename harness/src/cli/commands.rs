//! The commands that run no lab.

use super::args::{Draw, Judge, New, Paths, Select};
use super::exit::Exit;
use super::guests;
use super::judgement::judge_all;
use super::predict::{self, Predict, PredictError};
use super::say::{chain, say};
use super::select::{LoadError, Loaded, found, load_all, load_one};
use super::templates::template;
use crate::netns;
use crate::plan::Plan;
use crate::record::{self, Record, RecordError};
use crate::report;
use crate::scenario;
use crate::verdict::Judgement;
use std::io::{self, Write};
use std::path::Path;
use std::time::Duration;

/// Tells what is wrong with the arguments or the files.
pub(super) fn refuse(error: &LoadError) -> io::Result<Exit> {
    say(&error.0);
    Ok(Exit::Usage)
}

/// `deadpeer list`
pub(super) fn list(select: &Select, out: &mut dyn Write) -> io::Result<Exit> {
    let found = match found(select) {
        Ok(found) => found,
        Err(error) => return refuse(&error),
    };
    for found in found {
        writeln!(out, "{}", found.name)?;
    }
    Ok(Exit::Passed)
}

/// `deadpeer validate`
pub(super) fn validate(paths: &Paths, color: bool, out: &mut dyn Write) -> io::Result<Exit> {
    let select = Select { paths: Paths { paths: paths.paths.clone() }, filter: None, shard: None };
    match load_all(&select, color) {
        Ok(loaded) => {
            warn(&loaded);
            let plural = if loaded.len() == 1 { "" } else { "s" };
            writeln!(out, "{} scenario{plural}, nothing wrong", loaded.len())?;
            Ok(Exit::Passed)
        }
        Err(error) => refuse(&error),
    }
}

/// Tells on standard error what can't have the effect that it seems to be there for.
pub(super) fn warn(loaded: &[Loaded]) {
    for one in loaded {
        for warning in &one.plan.warnings {
            say(&format!("warning: {}", report::show_warning(&one.plan.ladder.file, warning)));
        }
    }
}

/// `deadpeer judge`
pub(super) fn judge_again(args: &Judge, color: bool, out: &mut dyn Write) -> io::Result<Exit> {
    let case = args.case.clone().or_else(|| case_of(&args.record).filter(|case| makes(&args.scenario, case)));
    let (loaded, record) = match load_one(&args.scenario, case.as_deref(), color) {
        Ok(loaded) => match read_record(&args.record, &loaded.plan) {
            Ok(record) => (loaded, record),
            Err(error) => return refuse(&unread(&error)),
        },
        Err(error) => return refuse(&error),
    };
    let judged = judge_all(&loaded.plan, &record);
    let command = judge_command(args, &loaded);
    let run = report::Run {
        name: &loaded.plan.name,
        title: &loaded.plan.title,
        ladder: loaded.plan.connections().nth(judged.shown).map_or(&loaded.plan.ladder, |own| own.ladder),
        others: judged.others.as_deref(),
        timeline: &judged.timeline,
        verdict: &judged.verdict,
        warnings: &loaded.plan.warnings,
        evidence: Some(&args.record),
        command,
        wall: Duration::ZERO,
    };
    write!(out, "{}", report::judged(&run))?;
    Ok(exit(judged.verdict.judgement))
}

/// Which combination a run's record says that it was. A capture says nothing.
fn case_of(record: &Path) -> Option<String> {
    let folder = if record.ends_with(record::EVENTS) { record.parent()? } else { record };
    let name = record::load(folder).ok()?.manifest.name;
    let case = name.get(name.find('[')?..)?.strip_suffix(']')?;
    Some(format!("{case}]"))
}

fn makes(scenario: &Path, case: &String) -> bool {
    std::fs::read(scenario).is_ok_and(|octets| scenario::cases(&octets).contains(case))
}

/// What judges the same again.
fn judge_command(args: &Judge, loaded: &Loaded) -> String {
    let case = match loaded.found.case.as_str() {
        "" => String::new(),
        case => format!(" --case '{case}'"),
    };
    format!("deadpeer judge {} {}{case}", args.scenario.display(), args.record.display())
}

/// A run's folder, or the record in it, or a capture: one of this plan's lab, as far as
/// its vantages tell.
fn read_record(path: &Path, plan: &Plan) -> Result<Record, RecordError> {
    match path.parent() {
        _ if path.is_dir() => record::load(path),
        Some(folder) if path.ends_with(record::EVENTS) => record::load(folder),
        _ => Ok(record::place(record::from_capture(path)?, plan)),
    }
}

fn unread(error: &RecordError) -> LoadError {
    let remedy = match error {
        RecordError::Io { .. } | RecordError::Unreadable { .. } | RecordError::NoManifest(_) => {
            "; give a run's folder under --out, or a capture file (pcap or pcapng)"
        }
        _ => "",
    };
    LoadError(format!("error: failed to {}{remedy}", chain(error)))
}

pub(super) fn exit(judgement: Judgement) -> Exit {
    match judgement {
        Judgement::Pass => Exit::Passed,
        Judgement::Inconclusive => Exit::Inconclusive,
        Judgement::Fail => Exit::Failed,
    }
}

/// `deadpeer predict`
pub(super) fn timetable(args: &Predict, out: &mut dyn Write) -> io::Result<Exit> {
    let args = Predict { hz: args.hz.or_else(netns::hz), ..args.clone() };
    match predict::run(&args, out) {
        Ok(()) => Ok(Exit::Passed),
        Err(PredictError::Write(error)) => Err(error),
        Err(error) => {
            let lines: Vec<String> = error.to_string().lines().map(|line| format!("error: {line}")).collect();
            refuse(&LoadError(lines.join("\n")))
        }
    }
}

/// `deadpeer draw`
pub(super) fn draw(args: &Draw, color: bool, out: &mut dyn Write) -> io::Result<Exit> {
    let loaded = match load_one(&args.scenario, args.case.as_deref(), color) {
        Ok(loaded) => loaded,
        Err(error) => return refuse(&error),
    };
    if args.full {
        write!(out, "{}", scenario::draw::full(&loaded.scenario))?;
        return Ok(Exit::Passed);
    }
    match scenario::draw::figure(&loaded.scenario) {
        Ok(figure) => write!(out, "{figure}")?,
        Err(why) => {
            let path = args.scenario.display();
            return refuse(&LoadError(format!("error: {path} can't be drawn as a figure: {why}")));
        }
    }
    Ok(Exit::Passed)
}

/// `deadpeer new`
pub(super) fn new(args: &New, out: &mut dyn Write) -> io::Result<Exit> {
    write!(out, "{}", template(args.template))?;
    Ok(Exit::Passed)
}

/// `deadpeer schema`
pub(super) fn schema(out: &mut dyn Write) -> io::Result<Exit> {
    let text = serde_json::to_string_pretty(&scenario::schema()).map_err(io::Error::other)?;
    writeln!(out, "{text}")?;
    Ok(Exit::Passed)
}

/// `deadpeer doctor`
pub(super) fn doctor(out: &mut dyn Write) -> io::Result<Exit> {
    let mut exit = Exit::Passed;
    let checks = [netns::capabilities(), guests::checks()].concat();
    let width = checks.iter().map(|check| check.name.len()).max().unwrap_or(0);
    for check in checks {
        let lack = match check.found {
            Ok(found) => {
                writeln!(out, "ok       {:width$}  {found}", check.name)?;
                continue;
            }
            Err(lack) => lack,
        };
        let word = if check.vital { "lacking" } else { "without" };
        writeln!(out, "{word}  {:width$}  {}", check.name, lack.why)?;
        writeln!(out, "         {:width$}  mend it: {}", "", lack.remedy)?;
        if check.vital {
            exit = Exit::Unable;
        }
    }
    Ok(exit)
}
