use std::fs::File;
use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// All of landlock(7)'s first version that changes files: to write, to remove folders and
/// files, and to make character devices, folders, files, sockets, FIFOs, block devices and
/// symbolic links.
const CHANGES: u64 = 1 << 1 | 0b1_1111_1111 << 4;

/// From the third version on, to truncate: a file that may not be written to could be.
const TRUNCATE: u64 = 1 << 14;

const VERSION: u32 = 1;
const PATH_BENEATH: u32 = 1;

/// What a guest kernel's process may change of the host: a program that is root in the
/// guest can remount `/` writable there, and then does with the host's files all that the
/// process may do.
pub(super) struct Lock {
    rules: OwnedFd,
}

#[repr(C, packed)]
struct Beneath {
    allowed: u64,
    parent: i32,
}

impl Lock {
    /// Lets only what lies beneath these be changed. None where the kernel has no landlock.
    ///
    /// # Errors
    /// One of them can't be opened, or the kernel refused a rule.
    pub(super) fn all_but(open: &[&Path]) -> io::Result<Option<Self>> {
        // SAFETY: asked for its version, it reads no attributes.
        let version = unsafe { libc::syscall(libc::SYS_landlock_create_ruleset, 0, 0, VERSION) };
        if version < 1 {
            return Ok(None);
        }
        let handled = if version >= 3 { CHANGES | TRUNCATE } else { CHANGES };
        // SAFETY: the attributes are one number, whose size is told.
        let rules = unsafe { libc::syscall(libc::SYS_landlock_create_ruleset, &raw const handled, 8, 0) };
        let rules = i32::try_from(rules).ok().filter(|fd| *fd >= 0).ok_or_else(io::Error::last_os_error)?;
        // SAFETY: the descriptor is new, and nobody else's.
        let lock = Self { rules: unsafe { OwnedFd::from_raw_fd(rules) } };
        open.iter().try_for_each(|path| lock.open(path, handled))?;
        Ok(Some(lock))
    }

    fn open(&self, path: &Path, handled: u64) -> io::Result<()> {
        let place = File::options().read(true).custom_flags(libc::O_PATH).open(path)?;
        // Of what is no folder only writing and truncating can be allowed.
        let fits = if place.metadata()?.is_dir() { handled } else { handled & (1 << 1 | TRUNCATE) };
        let rule = Beneath { allowed: fits, parent: place.as_raw_fd() };
        let rules = self.rules.as_raw_fd();
        // SAFETY: the rule lives until the call returns.
        let done = unsafe { libc::syscall(libc::SYS_landlock_add_rule, rules, PATH_BENEATH, &raw const rule, 0) };
        if done == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
    }

    /// Binds the calling process, which must have PR_SET_NO_NEW_PRIVS. A system call alone.
    ///
    /// # Errors
    /// The kernel refused.
    pub(super) fn close(&self) -> io::Result<()> {
        // SAFETY: numbers.
        let done = unsafe { libc::syscall(libc::SYS_landlock_restrict_self, self.rules.as_raw_fd(), 0) };
        if done == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
    }
}
