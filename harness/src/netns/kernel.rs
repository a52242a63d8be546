//! Stand-in.
use super::clock::Clock;
use crate::record::Kernel;
pub(crate) fn running(_: &Clock) -> Kernel {
    Kernel { release: String::new(), hz: 250, phase: None }
}
