use super::matching::Matching;
use super::slot::{Fit, Kind};
use super::{Seen, SeenAs};
use crate::ladder::Expected;
use crate::time::LabTime;
use std::time::Duration;

/// Judges the ladder's silences: from the slot before on, no segment of the connection
/// for so long, those with allowed labels left aside.
pub(super) fn fit(matching: &mut Matching<'_>) {
    for slot in matching.slots_of(Kind::Quiet) {
        let Some(Expected::Quiet(length)) = matching.rung(slot).map(|rung| &rung.what) else { continue };
        let begin = begin(matching, slot);
        let end = begin + *length;
        let fit = match breaker(matching, begin, *length) {
            Some(seen) => Fit::Instead(seen),
            None if matching.end < end => Fit::Absent,
            None => Fit::Met(Seen { at: end, what: SeenAs::Silence }),
        };
        matching.set(slot, fit);
    }
}

/// When the silence of this slot begins.
pub(super) fn begin(matching: &Matching<'_>, slot: usize) -> LabTime {
    let before = matching.met_before(slot).and_then(|slot| matching.moment(slot));
    before.map_or(LabTime::ZERO, |moment| moment.at)
}

fn breaker(matching: &Matching<'_>, begin: LabTime, length: Duration) -> Option<Seen> {
    let mut crossings = matching.timeline.crossings.iter().enumerate();
    let breaks = crossings.find(|(_, crossing)| {
        let inside = crossing.sent > begin && crossing.sent < begin + length;
        inside && !matching.ladder.allow.contains(&crossing.label)
    });
    breaks.and_then(|(index, _)| matching.crossing(index))
}
