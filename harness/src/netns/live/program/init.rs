//! What runs in the forked children before execve(2). They are copies of one thread of a
//! process with many: nothing here may allocate, lock, panic, or call what does
//! (signal-safety(7)). Hence plain loops over raw calls.

use super::prepare::Prepared;
use libc::{c_int, c_long};
use std::os::fd::RawFd;
use std::ptr;

/// Descriptors of the children; all numbers are 10 or more.
#[derive(Clone, Copy)]
pub(super) struct Ends {
    pub(super) null: RawFd,
    pub(super) stdout: RawFd,
    pub(super) stderr: RawFd,
    /// Signal numbers, one octet each, for all processes; its end means to die.
    pub(super) control: RawFd,
    /// Where the init tells, in [`Word`]s.
    pub(super) status: RawFd,
    /// Where a child that could not do it says why. Closed by execve.
    pub(super) failure: RawFd,
}

/// Five octets: what it is about, and a number.
pub(super) type Word = [u8; 5];
/// The program ended, with this status of wait(2).
pub(super) const EXITED: u8 = b'E';
/// A signal was passed on.
pub(super) const SIGNALLED: u8 = b'S';
/// The operation that failed, with its errno.
pub(super) const AT_FORK: u8 = b'F';
pub(super) const AT_USER: u8 = b'U';
pub(super) const AT_EXEC: u8 = b'X';

/// The first process of the new PID namespace.
pub(super) fn run(prepared: &Prepared, ends: Ends) -> ! {
    // SAFETY: system calls on values of this function and on descriptors that `ends`
    // names; none allocates. It never returns to the code it was forked from.
    unsafe {
        // The parent is a node's thread: it is gone when the node or deadpeer is. Should
        // it be gone already, then so is the other end of `control`.
        libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL);
        // No terminal's ^C reaches the program: only deadpeer ends it.
        libc::setsid();
        mount_proc();
        let mut all = std::mem::zeroed();
        libc::sigfillset(&raw mut all);
        libc::sigprocmask(libc::SIG_SETMASK, &raw const all, ptr::null_mut());
        let child = fork();
        if child == 0 {
            exec(prepared, ends);
        }
        if child < 0 {
            fail(ends.failure, AT_FORK);
        }
        keep_two(ends.control, ends.status);
        reap(c_int::try_from(child).unwrap_or(-1))
    }
}

/// The program sees its own /proc. Where that can't be it sees the caller's, in which
/// /proc/self works as well.
unsafe fn mount_proc() {
    // SAFETY: constant strings; the mount namespace is this process's own.
    unsafe {
        libc::mount(c"none".as_ptr(), c"/".as_ptr(), ptr::null(), libc::MS_REC | libc::MS_SLAVE, ptr::null());
        let flags = libc::MS_NOSUID | libc::MS_NODEV | libc::MS_NOEXEC;
        libc::mount(c"proc".as_ptr(), c"/proc".as_ptr(), c"proc".as_ptr(), flags, ptr::null());
    }
}

/// fork(3) would run handlers, and take locks that another thread may have held.
unsafe fn fork() -> c_long {
    // SAFETY: without CLONE_VM the child is a copy; all other arguments are unused.
    unsafe { libc::syscall(libc::SYS_clone, c_long::from(libc::SIGCHLD), 0, 0, 0, 0) }
}

/// `control` becomes 0, `status` 1, and all else is closed: another program's pipes too,
/// which would not end while this process held a copy.
unsafe fn keep_two(control: RawFd, status: RawFd) {
    // SAFETY: both are 10 or more, so neither is overwritten by the other.
    unsafe {
        libc::dup2(control, 0);
        libc::dup2(status, 1);
        // From Linux 5.9 on; before, one by one.
        if libc::syscall(libc::SYS_close_range, 2, u32::MAX, 0) != 0 {
            for number in 2..4096 {
                libc::close(number);
            }
        }
    }
}

