use super::ProgramError;
use super::init::{self, AT_EXEC, AT_FORK, Ends, Word};
use super::prepare::Prepared;
use libc::c_long;
use nix::sys::wait::{Id, WaitPidFlag, waitid};
use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::os::fd::{AsFd, AsRawFd, FromRawFd, OwnedFd, RawFd};

/// The near ends of a program's pipes, and its init.
pub(super) struct Spawned {
    pub(super) init: Init,
    pub(super) stdout: OwnedFd,
    pub(super) stderr: OwnedFd,
    pub(super) control: OwnedFd,
    pub(super) status: OwnedFd,
}

/// Starts it, and waits until it has been executed (some ms).
///
/// # Errors
/// It can't be executed, or there is no pipe or process to be had.
pub(super) fn spawn(prepared: &Prepared) -> Result<Spawned, ProgramError> {
    let failed = |operation| {
        let word = prepared.word.clone();
        move |source| ProgramError::Setup { operation, word, source }
    };
    let null = OpenOptions::new().read(true).open("/dev/null").map_err(failed("open /dev/null"))?;
    let null = high(null.into()).map_err(failed("open /dev/null"))?;
    let [out, err, control, status, failure] = pipes().map_err(failed("make pipes"))?;
    let ends = Ends {
        null: null.as_raw_fd(),
        stdout: out.write.as_raw_fd(),
        stderr: err.write.as_raw_fd(),
        control: control.read.as_raw_fd(),
        status: status.write.as_raw_fd(),
        failure: failure.write.as_raw_fd(),
    };
    let init = fork(prepared, ends).map_err(failed("make a PID namespace"))?;
    // Only the children hold these now, so that their ends are seen.
    drop((out.write, err.write, control.read, status.write, failure.write));
    let mut word = Word::default();
    let octets = File::from(failure.read).read(&mut word).map_err(failed("await execve"))?;
    let spawned =
        Spawned { init: Init(init), stdout: out.read, stderr: err.read, control: control.write, status: status.read };
    if octets == 0 { Ok(spawned) } else { Err(refused(prepared, word)) }
}

/// A PID namespace's first process, by its pidfd (pidfd_open(2)). Dropped, it is killed,
/// and with it all of its namespace.
pub(super) struct Init(OwnedFd);

impl Drop for Init {
    fn drop(&mut self) {
        let none = std::ptr::null::<libc::siginfo_t>();
        // SAFETY: a descriptor of our own, and no further information.
        unsafe { libc::syscall(libc::SYS_pidfd_send_signal, self.0.as_raw_fd(), libc::SIGKILL, none, 0) };
        // It ends only when all of its namespace has. Nobody else waits for it.
        let _ = waitid(Id::PIDFd(self.0.as_fd()), WaitPidFlag::WEXITED);
    }
}

struct Pipe {
    read: OwnedFd,
    write: OwnedFd,
}

fn pipes() -> io::Result<[Pipe; 5]> {
    Ok([pipe()?, pipe()?, pipe()?, pipe()?, pipe()?])
}

fn pipe() -> io::Result<Pipe> {
    let (read, write) = nix::unistd::pipe2(nix::fcntl::OFlag::O_CLOEXEC)?;
    Ok(Pipe { read: high(read)?, write: high(write)? })
}

/// The same descriptor with a number that no child's standard descriptor takes.
fn high(fd: OwnedFd) -> io::Result<OwnedFd> {
    // SAFETY: the number it returns is a new descriptor that nobody else owns.
    unsafe {
        let number: RawFd = libc::fcntl(fd.as_raw_fd(), libc::F_DUPFD_CLOEXEC, 10);
        if number < 0 { Err(io::Error::last_os_error()) } else { Ok(OwnedFd::from_raw_fd(number)) }
    }
}

/// The child is an init of a PID and a mount namespace.
fn fork(prepared: &Prepared, ends: Ends) -> io::Result<OwnedFd> {
    let flags = libc::CLONE_NEWPID | libc::CLONE_NEWNS | libc::CLONE_PIDFD | libc::SIGCHLD;
    let mut pidfd: RawFd = -1;
    // SAFETY: without CLONE_VM and with no stack given this is fork(2); the kernel writes
    // the pidfd into a local. The child never returns from `run`.
    let pid = unsafe { libc::syscall(libc::SYS_clone, c_long::from(flags), 0, &raw mut pidfd, 0, 0) };
    match pid {
        0 => init::run(prepared, ends),
        1.. => {
            // SAFETY: the kernel has just made it for us.
            Ok(unsafe { OwnedFd::from_raw_fd(pidfd) })
        }
        _ => Err(io::Error::last_os_error()),
    }
}

fn refused(prepared: &Prepared, [what, number @ ..]: Word) -> ProgramError {
    let source = io::Error::from_raw_os_error(i32::from_ne_bytes(number));
    let word = prepared.word.clone();
    match (what, &prepared.login) {
        (AT_EXEC, _) => ProgramError::Exec { word, path: prepared.path.clone(), source },
        (AT_FORK, _) | (_, None) => ProgramError::Setup { operation: "fork", word, source },
        (_, Some(login)) => ProgramError::User { word, uid: login.uid, reason: source.to_string() },
    }
}
