mod classic;
mod gallery;
mod refused;
mod robust;
pub(in crate::scenario) mod samples;
