use super::port::Port;
use super::{module, mount};
use crate::guest::folder::{Folder, IN_MEMORY, QEMU};
use nix::unistd::sync;
use std::fs;
use std::io;
use std::path::PathBuf;
use std::process;

/// What the first process stands on: the folder that it and the host speak through.
#[derive(Clone)]
pub(super) struct Ground {
    pub(super) folder: Folder,
    /// Where there is nothing but a port between this folder and the host's.
    port: Option<Port>,
}

impl Ground {
    /// Mounts what programs expect, on the machine that goes by this name.
    ///
    /// # Errors
    /// What could not be mounted or loaded.
    pub(super) fn prepare(machine: &str) -> io::Result<Self> {
        if machine != QEMU {
            return Ok(Self { folder: Folder(mount::on_the_host()?), port: None });
        }
        mount::in_memory()?;
        module::load_all()?;
        Ok(Self { folder: Folder(PathBuf::from(IN_MEMORY)), port: Some(Port::open()?) })
    }

    /// Tells the host that the guest runs, and by which clock.
    ///
    /// # Errors
    /// It can't be told.
    pub(super) fn booted(&self, clock: &str) -> io::Result<()> {
        fs::write(self.folder.booted(), clock)?;
        self.port.iter().try_for_each(|port| port.send(&self.folder.booted()))
    }

    /// Ends the guest; all that was written is on the host before.
    pub(super) fn power_off(&self) -> ! {
        if let Some(port) = &self.port
            && let Err(error) = port.send_folder(&self.folder)
        {
            println!("deadpeer: failed to send the records: {error}");
        }
        power_off()
    }
}

/// Ends the guest.
pub(super) fn power_off() -> ! {
    sync();
    // SAFETY: a number.
    unsafe { libc::reboot(libc::RB_POWER_OFF) };
    // Its end is a panic of the kernel, which the host tells.
    process::exit(1)
}
