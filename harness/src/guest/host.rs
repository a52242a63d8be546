use super::caller::Caller;
use super::console;
use super::error::{Error, io};
use super::folder::{Folder, Job, QEMU, UML, jumping};
use super::model::{Machine, Options};
use super::process::Guest;
use super::{processor, qemu, uml};
use crate::plan::Plan;
use crate::record::{self, EventKind, Record};
use std::env;
use std::fs::{self, DirBuilder};
use std::os::unix::fs::DirBuilderExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{self, Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// A run may take so many times as long as its plan says, by the guest's clock.
const GENEROUS: u32 = 4;

/// What comes on top of that: longer than any default time-out of the kernel's TCP.
const ON_TOP: Duration = Duration::from_secs(6 * 24 * 3600);

/// Runs all plans side by side in one guest kernel; each gives its record, or why it has
/// none.
///
/// # Errors
/// The guest could not be started, did not boot, or can't let time jump.
pub fn run(plans: &[&Plan], options: &Options) -> Result<Vec<Result<Record, Error>>, Error> {
    let temporary = Temporary::create()?;
    let folder = &temporary.0;
    write_job(plans, folder)?;
    let (command, machine, processor) = match &options.kernel.machine {
        Machine::Uml => (uml::command(options, folder), UML, processor::next()),
        Machine::Qemu { program, modules } => {
            qemu::prepare(plans, options, modules, folder)?;
            (qemu::command(options, program, folder), QEMU, None)
        }
    };
    give_away(folder)?;
    let mut guest = Guest::start(command, &options.kernel.path, processor, folder)?;
    let ended = guest.wait(options.limit, folder);
    drop(guest);
    if machine == QEMU {
        qemu::unpack(folder).map_err(io("read", &folder.archive()))?;
    }
    let Ok(clock) = fs::read_to_string(folder.booted()) else { return Err(not_booted(ended, options, folder)) };
    if clock != jumping(machine) {
        return Err(Error::NoTimeTravel { kernel: options.kernel.path.clone(), clock });
    }
    let why = unfinished(ended, folder);
    Ok((0..plans.len()).map(|plan| collect(plan, folder, &why)).collect())
}

/// To the user for whom the guest runs.
fn give_away(folder: &Folder) -> Result<(), Error> {
    let Some(caller) = Caller::find() else { return Ok(()) };
    let all = [
        folder.path().to_owned(),
        folder.records(),
        folder.job(),
        folder.uml(),
        folder.memory(),
        folder.image(),
        folder.kernel(),
    ];
    all.iter().filter(|path| path.exists()).try_for_each(|path| caller.own(path).map_err(io("give away", path)))
}

fn write_job(plans: &[&Plan], folder: &Folder) -> Result<(), Error> {
    // However few of them the guest runs side by side.
    let all: Duration = plans.iter().map(|plan| plan.length()).fold(Duration::ZERO, Duration::saturating_add);
    let job = Job {
        plans: plans.iter().map(|plan| (*plan).clone()).collect(),
        cwd: env::current_dir().unwrap_or_else(|_| PathBuf::from("/")),
        environment: env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect(),
        deadline: all.saturating_mul(GENEROUS).saturating_add(ON_TOP),
    };
    let text = serde_json::to_vec(&job).map_err(Error::Plans)?;
    fs::write(folder.job(), text).map_err(io("write", &folder.job()))
}

fn not_booted(ended: Result<ExitStatus, Error>, options: &Options, folder: &Folder) -> Error {
    let (kernel, console) = (options.kernel.path.clone(), console::tail(&folder.console()));
    match ended {
        Ok(status) => Error::NotBooted { kernel, status: status.to_string(), console },
        Err(error) => error,
    }
}

/// Why a plan without an ended record has none.
fn unfinished(ended: Result<ExitStatus, Error>, folder: &Folder) -> Option<String> {
    if let Ok(why) = fs::read_to_string(folder.gave_up()) {
        return Some(why);
    }
    match ended {
        Ok(status) if status.success() && folder.ended().exists() => None,
        Ok(status) => Some(format!("the guest kernel ended with {status}{}", console::tail(&folder.console()))),
        Err(error) => Some(format!("failed to {error}")),
    }
}

fn collect(plan: usize, folder: &Folder, why: &Option<String>) -> Result<Record, Error> {
    if let Ok(why) = fs::read_to_string(folder.failed(plan)) {
        return Err(Error::Unfinished { why });
    }
    let unfinished = |told: String| Error::Unfinished { why: why.clone().unwrap_or(told) };
    let record = record::load(&folder.record(plan)).map_err(|error| unfinished(format!("failed to {error}")))?;
    let ended = record.events.iter().any(|event| matches!(event.kind, EventKind::Ended { .. }));
    if ended { Ok(record) } else { Err(unfinished("its record has no end".to_owned())) }
}

/// A process that outlives this one for a moment and removes the folder then. Where there is
/// none, [`sweep`] does it later.
struct Keeper(Child);

impl Keeper {
    /// It waits for the end of its input, which comes with the end of this process, however
    /// that is. What the dying guest writes meanwhile it finds in the next round.
    const SCRIPT: &str = r#"trap "" INT TERM HUP; read end; until rm -rf -- "$0"; do sleep 0.1; done"#;

    fn of(folder: &Folder) -> Option<Self> {
        let mut command = Command::new("sh");
        command.arg("-c").arg(Self::SCRIPT).arg(folder.path()).current_dir("/").process_group(0);
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().map(Self).ok()
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        let _ = self.0.wait();
    }
}

/// How the names of guests' folders begin; the process's number follows.
const PREFIX: &str = "deadpeer-guest-";

/// No guest runs for so long, so nobody misses its folder: not even a process that can't
/// be seen from here, in another PID namespace with the same /tmp.
const FORGOTTEN: Duration = Duration::from_secs(3600);

/// Removes what runs left behind that were ended by SIGKILL, and their keepers with them.
fn sweep(parent: &Path, age: Duration) {
    for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let number = name.strip_prefix(PREFIX).and_then(|rest| rest.split('-').next()?.parse::<u32>().ok());
        let Some(number) = number else { continue };
        let old = entry
            .metadata()
            .and_then(|found| found.modified())
            .is_ok_and(|at| at.elapsed().is_ok_and(|passed| passed >= age));
        if old && !Path::new(&format!("/proc/{number}")).exists() {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

/// A folder that goes when it is dropped, and also if this process is killed before.
struct Temporary(Folder, #[expect(dead_code, reason = "its drop is what it is for")] Option<Keeper>);

impl Temporary {
    fn create() -> Result<Self, Error> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        sweep(&env::temp_dir(), FORGOTTEN);
        let name = format!("{PREFIX}{}-{}", process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let path = env::temp_dir().join(name);
        // Never one that is there: anyone may write in such a folder's parent.
        DirBuilder::new().mode(0o700).create(&path).map_err(io("create", &path))?;
        let folder = Folder(fs::canonicalize(&path).unwrap_or(path));
        let keeper = Keeper::of(&folder);
        for inside in [folder.records(), folder.uml(), folder.memory()] {
            fs::create_dir(&inside).map_err(io("create", &inside))?;
        }
        Ok(Self(folder, keeper))
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(self.0.path());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_old_folders_of_processes_that_are_gone_are_swept() {
        let parent = tempfile::tempdir().unwrap();
        // Above the kernel's limit of process numbers (proc(5), pid_max).
        let gone = parent.path().join(format!("{PREFIX}4194305-0"));
        let ours = parent.path().join(format!("{PREFIX}{}-0", process::id()));
        let other = parent.path().join("deadpeer-4194305-0");
        for path in [&gone, &ours, &other] {
            fs::create_dir(path).unwrap();
        }
        sweep(parent.path(), FORGOTTEN);
        assert!(gone.exists(), "too young");
        sweep(parent.path(), Duration::ZERO);
        assert_eq!([&gone, &ours, &other].map(|path| path.exists()), [false, true, true]);
    }
}
