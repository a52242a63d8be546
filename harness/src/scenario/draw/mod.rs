//! A scenario as text again: in full, and as a figure.

mod canvas;
mod figure;
mod full;
mod lanes;
mod line;
mod node;
mod scalar;
mod script;
mod step;
#[cfg(test)]
mod tests;

pub use figure::figure;
pub use full::full;
