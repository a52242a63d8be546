//! What is printed reads back: scenarios drawn in full and as figures mean the same as
//! before, the schema knows every key in use, templates are scenarios.

use deadpeer::ladder::Anchor;
use deadpeer::plan::{self, Plan};
use deadpeer::scenario::{self, Scenario, draw};
use serde_json::{Map, Value};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn article() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios/article");
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut paths: Vec<PathBuf> = paths.filter(|path| path.extension().is_some_and(|e| e == "yaml")).collect();
    paths.sort();
    assert!(paths.len() >= 15, "{} scenarios", paths.len());
    paths
}

fn parse(path: &Path, text: &str) -> Scenario {
    let told = |failure: scenario::Failure| panic!("{}: {}\n{text}", path.display(), failure.render(false));
    scenario::parse("scenario.yaml", text.as_bytes()).unwrap_or_else(told)
}

fn read(path: &Path) -> Scenario {
    parse(path, &fs::read_to_string(path).unwrap())
}

/// The plan without the lines of the file that its parts stand in.
fn plan_of(scenario: &Scenario) -> Plan {
    let mut plan = plan::compile("name", scenario).unwrap();
    plan.ladder.rungs.iter_mut().for_each(|rung| rung.line = 0);
    plan.steps.iter_mut().for_each(|step| step.line = 0);
    plan
}

#[test]
fn a_scenario_in_full_means_the_same() {
    for path in article() {
        let scenario = read(&path);
        let full = draw::full(&scenario);
        let again = parse(&path, &full);
        assert_eq!(plan_of(&again), plan_of(&scenario), "{}:\n{full}", path.display());
        assert_eq!((again.clock, &again.about), (scenario.clock, &scenario.about), "{}", path.display());
        assert_eq!(draw::full(&again), full, "{}", path.display());
    }
}

/// What can be drawn as a figure reads back as an equal plan; what can't all be said in
/// a figure says so, and is no figure to be run.
#[test]
fn a_figure_means_the_same() {
    let mut whole = 0;
    for path in article() {
        let scenario = read(&path);
        let figure = draw::figure(&scenario).unwrap_or_else(|why| panic!("{}: {why}", path.display()));
        let lacks = figure.lines().any(|line| line.starts_with("# The figure"));
        if lacks {
            continue;
        }
        whole += 1;
        let again = parse(&path, &figure);
        assert_eq!(without_names(plan_of(&again)), without_names(plan_of(&scenario)), "{figure}");
    }
    assert!(whole >= 3, "{whole} scenarios are figures");
}

/// Steps are called by what they do where a figure shows them.
fn without_names(mut plan: Plan) -> Plan {
    plan.steps.iter_mut().for_each(|step| step.name.clear());
    plan.ladder.rungs.iter_mut().for_each(|rung| rung.text.clear());
    plan
}

#[test]
fn anchors_survive_both_ways() {
    let anchored = article().into_iter().map(|path| read(&path)).filter(|scenario| {
        let ladder = plan_of(scenario).ladder;
        ladder.rungs.iter().enumerate().any(|(index, rung)| match rung.since {
            Anchor::Rung(anchor) => anchor + 1 != index,
            Anchor::Step(_) => true,
            Anchor::Start => false,
        })
    });
    assert!(anchored.count() >= 5, "nothing would be tested");
}

