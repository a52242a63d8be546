use super::model::{Check, Lack, Options, Privilege};
use crate::name::NodeName;
use crate::plan::Plan;
use crate::record::Manifest;
use crate::run::{Backend, Happening};
use crate::time::LabTime;

const REMEDY: &str = "run `cargo build --features netns`";

/// Why there is no lab.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    #[error("use a lab: this deadpeer was built without the feature `netns`; {REMEDY}")]
    NotBuilt,
}

/// A lab, of which there is none without the feature `netns`.
#[derive(Debug)]
pub enum Lab {}

impl Lab {
    /// # Errors
    /// Always [`Error::NotBuilt`].
    pub fn build(_: &Plan, _: &Options) -> Result<Self, Error> {
        Err(Error::NotBuilt)
    }

    /// # Errors
    /// None: there is no lab to ask.
    pub fn within<T: Send + 'static>(&self, _: &NodeName, _: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
        match *self {}
    }
}

impl Backend for Lab {
    fn manifest(&self) -> Manifest {
        match *self {}
    }

    fn now(&self) -> LabTime {
        match *self {}
    }

    fn next(&mut self, _: LabTime) -> Option<Happening> {
        match *self {}
    }

    fn begin(&mut self, _: usize, _: LabTime) {
        match *self {}
    }

    fn take(&mut self, _: usize, _: usize) {
        match *self {}
    }

    fn finish(&mut self) -> Vec<Happening> {
        match *self {}
    }
}

/// # Errors
/// Always [`Error::NotBuilt`].
pub fn enter() -> Result<Privilege, Error> {
    Err(Error::NotBuilt)
}

/// The one thing that is lacking.
pub fn capabilities() -> Vec<Check> {
    let lack = Lack { why: "deadpeer was built without it".to_owned(), remedy: REMEDY.to_owned() };
    vec![Check { name: "feature netns", found: Err(lack), vital: true }]
}

/// # Errors
/// Always [`Error::NotBuilt`].
pub fn prepare() -> Result<Privilege, Error> {
    Err(Error::NotBuilt)
}

/// # Errors
/// Always [`Error::NotBuilt`].
pub fn heed_interruptions() -> Result<(), Error> {
    Err(Error::NotBuilt)
}

/// Not known: asking takes the feature.
#[must_use]
pub fn hz() -> Option<u32> {
    None
}

/// No run can be interrupted where none can be.
#[must_use]
pub fn interrupted() -> bool {
    false
}

/// Everything is lacking.
#[must_use]
pub fn lacks(_: &Plan) -> Option<Lack> {
    Some(Lack { why: Error::NotBuilt.to_string(), remedy: REMEDY.to_owned() })
}

/// Everything is lacking.
#[must_use]
pub fn lacks_for_guest(_: &Plan) -> Option<Lack> {
    Some(Lack { why: Error::NotBuilt.to_string(), remedy: REMEDY.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn its_absence_is_told_with_the_remedy() {
        let error = enter().unwrap_err().to_string();
        assert!(error.contains("cargo build --features netns"), "{error}");
        assert!(capabilities().iter().all(|check| check.found.is_err()));
    }
}
