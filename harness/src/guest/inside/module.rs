use crate::guest::folder::MODULES;
use nix::errno::Errno;
use nix::kmod::{ModuleInitFlags, finit_module};
use std::fs::{self, File};
use std::io;
use std::path::PathBuf;

/// Asks the kernel to decompress the module itself (linux/module.h).
const COMPRESSED: i32 = 4;

/// Loads the modules in the order of their names. That the kernel refuses one is told on the
/// console: what it would have been for tells what it lacks.
///
/// # Errors
/// The modules can't be listed.
pub(super) fn load_all() -> io::Result<()> {
    let mut files: Vec<PathBuf> = fs::read_dir(MODULES)?.flatten().map(|entry| entry.path()).collect();
    files.sort();
    for path in files {
        match load(&path) {
            // One for another processor or device than this, and one that is there already.
            Ok(()) | Err(Errno::ENODEV | Errno::EEXIST) => {}
            Err(errno) => println!("deadpeer: failed to load `{}`: {errno}", path.display()),
        }
    }
    Ok(())
}

fn load(path: &PathBuf) -> Result<(), Errno> {
    let file = File::open(path).map_err(|error| Errno::from_raw(error.raw_os_error().unwrap_or(libc::EIO)))?;
    let plain = path.extension().is_some_and(|extension| extension == "ko");
    let flags =
        if plain { ModuleInitFlags::empty() } else { ModuleInitFlags::from_bits_retain(COMPRESSED.cast_unsigned()) };
    finit_module(&file, c"", flags)
}
