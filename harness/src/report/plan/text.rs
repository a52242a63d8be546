use super::table::section;
use super::{lab, ladder, picture, steps};
use crate::plan::{Connection, Plan};

/// What most distributions build their kernels with.
const USUAL_HZ: u32 = 250;

/// What would be built and done, and what must then be seen: the topology drawn first,
/// then every address, rule and setting, the steps, and the ladder with its due times
/// for a kernel of `hz` ticks a second, or the usual ones if that is not known.
#[must_use]
pub fn plan(plan: &Plan, hz: Option<u32>) -> String {
    let mut text = format!("{}: {}\n\n{}", plan.name, plan.title, picture::draw(plan));
    text += &section("interfaces", &lab::interfaces(plan));
    text += &section("routes", &lab::routes(plan));
    text += &section("permanent neighbours", &lab::neighbours(plan));
    text += &section("sysctls", &lab::sysctls(plan));
    for node in &plan.nodes {
        let rules = node.filter.as_ref().map(lab::rules).unwrap_or_default();
        text += &section(&format!("packet filter of {}", node.name), &rules);
    }
    for own in each(plan) {
        text += &section(&headed("endpoints", own), &lab::endpoints(own.client, own.server));
    }
    text += &section("steps", &steps::steps(plan));
    let guessed = if hz.is_none() { " (a guess: the kernel's own is not known here)" } else { "" };
    let hz = hz.unwrap_or(USUAL_HZ);
    let warnings: String =
        plan.warnings.iter().map(|warning| format!("  line {}: {}\n", warning.line, warning.text)).collect();
    text += &section("warnings", &warnings);
    for own in each(plan) {
        let head = headed(&format!("expected, due times being those of HZ={hz}{guessed}"), own);
        let of_this = Plan { ladder: own.ladder.clone(), ..plan.clone() };
        text += &section(&head, &ladder::ladder(&of_this, hz));
    }
    text
}

/// All connections; of many that are alike the first.
fn each(plan: &Plan) -> impl Iterator<Item = Connection<'_>> {
    let mut last = None;
    plan.connections().filter(move |own| {
        let (many, _) = own.name.split_once('.').unwrap_or((own.name, ""));
        last.replace(many) != Some(many)
    })
}

fn headed(what: &str, own: Connection<'_>) -> String {
    match own.name {
        "" => what.to_owned(),
        name => format!("{name}: {what}"),
    }
}
