use super::answer::{Dead, Fate, Idle, dead, idle};
use super::generate;
use super::pair::Question;
use crate::cli::evidence::{Evidence, Place};
use crate::cli::guests;
use crate::cli::judgement::Judged;
use crate::cli::one::Outcome;
use crate::cli::pool;
use crate::guest::Kernel;
use crate::netns;
use crate::plan::{self, Plan};
use crate::scenario;
use std::path::Path;
use std::thread;

/// A question, its answer, and the runs that gave it.
pub(super) struct Answered {
    pub(super) question: Question,
    pub(super) idle: Idle,
    pub(super) dead: Dead,
    pub(super) runs: Vec<(Plan, Judged)>,
}

/// Runs both scenarios of every question, with their evidence in `folder`. The questions
/// of one middlebox share a guest: with all of them in one, the few whose clients probe
/// each 5 s would wake it for all the others.
///
/// # Errors
/// A scenario of deadpeer's own could not be read or planned.
pub(super) fn run(questions: &[Question], kernel: &Kernel, seed: u64, folder: &Path) -> Result<Vec<Answered>, String> {
    let groups: Vec<&[Question]> = questions.chunk_by(|one, next| one.through == next.through).collect();
    let side_by_side = thread::available_parallelism().map_or(1, usize::from);
    let mut results: Vec<(usize, Result<Vec<Answered>, String>)> = Vec::new();
    let work = |index: &usize| in_one_guest(groups[*index], kernel, seed, &folder.join(index.to_string()));
    pool::each(&(0..groups.len()).collect::<Vec<_>>(), side_by_side, work, |index, result| {
        results.push((index, result));
        !netns::interrupted()
    });
    results.sort_by_key(|(index, _)| *index);
    let answered = results.into_iter().map(|(_, result)| result).collect::<Result<Vec<_>, String>>()?;
    Ok(answered.into_iter().flatten().collect())
}

fn in_one_guest(questions: &[Question], kernel: &Kernel, seed: u64, folder: &Path) -> Result<Vec<Answered>, String> {
    let evidence = Evidence::new(Some(folder));
    let texts = questions.iter().flat_map(|one| [generate::idle(one), generate::dead(one)]);
    let plans = texts.enumerate().map(|(index, text)| planned(&index.to_string(), &text));
    let plans = plans.collect::<Result<Vec<Plan>, String>>()?;
    let places: Vec<Place> = plans.iter().map(|plan| evidence.place(plan.name.clone())).collect();
    let outcomes = guests::run_all(&plans.iter().zip(&places).collect::<Vec<_>>(), kernel, seed);
    let mut ran = plans.into_iter().zip(outcomes);
    let mut answered = Vec::new();
    for question in questions {
        let (Some(first), Some(second)) = (ran.next(), ran.next()) else { break };
        answered.push(answer(*question, first, second));
    }
    Ok(answered)
}

fn planned(name: &str, text: &str) -> Result<Plan, String> {
    let scenario = scenario::parse("survive.yaml", text.as_bytes()).map_err(|failure| failure.render(false))?;
    plan::compile(name, &scenario).map_err(|error| error.to_string())
}

fn answer(question: Question, first: (Plan, Outcome), second: (Plan, Outcome)) -> Answered {
    let (first, second) = (judged(first), judged(second));
    let idle = match &first {
        Ok((_, judged)) => idle(judged),
        Err(why) => Idle { fate: Fate::Unclear(why.clone()), probes: 0, forgotten: None },
    };
    let dead = match &second {
        Ok((_, judged)) => dead(judged),
        Err(why) => Dead::Unclear(why.clone()),
    };
    Answered { question, idle, dead, runs: [first, second].into_iter().flatten().collect() }
}

fn judged((plan, outcome): (Plan, Outcome)) -> Result<(Plan, Judged), String> {
    match outcome {
        Outcome::Judged(ran) => Ok((plan, ran.judged)),
        Outcome::Skipped { reason, .. } | Outcome::Broken { reason } => Err(reason),
    }
}
