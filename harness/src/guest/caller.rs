use nix::unistd::{Gid, Uid, User, chown};
use std::env;
use std::io;
use std::path::{Path, PathBuf};

/// The user who called sudo(8): a guest needs no privilege, and is given none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Caller {
    pub(super) uid: u32,
    pub(super) gid: u32,
}

impl Caller {
    /// None where root was not got by sudo, or this is not root.
    pub(super) fn find() -> Option<Self> {
        let number = |name: &str| env::var(name).ok()?.parse::<u32>().ok();
        let caller = Self { uid: number("SUDO_UID")?, gid: number("SUDO_GID")? };
        (Uid::effective().is_root() && caller.uid != 0).then_some(caller)
    }

    pub(super) fn home(self) -> Option<PathBuf> {
        User::from_uid(Uid::from_raw(self.uid)).ok().flatten().map(|user| user.dir)
    }

    /// Makes a file or folder the caller's.
    ///
    /// # Errors
    /// What chown(2) answers.
    pub(super) fn own(self, path: &Path) -> io::Result<()> {
        Ok(chown(path, Some(Uid::from_raw(self.uid)), Some(Gid::from_raw(self.gid)))?)
    }
}
