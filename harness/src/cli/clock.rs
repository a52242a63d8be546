use super::args::ClockChoice;
use super::select::Loaded;
use crate::guest::Kernel;
use crate::netns::{self, Lack};
use crate::scenario::Clock;
use std::time::Duration;

/// A run that takes longer than this goes by a clock that jumps, if it may choose.
const BUDGET: Duration = Duration::from_secs(60);

/// Where a scenario runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Way {
    /// On this machine's kernel.
    Real,
    /// In a guest whose clock jumps.
    Virtual,
    /// Nowhere.
    Skip(Lack),
}

/// Where `loaded` runs, by what its file says, what the command line says, and how long
/// it takes. `guest` is the kernel for virtual time, or why there is none.
#[must_use]
pub(super) fn choose(loaded: &Loaded, choice: ClockChoice, guest: &Result<Kernel, Lack>) -> Way {
    match way(loaded.scenario.clock, choice, loaded.plan.length(), guest) {
        Way::Virtual => netns::lacks_for_guest(&loaded.plan).map_or(Way::Virtual, Way::Skip),
        other => other,
    }
}

fn way(own: Clock, choice: ClockChoice, length: Duration, guest: &Result<Kernel, Lack>) -> Way {
    match (own, choice) {
        (Clock::Real, ClockChoice::Virtual) => skip("its file says `clock: real`", "run it without `--clock virtual`"),
        (Clock::Virtual, ClockChoice::Real) => skip("its file says `clock: virtual`", "run it without `--clock real`"),
        (Clock::Real, _) | (_, ClockChoice::Real) => Way::Real,
        (Clock::Virtual, _) | (_, ClockChoice::Virtual) => jump(guest, "it is to run in virtual time".to_owned()),
        (Clock::Any, ClockChoice::Auto) if length > BUDGET => {
            jump(guest, format!("it would take {} in real time", crate::time::show_duration(length)))
        }
        (Clock::Any, ClockChoice::Auto) => Way::Real,
    }
}

fn skip(why: &str, remedy: &str) -> Way {
    Way::Skip(Lack { why: why.to_owned(), remedy: remedy.to_owned() })
}

fn jump(guest: &Result<Kernel, Lack>, need: String) -> Way {
    match guest {
        Ok(_) => Way::Virtual,
        Err(lack) => Way::Skip(Lack { why: format!("{need}, and {}", lack.why), remedy: lack.remedy.clone() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(own: Clock, choice: ClockChoice, seconds: u64, found: bool) -> Way {
        let lack = Lack { why: "there is none".to_owned(), remedy: "ci/guest-kernel".to_owned() };
        let guest = if found { Ok(Kernel::uml("linux")) } else { Err(lack) };
        way(own, choice, Duration::from_secs(seconds), &guest)
    }

    #[test]
    fn long_ones_jump_and_short_ones_do_not() {
        assert_eq!(chosen(Clock::Any, ClockChoice::Auto, 60, true), Way::Real);
        assert_eq!(chosen(Clock::Any, ClockChoice::Auto, 61, true), Way::Virtual);
        assert_eq!(chosen(Clock::Any, ClockChoice::Real, 7200, true), Way::Real);
        assert_eq!(chosen(Clock::Any, ClockChoice::Virtual, 1, true), Way::Virtual);
    }

    #[test]
    fn the_file_has_the_last_word() {
        assert_eq!(chosen(Clock::Real, ClockChoice::Auto, 7200, true), Way::Real);
        assert_eq!(chosen(Clock::Virtual, ClockChoice::Auto, 1, true), Way::Virtual);
        assert!(matches!(chosen(Clock::Real, ClockChoice::Virtual, 1, true), Way::Skip(_)));
        assert!(matches!(chosen(Clock::Virtual, ClockChoice::Real, 1, true), Way::Skip(_)));
    }

    #[test]
    fn without_a_guest_the_skip_names_the_command() {
        for (own, choice) in
            [(Clock::Any, ClockChoice::Auto), (Clock::Virtual, ClockChoice::Auto), (Clock::Any, ClockChoice::Virtual)]
        {
            let Way::Skip(lack) = chosen(own, choice, 7200, false) else { panic!("it can't run") };
            assert_eq!(lack.remedy, "ci/guest-kernel");
            assert!(lack.why.ends_with("there is none"), "{}", lack.why);
        }
        assert_eq!(chosen(Clock::Any, ClockChoice::Auto, 1, false), Way::Real);
    }
}
