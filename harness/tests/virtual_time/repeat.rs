//! Equal seeds, equal runs.

use super::{deadpeer, kernel, scenarios, told};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

const SCENARIOS: [&str; 3] =
    ["article/system-defaults.yaml", "article/nat-table-drop.yaml", "retransmission/loss-is-made-good.yaml"];

/// All files that a run leaves, by their paths below its folder.
fn evidence(seed: &str) -> BTreeMap<PathBuf, Vec<u8>> {
    let folder = tempfile::tempdir().unwrap();
    let files = SCENARIOS.map(|name| scenarios(name).to_str().unwrap().to_owned());
    let out = folder.path().join("out");
    let fixed = ["run", "--clock", "virtual", "--seed", seed, "--out", out.to_str().unwrap()];
    let words: Vec<&str> = fixed.into_iter().chain(files.iter().map(String::as_str)).collect();
    let output = deadpeer(&words);
    assert!(output.status.success(), "{}", told(&output));
    let mut found = BTreeMap::new();
    collect(&out, &out, &mut found);
    found
}

fn collect(root: &Path, folder: &Path, found: &mut BTreeMap<PathBuf, Vec<u8>>) {
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(root, &path, found);
        } else {
            found.insert(path.strip_prefix(root).unwrap().to_owned(), fs::read(&path).unwrap());
        }
    }
}

#[test]
fn five_runs_of_a_seed_are_equal_to_the_octet() {
    if kernel().is_none() {
        return;
    }
    let first = evidence("7");
    assert!(first.keys().any(|path| path.ends_with("capture.pcapng")), "{:?}", first.keys());
    for turn in 1..5 {
        let again = evidence("7");
        for (path, octets) in &first {
            assert!(again.get(path) == Some(octets), "run {turn} differs in {}", path.display());
        }
    }
    let other = evidence("8");
    assert!(first.iter().any(|(path, octets)| other.get(path) != Some(octets)), "another seed gave the same run");
}
