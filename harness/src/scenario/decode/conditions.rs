use super::context::Context;
use super::fields::Fields;
use super::value;
use crate::scenario::tree::Yaml;
use crate::scenario::{Expected, Fate, Outcome, Rung, When};
use std::time::Duration;

/// The line with the conditions that stand beside it. Without a line, only the
/// conditions are checked.
pub(super) fn apply(fields: &Fields, rung: Option<Rung>, cx: &mut Context) -> Option<Rung> {
    if let Some(rung) = &rung {
        refuse_others(fields, rung, cx);
    }
    let mut rung = rung;
    let mut scratch = super::rung::plain(Expected::Anything);
    let target = rung.as_mut().unwrap_or(&mut scratch);
    repeats(fields, target, cx);
    times(fields, target, cx);
    fate(fields, target, cx);
    if let Some(tree) = fields.get("as") {
        target.name = value::given_name(tree, cx).or(target.name.take());
    }
    rung
}

/// The conditions that make sense for a line.
fn taken(what: &Expected) -> &'static [&'static str] {
    match what {
        Expected::Segment { .. } => &["times", "every", "after", "within", "since", "lost", "lost_at", "as"],
        Expected::Conntrack { .. } | Expected::Outcome { outcome: Outcome::Bytes(_) | Outcome::Prints(_), .. } => {
            &["times", "every", "after", "within", "since", "as"]
        }
        // Read at the moment of the line before.
        Expected::Outcome { outcome: Outcome::Alive, .. } => &["as"],
        Expected::Outcome { .. } => &["after", "within", "since", "as"],
        Expected::Step(_)
        | Expected::Option { .. }
        | Expected::Sysctl { .. }
        | Expected::Counter { .. }
        | Expected::Info { .. }
        | Expected::Socket { .. }
        | Expected::Packets { .. }
        | Expected::Quiet(_) => &["as"],
        Expected::Anything => &[],
    }
}

fn refuse_others(fields: &Fields, rung: &Rung, cx: &mut Context) {
    let taken = taken(&rung.what);
    for (key, _) in fields.named().filter(|(key, _)| !taken.contains(&key.as_str())) {
        let message = format!("`{}` can't have `{}`", rung.what, key.value);
        let help = match taken {
            [] => "leave it out: the line takes no conditions".to_owned(),
            taken => format!("leave it out: the line takes `{}`", taken.join("`, `")),
        };
        cx.error(key.span, message, help);
    }
}

fn repeats(fields: &Fields, rung: &mut Rung, cx: &mut Context) {
    let times = fields.get("times").and_then(|tree| value::whole(tree, fields.limits("times"), "`times`", cx));
    let wrong = fields.get("times").is_some() && times.is_none();
    rung.times = times.and_then(|times| u32::try_from(times).ok()).unwrap_or(rung.times);
    let Some(every) = fields.get("every").and_then(|tree| value::when(tree, cx)) else { return };
    if rung.times < 2 && !wrong {
        cx.error(fields.place("every"), "`every` without repeats", "add `times: 2` or more, or write `after` instead");
    }
    rung.every = Some(every);
}

fn times(fields: &Fields, rung: &mut Rung, cx: &mut Context) {
    let after = fields.get("after").and_then(|tree| value::when(tree, cx));
    let within = fields.get("within").and_then(|tree| within(tree, cx));
    let both = fields.get("after").is_some() && fields.get("within").is_some();
    if both {
        let help = "keep one of them: `within: 300ms` is short for `after: 0s..300ms`";
        cx.error(fields.place("within"), "`within` beside `after`", help);
    }
    rung.when = after.or(within).or(rung.when);
    let Some(tree) = fields.get("since") else { return };
    rung.since = value::text(tree, "the name of a line or of a step", cx).or(rung.since.take());
    if fields.get("after").is_none() && fields.get("within").is_none() {
        cx.error(
            fields.place("since"),
            "`since` without `after` or `within`",
            "say when: `after: 2s`, or leave `since` out",
        );
    }
}

fn within(tree: &Yaml, cx: &mut Context) -> Option<When> {
    match value::when(tree, cx)? {
        When::Timer(latest) => Some(When::Range(Duration::ZERO, latest)),
        When::Range(..) => {
            cx.error(tree.span, "`within` takes a single duration", "write a range as `after: 1.9s..2.4s`");
            None
        }
    }
}

fn fate(fields: &Fields, rung: &mut Rung, cx: &mut Context) {
    let lost = fields.get("lost").and_then(|tree| value::flag(tree, cx));
    let lost_at = fields.get("lost_at").and_then(|tree| value::node(tree, cx));
    if fields.get("lost").is_some() && fields.get("lost_at").is_some() {
        cx.error(fields.place("lost_at"), "`lost_at` beside `lost`", "keep one of them: `lost_at` says where as well");
    }
    let Expected::Segment { fate, .. } = &mut rung.what else { return };
    match (lost, lost_at) {
        (_, Some(node)) => *fate = Fate::LostAt(node),
        (Some(true), None) => *fate = Fate::Lost,
        (Some(false), None) => *fate = Fate::Arrives,
        (None, None) => {}
    }
}
