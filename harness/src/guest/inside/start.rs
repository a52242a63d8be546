use super::ground::{Ground, power_off};
use super::work;
use crate::guest::folder::{Job, QEMU, jumping};
use crate::guest::model::Watcher;
use crate::record::ClockKind;
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
    let machine = env::args().nth(2).unwrap_or_default();
    let ground = open_console().and_then(|()| Ground::prepare(&machine));
    let ended = ground.and_then(|ground| begin(&machine, &ground, watcher).map(|()| ground));
    match ended {
        Ok(ground) => ground.power_off(),
        Err(error) => println!("deadpeer: failed to {error}"),
    }
    power_off()
}

fn begin(machine: &str, ground: &Ground, watcher: Watcher) -> io::Result<()> {
    let name = fs::read_to_string("/sys/devices/system/clocksource/clocksource0/current_clocksource")?;
    let clock = name.trim();
    ground.booted(clock)?;
    if clock != jumping(machine) {
        return Ok(());
    }
    // QEMU's clock counts instructions: computing takes time.
    let clock = if machine == QEMU { ClockKind::Emulated } else { ClockKind::Virtual };
    if let Err(error) = prepared(ground).and_then(|job| work::all(&job, &ground.folder, clock, watcher)) {
        fs::write(ground.folder.gave_up(), format!("failed to {error}"))?;
    }
    fs::write(ground.folder.ended(), "")
}

fn prepared(ground: &Ground) -> io::Result<Job> {
    let job: Job = serde_json::from_slice(&fs::read(ground.folder.job())?).map_err(io::Error::other)?;
    for (name, value) in &job.environment {
        // SAFETY: there is no other thread yet.
        unsafe { env::set_var(name, value) };
    }
    // A folder of the host that the guest can't see is told by the first program in it.
    let _ = env::set_current_dir(&job.cwd);
    thread::sleep(LATER);
    limit(&job, ground);
    Ok(job)
}

/// A connection that lives makes its kernel go on for ever.
fn limit(job: &Job, ground: &Ground) {
    let (deadline, ground) = (job.deadline, ground.clone());
    thread::spawn(move || {
        thread::sleep(deadline);
        let _ = fs::write(ground.folder.gave_up(), format!("failed to end within {deadline:?} of virtual time"));
        ground.power_off()
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
