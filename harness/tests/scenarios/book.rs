//! The README of each folder of scenarios: what somebody wrote about the folder, and then
//! every scenario with its ladder, as a run in virtual time drew it.

use super::times::same_story;
use deadpeer::cli::{Found, find};
use deadpeer::scenario::{self, Action, Endpoint, Impairment, Scenario};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

/// Set, the READMEs are written and not compared.
const WRITE: &str = "DEADPEER_WRITE_LADDERS";

/// What stands above this line is written by hand.
const MARK: &str = "<!-- From here on made from runs, by \
    `DEADPEER_WRITE_LADDERS=1 cargo test --features netns --test scenarios README` -->\n";

/// The folders of scenarios, by name, each with the first test of each of its files.
pub fn folders() -> BTreeMap<String, Vec<Found>> {
    let mut folders: BTreeMap<String, Vec<Found>> = BTreeMap::new();
    for found in find(&[root()]).expect("the repository has scenarios") {
        let Some((folder, _)) = found.name.split_once('/') else { continue };
        let files = folders.entry(folder.to_owned()).or_default();
        if files.last().is_none_or(|last| last.path != found.path) {
            files.push(found);
        }
    }
    folders
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios")
}

/// Holds a folder's README against the evidence of a run of it, or writes it.
///
/// # Errors
/// What the README does not say, or says otherwise.
pub fn check(folder: &str, files: &[Found], evidence: &Path) -> Result<(), String> {
    let path = root().join(folder).join("README.md");
    let text = fs::read_to_string(&path).unwrap_or_default();
    let (written, made) = text.split_once(MARK).unwrap_or((&text, ""));
    let chapters: Vec<Chapter> = files.iter().map(|found| Chapter::new(found, evidence)).collect();
    if std::env::var_os(WRITE).is_some() {
        let made: String = chapters.iter().map(Chapter::text).collect();
        return fs::write(&path, format!("{written}{MARK}\n{made}")).map_err(|error| error.to_string());
    }
    let title = format!("# {folder}\n");
    if !written.starts_with(&title) || written.trim().lines().count() < 3 {
        return Err(format!("{}: it must begin with `# {folder}` and some words about it", path.display()));
    }
    compare(made, &chapters).map_err(|why| format!("{}: {why}\nmend it: {WRITE}=1", path.display()))
}

fn compare(made: &str, chapters: &[Chapter]) -> Result<(), String> {
    let told: Vec<&str> = made.split("\n## ").skip(1).collect();
    let names = |text: &&str| text.lines().next().unwrap_or_default().to_owned();
    let (told_names, names): (Vec<_>, Vec<_>) =
        (told.iter().map(names).collect(), chapters.iter().map(|chapter| chapter.name.clone()).collect());
    if told_names != names {
        return Err(format!("it tells of {told_names:?}, and there are {names:?}"));
    }
    let wrong = told.iter().zip(chapters).filter_map(|(told, chapter)| chapter.differs(told));
    let wrong: Vec<String> = wrong.collect();
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n")) }
}

/// What is said of one file.
struct Chapter {
    name: String,
    /// Its title, and why there is such a scenario.
    words: String,
    /// None where it ran by no virtual clock.
    ladder: Option<String>,
    /// No two runs of it need look alike.
    by_chance: bool,
}

impl Chapter {
    fn new(found: &Found, evidence: &Path) -> Self {
        let octets = fs::read(&found.path).expect("a scenario");
        let variants = scenario::parse_all(&found.path.to_string_lossy(), &octets).unwrap_or_default();
        let tests = variants.len();
        let own = variants.into_iter().find(|one| one.case == found.case).expect("it is read as it was found").scenario;
        let ladder = fs::read_to_string(evidence.join(&found.name).join("ladder.txt")).ok();
        let (_, name) = found.name.split_once('/').unwrap_or_default();
        let name = name.strip_suffix(&found.case).unwrap_or(name).to_owned();
        let mut words = format!("**{}**\n", own.title.trim());
        if !own.about.trim().is_empty() {
            write!(words, "\n{}\n", own.about.trim()).expect("a text takes any words");
        }
        if tests > 1 {
            write!(words, "\nOne of {tests} tests: `{}`\n", found.case).expect("a text takes any words");
        }
        Self { name, words, ladder, by_chance: by_chance(&own) }
    }

    fn head(&self) -> String {
        let hint = match (&self.ladder, self.by_chance) {
            (None, _) => "\nIt takes the real clock.\n",
            (Some(_), true) => "\nAnother run may look otherwise:\n",
            (Some(_), false) => "",
        };
        format!("{}\n\n{}{hint}", self.name, self.words)
    }

    fn text(&self) -> String {
        let ladder = self.ladder.as_ref().map_or(String::new(), |ladder| format!("\n```text\n{ladder}```\n"));
        format!("## {}{ladder}\n", self.head())
    }

    /// What the README says otherwise.
    fn differs(&self, told: &str) -> Option<String> {
        let (head, rest) = told.split_once("\n```text\n").unwrap_or((told, ""));
        if head.trim() != self.head().trim() {
            return Some(format!("the words about `{}` are not its scenario's", self.name));
        }
        let told = rest.split_once("```").map(|(ladder, _)| ladder);
        match (told, &self.ladder) {
            (None, None) => None,
            (Some(_), Some(_)) if self.by_chance => None,
            (Some(told), Some(seen)) => {
                let why = same_story(told, seen).err()?;
                Some(format!("the ladder of `{}` is another, {why}:\n{seen}", self.name))
            }
            (told, _) => {
                Some(format!("`{}` has {} ladder", self.name, if told.is_some() { "no longer a" } else { "a" }))
            }
        }
    }
}

/// Whether what happens depends on random numbers, on where the kernel's ticks lie, as with
/// segments that may come at any time, or on another program's version.
fn by_chance(scenario: &Scenario) -> bool {
    let random = |how: &Impairment| {
        let share = |share: Option<u16>| share.is_some_and(|share| share < 1000);
        how.jitter.is_some() || [how.loss, how.duplicate, how.reorder, how.corrupt].into_iter().any(share)
    };
    let step = |action: &Action| match action {
        Action::Drop(what) | Action::Reject { what, .. } => what.share.is_some(),
        Action::Impair(what) => random(&what.how),
        _ => false,
    };
    let foreign = |endpoint: &Endpoint| endpoint.run.is_some();
    !scenario.allow.is_empty()
        || scenario.links.iter().any(|link| random(&link.value.impairment))
        || scenario.steps.iter().any(|one| step(&one.value.action))
        || scenario.connections().any(|own| foreign(own.client) || foreign(own.server))
}
