//! What the running kernel says of its own clock.

use super::clock::{Clock, monotonic};
use crate::record::Kernel;
use crate::time::Phase;
use nix::time::{ClockId, clock_getres};
use std::fs::File;
use std::io::Read;
use std::sync::{Mutex, PoisonError};
use std::thread::sleep;
use std::time::Duration;

/// Readings of the tick counter for one phase; see [`phase`].
const READINGS: u32 = 24;

/// All that a record tells of the kernel. Call it in the first namespace or in a node,
/// it is the same.
pub(crate) fn describe(clock: &Clock) -> Kernel {
    Kernel { release: release(), hz: hz(), phase: phase(clock) }
}

/// The same of a guest kernel whose clock jumps: its ticks are counted from its own start.
pub(crate) fn describe_guest(clock: &Clock) -> Kernel {
    Kernel { release: release(), hz: hz(), phase: Some(guest_phase(clock, hz(), monotonic() / tick())) }
}

/// Where a guest's ticks lie: they are whole ones of CLOCK_MONOTONIC, and the counter
/// starts 300 s below 2^32 (include/linux/jiffies.h, `INITIAL_JIFFIES`).
fn guest_phase(clock: &Clock, hz: u32, ticks: i64) -> Phase {
    let passed = u64::try_from(ticks).unwrap_or(0);
    Phase { jiffies: (1 << 32) - 300 * u64::from(hz) + passed, at: clock.at_monotonic(ticks * tick()) }
}

/// uname(2)'s release; empty if it can't be had.
pub(crate) fn release() -> String {
    nix::sys::utsname::uname().map_or_else(|_| String::new(), |name| name.release().to_string_lossy().into_owned())
}

/// Ticks a second: the coarse clock's resolution is one tick.
pub(crate) fn hz() -> u32 {
    u32::try_from((1_000_000_000 + tick() / 2) / tick()).unwrap_or(0)
}

/// ns of one tick, TICK_NSEC.
fn tick() -> i64 {
    clock_getres(ClockId::CLOCK_MONOTONIC_COARSE)
        .map_or(4_000_000, |t| (t.tv_sec() * 1_000_000_000 + t.tv_nsec()).max(1))
}

/// Where the ticks lie, from /proc/timer_list: which number the counter had, and at what
/// instants it steps. None without root, or without that file. The first call takes up
/// to 30 ms.
///
/// Ticks are TICK_NSEC of CLOCK_MONOTONIC apart. The counter, read at some moment,
/// narrows down the step's instant to less than a tick; the instant itself is the same
/// remainder by TICK_NSEC as that for which the tick's own timer is set
/// (kernel/time/tick-sched.c). Where that timer isn't listed the readings, spread over
/// the tick, have to do.
pub(crate) fn phase(clock: &Clock) -> Option<Phase> {
    let tick = tick();
    let start = start(tick)?;
    let reading = Reading::take()?;
    let jiffies = (monotonic() - start) / tick;
    // A counter that is ahead of the time or behind it by two ticks isn't understood.
    let lag = jiffies - reading.jiffies;
    (0..=1).contains(&lag).then_some(())?;
    Some(Phase { jiffies: u64::try_from(jiffies).ok()?, at: clock.at_monotonic(start + jiffies * tick) })
}

/// When the counter was 0, in ns of CLOCK_MONOTONIC: the same for as long as the kernel
/// runs, and so found out only once.
fn start(tick: i64) -> Option<i64> {
    static FOUND: Mutex<Option<i64>> = Mutex::new(None);
    let mut found = FOUND.lock().unwrap_or_else(PoisonError::into_inner);
    if found.is_none() {
        *found = find(tick);
    }
    *found
}

fn find(tick: i64) -> Option<i64> {
    let mut bounds: Option<Bounds> = None;
    for turn in 0..READINGS {
        let reading = Reading::take()?;
        let sum = bounds.get_or_insert(Bounds { latest: i64::MAX, earliest: i64::MIN, expires: None });
        sum.narrow(&reading, tick);
        // Five readings are never all cut in two by a tick.
        if turn >= 4 && sum.expires.is_some() {
            break;
        }
        sleep(Duration::from_nanos(u64::try_from(tick).unwrap_or(0) * 7 / 24));
    }
    bounds?.start(tick)
}

/// What is known of the instant, in ns of CLOCK_MONOTONIC, at which the counter was 0
/// (before the system's start: it starts near 2^32).
struct Bounds {
    earliest: i64,
    latest: i64,
    /// An instant for which a tick's timer was set.
    expires: Option<i64>,
}

impl Bounds {
    fn narrow(&mut self, reading: &Reading, tick: i64) {
        let reached = reading.jiffies * tick;
        self.latest = self.latest.min(reading.after - reached);
        self.earliest = self.earliest.max(reading.before - tick - reached);
        self.expires = self.expires.or(reading.expires);
    }

    fn start(&self, tick: i64) -> Option<i64> {
        match self.expires {
            Some(expires) => Some(self.latest - (self.latest - expires).rem_euclid(tick)),
            // The counter may step late, never early: the upper bound is the sound one.
            None => (self.latest - self.earliest < tick / 4).then_some(self.latest),
        }
    }
}

