use super::caller::Caller;
use super::closed::Closed;
use super::console;
use super::error::{Error, io};
use super::folder::Folder;
use crate::netns;
use nix::sched::{CpuSet, sched_setaffinity};
use nix::sys::signal::{SigSet, SigmaskHow, Signal, killpg, sigprocmask};
use nix::unistd::Pid;
use std::fs::File;
use std::io as std_io;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Often enough that a run's time is its guest's.
const ASK_EVERY: Duration = Duration::from_millis(2);

/// A guest that runs; dropped, it is killed with all its processes.
pub(super) struct Guest {
    child: Child,
}

impl Guest {
    /// Starts the guest's program, whose working folder is `folder`, the one place that it
    /// may write to, and whose output is its console; on this processor alone, if there is one.
    /// It and its processes end when the calling thread does.
    ///
    /// # Errors
    /// A file can't be made, or the program not be run.
    pub(super) fn start(
        mut command: Command,
        kernel: &Path,
        processor: Option<CpuSet>,
        folder: &Folder,
    ) -> Result<Self, Error> {
        let path = folder.console();
        let console = File::create(&path).map_err(io("create", &path))?;
        let errors = console.try_clone().map_err(io("open", &path))?;
        command.current_dir(folder.path()).process_group(0);
        command.stdin(Stdio::null()).stdout(console).stderr(errors);
        if let Some(caller) = Caller::find() {
            command.uid(caller.uid).gid(caller.gid);
        }
        let closed = Closed::around(folder)?;
        // SAFETY: system calls alone, which are safe after fork (signal-safety(7)).
        unsafe { command.pre_exec(move || detach(processor.as_ref()).and_then(|()| closed.close())) };
        let child = command.spawn().map_err(|source| Error::Start { kernel: kernel.to_owned(), source })?;
        Ok(Self { child })
    }

    /// Waits until the guest has powered off or crashed.
    ///
    /// # Errors
    /// It does not within `limit`, or the user wants to end.
    pub(super) fn wait(&mut self, limit: Duration, folder: &Folder) -> Result<ExitStatus, Error> {
        let began = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().map_err(io("wait for", folder.path()))? {
                return Ok(status);
            }
            if netns::interrupted() {
                return Err(Error::Interrupted);
            }
            if began.elapsed() > limit {
                return Err(Error::NoProgress { limit, console: console::tail(&folder.console()) });
            }
            sleep(ASK_EVERY);
        }
    }
}

/// The guest's processes are one group, and those that a kernel traces die with it.
impl Drop for Guest {
    fn drop(&mut self) {
        let group = Pid::from_raw(i32::try_from(self.child.id()).unwrap_or(i32::MAX));
        let _ = killpg(group, Signal::SIGKILL);
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// In the child before execve(2): it dies with the thread that started it, gains nothing from
/// set-uid programs, and hears the signals that this process keeps from itself.
fn detach(processor: Option<&CpuSet>) -> std_io::Result<()> {
    if let Some(processor) = processor {
        // On any of them it runs as well, only slower.
        let _ = sched_setaffinity(Pid::from_raw(0), processor);
    }
    nix::sys::prctl::set_pdeathsig(Signal::SIGKILL)?;
    nix::sys::prctl::set_no_new_privs()?;
    sigprocmask(SigmaskHow::SIG_SETMASK, Some(&SigSet::empty()), None)?;
    Ok(())
}
