use deadpeer::ladder::Ladder;
use deadpeer::plan::{self, Plan};
use deadpeer::record::{self, Record};
use deadpeer::scenario::{self, Clock, Scenario};
use deadpeer::timeline::{Timeline, timeline};
use deadpeer::verdict::{SeenAs, Verdict, judge};
use std::fs;
use std::path::{Path, PathBuf};

/// A recorded run, and what it was recorded for.
pub struct Recorded {
    pub name: String,
    pub scenario: PathBuf,
    pub folder: PathBuf,
    pub plan: Plan,
    pub record: Record,
    pub timeline: Timeline,
    /// Of the unchanged record by the unchanged ladder.
    pub verdict: Verdict,
}

/// What a scenario file says, and its name.
pub fn article() -> Vec<(String, PathBuf, Scenario)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios/article");
    let mut paths: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "yaml"));
    let read = |path: PathBuf| {
        let octets = fs::read(&path).unwrap();
        let scenario = scenario::parse(&path.to_string_lossy(), &octets);
        let scenario = scenario.unwrap_or_else(|failure| panic!("{}", failure.render(false)));
        (path.file_stem().unwrap().to_string_lossy().into_owned(), path, scenario)
    };
    paths.into_iter().map(read).collect()
}

/// All recorded runs: one for each scenario of the article that real time can show.
pub fn all() -> Vec<Recorded> {
    let records = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/records");
    let real = article().into_iter().filter(|(.., scenario)| scenario.clock != Clock::Virtual);
    real.map(|(name, path, scenario)| Recorded::load(name, path, &scenario, &records)).collect()
}

impl Recorded {
    fn load(name: String, path: PathBuf, scenario: &Scenario, records: &Path) -> Self {
        let plan = plan::compile(&name, scenario).unwrap();
        let folder = records.join(&name);
        let record = record::load(&folder)
            .unwrap_or_else(|error| panic!("{name}: {error}; records/README.md tells how to make one"));
        let timeline = timeline(&record);
        let verdict = judge(&plan.ladder, &timeline);
        Self { name, scenario: path, folder, plan, record, timeline, verdict }
    }

    pub fn ladder(&self) -> &Ladder {
        &self.plan.ladder
    }

    /// What was taken for this rung's repeats.
    pub fn seen_as(&self, rung: usize) -> Vec<SeenAs> {
        let of_rung = self.verdict.rungs.iter().filter(|verdict| verdict.rung == rung);
        of_rung.filter_map(|verdict| verdict.seen).map(|seen| seen.what).collect()
    }
}