/// The counter at some moment between two instants of CLOCK_MONOTONIC.
struct Reading {
    before: i64,
    jiffies: i64,
    after: i64,
    expires: Option<i64>,
}

impl Reading {
    fn take() -> Option<Self> {
        let mut file = File::open("/proc/timer_list").ok()?;
        let before = monotonic();
        let (mut text, mut chunk) = (String::new(), vec![0; 16 << 10]);
        loop {
            let octets = file.read(&mut chunk).ok().filter(|&octets| octets > 0)?;
            text.push_str(&String::from_utf8_lossy(chunk.get(..octets)?));
            if let Some(jiffies) = jiffies(&text) {
                return Some(Self { before, jiffies, after: monotonic(), expires: expires(&text) });
            }
        }
    }
}

/// The number of the first whole line `jiffies: 4295282310`.
fn jiffies(text: &str) -> Option<i64> {
    let (_, rest) = text.split_once("\njiffies: ")?;
    rest.split_once('\n')?.0.trim().parse().ok()
}

/// The instant in the line after ` #0: <0000000053273ec6>, tick_nohz_handler, S:01`
/// (tick_sched_timer before Linux 6.8): ` # expires at 1542472000000-1542472000000 nsecs`.
fn expires(text: &str) -> Option<i64> {
    let mut lines =
        text.lines().skip_while(|line| !line.contains("tick_nohz_handler") && !line.contains("tick_sched_timer"));
    let line = lines.nth(1)?.trim().strip_prefix("# expires at ")?;
    line.split_once('-')?.0.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::LabTime;

    #[test]
    fn it_is_told_as_other_programs_tell_it() {
        let uname = std::process::Command::new("uname").arg("-r").output().unwrap();
        assert_eq!(release(), String::from_utf8(uname.stdout).unwrap().trim());
        assert!([24, 48, 100, 128, 250, 256, 300, 1000, 1024, 1200].contains(&hz()), "{}", hz());
    }

    #[test]
    fn predicted_ticks_hold_over_seconds() {
        let clock = Clock::start();
        let phase = phase(&clock).expect("these tests need root");
        let tick = tick();
        let at =
            |ns: i64| i64::try_from(phase.jiffies).unwrap() + (clock.at_monotonic(ns).0 - phase.at.0).div_euclid(tick);
        let (mut early, mut late) = (0, 0);
        for turn in 0..200 {
            sleep(Duration::from_micros(9_000 + turn * 37));
            let reading = Reading::take().unwrap();
            assert!(reading.jiffies <= at(reading.after), "the counter is ahead: it was {}", reading.jiffies);
            late += i32::from(reading.jiffies < at(reading.before));
            early += i32::from(at(reading.before) != at(reading.after));
        }
        // A step may come late while another thread of the kernel is busy.
        assert!(late <= 4, "{late} of 200 readings are behind");
        assert!(early < 50);
    }

    #[test]
    fn the_step_itself_is_met() {
        let clock = Clock::start();
        let phase = phase(&clock).unwrap();
        let offset = clock.at_monotonic(0).0;
        let mut narrow = 0;
        // On a busy machine many readings are held up and have the step in their midst, which
        // tells nothing.
        for turn in 0..1000 {
            if narrow == 40 {
                return;
            }
            // Reads end shortly before the step, or begin shortly after it.
            let tick = tick();
            let next = phase.at.0 - offset + ((monotonic() - (phase.at.0 - offset)) / tick + 3) * tick;
            let number = i64::try_from(phase.jiffies).unwrap() + (next + offset - phase.at.0) / tick;
            let aim = if turn % 2 == 0 { next - 300_000 } else { next + 100_000 };
            while monotonic() < aim {}
            let reading = Reading::take().unwrap();
            if reading.after < next {
                assert_eq!(reading.jiffies, number - 1);
                narrow += 1;
            } else if reading.before > next {
                narrow += i32::from(reading.jiffies == number);
            }
        }
        panic!("{narrow} of 1000 readings were narrow");
    }

    #[test]
    fn without_the_ticks_timer_the_readings_must_be_narrow() {
        let known = Bounds { earliest: 0, latest: 3_999_000, expires: Some(8_000_000_000 + 1_500_000) };
        assert_eq!(known.start(4_000_000), Some(1_500_000));
        let wide = Bounds { expires: None, ..known };
        assert_eq!(wide.start(4_000_000), None);
        let narrow = Bounds { earliest: 3_500_000, ..wide };
        assert_eq!(narrow.start(4_000_000), Some(3_999_000));
    }

    #[test]
    fn lines_are_found() {
        let text = "now at 5 nsecs\n\n #0: <0>, tick_sched_timer, S:01\n # expires at 40-40 nsecs [in 3 to 3 nsecs]\n\njiffies: 77\nx";
        assert_eq!((jiffies(text), expires(text)), (Some(77), Some(40)));
        assert_eq!((jiffies("\njiffies: 7"), expires("")), (None, None));
        assert_eq!(Clock::start().at_monotonic(0).max(LabTime::FOREVER), LabTime::FOREVER);
    }
}
