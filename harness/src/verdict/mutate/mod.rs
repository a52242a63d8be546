//! For tests of the judge: ladders that ask for something else, and records that show
//! something else. Whatever passes unchanged must not pass mutated.

mod ladder;
mod record;

pub use ladder::{ladder_mutants, swap_is_told};
pub use record::{crossing_mutants, record_mutants};
