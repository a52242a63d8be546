use super::caller::Caller;
use super::model::Kernel;
use crate::netns::Lack;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};

const REMEDY: &str = "ci/guest-kernel";

/// The frequency that most distributions' kernels have.
const USUAL: &str = "-hz250-";

/// The guest kernel that `DEADPEER_GUEST_KERNEL` names, or else the newest that
/// `ci/guest-kernel` built, with 250 ticks a second if there is one.
///
/// # Errors
/// There is none, with the command that builds one.
pub fn find() -> Result<Kernel, Lack> {
    let variable = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    find_with(variable).or_else(|lack| {
        // By sudo, whose HOME is root's.
        let home = Caller::find().and_then(Caller::home).filter(|_| variable("DEADPEER_GUEST_KERNEL").is_none());
        let kernel = home.and_then(|home| built(&home.join(".cache/deadpeer/guest")));
        kernel.map(|path| Kernel { path }).ok_or(lack)
    })
}

fn find_with(variable: impl Fn(&str) -> Option<PathBuf>) -> Result<Kernel, Lack> {
    if let Some(path) = variable("DEADPEER_GUEST_KERNEL") {
        return if path.is_file() { Ok(Kernel { path }) } else { Err(wrong(&path)) };
    }
    let cache = variable("XDG_CACHE_HOME").or_else(|| variable("HOME").map(|home| home.join(".cache")));
    let folder = cache.unwrap_or_default().join("deadpeer/guest");
    built(&folder).map(|path| Kernel { path }).ok_or_else(|| none(&folder))
}

fn built(folder: &Path) -> Option<PathBuf> {
    let files = fs::read_dir(folder).ok()?.flatten();
    let kernels = files.filter(|file| file.file_name().to_string_lossy().starts_with("linux-"));
    let rank = |file: &fs::DirEntry| {
        let usual = file.file_name().to_string_lossy().contains(USUAL);
        (usual, file.metadata().and_then(|metadata| metadata.modified()).ok(), file.file_name())
    };
    kernels.max_by_key(rank).map(|file| file.path())
}

fn wrong(path: &Path) -> Lack {
    Lack {
        why: format!("DEADPEER_GUEST_KERNEL names `{}`, which is no file", path.display()),
        remedy: REMEDY.to_owned(),
    }
}

fn none(folder: &Path) -> Lack {
    Lack { why: format!("there is no guest kernel in `{}`", folder.display()), remedy: REMEDY.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(named: Option<&Path>, cache: &Path) -> Result<Kernel, Lack> {
        find_with(|name| match name {
            "DEADPEER_GUEST_KERNEL" => named.map(Path::to_owned),
            "XDG_CACHE_HOME" => Some(cache.to_owned()),
            _ => None,
        })
    }

    #[test]
    fn the_named_one_goes_before_the_usual_one_before_others() {
        let cache = tempfile::tempdir().unwrap();
        let folder = cache.path().join("deadpeer/guest");
        fs::create_dir_all(&folder).unwrap();
        assert_eq!(with(None, cache.path()).unwrap_err().remedy, "ci/guest-kernel");
        for name in ["linux-6.1.1-hz250-aa", "linux-6.1.1-hz1000-aa", ".linux.7"] {
            fs::write(folder.join(name), "").unwrap();
        }
        let usual = folder.join("linux-6.1.1-hz250-aa");
        assert_eq!(with(None, cache.path()).unwrap().path, usual);
        let other = folder.join("linux-6.1.1-hz1000-aa");
        assert_eq!(with(Some(&other), cache.path()).unwrap().path, other);
        fs::remove_file(&usual).unwrap();
        assert_eq!(with(None, cache.path()).unwrap().path, other);
    }

    #[test]
    fn a_name_that_leads_nowhere_is_told() {
        let lack = with(Some(Path::new("/none")), Path::new("/")).unwrap_err();
        assert!(lack.why.contains("DEADPEER_GUEST_KERNEL") && lack.why.contains("`/none`"), "{}", lack.why);
    }
}