/// What the program prints.
fn printed(args: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_deadpeer")).args(args).output().unwrap();
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn templates_are_scenarios() {
    let folder = tempfile::tempdir().unwrap();
    for template in ["dead-peer", "reboot", "nat", "figure", "program"] {
        let text = printed(&["new", template]);
        let path = folder.path().join(format!("{template}.yaml"));
        fs::write(&path, &text).unwrap();
        printed(&["validate", &path.to_string_lossy()]);
        assert!(!plan_of(&parse(&path, &text)).ladder.rungs.is_empty(), "{template}");
        let full = printed(&["draw", "--full", &path.to_string_lossy()]);
        assert_eq!(plan_of(&parse(&path, &full)), plan_of(&parse(&path, &text)), "{template}:\n{full}");
    }
}

#[test]
fn the_printed_schema_has_every_key_in_use() {
    let schema: Value = serde_json::from_str(&printed(&["schema"])).unwrap();
    let mut keys = 0;
    for path in article() {
        let texts = [without_figure(&fs::read_to_string(&path).unwrap()), draw::full(&read(&path))];
        for text in texts {
            let file: Value = serde_saphyr::from_str(&text).unwrap();
            keys += Walk { schema: &schema, path: &path }.keys(&[&schema], &file, "");
        }
    }
    assert!(keys > 500, "{keys} keys");
}

/// The file with another text in the figure's place, which is not YAML's to read: its
/// first line is indented more than others.
fn without_figure(text: &str) -> String {
    let Some((before, after)) = text.split_once("figure: |\n") else { return text.to_owned() };
    let rest = after.lines().skip_while(|line| line.is_empty() || line.starts_with(' '));
    let rest: Vec<&str> = rest.collect();
    format!("{before}figure: a figure\n{}\n", rest.join("\n"))
}

#[test]
fn a_key_that_is_not_in_the_schema_is_found() {
    let schema: Value = serde_json::from_str(&printed(&["schema"])).unwrap();
    let file: Value = serde_saphyr::from_str("title: t\nclient: { on: a, keepalife: true }").unwrap();
    let walk = Walk { schema: &schema, path: Path::new("wrong.yaml") };
    assert!(std::panic::catch_unwind(|| walk.keys(&[&schema], &file, "")).is_err());
}

/// Goes down a file and the schema side by side.
struct Walk<'a> {
    schema: &'a Value,
    path: &'a Path,
}

impl<'a> Walk<'a> {
    /// How many keys there are; each must be known to one of these schemas at least.
    fn keys(&self, schemas: &[&'a Value], file: &Value, place: &str) -> usize {
        let schemas: Vec<&Value> = schemas.iter().flat_map(|schema| self.alternatives(schema)).collect();
        match file {
            Value::Object(map) => map.iter().map(|(key, value)| self.key(&schemas, key, value, place)).sum(),
            Value::Array(items) => {
                let of_items: Vec<&Value> = schemas.iter().filter_map(|schema| schema.get("items")).collect();
                items.iter().map(|item| self.keys(&of_items, item, place)).sum()
            }
            _ => 0,
        }
    }

    fn key(&self, schemas: &[&'a Value], key: &str, value: &Value, place: &str) -> usize {
        let place = format!("{place}/{key}");
        let below: Vec<&Value> = schemas.iter().filter_map(|schema| property(schema, key)).collect();
        assert!(!below.is_empty(), "{}: {place} is not in the schema", self.path.display());
        1 + self.keys(&below, value, &place)
    }

    /// The schema itself, or all that it may stand for.
    fn alternatives(&self, schema: &'a Value) -> Vec<&'a Value> {
        let reference = schema.get("$ref").and_then(Value::as_str);
        let target = reference.and_then(|reference| self.schema.pointer(reference.trim_start_matches('#')));
        let several = ["anyOf", "oneOf", "allOf"].into_iter().filter_map(|word| schema.get(word)?.as_array());
        let further = target.into_iter().chain(several.flatten()).flat_map(|schema| self.alternatives(schema));
        [schema].into_iter().chain(further).collect()
    }
}

fn property<'a>(schema: &'a Value, key: &str) -> Option<&'a Value> {
    let named = schema.get("properties").and_then(|properties| properties.get(key));
    let patterns = schema.get("patternProperties").and_then(Value::as_object);
    named.or_else(|| {
        patterns.into_iter().flat_map(Map::iter).find(|(pattern, _)| matches(pattern, key)).map(|(_, form)| form)
    })
}

/// The few patterns that the schema has for keys, told apart by what stands in them.
fn matches(pattern: &str, key: &str) -> bool {
    let is_name = |text: &str| {
        let rest = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        (1..=12).contains(&text.len()) && text.starts_with(|c: char| c.is_ascii_lowercase()) && text.chars().all(rest)
    };
    match pattern {
        "" => true,
        _ if pattern.starts_with("^net") => key.starts_with("net.") && !key.contains(' '),
        _ if pattern.contains('>') => key.split_once('>').is_some_and(|(a, b)| is_name(a.trim()) && is_name(b.trim())),
        _ if pattern.starts_with("^(?!") => is_name(key),
        "^[a-z][a-z0-9-]{0,11}$" => is_name(key),
        other => panic!("a pattern of unknown kind: {other}"),
    }
}
