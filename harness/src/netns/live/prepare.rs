use super::error::Error;
use super::model::Privilege;
use super::{interrupt, kernel, userns};

/// Makes the process ready for labs: gets the privilege, and from now on Ctrl-C ends
/// runs in an orderly way. To be called once, before any other thread exists.
///
/// # Errors
/// The system allows no network namespaces; with the command that would change that.
pub fn prepare() -> Result<Privilege, Error> {
    let privilege = userns::enter()?;
    interrupt::install().map_err(|error| Error::Thread { source: error })?;
    Ok(privilege)
}

/// Makes the process ready for runs that need no privilege: from now on Ctrl-C ends them
/// in an orderly way. To be called once, before any other thread exists.
///
/// # Errors
/// No thread could be started.
pub fn heed_interruptions() -> Result<(), Error> {
    interrupt::install().map_err(|error| Error::Thread { source: error })
}

/// The running kernel's timer ticks a second.
#[must_use]
pub fn hz() -> Option<u32> {
    Some(kernel::hz())
}
