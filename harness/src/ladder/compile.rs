use super::transit::transit;
use super::{Anchor, Expected, Fate, Ladder, Rung};
use crate::scenario::{self, Outcome, Scenario, Spanned, show_packets, step_names};

/// Why a scenario's expectations make no ladder.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LadderError {
    #[error("no step is called `{0}`")]
    UnknownStep(String),
    #[error("`since: {0}` names neither a step nor a line before it")]
    UnknownAnchor(String),
    #[error("nothing is expected: a run that checks nothing can't pass")]
    Empty,
}

/// The ladder of `expect`, lines of `scenario`.
///
/// # Errors
/// A name that stands for nothing, or no rung at all.
pub fn compile(scenario: &Scenario, expect: &[Spanned<scenario::Rung>]) -> Result<Ladder, LadderError> {
    let steps = step_names(&scenario.steps);
    let last = expect.iter().position(|line| line.what == scenario::Expected::Anything);
    let lines = &expect[..last.unwrap_or(expect.len())];
    let rungs = lines.iter().enumerate().map(|(index, line)| rung(index, line, lines, &steps));
    let rungs: Vec<Rung> = rungs.collect::<Result<_, _>>()?;
    if rungs.is_empty() {
        return Err(LadderError::Empty);
    }
    Ok(Ladder {
        file: scenario.source.path.clone(),
        rungs,
        allow: scenario.allow.clone(),
        settle: scenario.settle,
        patience: scenario.patience,
        open_ended: last.is_some(),
        transit: transit(scenario),
    })
}

fn rung(
    index: usize,
    line: &Spanned<scenario::Rung>,
    lines: &[Spanned<scenario::Rung>],
    steps: &[String],
) -> Result<Rung, LadderError> {
    let since = match &line.since {
        Some(name) => anchor(name, &lines[..index], steps)?,
        None => index.checked_sub(1).map_or(Anchor::Start, Anchor::Rung),
    };
    Ok(Rung {
        line: line.span.line,
        text: line.what.to_string(),
        what: expected(&line.what, steps)?,
        times: line.times.max(1),
        every: line.every,
        when: line.when,
        since,
    })
}

/// A line's own name goes before a step's.
fn anchor(name: &str, before: &[Spanned<scenario::Rung>], steps: &[String]) -> Result<Anchor, LadderError> {
    let named = |line: &Spanned<scenario::Rung>| line.name.as_ref().is_some_and(|n| n.value == name);
    let rung = before.iter().position(named).map(Anchor::Rung);
    let step = || steps.iter().position(|step| step == name).map(Anchor::Step);
    rung.or_else(step).ok_or_else(|| LadderError::UnknownAnchor(name.to_owned()))
}

fn expected(what: &scenario::Expected, steps: &[String]) -> Result<Expected, LadderError> {
    use scenario::Expected as From;
    Ok(match what {
        From::Segment { from, to, label, fate } => Expected::Segment {
            from: from.value.clone(),
            to: to.value.clone(),
            label: *label,
            fate: match fate {
                scenario::Fate::Arrives => Fate::Arrives,
                scenario::Fate::Lost => Fate::Lost,
                scenario::Fate::LostAt(node) => Fate::LostAt(node.value.clone()),
            },
        },
        From::Step(name) => {
            let found = steps.iter().position(|step| *step == name.value);
            Expected::Step(found.ok_or_else(|| LadderError::UnknownStep(name.value.clone()))?)
        }
        From::Outcome { outcome: Outcome::Alive, .. } => Expected::Reading { value: "alive".to_owned() },
        From::Outcome { side, outcome } => Expected::Outcome { side: *side, outcome: outcome.clone() },
        From::Conntrack { node, change } => Expected::Conntrack { node: node.value.clone(), change: *change },
        From::Option { value, .. } => Expected::Reading { value: value.to_string() },
        From::Sysctl { value, .. } => Expected::Reading { value: value.clone() },
        From::Counter { grown, .. } => Expected::Reading { value: format!("+{grown}") },
        From::Info { value, .. } => Expected::Reading { value: value.to_string() },
        From::Socket { value, .. } => Expected::Reading { value: (*value).to_owned() },
        From::Packets { count, .. } => Expected::Reading { value: show_packets(*count) },
        From::Quiet(duration) => Expected::Quiet(*duration),
        // Cut off above: it can only be the last line.
        From::Anything => Expected::Quiet(std::time::Duration::ZERO),
    })
}
