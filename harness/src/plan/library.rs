//! The scenarios of this repository, for tests of what carries plans out.

use super::{Plan, compile};
use crate::scenario::parse_all;
use std::fs;
use std::path::{Path, PathBuf};

/// The plan of every scenario that has one.
pub(crate) fn library() -> Vec<Plan> {
    let mut files = Vec::new();
    yaml(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios"), &mut files);
    let variants = files.iter().flat_map(|file| {
        parse_all(&file.to_string_lossy(), &fs::read(file).unwrap()).unwrap_or_else(|_| panic!("{file:?}"))
    });
    variants.filter_map(|variant| compile("x", &variant.scenario).ok()).collect()
}

fn yaml(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            yaml(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "yaml") {
            found.push(path);
        }
    }
}

/// A guest kernel gets its plans so.
#[test]
fn every_plan_can_be_written_down_and_read_again() {
    let plans = library();
    assert!(plans.len() > 200, "{} plans", plans.len());
    for plan in plans {
        let text = serde_json::to_string(&plan).unwrap();
        assert_eq!(serde_json::from_str::<Plan>(&text).unwrap(), plan, "{text}");
    }
}
