use crate::guest::folder::{Folder, QEMU};
use crate::guest::model::{INIT, Options};
use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

/// MiB: the image twice, as QEMU loads it and as the kernel unpacks it, and room to run.
const MEMORY: &str = "1024";

/// One instruction takes 2^3 ns: with less QEMU is slower, for the clock's timers are more
/// instructions apart; with more the guest is a slower machine. `sleep=off` makes its clock
/// jump when it is idle.
const CLOCK: &str = "shift=3,sleep=off";

/// Its messages go to the first serial port; it neither probes for a better clock nor
/// watches this one, gets no entropy but from its processor, and believes in its ciphers.
const KERNEL_ARGUMENTS: &str = "console=ttyS0 quiet panic=-1 tsc=reliable nowatchdog no_timer_check mitigations=off \
    nokaslr random.trust_cpu=on cryptomgr.notests";

/// What starts QEMU with a copy of the kernel in `folder`, for its path may hold anything and
/// the kernel be root's alone.
pub(in crate::guest) fn command(options: &Options, qemu: &Path, folder: &Folder) -> Command {
    let mut command = Command::new(qemu);
    command.args(["-machine", "pc,accel=tcg", "-cpu", "max", "-smp", "1", "-m", MEMORY, "-icount", CLOCK]);
    command.args(["-nodefaults", "-no-user-config", "-display", "none", "-no-reboot", "-nic", "none"]);
    command.args(["-rtc", "base=2026-01-01T00:00:00,clock=vm", "-seed", &seed(options.seed)]);
    command.args(["-chardev", "stdio,id=console,signal=off", "-serial", "chardev:console"]);
    command.args(["-chardev", "file,id=records,path=out.tar", "-device", "virtio-serial-pci"]);
    command.args(["-device", "virtserialport,chardev=records,name=records"]);
    command.args(["-kernel", "kernel", "-initrd"]).arg(folder.image().file_name().unwrap_or_default());
    command.arg("-append").arg(append(&options.program));
    command.env_clear().env("HOME", folder.path());
    command
}

/// QEMU's own are of 64 bits, but not all of its versions take more than 32.
fn seed(seed: u64) -> String {
    u32::try_from(seed & u64::from(u32::MAX)).unwrap_or(0).to_string()
}

/// Quoted, for the kernel parts its command line at blanks (lib/cmdline.c, `next_arg`).
fn append(program: &Path) -> OsString {
    let mut line = OsString::from(KERNEL_ARGUMENTS);
    line.push(" \"rdinit=");
    line.push(program);
    line.push(format!("\" -- {INIT} {QEMU}"));
    line
}
