//! For tests of the judge: ladders that ask for something else, and records that show
//! something else. Whatever passes unchanged must not pass mutated.

mod event;
mod ladder;
mod octets;
mod record;

pub use event::{doubt_mutants, event_mutants};
pub use ladder::{error_left_out, ladder_mutants, swap_is_told};
pub use record::{crossing_mutants, record_mutants};
