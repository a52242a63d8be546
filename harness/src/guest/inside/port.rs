use crate::guest::folder::Folder;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;
use tar::Builder;

/// The driver makes the port known some time after it was loaded.
const PATIENCE: Duration = Duration::from_secs(30);
const ASK_EVERY: Duration = Duration::from_millis(1);

/// The serial port to the host, over which an archive goes.
#[derive(Clone)]
pub(super) struct Port(Arc<Mutex<Builder<File>>>);

impl Port {
    /// # Errors
    /// There is none.
    pub(super) fn open() -> io::Result<Self> {
        let path = find()?;
        let file = OpenOptions::new().write(true).open(path)?;
        Ok(Self(Arc::new(Mutex::new(Builder::new(file)))))
    }

    /// Sends a file of the folder.
    ///
    /// # Errors
    /// It can't be read, or the host does not take it.
    pub(super) fn send(&self, path: &Path) -> io::Result<()> {
        let mut archive = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        archive.append_path_with_name(path, path.file_name().unwrap_or_default())?;
        archive.get_mut().flush()
    }

    /// Sends the whole folder but the job, and ends the archive.
    ///
    /// # Errors
    /// A file can't be read, or the host does not take it.
    pub(super) fn send_folder(&self, folder: &Folder) -> io::Result<()> {
        fs::remove_file(folder.job())?;
        let mut archive = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        archive.append_dir_all(".", folder.path())?;
        archive.finish()
    }
}

/// The only port of a virtio console that is none itself: port 1 of whichever device.
fn find() -> io::Result<PathBuf> {
    let mut left = PATIENCE.as_millis() / ASK_EVERY.as_millis();
    while left > 0 {
        let names = fs::read_dir("/dev")?.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned());
        if let Some(name) = names.into_iter().find(|name| name.starts_with("vport") && name.ends_with("p1")) {
            return Ok(Path::new("/dev").join(name));
        }
        thread::sleep(ASK_EVERY);
        left -= 1;
    }
    Err(io::Error::other("find the port to the host: the kernel has no driver for it (virtio_console)"))
}
