use super::{Fired, Firing, Keepalive, Traffic, simulate};
use crate::time::{Jiffies, Span, granularity};
use std::collections::BTreeSet;
use std::iter::successors;

/// A tick on an edge of every level of the wheel, so that positions count from it.
const ALIGNED: Jiffies = 1 << 40;

/// When the probes and the end of an idle connection come whose peer fell silent, all
/// counted from the last that was heard, which armed the timer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timetable {
    pub probes: Vec<ProbeTime>,
    /// RST and ETIMEDOUT.
    pub death: Span,
}

/// One probe of a [`Timetable`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProbeTime {
    pub after: Span,
    /// False if the user timeout may strike before it, as the ticks happen to lie.
    pub certain: bool,
}

/// What was seen over several phases: least, most, how often.
type Tally = Option<(Jiffies, Jiffies, usize)>;

impl Timetable {
    /// The timetable over every position of the arming tick on the timer wheel.
    #[must_use]
    pub fn of(settings: &Keepalive) -> Self {
        let phases = phases(settings);
        let mut tallies: Vec<Tally> = Vec::new();
        let mut death: Tally = None;
        for &armed in &phases {
            let firings = silence(settings, armed);
            let (probes, end) = firings.split_at(firings.len().saturating_sub(1));
            tallies.resize(tallies.len().max(probes.len()), None);
            for (tally, probe) in tallies.iter_mut().zip(probes) {
                count(tally, probe.at - armed);
            }
            end.iter().for_each(|reset| count(&mut death, reset.at - armed));
        }
        let probe = |tally: &Tally| {
            let certain = tally.is_some_and(|(.., times)| times == phases.len());
            ProbeTime { after: span(*tally, settings.hz), certain }
        };
        Self { probes: tallies.iter().map(probe).collect(), death: span(death, settings.hz) }
    }

    /// How many probes are sent at least.
    #[must_use]
    pub fn fewest_probes(&self) -> usize {
        self.probes.iter().filter(|probe| probe.certain).count()
    }
}

/// The time from one probe to the next while all are answered; the first such time can
/// differ from the rest, and is among them.
#[must_use]
pub fn answered_gap(settings: &Keepalive) -> Span {
    let traffic = Traffic::all_answered();
    let long = settings.idle.max(settings.interval).saturating_mul(20);
    let mut gaps = None;
    for armed in phases(settings) {
        let probes = probes(&simulate(*settings, armed, &traffic, armed.saturating_add(long)));
        probes.windows(2).for_each(|pair| count(&mut gaps, pair[1] - pair[0]));
    }
    // Both ends are probes on a tick's edge: no tick is lost to the arming.
    span(gaps.map(|(least, most, times)| (least + 1, most, times)), settings.hz)
}

/// Whether a single lost probe, all others being answered, can end the connection.
#[must_use]
pub fn one_loss_kills(settings: &Keepalive) -> bool {
    if settings.user_timeout.is_none() {
        return settings.count <= 1;
    }
    // The first probe's timer is armed anywhere in a slot, that of later ones on an edge.
    phases(settings).into_iter().any(|armed| (0..4).any(|lost| dies_of(settings, armed, lost)))
}

/// Whether the loss of the probe of this index alone ends the connection.
fn dies_of(settings: &Keepalive, armed: Jiffies, lost: usize) -> bool {
    let long = settings.idle.max(settings.interval).saturating_mul(20);
    let until = armed.saturating_add(long);
    let Some(&tick) = probes(&simulate(*settings, armed, &Traffic::all_answered(), until)).get(lost) else {
        return false;
    };
    let traffic = Traffic { answered: vec![0..tick, tick + 1..Jiffies::MAX], ..Traffic::default() };
    simulate(*settings, armed, &traffic, until).iter().any(|firing| firing.what == Fired::Reset)
}

fn probes(firings: &[Firing]) -> Vec<Jiffies> {
    firings.iter().filter(|firing| firing.what == Fired::Probe).map(|firing| firing.at).collect()
}

/// The firings of a timer whose peer is silent: probes, then the reset.
fn silence(settings: &Keepalive, armed: Jiffies) -> Vec<Firing> {
    simulate(*settings, armed, &Traffic::default(), Jiffies::MAX)
}

/// Arming ticks that between them show the earliest and latest of every firing.
///
/// The first firing is the same for all ticks of one slot, and later ones follow from
/// it, so each slot's ends are enough; but a user timeout counts from the arming tick
/// itself, so that the number of probes may change within a slot.
fn phases(settings: &Keepalive) -> BTreeSet<Jiffies> {
    let own = granularity(settings.idle);
    let period = own.max(granularity(settings.interval.saturating_sub(1)));
    let starts = successors(Some(ALIGNED), |start| Some(start + own)).take_while(|&start| start < ALIGNED + period);
    starts.flat_map(|start| slot(settings, start - settings.idle % own, own)).collect()
}

/// The ends of a slot of arming ticks, and where within it the user timeout comes to
/// strike at another firing.
fn slot(settings: &Keepalive, first: Jiffies, width: Jiffies) -> Vec<Jiffies> {
    let last = first + width - 1;
    let mut ticks = vec![first, last];
    if let Some(limit) = settings.user_timeout {
        let strikes = silence(settings, last).into_iter().map(|firing| firing.at.saturating_sub(limit));
        ticks.extend(strikes.flat_map(|tick| [tick, tick + 1]).filter(|tick| (first..=last).contains(tick)));
    }
    ticks
}

fn count(tally: &mut Tally, ticks: Jiffies) {
    let (least, most, times) = tally.unwrap_or((ticks, ticks, 0));
    *tally = Some((least.min(ticks), most.max(ticks), times + 1));
}

fn span(tally: Tally, hz: u32) -> Span {
    let (least, most, _) = tally.unwrap_or_default();
    Span::of_ticks(least, most, hz)
}
