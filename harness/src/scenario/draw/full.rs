use super::line::line;
use super::node::{endpoint, is_plain, link, node};
use super::scalar::{as_itself, field, flow, list, scalar, sentence};
use super::step::step;
use crate::scenario::{Clock, ConnectionOf, Endpoint, Family, Scenario};
use crate::time::show_duration;
use std::time::Duration;

/// What a scenario has that leaves `settle` out.
const SETTLE: Duration = Duration::from_millis(300);
/// What a scenario has that leaves `patience` out.
const PATIENCE: Duration = Duration::from_secs(30);

/// A scenario in the full form of the language, whatever form it was read from. It
/// reads back as an equal one, places apart.
#[must_use]
pub fn full(scenario: &Scenario) -> String {
    let nodes = scenario.nodes.iter().map(|n| format!("  {}: {}\n", n.name.value, node(n)));
    let steps = scenario.steps.iter().map(|s| format!("  - {}\n", step(s)));
    let (ends, expect) = if scenario.connection.is_some() {
        (connections(scenario), String::new())
    } else {
        let expect = scenario.expect.iter().map(|rung| format!("  - {}\n", line(rung)));
        (side("client", &scenario.client) + &side("server", &scenario.server), block("expect", expect))
    };
    let nodes = block("nodes", nodes);
    let steps = block("steps", steps);
    as_itself(&[top(scenario), nodes, links(scenario), ends, steps, expect, bottom(scenario)].concat())
}

/// Those that are alike stand as one, with `times`.
fn connections(scenario: &Scenario) -> String {
    let mut text = "connections:\n".to_owned();
    let mut alike: Vec<(&str, usize, ConnectionOf<'_>)> = Vec::new();
    for own in scenario.connections() {
        let name = own.name.unwrap_or_default();
        let many = name.split_once('.').map(|(many, _)| many);
        match alike.last_mut() {
            Some((last, times, _)) if many == Some(*last) => *times += 1,
            _ => alike.push((many.unwrap_or(name), usize::from(many.is_some()), own)),
        }
    }
    for (name, times, own) in alike {
        text += &format!("  {name}:\n");
        if times > 0 {
            text += &format!("    times: {times}\n");
        }
        text += &format!("    {}    {}", side("client", own.client), side("server", own.server));
        text += "    expect:\n";
        text.extend(own.expect.iter().map(|rung| format!("      - {}\n", line(rung))));
    }
    text
}

/// Title and what else stands above the nodes.
pub(super) fn top(scenario: &Scenario) -> String {
    let mut text = format!("title: {}\n", sentence(&scenario.title));
    if !scenario.about.is_empty() {
        text += &about(&scenario.about);
    }
    text += match scenario.clock {
        Clock::Any => "",
        Clock::Real => "clock: real\n",
        Clock::Virtual => "clock: virtual\n",
    };
    if scenario.family == Family::Ipv6 {
        text += "family: ipv6\n";
    }
    text
}

/// Several plain lines stand as a literal block, anything else on one line.
fn about(text: &str) -> String {
    let body = text.strip_suffix('\n').unwrap_or(text);
    let tame =
        |line: &str| !line.starts_with([' ', '\t']) && !line.ends_with(' ') && !line.chars().any(char::is_control);
    let lines: Vec<&str> = body.split('\n').collect();
    let inked = |line: Option<&&str>| line.is_some_and(|line| !line.is_empty());
    let literal = lines.len() > 1 && lines.iter().all(|line| tame(line)) && inked(lines.first()) && inked(lines.last());
    if !literal {
        return format!("about: {}\n", sentence(text));
    }
    let lines = lines.iter().map(|line| if line.is_empty() { "\n".to_owned() } else { format!("  {line}\n") });
    let chomping = if text.ends_with('\n') { "" } else { "-" };
    format!("about: |{chomping}\n{}", lines.collect::<String>())
}

/// `allow` and the waits, where they aren't as usual.
pub(super) fn bottom(scenario: &Scenario) -> String {
    let mut text = String::new();
    if !scenario.allow.is_empty() {
        let labels = scenario.allow.iter().map(|label| scalar(label.as_str()));
        text += &format!("allow: {}\n", list(labels));
    }
    if scenario.settle != SETTLE {
        text += &format!("settle: {}\n", show_duration(scenario.settle));
    }
    if scenario.patience != PATIENCE {
        text += &format!("patience: {}\n", show_duration(scenario.patience));
    }
    text
}

fn links(scenario: &Scenario) -> String {
    if scenario.links.iter().all(|link| is_plain(link)) {
        return format!("links: {}\n", list(scenario.links.iter().map(|l| link(l))));
    }
    block("links", scenario.links.iter().map(|l| format!("  - {}\n", link(l))))
}

fn side(name: &str, side: &Endpoint) -> String {
    format!("{name}: {}\n", flow(&[vec![field("on", &side.on.value)], endpoint(side)].concat()))
}

/// A key and the lines below it; an empty list if there are none.
pub(super) fn block(key: &str, lines: impl Iterator<Item = String>) -> String {
    let body: String = lines.collect();
    if body.is_empty() { format!("{key}: []\n") } else { format!("{key}:\n{body}") }
}
