//! Equal seeds, equal runs.

use super::{deadpeer, kernel, scenarios, told};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

const SCENARIOS: [&str; 2] = ["article", "retransmission/loss-is-made-good.yaml"];

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

/// When each segment came, to the millisecond, and where: the kernel's neighbour timers are
/// random on purpose, and what else runs at a moment takes some clock readings.
fn stamps(capture: &[u8]) -> Vec<(usize, i64)> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("capture.pcapng");
    fs::write(&file, capture).unwrap();
    let record = deadpeer::record::from_capture(&file).unwrap();
    // IPv4 in Ethernet, and TCP in that.
    let is_segment = |octets: &[u8]| octets.get(12..14) == Some(&[8, 0]) && octets.get(23) == Some(&6);
    let segments = record.frames.iter().filter(|frame| is_segment(&frame.octets));
    segments.map(|frame| (frame.vantage, frame.at.0 / 1_000_000)).collect()
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
    // Which segment a random loss takes is the seed's, and so is what comes of it.
    let random = Path::new("loss-is-made-good");
    let captures = first.iter().filter(|(path, _)| path.ends_with("capture.pcapng") && !path.starts_with(random));
    for (path, octets) in captures {
        let again = other.get(path).map(|octets| stamps(octets));
        assert_eq!(Some(stamps(octets)), again, "another seed gave other times: {}", path.display());
    }
}
