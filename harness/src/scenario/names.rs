use super::{Action, Spanned, Step};
use std::collections::HashMap;

impl Action {
    /// The word that a scenario has for it.
    #[must_use]
    pub fn verb(&self) -> &'static str {
        match self {
            Self::Connect => "connect",
            Self::Send { .. } => "send",
            Self::Read { .. } => "read",
            Self::Shutdown { .. } => "shutdown",
            Self::Close { .. } => "close",
            Self::Wait(_) => "wait",
            Self::WaitFor(_) => "wait_for",
            Self::PowerOff(_) => "power_off",
            Self::PowerOn(_) => "power_on",
            Self::LinkDown { .. } => "link_down",
            Self::LinkUp { .. } => "link_up",
            Self::Drop(_) => "drop",
            Self::Reject { .. } => "reject",
            Self::Impair(_) => "impair",
            Self::Route(_) => "route",
            Self::Undo(_) => "undo",
            Self::FlushNat(_) => "flush_nat",
            Self::TakePort { .. } => "take_port",
            Self::FlushNeighbours(_) => "flush_neighbours",
            Self::Kill(_) => "kill",
            Self::Freeze(_) => "freeze",
            Self::Thaw(_) => "thaw",
            Self::Sysctl { .. } => "sysctl",
            Self::Sockopt { .. } => "sockopt",
        }
    }
}

/// The name of each step: `as`, or its verb, and `verb#2` and so on for further steps
/// of the same verb. A step with a name of its own does not count among those.
#[must_use]
pub fn step_names(steps: &[Spanned<Step>]) -> Vec<String> {
    final_names(steps.iter().map(|step| (step.action.verb(), step.name.as_ref().map(|name| name.as_str()))))
}

/// The same for verbs with the names they were given.
pub(super) fn final_names<'a>(steps: impl Iterator<Item = (&'a str, Option<&'a str>)>) -> Vec<String> {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    steps
        .map(|(verb, name)| match name {
            Some(name) => name.to_owned(),
            None => {
                let count = counts.entry(verb).or_default();
                *count += 1;
                if *count == 1 { verb.to_owned() } else { format!("{verb}#{count}") }
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unnamed_steps_go_by_verb_and_number() {
        let steps = [("connect", None), ("wait", None), ("wait", Some("long")), ("wait", None), ("send", None)];
        assert_eq!(final_names(steps.into_iter()), ["connect", "wait", "long", "wait#2", "send"]);
    }
}
