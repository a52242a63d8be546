use super::{mount, power, work};
use crate::guest::folder::{Folder, JUMPING, Job};
use crate::guest::model::Watcher;
use std::env;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::fd::AsRawFd;
use std::process;
use std::thread;
use std::time::Duration;

/// Some programs misread a clock near zero.
const LATER: Duration = Duration::from_secs(10);

/// The whole of a guest's first process: runs the plans that the host left, and powers
/// off. To be called before any other thread exists.
pub fn init_main(watcher: Watcher) -> ! {
    if process::id() != 1 {
        eprintln!("error: only a guest kernel's first process can be asked for this");
        process::exit(2);
    }
    if let Err(error) = open_console().and_then(|()| begin(watcher)) {
        println!("deadpeer: failed to {error}");
    }
    power::off()
}

fn begin(watcher: Watcher) -> io::Result<()> {
    let folder = Folder(mount::all()?);
    let name = fs::read_to_string("/sys/devices/system/clocksource/clocksource0/current_clocksource")?;
    fs::write(folder.booted(), name.trim())?;
    if name.trim() != JUMPING {
        return Ok(());
    }
    if let Err(error) = prepared(&folder).and_then(|job| work::all(&job, &folder, watcher)) {
        fs::write(folder.gave_up(), format!("failed to {error}"))?;
    }
    Ok(())
}

fn prepared(folder: &Folder) -> io::Result<Job> {
    let job: Job = serde_json::from_slice(&fs::read(folder.job())?).map_err(io::Error::other)?;
    for (name, value) in &job.environment {
        // SAFETY: there is no other thread yet.
        unsafe { env::set_var(name, value) };
    }
    // A folder of the host that the guest can't see is told by the first program in it.
    let _ = env::set_current_dir(&job.cwd);
    thread::sleep(LATER);
    limit(&job, folder);
    Ok(job)
}

/// A connection that lives makes its kernel go on for ever.
fn limit(job: &Job, folder: &Folder) {
    let (deadline, folder) = (job.deadline, folder.clone());
    thread::spawn(move || {
        thread::sleep(deadline);
        let _ = fs::write(folder.gave_up(), format!("failed to end within {deadline:?} of virtual time"));
        power::off()
    });
}

/// The kernel opens the console for its first process only where the host has one.
fn open_console() -> io::Result<()> {
    nix::mount::mount(Some("devtmpfs"), "/dev", Some("devtmpfs"), nix::mount::MsFlags::empty(), None::<&str>)?;
    let null = File::open("/dev/null")?;
    let console = OpenOptions::new().write(true).open("/dev/console")?;
    for (from, to) in [(&null, 0), (&console, 1), (&console, 2)] {
        // SAFETY: both are numbers; `from` is open.
        if unsafe { libc::dup2(from.as_raw_fd(), to) } < 0 {
            return Err(io::Error::last_os_error());
        }
    }
    // One that has such a number by itself stays open.
    [null, console].into_iter().filter(|file| file.as_raw_fd() < 3).for_each(std::mem::forget);
    Ok(())
}
