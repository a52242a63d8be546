use super::caller::Caller;
use super::console;
use super::error::{Error, io};
use super::folder::Folder;
use super::model::Options;
use crate::netns;
use nix::sys::signal::{SigSet, SigmaskHow, Signal, killpg, sigprocmask};
use nix::sys::statvfs::statvfs;
use nix::unistd::Pid;
use std::ffi::OsString;
use std::fs::File;
use std::io as std_io;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// The guest's realtime clock begins here, 2026-01-01 UTC: runs with equal seeds are to be
/// equal whenever they are made.
const BEGIN_UNIX_NS: u64 = 1_767_225_600_000_000_000;

/// MiB: some 60 labs at a time, at 0.45 for a pair of nodes and a few for each process.
const MEMORY: u64 = 512;

/// Often enough that a run's time is its guest's.
const ASK_EVERY: Duration = Duration::from_millis(2);

/// A guest kernel that runs; dropped, it is killed with all its processes.
pub(super) struct Guest {
    child: Child,
}

impl Guest {
    /// Starts the guest with `folder` as the one place that it may write to. It and its
    /// processes end when the calling thread does.
    ///
    /// # Errors
    /// A file can't be made, or the kernel not be run.
    pub(super) fn start(options: &Options, folder: &Folder) -> Result<Self, Error> {
        let path = folder.console();
        let console = File::create(&path).map_err(io("create", &path))?;
        let errors = console.try_clone().map_err(io("open", &path))?;
        let mut command = Command::new(&options.kernel.path);
        command.args(arguments(&options.program));
        command.env_clear().env("HOME", folder.uml()).env("UML_SEED", options.seed.to_string());
        command.envs(memory_folder().map(|folder| ("TMPDIR", folder)));
        command.current_dir(folder.path()).process_group(0);
        command.stdin(Stdio::null()).stdout(console).stderr(errors);
        if let Some(caller) = Caller::find() {
            command.uid(caller.uid).gid(caller.gid);
        }
        // SAFETY: system calls alone, which are safe after fork (signal-safety(7)).
        unsafe { command.pre_exec(detach) };
        let started = command.spawn();
        let child = started.map_err(|source| Error::Start { kernel: options.kernel.path.clone(), source })?;
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

/// The kernel's processes are one group, and those that it traces die with it.
impl Drop for Guest {
    fn drop(&mut self) {
        let group = Pid::from_raw(i32::try_from(self.child.id()).unwrap_or(i32::MAX));
        let _ = killpg(group, Signal::SIGKILL);
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Where the guest's memory lies, as a file without a name, if not in /dev/shm, where
/// containers have little room: a guest that finds none dies of SIGBUS.
fn memory_folder() -> Option<OsString> {
    let room = statvfs("/dev/shm").map_or(0, |about| about.blocks_available().saturating_mul(about.fragment_size()));
    std::env::var_os("TMPDIR").or_else(|| (room < MEMORY << 20).then(|| "/tmp".into()))
}

/// In the child before execve(2): it dies with the thread that started it, gains nothing from
/// set-uid programs, and hears the signals that this process keeps from itself.
fn detach() -> std_io::Result<()> {
    nix::sys::prctl::set_pdeathsig(Signal::SIGKILL)?;
    nix::sys::prctl::set_no_new_privs()?;
    sigprocmask(SigmaskHow::SIG_SETMASK, Some(&SigSet::empty()), None)?;
    Ok(())
}

/// The kernel's command line. It is mixed into the guest's entropy: what differs from run
/// to run goes another way. The working folder is the shared one.
fn arguments(program: &Path) -> Vec<OsString> {
    let fixed =
        ["root=none", "rootfstype=hostfs", "rootflags=/", "ro", "quiet", "con=null", "con0=null,fd:1", "uml_dir=uml/"];
    let mut all: Vec<OsString> = fixed.iter().map(OsString::from).collect();
    all.push(format!("mem={MEMORY}M").into());
    all.push("time-travel=inf-cpu".into());
    all.push(format!("time-travel-start={BEGIN_UNIX_NS}").into());
    all.push(init(program));
    all.extend(["--".into(), super::model::INIT.into()]);
    all
}

/// Quoted, for the kernel parts its command line at blanks (lib/cmdline.c, `next_arg`).
fn init(program: &Path) -> OsString {
    let mut argument = OsString::from("\"init=");
    argument.push(program);
    argument.push("\"");
    argument
}
