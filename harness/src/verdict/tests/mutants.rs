use super::sample::*;
use crate::ladder::Fate;
use crate::name::Label;
use crate::timeline::{Reach, Timeline};
use crate::verdict::mutate::{ladder_mutants, swap_is_told};
use crate::verdict::{Judgement, judge};

#[test]
fn every_mutated_ladder_fails_on_the_right_rung() {
    let (ladder, timeline) = dead_peer();
    let mutants = ladder_mutants(&ladder);
    assert!(mutants.len() > 40, "{}", mutants.len());
    for (what, rung, mutant) in mutants {
        let verdict = judge(&mutant, &timeline);
        assert_eq!(verdict.judgement, Judgement::Fail, "{what}: {:?}", verdict.findings);
        assert!(names(&verdict, rung), "{what}, rung {rung}: {:?}", verdict.findings);
    }
}

#[test]
fn every_adjacent_pair_is_swapped() {
    let (ladder, timeline) = dead_peer();
    let swapped = ladder_mutants(&ladder).into_iter().filter(|(what, ..)| what.ends_with("swapped with the next"));
    assert_eq!(swapped.count(), ladder.rungs.len() - 1);
    let verdict = judge(&ladder, &timeline);
    assert!((0..ladder.rungs.len() - 1).all(|rung| swap_is_told(&timeline, &verdict, rung)));
    assert!(!swap_is_told(&timeline, &verdict, ladder.rungs.len()));
}

/// Every crossing removed, late, twice, relabelled, turned, and with another end.
fn timeline_mutants(timeline: &Timeline) -> Vec<(String, Timeline)> {
    let mut mutants = Vec::new();
    for index in 0..timeline.crossings.len() {
        let mut with = |what: &str, change: &dyn Fn(&mut Timeline)| {
            let mut mutant = timeline.clone();
            change(&mut mutant);
            mutant.crossings.sort_by_key(|crossing| crossing.sent);
            mutants.push((format!("{index} {what}"), mutant));
        };
        with("removed", &|t| drop(t.crossings.remove(index)));
        with("past its successor", &|t| {
            let next = t.crossings.get(index + 1).map_or(t.end, |next| next.sent);
            t.crossings[index].sent = next + ms(1);
        });
        with("60 ms late", &|t| t.crossings[index].sent = t.crossings[index].sent + ms(60));
        with("100 ms early", &|t| t.crossings[index].sent = t.crossings[index].sent - ms(100));
        with("twice", &|t| t.crossings.push(t.crossings[index].clone()));
        with("relabelled", &|t| t.crossings[index].label = Label::WindowProbe);
        with("turned", &|t| {
            let crossing = &mut t.crossings[index];
            std::mem::swap(&mut crossing.from, &mut crossing.to);
        });
        with("otherwise ended", &|t| {
            let reach = &mut t.crossings[index].reach;
            *reach = if *reach == Reach::Arrived { Reach::LostAt(node("sw")) } else { Reach::Arrived };
        });
    }
    mutants
}

#[test]
fn every_mutated_record_fails() {
    let (ladder, timeline) = dead_peer();
    for (what, mutant) in timeline_mutants(&timeline) {
        let verdict = judge(&ladder, &mutant);
        // Nothing but the order bounds the first segment's time, and 100 ms earlier is still
        // before all others.
        let harmless = what == "0 100 ms early";
        let expected = if harmless { Judgement::Pass } else { Judgement::Fail };
        assert_eq!(verdict.judgement, expected, "{what}: {:?}", verdict.findings);
    }
}

#[test]
fn every_mutant_of_a_silent_step_of_the_way_fails_too() {
    // Without due times the order alone must do.
    let (mut ladder, timeline) = dead_peer();
    for rung in &mut ladder.rungs {
        (rung.when, rung.every) = (None, None);
    }
    assert_eq!(judge(&ladder, &timeline).judgement, Judgement::Pass);
    for (what, rung, mutant) in ladder_mutants(&ladder) {
        let verdict = judge(&mutant, &timeline);
        assert!(verdict.judgement > Judgement::Pass && !verdict.findings.is_empty(), "{what} {rung}");
    }
}

#[test]
fn lost_at_another_place_fails() {
    let (mut ladder, timeline) = dead_peer();
    let crate::ladder::Expected::Segment { fate, .. } = &mut ladder.rungs[5].what else { panic!() };
    *fate = Fate::LostAt(node("a"));
    assert_eq!(found(&ladder, &timeline), ["Fail WrongFate 5.0"]);
}
