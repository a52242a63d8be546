use super::library;
use super::module::Modules;
use crate::guest::folder::{Folder, IN_MEMORY, MODULES};
use crate::netns;
use crate::plan::Plan;
use cpio::newc::{Builder, trailer};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Component, Path, PathBuf};

/// File types and permissions as in stat(2)'s `st_mode`.
const FOLDER: u32 = 0o040_755;
const PROGRAM: u32 = 0o100_755;

/// Where the guest's kernel and programs expect folders.
const FOLDERS: [&str; 5] = ["dev", "proc", "run", "sys", "tmp"];

/// Writes all the files that the guest has: `program`, what the plans run, their shared
/// libraries, the kernel's modules, and the job. Programs that need more than that, such as
/// the library of a scripting language, don't run there.
///
/// # Errors
/// One of them can't be read, or the image not be written.
pub(super) fn write(program: &Path, plans: &[&Plan], modules: &Modules, folder: &Folder) -> io::Result<()> {
    let mut image = Image::default();
    FOLDERS.iter().for_each(|name| image.folder(Path::new(name)));
    image.folder(&Path::new(IN_MEMORY).join("records"));
    image.put(Path::new(IN_MEMORY).join("job.json"), folder.job());
    for file in programs(program, plans)? {
        image.put(std::path::absolute(&file)?, file);
    }
    for (number, file) in modules.wanted().into_iter().enumerate() {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        image.put(Path::new(MODULES).join(format!("{number:03}-{name}")), file);
    }
    image.write(&folder.image())
}

/// All programs with what they load.
fn programs(program: &Path, plans: &[&Plan]) -> io::Result<BTreeSet<PathBuf>> {
    let mut all = BTreeSet::from([program.to_owned()]);
    all.extend(plans.iter().flat_map(|plan| netns::programs(plan)));
    let libraries = all.iter().map(|program| library::of(program)).collect::<io::Result<Vec<_>>>()?;
    all.extend(libraries.into_iter().flatten());
    all.extend(extensions(&all));
    // Where libraries lie that are in none of the usual folders.
    all.extend(Some(PathBuf::from("/etc/ld.so.cache")).filter(|cache| cache.is_file()));
    Ok(all)
}

/// iptables(8) loads its matches and targets from a folder beside its library.
fn extensions(files: &BTreeSet<PathBuf>) -> Vec<PathBuf> {
    let named =
        |file: &&PathBuf| file.file_name().is_some_and(|name| name.to_string_lossy().starts_with("libxtables."));
    let real = files.iter().find(named).and_then(|file| fs::canonicalize(file).ok());
    let entries = real.and_then(|file| fs::read_dir(file.parent()?.join("xtables")).ok());
    entries.into_iter().flatten().flatten().map(|entry| entry.path()).filter(|path| path.is_file()).collect()
}

/// What an image will hold, by the paths there: files by where they are on the host.
#[derive(Default)]
struct Image {
    folders: BTreeSet<PathBuf>,
    files: BTreeMap<PathBuf, PathBuf>,
}

impl Image {
    fn folder(&mut self, path: &Path) {
        let path = relative(path);
        let above = path.ancestors().filter(|above| !above.as_os_str().is_empty());
        self.folders.extend(above.map(Path::to_owned));
    }

    fn put(&mut self, path: PathBuf, file: PathBuf) {
        let path = relative(&path);
        if let Some(parent) = path.parent() {
            self.folder(parent);
        }
        self.files.insert(path, file);
    }

    fn write(&self, path: &Path) -> io::Result<()> {
        let mut out = BufWriter::new(File::create(path)?);
        for folder in &self.folders {
            out = entry(folder, FOLDER)?.write(out, 0).finish()?;
        }
        for (path, file) in &self.files {
            let octets = fs::read(file).map_err(|error| told(file, &error))?;
            let length = u32::try_from(octets.len()).map_err(|_| told(file, &io::Error::other("it is too large")))?;
            let mut writer = entry(path, PROGRAM)?.write(out, length);
            writer.write_all(&octets)?;
            out = writer.finish()?;
        }
        trailer(out)?.flush()
    }
}

fn entry(path: &Path, mode: u32) -> io::Result<Builder> {
    let name = path.to_str().ok_or_else(|| told(path, &io::Error::other("its name is not UTF-8")))?;
    Ok(Builder::new(name).mode(mode))
}

fn told(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("`{}`: {error}", path.display()))
}

/// Without the root, and without what goes up.
fn relative(path: &Path) -> PathBuf {
    path.components().filter(|part| matches!(part, Component::Normal(_))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use cpio::newc::Reader;

    #[test]
    fn folders_go_before_what_is_in_them() {
        let parent = tempfile::tempdir().unwrap();
        let (file, path) = (parent.path().join("file"), parent.path().join("image"));
        fs::write(&file, "12345").unwrap();
        let mut image = Image::default();
        image.folder(Path::new("dev"));
        image.put("/usr/sbin/nft".into(), file.clone());
        image.put("/a/../b".into(), file);
        image.write(&path).unwrap();
        let mut reader = Reader::new(File::open(&path).unwrap()).unwrap();
        let mut seen = Vec::new();
        while !reader.entry().is_trailer() {
            seen.push((reader.entry().name().to_owned(), reader.entry().mode(), reader.entry().file_size()));
            reader = Reader::new(reader.finish().unwrap()).unwrap();
        }
        let names: Vec<_> = seen.iter().map(|(name, ..)| name.as_str()).collect();
        assert_eq!(names, ["a", "dev", "usr", "usr/sbin", "a/b", "usr/sbin/nft"]);
        assert_eq!(seen[3].1, FOLDER);
        assert_eq!((seen[5].1, seen[5].2), (PROGRAM, 5));
    }

    #[test]
    fn a_file_that_is_not_there_is_named() {
        let parent = tempfile::tempdir().unwrap();
        let mut image = Image::default();
        image.put("/x".into(), "/none/x".into());
        let error = image.write(&parent.path().join("image")).unwrap_err();
        assert!(error.to_string().contains("`/none/x`"), "{error}");
    }
}
