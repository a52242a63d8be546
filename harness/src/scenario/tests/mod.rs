mod connections;
mod dead_ends;
mod family;
mod filters;
mod fuzz;
mod good_expect;
mod good_lab;
mod good_steps;
mod impairments;
mod limits;
mod matrix;
mod presets;
mod schema;
mod several;
mod whole;
mod wrong_endpoints;
mod wrong_expect;
mod wrong_later;
mod wrong_links;
mod wrong_nodes;
mod wrong_steps;
mod wrong_top;

use super::{Scenario, parse};

/// A scenario with nothing wrong, a line each to replace.
const BASE: &str = "\
title: t
nodes: { a: host, sw: switch, b: host }
links: [a -- sw, sw -- b]
client: { on: a }
server: { on: b }
steps:
  - connect
expect:
  - a > b: SYN
";

/// [`BASE`] with the line of this number (from 1) replaced.
fn with(number: usize, line: &str) -> String {
    let lines = BASE.lines().zip(1..).map(|(old, at)| if at == number { line } else { old });
    lines.map(|line| format!("{line}\n")).collect()
}

fn good(text: &str) -> Scenario {
    parse("t.yaml", text.as_bytes()).unwrap_or_else(|failure| panic!("{}", failure.render(false)))
}

/// Each error as `line:column message | help`; long lists of what is known are cut.
fn told(text: &str) -> Vec<String> {
    let Err(failure) = parse("t.yaml", text.as_bytes()) else { return Vec::new() };
    let all = failure.diagnostics.iter().map(|wrong| {
        let help = wrong.help.as_deref().unwrap_or("-");
        let help = if help.len() > 90 && help.starts_with("known here") { "known here: ..." } else { help };
        format!("{}:{} {} | {help}", wrong.span.line, wrong.span.column, wrong.message)
    });
    all.collect()
}

/// Each replacement of a line of [`BASE`] leads to exactly these errors.
fn check(cases: &[(usize, &str, &[&str])]) {
    assert_eq!(told(BASE), [""; 0]);
    for (number, line, expected) in cases {
        assert_eq!(told(&with(*number, line)), *expected, "\n{line}\n");
    }
}
