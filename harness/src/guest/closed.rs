//! What a guest's process can change of the host. A program that is root in the guest can
//! remount `/` writable there, and then does with the host's files all that the process may
//! do: so the process itself may do nothing but write to the guest's own folder.

use super::caller::Caller;
use super::error::{Error, io};
use super::folder::Folder;
use super::lock::Lock;
use nix::unistd::{getgid, getuid};
use std::ffi::{CStr, CString};
use std::io as std_io;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::ptr::null;

/// All mounts read-only in a namespace of the process's own, but for the folder and the
/// guest's memory; and a lock (landlock) for where there can be no such namespace.
pub(super) struct Closed {
    folder: CString,
    memory: CString,
    /// For a process without privilege, which needs a user namespace first: its own user and
    /// group, mapped to themselves.
    identity: Option<[CString; 2]>,
    lock: Option<Lock>,
}

/// `struct mount_attr` (linux/mount.h).
#[repr(C)]
struct MountAttributes {
    set: u64,
    clear: u64,
    propagation: u64,
    user_namespace: u64,
}

const READ_ONLY: u64 = 1;

impl Closed {
    /// All that needs memory to be allocated, which the child may not do.
    ///
    /// # Errors
    /// A path has a NUL in it, or the kernel refused a rule of the lock.
    pub(super) fn around(folder: &Folder) -> Result<Self, Error> {
        let memory = folder.memory();
        let lock = Lock::all_but(&[folder.path(), &memory, Path::new("/dev/null")]);
        let map = |id: u32| CString::new(format!("{id} {id} 1")).ok();
        let (uid, gid) =
            Caller::find().map_or((getuid().as_raw(), getgid().as_raw()), |caller| (caller.uid, caller.gid));
        let maps = map(uid).zip(map(gid)).map(|(uid, gid)| [uid, gid]);
        let c_string = |path: &Path| CString::new(path.as_os_str().as_bytes()).map_err(std_io::Error::from);
        Ok(Self {
            folder: c_string(folder.path()).map_err(io("name", folder.path()))?,
            memory: c_string(&memory).map_err(io("name", &memory))?,
            identity: maps.filter(|_| uid != 0),
            lock: lock.map_err(io("keep the guest to", folder.path()))?,
        })
    }

    /// In the child, before execve(2): system calls alone.
    ///
    /// # Errors
    /// It is in the folder no more, or the kernel refused the lock.
    pub(super) fn close(&self) -> std_io::Result<()> {
        if self.namespace().is_ok() {
            self.read_only()?;
        }
        self.lock.as_ref().map_or(Ok(()), Lock::close)
    }

    fn namespace(&self) -> std_io::Result<()> {
        let Some([uid, gid]) = &self.identity else { return done(unsafe { libc::unshare(libc::CLONE_NEWNS) }) };
        // SAFETY: a number.
        done(unsafe { libc::unshare(libc::CLONE_NEWUSER | libc::CLONE_NEWNS) })?;
        write(c"/proc/self/setgroups", c"deny")?;
        write(c"/proc/self/uid_map", uid)?;
        write(c"/proc/self/gid_map", gid)
    }

    fn read_only(&self) -> std_io::Result<()> {
        let (folder, memory) = (self.folder.as_ptr(), self.memory.as_ptr());
        // SAFETY: all strings end with NUL and outlive the calls.
        unsafe {
            done(libc::mount(null(), c"/".as_ptr(), null(), libc::MS_REC | libc::MS_PRIVATE, null()))?;
            set(c"/", READ_ONLY, 0, libc::AT_RECURSIVE)?;
            // The guest's memory is a file: where there is no room for it among the host's.
            done(libc::mount(c"tmpfs".as_ptr(), memory, c"tmpfs".as_ptr(), libc::MS_NOSUID, null()))?;
            done(libc::mount(folder, folder, null(), libc::MS_BIND, null()))?;
            set(&self.folder, 0, READ_ONLY, 0)?;
            // It was in the folder as it lay under that mount.
            done(libc::chdir(folder))
        }
    }
}

fn set(path: &CStr, set: u64, clear: u64, flags: i32) -> std_io::Result<()> {
    let attributes = MountAttributes { set, clear, propagation: 0, user_namespace: 0 };
    let size = size_of::<MountAttributes>();
    // SAFETY: the path ends with NUL, and both outlive the call.
    let result = unsafe {
        libc::syscall(libc::SYS_mount_setattr, libc::AT_FDCWD, path.as_ptr(), flags, &raw const attributes, size)
    };
    if result == 0 { Ok(()) } else { Err(std_io::Error::last_os_error()) }
}

fn write(path: &CStr, text: &CStr) -> std_io::Result<()> {
    let octets = text.to_bytes();
    // SAFETY: the path ends with NUL, and the octets outlive the call.
    unsafe {
        let file = libc::open(path.as_ptr(), libc::O_WRONLY | libc::O_CLOEXEC);
        done(file.min(0))?;
        let written = libc::write(file, octets.as_ptr().cast(), octets.len());
        let error = std_io::Error::last_os_error();
        libc::close(file);
        if usize::try_from(written) == Ok(octets.len()) { Ok(()) } else { Err(error) }
    }
}

fn done(result: i32) -> std_io::Result<()> {
    if result == 0 { Ok(()) } else { Err(std_io::Error::last_os_error()) }
}
