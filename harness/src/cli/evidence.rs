use super::judgement::Judged;
use crate::record;
use crate::verdict::Judgement;
use std::fs;
use std::path::{Path, PathBuf};

/// Where evidence goes that nobody asked for.
const DEFAULT: &str = "deadpeer-out";

/// Which evidence is kept, and where.
#[derive(Debug, Clone)]
pub(super) struct Evidence {
    root: PathBuf,
    /// That of runs that passed, too.
    all: bool,
}

/// The place of one run's evidence.
#[derive(Debug, Clone)]
pub(super) struct Place {
    evidence: Evidence,
    name: String,
}

impl Evidence {
    /// All evidence in `out`; without it only that of runs that did not pass, in
    /// `deadpeer-out` below the current folder.
    #[must_use]
    pub(super) fn new(out: Option<&Path>) -> Self {
        Self { root: out.map_or_else(|| PathBuf::from(DEFAULT), Path::to_owned), all: out.is_some() }
    }

    /// Makes the folder, so that it is known to take files before anything runs.
    ///
    /// # Errors
    /// It can't be made or written in; with the remedy.
    pub(super) fn prepare(&self) -> Result<(), String> {
        let root = &self.root;
        let tried = fs::create_dir_all(root).and_then(|()| try_in(root));
        tried.map_err(|error| {
            let remedy = if self.all { "give another folder with" } else { "give one that can be written with" };
            format!("the evidence can't be kept in {}: {error}; {remedy} --out DIR", root.display())
        })
    }

    #[must_use]
    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    /// The place of the run that goes by `name`.
    #[must_use]
    pub(super) fn place(&self, name: String) -> Place {
        Place { evidence: self.clone(), name }
    }

    /// Removes what was made and then not needed.
    pub(super) fn tidy(&self) {
        if !self.all {
            remove_empty(&self.root);
        }
    }
}

impl Place {
    #[must_use]
    pub(super) fn dir(&self) -> PathBuf {
        self.evidence.root.join(&self.name)
    }

    /// Completes the evidence: labels in the capture, the ladder as text. Evidence of a
    /// run that passed goes, unless all is kept. Gives the folder if it is kept.
    #[must_use]
    pub(super) fn settle(&self, dir: &Path, judged: &Judged) -> Option<PathBuf> {
        if judged.verdict.judgement == Judgement::Pass && !self.evidence.all {
            let _ = fs::remove_dir_all(dir);
            return None;
        }
        // The raw record is on disk already: what fails here loses only the comments.
        let _ = record::annotate(dir, |frame| judged.comments.get(&frame).cloned());
        let _ = fs::write(dir.join("ladder.txt"), &judged.ladders);
        Some(dir.to_owned())
    }
}

/// A folder that is there may still be another's, or on a disk that takes no more.
fn try_in(folder: &Path) -> std::io::Result<()> {
    let probe = folder.join(format!(".probe-{}", std::process::id()));
    fs::write(&probe, "?")?;
    fs::remove_file(&probe)
}

/// Removes `folder` if there is nothing but empty folders in it.
fn remove_empty(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            remove_empty(&entry.path());
        }
    }
    let _ = fs::remove_dir(folder);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_takes_files_is_left_empty() {
        let folder = tempfile::tempdir().unwrap();
        let evidence = Evidence::new(Some(&folder.path().join("deep/er")));
        assert_eq!(evidence.prepare(), Ok(()));
        assert_eq!(fs::read_dir(evidence.root()).unwrap().count(), 0);
    }

    #[test]
    fn a_file_in_its_place_is_told_with_the_remedy() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("taken");
        fs::write(&file, "").unwrap();
        for path in [file.clone(), file.join("below")] {
            let told = Evidence::new(Some(&path)).prepare().unwrap_err();
            assert!(told.contains("taken") && told.contains("--out DIR"), "{told}");
        }
    }

    #[test]
    fn what_was_not_needed_is_removed_and_what_is_kept_stays() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("out");
        fs::create_dir_all(root.join("article/empty")).unwrap();
        Evidence { root: root.clone(), all: true }.tidy();
        assert!(root.exists());
        Evidence { root: root.clone(), all: false }.tidy();
        assert!(!root.exists());
        fs::create_dir_all(root.join("article/kept")).unwrap();
        fs::write(root.join("article/kept/record.jsonl"), "").unwrap();
        Evidence { root: root.clone(), all: false }.tidy();
        assert!(root.join("article/kept/record.jsonl").exists());
    }
}
