use super::caller::Caller;
use super::model::{Kernel, Kind, Machine};
use super::qemu;
use crate::netns::{Lack, find_program};
use std::env;
use std::fs;
use std::path::{Path, PathBuf};

const REMEDY: &str = "ci/guest-kernel";
const STOCK_REMEDY: &str = "ci/stock-kernel";

/// The frequency that most distributions' kernels have.
const USUAL: &str = "-hz250-";

/// The folder in a user's cache that `ci/guest-kernel` and `ci/stock-kernel` fill.
const CACHE: &str = "deadpeer/guest";

const EMULATOR: &str = "qemu-system-x86_64";

/// A guest of this kind: with the kernel `named`, or else the one that [`find`] finds, and for
/// QEMU the newest in /boot or the one that `ci/stock-kernel` fetched.
///
/// # Errors
/// What is lacking, with the command that mends it.
pub fn pick(kind: Kind, named: Option<&Path>) -> Result<Kernel, Lack> {
    match (kind, named) {
        (Kind::Uml, None) => find(),
        (Kind::Uml, Some(path)) if qemu::KernelImage::read(path).is_ok() => Err(Lack {
            why: format!("`{}` is a kernel for PCs, not Linux's user-mode port", path.display()),
            remedy: "give `--guest qemu`, too".to_owned(),
        }),
        (Kind::Uml, Some(path)) if path.is_file() => Ok(Kernel::uml(path)),
        (Kind::Uml, Some(path)) => Err(no_file(path, REMEDY)),
        (Kind::Qemu, None) => stock(&stock_kernel().ok_or_else(no_stock)?),
        (Kind::Qemu, Some(path)) => stock(path),
    }
}

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
        let kernel = home.and_then(|home| built(&home.join(".cache").join(CACHE)));
        kernel.map(Kernel::uml).ok_or(lack)
    })
}

fn find_with(variable: impl Fn(&str) -> Option<PathBuf>) -> Result<Kernel, Lack> {
    if let Some(path) = variable("DEADPEER_GUEST_KERNEL") {
        return if path.is_file() { Ok(Kernel::uml(path)) } else { Err(wrong(&path)) };
    }
    let folder = cache(variable).join(CACHE);
    built(&folder).map(Kernel::uml).ok_or_else(|| none(&folder))
}

fn cache(variable: impl Fn(&str) -> Option<PathBuf>) -> PathBuf {
    variable("XDG_CACHE_HOME").or_else(|| variable("HOME").map(|home| home.join(".cache"))).unwrap_or_default()
}

/// The newest kernel of a distribution whose modules are there, too.
fn stock_kernel() -> Option<PathBuf> {
    let fetched = cache(|name| env::var_os(name).map(PathBuf::from)).join(CACHE).join("stock/boot");
    let all = [PathBuf::from("/boot"), fetched].into_iter().flat_map(fs::read_dir).flatten().flatten();
    let kernels = all.filter(|file| file.file_name().to_string_lossy().starts_with("vmlinuz-"));
    let usable = kernels.map(|file| file.path()).filter(|path| stock(path).is_ok());
    usable.max_by_key(|path| fs::metadata(path).and_then(|metadata| metadata.modified()).ok())
}

fn stock(path: &Path) -> Result<Kernel, Lack> {
    if !path.is_file() {
        return Err(no_file(path, STOCK_REMEDY));
    }
    let lack = |why: String, remedy: &str| Lack { why, remedy: remedy.to_owned() };
    let program = find_program(EMULATOR)
        .ok_or_else(|| lack(format!("there is no {EMULATOR} in PATH"), "sudo apt-get install qemu-system-x86"))?;
    let image = qemu::KernelImage::read(path);
    let image = image.map_err(|error| lack(format!("`{}` can't be used: {error}", path.display()), STOCK_REMEDY))?;
    let release = image.release().unwrap_or_default();
    let beside = path.parent().and_then(Path::parent).unwrap_or(Path::new("/"));
    let folders = [beside, Path::new("/"), Path::new("/usr")].map(|root| root.join("lib/modules").join(&release));
    let modules = folders.iter().find(|folder| folder.join("modules.dep").is_file());
    let modules = modules.cloned().ok_or_else(|| {
        let why =
            format!("the modules of `{}` are not there: no `{}/modules.dep`", path.display(), folders[0].display());
        lack(why, STOCK_REMEDY)
    })?;
    Ok(Kernel { path: path.to_owned(), machine: Machine::Qemu { program, modules } })
}

fn no_file(path: &Path, remedy: &str) -> Lack {
    Lack { why: format!("`{}` is no file", path.display()), remedy: remedy.to_owned() }
}

fn no_stock() -> Lack {
    Lack {
        why: "there is no distribution's kernel with its modules in /boot and /lib/modules".to_owned(),
        remedy: STOCK_REMEDY.to_owned(),
    }
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