/// Waits for children, and passes signals on, until none is left or `control` ends.
unsafe fn reap(program: c_int) -> ! {
    // SAFETY: descriptors 0 and 1 are as `keep_two` left them; the arrays are local.
    unsafe {
        let mut child = std::mem::zeroed();
        libc::sigemptyset(&raw mut child);
        libc::sigaddset(&raw mut child, libc::SIGCHLD);
        let signals = libc::signalfd(-1, &raw const child, libc::SFD_NONBLOCK);
        loop {
            let wait = |fd| libc::pollfd { fd, events: libc::POLLIN, revents: 0 };
            let mut both = [wait(0), wait(signals)];
            libc::poll(both.as_mut_ptr(), 2, -1);
            if both[0].revents != 0 {
                obey();
            }
            let mut information = [0_u8; 128];
            while libc::read(signals, information.as_mut_ptr().cast(), 128) > 0 {}
            collect(program);
        }
    }
}

unsafe fn obey() {
    let mut signal = 0_u8;
    // SAFETY: one octet into a local; kill(2) with -1 means every process of the
    // namespace but this one.
    unsafe {
        if libc::read(0, (&raw mut signal).cast(), 1) <= 0 {
            libc::_exit(0);
        }
        libc::kill(-1, c_int::from(signal));
        tell(1, SIGNALLED, c_int::from(signal));
    }
}

unsafe fn collect(program: c_int) {
    // SAFETY: waits for this process's own children.
    unsafe {
        loop {
            let mut status = 0;
            let ended = libc::waitpid(-1, &raw mut status, libc::WNOHANG);
            if ended == 0 {
                return;
            }
            if ended < 0 {
                libc::_exit(0);
            }
            if ended == program {
                tell(1, EXITED, status);
            }
        }
    }
}

/// The program itself, up to execve.
unsafe fn exec(prepared: &Prepared, ends: Ends) -> ! {
    // SAFETY: system calls on memory that was prepared before the fork.
    unsafe {
        libc::dup2(ends.null, 0);
        libc::dup2(ends.stdout, 1);
        libc::dup2(ends.stderr, 2);
        become_user(prepared, ends.failure);
        // Rust ignores SIGPIPE, and ignoring is inherited.
        for signal in 1..=64 {
            libc::signal(signal, libc::SIG_DFL);
        }
        let mut none = std::mem::zeroed();
        libc::sigemptyset(&raw mut none);
        libc::sigprocmask(libc::SIG_SETMASK, &raw const none, ptr::null_mut());
        let mut refused = 0;
        for file in &prepared.candidates {
            libc::execve(file.as_ptr(), prepared.arguments.as_ptr(), prepared.environment.as_ptr());
            match *libc::__errno_location() {
                libc::ENOENT | libc::ENOTDIR => {}
                libc::EACCES => refused = libc::EACCES,
                other => {
                    refused = other;
                    break;
                }
            }
        }
        *libc::__errno_location() = if refused == 0 { libc::ENOENT } else { refused };
        fail(ends.failure, AT_EXEC)
    }
}

/// The library's calls would ask threads to change too that are not here.
unsafe fn become_user(prepared: &Prepared, failure: RawFd) {
    let Some(login) = &prepared.login else { return };
    // SAFETY: system calls on numbers, and on a vector of that length.
    unsafe {
        let done = libc::syscall(libc::SYS_setgroups, login.groups.len(), login.groups.as_ptr()) == 0
            && libc::syscall(libc::SYS_setresgid, login.gid, login.gid, login.gid) == 0
            && libc::syscall(libc::SYS_setresuid, login.uid, login.uid, login.uid) == 0;
        if !done {
            fail(failure, AT_USER);
        }
    }
}

unsafe fn fail(failure: RawFd, what: u8) -> ! {
    // SAFETY: as of its callers.
    unsafe {
        tell(failure, what, *libc::__errno_location());
        libc::_exit(127)
    }
}

unsafe fn tell(to: RawFd, what: u8, number: c_int) {
    let [a, b, c, d] = number.to_ne_bytes();
    let word: Word = [what, a, b, c, d];
    // SAFETY: a local of that length; a pipe takes so few octets at once or not at all.
    unsafe { libc::write(to, word.as_ptr().cast(), word.len()) };
}
