use super::matching::Matching;
use super::order::NOTICE;
use super::slot::{Fit, Kind};
use crate::ladder::{EntryChange, Expected};
use crate::name::NodeName;
use crate::time::LabTime;
use crate::timeline::What;
use std::collections::BTreeMap;

/// Takes conntrack events for the ladder's lines about them. Events need not be named:
/// one that came before the line's place is passed over for one that came after.
pub(super) fn fit(matching: &mut Matching<'_>) {
    let mut next = BTreeMap::new();
    for slot in matching.slots_of(Kind::Conntrack) {
        let Some(Expected::Conntrack { node, change }) = matching.rung(slot).map(|rung| &rung.what) else {
            continue;
        };
        let first = next.entry(node.clone()).or_insert(0);
        let Some(index) = choose(matching, slot, (node, *change), *first) else { continue };
        *first = index + 1;
        if let Some(seen) = matching.happening(index) {
            matching.set(slot, Fit::Met(seen));
        }
    }
}

fn choose(matching: &Matching<'_>, slot: usize, wanted: (&NodeName, EntryChange), first: usize) -> Option<usize> {
    let is_wanted = |what: &What| matches!(what, What::Conntrack { node, change, .. } if (node, *change) == wanted);
    let left: Vec<usize> = matching.happenings(is_wanted).into_iter().filter(|index| *index >= first).collect();
    let before = matching.met_before(slot).and_then(|slot| matching.moment(slot));
    let not_before = before.map_or(LabTime(i64::MIN), |moment| moment.from - NOTICE);
    let in_place = |index: &&usize| matching.happening(**index).is_some_and(|seen| seen.at >= not_before);
    left.iter().find(in_place).or(left.first()).copied()
}
