use deadpeer::cli::{Found, find};
use deadpeer::ladder::{Expected, Ladder};
use deadpeer::plan::{self, Plan};
use deadpeer::record::{self, Record, View, Views};
use deadpeer::scenario::{self, Clock, Scenario};
use deadpeer::timeline::{Timeline, timeline};
use deadpeer::verdict::{SeenAs, Verdict, judge};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use tempfile::TempDir;

/// A recorded run, and what it was recorded for.
pub struct Recorded {
    /// It was made just now.
    pub fresh: bool,
    pub name: String,
    pub scenario: PathBuf,
    pub folder: PathBuf,
    pub plan: Plan,
    pub record: Record,
    pub timeline: Timeline,
    /// Of the unchanged record by the unchanged ladder.
    pub verdict: Verdict,
}

/// Whose runs are kept, by the names of their files.
const KEPT: &str = "article/";

/// Days of it are many segments that are all alike.
const LEFT_OUT: &str = "patience/";

/// What a scenario file says, and its name.
fn scenarios() -> Vec<(String, PathBuf, Scenario)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios");
    let found = find(&[root]).unwrap().into_iter().filter(|found| !found.name.starts_with(LEFT_OUT));
    let read = |found: Found| {
        let octets = fs::read(&found.path).unwrap();
        let all = scenario::parse_all(&found.path.to_string_lossy(), &octets);
        let all = all.unwrap_or_else(|failure| panic!("{}", failure.render(false)));
        let own = all.into_iter().find(|variant| variant.case == found.case).unwrap();
        (found.name, found.path, own.scenario)
    };
    found.map(read).collect()
}

/// The kept runs: one for each scenario of the article that real time can show.
pub fn kept() -> Vec<Recorded> {
    let records = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/records");
    let own = scenarios().into_iter().filter(|(.., scenario)| scenario.clock != Clock::Virtual);
    let own = own.filter_map(|(name, path, scenario)| Some((name.strip_prefix(KEPT)?.to_owned(), path, scenario)));
    own.flat_map(|(name, path, scenario)| Recorded::load(&name, &path, &scenario, &records.join(&name), false))
        .collect()
}

/// The kept runs, and a fresh one in virtual time of every other scenario, if there is a
/// guest kernel.
pub fn all() -> Vec<Recorded> {
    let Some(records) = fresh() else { return kept() };
    let others = scenarios().into_iter().filter(|(name, ..)| !name.starts_with(KEPT));
    let ran = others.filter(|(name, ..)| records.join(name).is_dir());
    let fresh =
        ran.flat_map(|(name, path, scenario)| Recorded::load(&name, &path, &scenario, &records.join(&name), true));
    kept().into_iter().chain(fresh).collect()
}

/// The records of one run of all scenarios, which all tests here share.
fn fresh() -> Option<&'static Path> {
    static RUN: OnceLock<Option<TempDir>> = OnceLock::new();
    let run = || {
        let folder = tempfile::tempdir().unwrap();
        let scenarios = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios");
        let mut command = Command::new(env!("CARGO_BIN_EXE_deadpeer"));
        command.args(["run", "--clock", "virtual", "--out"]).arg(folder.path()).arg(scenarios);
        let output = command.output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        match output.status.code() {
            Some(0) => Some(folder),
            // Without a guest kernel, or without the feature that starts one.
            Some(4) => {
                println!("skipped, all but the kept runs: {said}");
                None
            }
            _ => panic!("{said}"),
        }
    };
    RUN.get_or_init(run).as_ref().map(TempDir::path)
}

impl Recorded {
    /// Each of the scenario's connections, as if it were the only one; of many that are
    /// alike the first.
    fn load(name: &str, path: &Path, scenario: &Scenario, folder: &Path, fresh: bool) -> Vec<Self> {
        let plan = plan::compile(name, scenario).unwrap();
        let record = record::load(folder)
            .unwrap_or_else(|error| panic!("{name}: {error}; records/README.md tells how to make one"));
        let alone = |(own, view): (plan::Connection<'_>, View)| {
            let plan = Plan {
                client: own.client.clone(),
                server: own.server.clone(),
                ladder: own.ladder.clone(),
                readings: own.readings.to_vec(),
                further: Vec::new(),
                ..plan.clone()
            };
            let timeline = timeline(&view.record);
            let verdict = judge(&plan.ladder, &timeline);
            let name = if own.name.is_empty() { name.to_owned() } else { format!("{name} {}", own.name) };
            let (scenario, folder) = (path.to_owned(), folder.to_owned());
            Self { fresh, name, scenario, folder, plan, record: view.record, timeline, verdict }
        };
        let views = if plan.further.is_empty() { vec![View::whole(record)] } else { Views::of(&record) };
        let first = |(own, _): &(plan::Connection<'_>, View)| own.name.split_once('.').is_none_or(|(_, n)| n == "1");
        plan.connections().zip(views).filter(first).map(alone).collect()
    }

    pub fn ladder(&self) -> &Ladder {
        &self.plan.ladder
    }

    /// Whether segments of some labels may come at any time.
    pub fn is_loose(&self) -> bool {
        !self.ladder().allow.is_empty()
    }

    /// Whether segments of this rung's label may come at any time.
    pub fn is_allowed(&self, rung: usize) -> bool {
        match &self.ladder().rungs[rung].what {
            Expected::Segment { label, .. } => self.ladder().allow.contains(label),
            _ => false,
        }
    }

    /// The other rungs that read like this one, by their places with and without it.
    pub fn alike(&self, rung: usize) -> Vec<usize> {
        let rungs = &self.ladder().rungs;
        let others = (0..rungs.len()).filter(|other| *other != rung && rungs[*other].text == rungs[rung].text);
        others.flat_map(|other| [other.saturating_sub(usize::from(other > rung)), other]).collect()
    }

    /// What was taken for this rung's repeats.
    pub fn seen_as(&self, rung: usize) -> Vec<SeenAs> {
        let of_rung = self.verdict.rungs.iter().filter(|verdict| verdict.rung == rung);
        of_rung.filter_map(|verdict| verdict.seen).map(|seen| seen.what).collect()
    }
}
