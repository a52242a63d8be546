//! Modules import only from those before them in the line that `lib.rs` draws.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

const LINE: [&str; 15] = [
    "time", "name", "wire", "preset", "scenario", "ladder", "plan", "record", "timeline", "verdict", "report", "run",
    "netns", "guest", "cli",
];

/// Pairs that the line's order alone would allow: what runs a plan must not judge it,
/// and what judges must not know files.
const FORBIDDEN: [(&str, &[&str]); 5] = [
    ("verdict", &["scenario"]),
    ("report", &["scenario"]),
    ("run", &["scenario", "timeline", "verdict", "report"]),
    ("netns", &["scenario", "timeline", "verdict", "report"]),
    ("guest", &["scenario", "timeline", "verdict", "report"]),
];

/// What pure modules don't touch.
const IMPURE: [&str; 9] = [
    "std::net::Tcp",
    "std::process",
    "std::thread",
    "Instant",
    "SystemTime",
    "nix::",
    "rtnetlink",
    "pcap::Capture",
    "tokio",
];
const EFFECTS: [&str; 3] = ["netns", "guest", "cli"];

fn sources(module: &str) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(module)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                files.push(path);
            }
        }
    }
    files
}

/// Code without comments.
fn code(file: &Path) -> String {
    let text = fs::read_to_string(file).unwrap();
    let lines = text.lines().map(|line| line.split("//").next().unwrap_or(""));
    lines.collect::<Vec<_>>().join("\n")
}

/// The modules that a text names after `crate::`, in `use` lines and in paths, with
/// groups such as `crate::{plan, run::Happening}`.
fn imports(code: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        let names: Vec<&str> = match rest.strip_prefix('{') {
            Some(group) => top_level(group),
            None => vec![rest],
        };
        for name in names {
            let end = name.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(name.len());
            found.insert(name[..end].to_owned());
        }
    }
    found
}

/// The parts of a group up to its closing brace, parted by its own commas.
fn top_level(group: &str) -> Vec<&str> {
    let (mut depth, mut start, mut parts) = (0, 0, Vec::new());
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => {
                parts.push(group[start..at].trim());
                break;
            }
            '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(group[start..at].trim());
                start = at + 1;
            }
            _ => {}
        }
    }
    parts
}

#[test]
fn imports_run_one_way() {
    let mut wrong = Vec::new();
    for (rank, module) in LINE.iter().enumerate() {
        let forbidden = FORBIDDEN.iter().find(|(m, _)| m == module).map_or(&[][..], |(_, f)| f);
        for file in sources(module) {
            for import in imports(&code(&file)) {
                let later = LINE.iter().position(|m| *m == import).is_some_and(|other| other > rank);
                if later || forbidden.contains(&import.as_str()) {
                    wrong.push(format!("{} imports {import}", file.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn pure_modules_touch_nothing() {
    let mut wrong = Vec::new();
    for module in LINE.iter().filter(|module| !EFFECTS.contains(module)) {
        for file in sources(module) {
            let code = code(&file);
            let code = code.split("#[cfg(test)]\nmod").next().unwrap_or("");
            for word in IMPURE.iter().filter(|word| code.contains(**word)) {
                wrong.push(format!("{} uses {word}", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_feature_stands_in_one_file_of_each_module_that_it_switches() {
    let mut files = Vec::new();
    for module in LINE {
        files.extend(sources(module).into_iter().filter(|f| code(f).contains("feature = \"netns\"")));
    }
    let inside = |file: &PathBuf| file.ends_with("netns/mod.rs") || file.ends_with("guest/mod.rs");
    assert!(files.iter().all(inside), "{files:?}");
}

#[test]
fn groups_and_paths_are_seen() {
    let code = "use crate::{plan, run::{Happening, Watch}, time};\nfn f() { crate::verdict::judge() }";
    let expected = ["plan", "run", "time", "verdict"].map(str::to_owned);
    assert_eq!(imports(code), BTreeSet::from(expected));
}
