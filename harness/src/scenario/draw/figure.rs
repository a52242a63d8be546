use super::canvas::draw;
use super::full::{block, bottom, top};
use super::lanes::lanes;
use super::line::{line, timing};
use super::node::{endpoint, link, node, settings_beside};
use super::scalar::{as_itself, flow};
use super::script::{Drawn, script};
use super::step::step;
use crate::scenario::figure::{Lanes, Parts, Place, Saying, read, role};
use crate::scenario::{Endpoint, Link, Node, Role, Rung, Scenario, Spanned, Step};

/// A scenario with its course drawn as a figure. What a figure can't say stands below
/// it: settings, times and later lines as keys, and what no key can mend as comments.
///
/// # Errors
/// A network that a figure has no room for.
pub fn figure(scenario: &Scenario) -> Result<String, String> {
    if scenario.connection.is_some() {
        return Err("it has several connections, and a figure shows one; `--full` prints it".to_owned());
    }
    let lanes = lanes(scenario)?;
    let script = script(scenario, &lanes);
    let rows: Vec<Saying> = script.rows.iter().map(|row| row.saying.clone()).collect();
    let drawn = draw(&lanes, &rows);
    let parts = [
        top(scenario),
        "figure: |2\n".to_owned(),
        drawn.iter().map(|line| format!("  {line}").trim_end().to_owned() + "\n").collect(),
        nodes(scenario, &lanes),
        side("client", &scenario.client),
        side("server", &scenario.server),
        timings(&script.rows),
        then(&script.then),
        bottom(scenario),
        remarks(scenario, &script.rows, &script.then, &drawn.join("\n")),
    ];
    Ok(as_itself(&parts.concat()))
}

/// Nodes that are more than their lane shows.
fn nodes(scenario: &Scenario, lanes: &Lanes) -> String {
    let differing = lanes.all().enumerate().filter_map(|(at, lane)| {
        let node = scenario.nodes.iter().find(|node| node.name.value == lane.name.value)?;
        let shown = settings_beside(node, &role(lane, lanes.is_middle(at)))?;
        Some(format!("  {}: {shown}\n", lane.name.value))
    });
    some_block("nodes", differing)
}

fn side(name: &str, side: &Endpoint) -> String {
    let fields = endpoint(side);
    if fields.is_empty() { String::new() } else { format!("{name}: {}\n", flow(&fields)) }
}

/// The times of rows, by the number that the row's line has.
fn timings(rows: &[Drawn]) -> String {
    let lined = rows.iter().filter(|row| !matches!(row.saying, Saying::Pause(_)));
    let timed = (1..).zip(lined).filter_map(|(number, row)| {
        let rung = row.rung?;
        let fields = timing(&Rung { times: 1, ..rung.clone() });
        (!fields.is_empty()).then(|| format!("  {number}: {}\n", flow(&fields)))
    });
    some_block("timing", timed)
}

fn then(rungs: &[&Rung]) -> String {
    some_block("then", rungs.iter().map(|rung| format!("  - {}\n", line(rung))))
}

fn some_block(key: &str, lines: impl Iterator<Item = String>) -> String {
    let mut lines = lines.peekable();
    if lines.peek().is_some() { block(key, lines) } else { String::new() }
}

/// Comments on what the figure, read back, would say otherwise.
fn remarks(scenario: &Scenario, rows: &[Drawn], then: &[&Rung], drawn: &str) -> String {
    let read = match read(drawn, Place::whole(drawn)) {
        Ok(figure) => figure.into_parts(),
        Err(errors) => {
            let first = errors.first().map(|error| error.message.clone()).unwrap_or_default();
            return format!("# This figure is for the eye alone: read back, {first}.\n");
        }
    };
    let steps = |steps: &[Spanned<Step>]| -> Vec<String> { steps.iter().map(|s| step(s)).collect() };
    let links = |links: &[Spanned<Link>]| -> Vec<String> { links.iter().map(|l| link(l)).collect() };
    let lines: Vec<String> = scenario.expect.iter().map(|rung| line(rung)).collect();
    [
        remark("switches", "  ", &switches(&scenario.nodes), &switches(&read.nodes)),
        remark("links", "  - ", &links(&scenario.links), &links(&read.links)),
        remark("steps", "  - ", &steps(&scenario.steps), &steps(&read.steps)),
        remark("expect", "  - ", &lines, &lines_of(&read, rows, then)),
    ]
    .concat()
}

/// Switches have no lane; a figure has its own where it needs them.
fn switches(nodes: &[Spanned<Node>]) -> Vec<String> {
    let all = nodes.iter().filter(|node| node.role == Role::Switch);
    all.map(|switch| format!("{}: {}", switch.name.value, node(switch))).collect()
}

/// The lines that the figure says, with the times that stand below it.
fn lines_of(read: &Parts, rows: &[Drawn], then: &[&Rung]) -> Vec<String> {
    let lined = rows.iter().filter(|row| !matches!(row.saying, Saying::Pause(_)));
    let timed = read.expect.iter().zip(lined).map(|(rung, row)| match row.rung {
        None => line(rung),
        Some(from) => line(&Rung { times: rung.times, what: rung.what.clone(), ..from.clone() }),
    });
    timed.chain(then.iter().map(|rung| line(rung))).collect()
}

fn remark(key: &str, lead: &str, wanted: &[String], shown: &[String]) -> String {
    if wanted == shown {
        return String::new();
    }
    if wanted.is_empty() {
        return format!("# The figure says more `{key}` than there are.\n");
    }
    let lines = wanted.iter().map(|line| format!("# {lead}{line}\n"));
    format!("# The figure can't say all of `{key}`, which is:\n{}", lines.collect::<String>())
}
