use super::{Context, Draft};
use crate::name::Side;
use crate::scenario::{Action, Expected, Outcome, Rung, Span, Spanned};

/// The lines can be met, and those that are waited for are there.
pub(super) fn check(draft: &Draft, cx: &mut Context) {
    if draft.whole.expect && draft.expect.is_empty() {
        cx.error(
            draft.top,
            "nothing is expected",
            "add what must be seen, such as `- a > b: SYN`; or `- ...` for anything",
        );
    }
    anything_is_last(draft, cx);
    for rung in &draft.expect {
        askable(rung, rung.span, draft, cx);
    }
    // Of several connections the step says whose line it is, or that is told.
    for step in draft.steps().filter(|step| draft.connection.is_none() || step.of.is_some()) {
        if let Action::WaitFor(wanted) = &step.action {
            awaited(wanted, draft, cx);
        }
    }
}

fn anything_is_last(draft: &Draft, cx: &mut Context) {
    let Some((_, before)) = draft.expect.split_last() else { return };
    for rung in before.iter().filter(|rung| rung.what == Expected::Anything) {
        cx.error(rung.span, "lines follow `...`", "judging ends at `...`: make it the last line, or take it out");
    }
}

/// What only the built-in endpoint can tell, and what only a program does.
fn askable(rung: &Rung, place: Span, draft: &Draft, cx: &mut Context) {
    let is_program = |side: Side| draft.endpoint(side).map(|endpoint| endpoint.run.is_some());
    match &rung.what {
        Expected::Option { side, .. } if is_program(*side) == Some(true) => {
            let message = format!("the {side} is a program: its socket options can't be read");
            cx.error(place, message, "only the built-in endpoint can be asked: take the line or `run` out");
        }
        Expected::Outcome { side, outcome: Outcome::Exit(_) | Outcome::Prints(_) }
            if is_program(*side) == Some(false) =>
        {
            let message = format!("the {side} is the built-in endpoint: it neither prints nor exits");
            cx.error(place, message, format!("give the {side} a program by `run`, or take the line out"));
        }
        _ => {}
    }
}

fn awaited(wanted: &Spanned<Rung>, draft: &Draft, cx: &mut Context) {
    if let Some(help) = not_to_be_awaited(&wanted.what) {
        return cx.error(wanted.span, format!("`{}` can't be waited for", wanted.what), help);
    }
    let alike = |rung: &&Spanned<Rung>| rung.what.reads_like(&wanted.what);
    let most = draft.expect.iter().filter(alike).map(|rung| rung.times).max();
    match most {
        Some(most) if most < wanted.times => {
            let message = format!("`{}` is expected no more often than {most}x", wanted.what);
            cx.error(wanted.span, message, "wait for no more than that, or raise `times` of the line");
        }
        None if draft.whole.expect => {
            let message = format!("`{}` is no line of `expect`", wanted.what);
            cx.error(wanted.span, message, nearest_line(wanted, draft, cx));
        }
        _ => {}
    }
}

fn not_to_be_awaited(what: &Expected) -> Option<&'static str> {
    match what {
        Expected::Step(_) => Some("steps run one after another by themselves"),
        Expected::Quiet(_) => Some("let time pass instead: `- wait: 5s`"),
        Expected::Option { .. }
        | Expected::Sysctl { .. }
        | Expected::Counter { .. }
        | Expected::Info { .. }
        | Expected::Socket { .. }
        | Expected::Packets { .. }
        | Expected::Outcome { outcome: Outcome::Alive, .. } => {
            Some("it is only read when the line before it was met: wait for that line")
        }
        _ => None,
    }
}

fn nearest_line(wanted: &Rung, draft: &Draft, cx: &Context) -> String {
    let lines: Vec<String> = draft.expect.iter().filter(|_| cx.is_read()).map(|rung| rung.what.to_string()).collect();
    match cx.near(&wanted.what.to_string(), lines.iter().map(String::as_str)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "add it to `expect` where it must come".to_owned(),
    }
}
