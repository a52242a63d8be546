use crate::scenario;
use std::fs;
use std::path::{Path, PathBuf};

/// A scenario file, and the name that its test goes by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub path: PathBuf,
    /// The path below the folder that was given, without `.yaml`; for a file that was
    /// given itself, its name. Then, in brackets, which combination of its matrix.
    pub name: String,
    /// Those brackets, as [`Variant::case`](scenario::Variant::case) has them.
    pub case: String,
}

/// Why a path gives no scenario.
#[derive(Debug, thiserror::Error)]
pub enum FindError {
    #[error("{}: {source}; give a scenario file, or a folder with scenarios", path.display())]
    Unreadable { path: PathBuf, source: std::io::Error },
    #[error("{}: no scenario in this folder: scenarios are files whose names end in `.yaml`, and links to folders are not followed", .0.display())]
    NothingHere(PathBuf),
    #[error("{}: not a scenario: a scenario's name ends in `.yaml`", .0.display())]
    OtherFile(PathBuf),
    #[error("{}: not a file: give a scenario file, or a folder with scenarios", .0.display())]
    NoFile(PathBuf),
}

/// Folders that `run` looks in when it is given none, the first that exists.
const DEFAULTS: [&str; 2] = ["scenarios", "."];

/// All scenarios of `paths`, in order of name within a folder; of a file with a matrix,
/// every combination.
///
/// # Errors
/// All paths that give none, at once.
pub fn find(paths: &[PathBuf]) -> Result<Vec<Found>, Vec<FindError>> {
    let default = DEFAULTS.iter().map(PathBuf::from).find(|path| path.is_dir());
    let paths = if paths.is_empty() { default.as_slice() } else { paths };
    let mut found = Vec::new();
    let mut errors = Vec::new();
    for path in paths {
        match find_in(path) {
            Ok(more) => found.extend(more),
            Err(error) => errors.push(error),
        }
    }
    if errors.is_empty() { Ok(found) } else { Err(errors) }
}

fn find_in(path: &Path) -> Result<Vec<Found>, FindError> {
    let unreadable = |source| FindError::Unreadable { path: path.to_owned(), source };
    let kind = fs::metadata(path).map_err(unreadable)?.file_type();
    if !kind.is_dir() {
        // Reading a pipe or a device might never end.
        if !kind.is_file() {
            return Err(FindError::NoFile(path.to_owned()));
        }
        if !is_scenario(path) {
            return Err(FindError::OtherFile(path.to_owned()));
        }
        return Ok(tests(path.to_owned(), path.parent()));
    }
    let mut files = Vec::new();
    walk(path, &mut files)?;
    if files.is_empty() {
        return Err(FindError::NothingHere(path.to_owned()));
    }
    files.sort_by_key(|file| file.with_extension(""));
    Ok(files.into_iter().flat_map(|file| tests(file, Some(path))).collect())
}

/// Collects the scenario files below `folder`; symbolic links to folders are not
/// followed, so that a loop of them can't trap the walk, and hidden folders are not
/// entered.
fn walk(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), FindError> {
    let unreadable = |source| FindError::Unreadable { path: folder.to_owned(), source };
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let kind = entry.file_type().map_err(unreadable)?;
        let hidden = entry.file_name().to_string_lossy().starts_with('.');
        if kind.is_dir() && !hidden {
            walk(&entry.path(), files)?;
        } else if !kind.is_dir() && is_scenario(&entry.path()) && !is_special(&entry.path()) {
            files.push(entry.path());
        }
    }
    Ok(())
}

/// Neither a file nor what can't be asked: the latter is told when it is read.
fn is_special(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|found| !found.is_file())
}

/// What a file makes. One that can't be read is a test all the same: it is told when it
/// is to run.
fn tests(file: PathBuf, folder: Option<&Path>) -> Vec<Found> {
    let name = name(&file, folder);
    let cases = scenario::cases(&fs::read(&file).unwrap_or_default());
    cases.into_iter().map(|case| Found { path: file.clone(), name: format!("{name}{case}"), case }).collect()
}

fn is_scenario(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml")
}

fn name(file: &Path, folder: Option<&Path>) -> String {
    let below = folder.and_then(|folder| file.strip_prefix(folder).ok()).unwrap_or(file);
    below.with_extension("").to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_paths_below_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("article")).unwrap();
        for file in ["article/b.yaml", "article/a.yaml", "article/a-too.yaml", "notes.md"] {
            fs::write(folder.path().join(file), "").unwrap();
        }
        let found = find(&[folder.path().to_owned()]).unwrap();
        let names: Vec<_> = found.iter().map(|f| f.name.as_str()).collect();
        assert_eq!(names, ["article/a", "article/a-too", "article/b"]);
    }

    #[test]
    fn a_matrix_is_a_test_for_each_combination() {
        let folder = tempfile::tempdir().unwrap();
        let texts =
            [("m", "matrix: { n: [1, 2] }\ntitle: ${n}"), ("broken", "matrix: { n: 1 }"), ("plain", "title: t")];
        for (name, text) in texts {
            fs::write(folder.path().join(name).with_extension("yaml"), text).unwrap();
        }
        let found = find(&[folder.path().to_owned()]).unwrap();
        let names: Vec<_> = found.iter().map(|f| (f.name.as_str(), f.case.as_str())).collect();
        assert_eq!(names, [("broken", ""), ("m[n=1]", "[n=1]"), ("m[n=2]", "[n=2]"), ("plain", "")]);
        let one = find(&[folder.path().join("m.yaml")]).unwrap();
        assert_eq!(one.iter().map(|f| f.name.as_str()).collect::<Vec<_>>(), ["m[n=1]", "m[n=2]"]);
    }

    #[test]
    fn all_bad_paths_are_told_at_once() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("x.txt"), "").unwrap();
        let paths = ["none.yaml", "x.txt", ""].map(|name| folder.path().join(name));
        let errors = find(&paths).unwrap_err();
        assert!(matches!(
            errors.as_slice(),
            [FindError::Unreadable { .. }, FindError::OtherFile(_), FindError::NothingHere(_)]
        ));
    }
}
