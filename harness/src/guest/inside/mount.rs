use nix::mount::{MsFlags, mount};
use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

/// Where the guest sees the folder that it shares with the host.
const SHARED: &str = "/run/deadpeer";

/// What the upper side of an overlay may take.
const UPPER: &str = "/run/upper";

/// Mounts what programs expect where all files are in memory.
///
/// # Errors
/// What could not be mounted.
pub(super) fn in_memory() -> io::Result<()> {
    put("proc", "/proc", "proc", "")?;
    put("sysfs", "/sys", "sysfs", "")?;
    devices()
}

/// Mounts what programs expect where the files are the host's: they are seen under `/` and can't be
/// changed; `/run` and `/tmp` can be written to, and what is written is gone with the
/// guest. Gives the folder shared with the host.
///
/// # Errors
/// What could not be mounted.
pub(super) fn on_the_host() -> io::Result<PathBuf> {
    put("tmpfs", "/run", "tmpfs", "mode=755")?;
    fs::create_dir(SHARED)?;
    // The kernel is a process of the host, whose working folder is the shared one: so its
    // path need not stand in the kernel's command line.
    put("none", SHARED, "hostfs", "/proc/self/cwd")?;
    put("proc", "/proc", "proc", "")?;
    put("sysfs", "/sys", "sysfs", "")?;
    devices()?;
    overlay("/tmp")?;
    Ok(PathBuf::from(SHARED))
}

fn put(source: &str, target: &str, kind: &str, data: &str) -> io::Result<()> {
    let done = mount(Some(source), target, Some(kind), MsFlags::empty(), Some(data));
    done.map_err(|errno| io::Error::new(io::Error::from(errno).kind(), format!("mount {kind} on {target}: {errno}")))
}

/// The host's `/dev` may lack any of them.
fn devices() -> io::Result<()> {
    for folder in ["/dev/pts", "/dev/shm"] {
        fs::create_dir_all(folder)?;
    }
    put("devpts", "/dev/pts", "devpts", "ptmxmode=666")?;
    put("tmpfs", "/dev/shm", "tmpfs", "mode=1777")?;
    for (name, to) in [("fd", "/proc/self/fd"), ("stdin", "fd/0"), ("stdout", "fd/1"), ("stderr", "fd/2")] {
        match symlink(to, Path::new("/dev").join(name)) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

/// The host's files in `folder` stay to be seen: deadpeer itself may be one.
fn overlay(folder: &str) -> io::Result<()> {
    let (upper, work) = (format!("{UPPER}/files"), format!("{UPPER}/work"));
    fs::create_dir_all(&upper)?;
    fs::create_dir_all(&work)?;
    put("overlay", folder, "overlay", &format!("lowerdir={folder},upperdir={upper},workdir={work}"))
}
