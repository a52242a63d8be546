use deadpeer::cli::{Found, find};
use deadpeer::ladder::{Expected, Ladder};
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

/// The folders whose runs go by the names of their files alone, and those that are not
/// recorded: days of virtual time.
const UNNAMED: &str = "article";
const UNRECORDED: &str = "patience";

/// What a scenario file says, and the name that its run goes by.
fn scenarios() -> Vec<(String, PathBuf, Scenario)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios");
    let found = find(&[root]).unwrap().into_iter().filter(|found| !found.name.starts_with(UNRECORDED));
    let read = |found: Found| {
        let octets = fs::read(&found.path).unwrap();
        let scenario = scenario::parse(&found.path.to_string_lossy(), &octets);
        let scenario = scenario.unwrap_or_else(|failure| panic!("{}", failure.render(false)));
        let name = found.name.strip_prefix(UNNAMED).map_or(found.name.as_str(), |name| name.trim_start_matches('/'));
        (name.to_owned(), found.path, scenario)
    };
    found.map(read).collect()
}

/// All recorded runs: one for each scenario of the article that real time can show, and
/// one for each of the folders by cause.
pub fn all() -> Vec<Recorded> {
    let records = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/records");
    let recorded = |name: &str, scenario: &Scenario| name.contains('/') || scenario.clock != Clock::Virtual;
    let all = scenarios().into_iter().filter(|(name, _, scenario)| recorded(name, scenario));
    all.map(|(name, path, scenario)| Recorded::load(name, path, &scenario, &records)).collect()
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
