use super::context::Context;
use super::draft::{Draft, Whole};
use super::fields::Fields;
use super::steps::Script;
use super::{check, connections, endpoints, figure, links, nodes, rung, steps, timing, value};
use crate::name::{Label, NodeName, Side};
use crate::scenario::keys::TOP;
use crate::scenario::tree::{Tree, Yaml};
use crate::scenario::{
    Clock, Connection, Diagnostic, Endpoint, Family, Link, Rung, Scenario, Source, Spanned, default_port,
};
use std::time::Duration;

/// Unless set by `settle`.
const SETTLE: Duration = Duration::from_millis(300);
/// Unless set by `patience`.
const PATIENCE: Duration = Duration::from_secs(30);

/// The scenario in a tree.
///
/// # Errors
/// All that is wrong with it.
pub(in crate::scenario) fn scenario(source: &Source, tree: &Tree) -> Result<Scenario, Vec<Diagnostic>> {
    let mut cx = Context { wrong: tree.wrong.clone(), ..Context::default() };
    let scenario = read(source, tree, &mut cx);
    if cx.wrong.is_empty()
        && let Some(scenario) = scenario
    {
        return Ok(scenario);
    }
    if cx.wrong.is_empty() {
        cx.error(
            tree.root.span,
            "something in this file could not be read",
            "shorten it until it can, and report what did it",
        );
    }
    Err(cx.wrong)
}

fn read(source: &Source, tree: &Tree, cx: &mut Context) -> Option<Scenario> {
    let fields = Fields::open(&tree.root, &TOP, cx)?;
    let words = words(&fields, cx);
    let mut draft = draft(&fields, tree, cx)?;
    // Their lines name nodes, which are known only now.
    let several = fields.get("connections").map(|tree| connections::connections(&fields, tree, cx));
    let several = several.unwrap_or_default();
    connections::check(&mut draft, &several, cx);
    let mut further = connections::expanded(several, cx)?;
    forwarded(&draft, &further, cx);
    let first = (!further.is_empty()).then(|| further.remove(0));
    let mut connection = None;
    if let Some(first) = first {
        connection = Some(first.name);
        (draft.client, draft.server, draft.expect) = (Some(first.client), Some(first.server), first.expect);
    }
    Some(Scenario {
        source: source.clone(),
        title: words.title?,
        about: words.about,
        clock: words.clock,
        family: cx.family,
        nodes: draft.nodes,
        links: draft.links,
        client: draft.client?,
        server: draft.server?,
        steps: draft.script.steps,
        expect: draft.expect,
        connection,
        further,
        allow: words.allow,
        settle: words.settle,
        patience: words.patience,
    })
}

/// Holds what nats forward with the servers, once all of those could be read.
fn forwarded(draft: &Draft, all: &[Connection], cx: &mut Context) {
    let server = |(index, server): (usize, &Spanned<Endpoint>)| (server.on.value.clone(), port_of(server, index));
    let servers: Vec<(NodeName, u16)> = match all {
        [] => draft.server.iter().enumerate().map(server).collect(),
        all => all.iter().map(|own| &own.server).enumerate().map(server).collect(),
    };
    let servers: Vec<(&NodeName, u16)> = servers.iter().map(|(on, port)| (on, *port)).collect();
    if !servers.is_empty() {
        check::heard(&draft.nodes, &servers, cx);
    }
}

fn port_of(server: &Endpoint, connection: usize) -> u16 {
    server.port.unwrap_or(default_port(connection))
}

/// What stands for itself.
struct Words {
    title: Option<String>,
    about: String,
    clock: Clock,
    allow: Vec<Label>,
    settle: Duration,
    patience: Duration,
}

fn words(fields: &Fields, cx: &mut Context) -> Words {
    cx.family = family(fields, cx);
    let about = fields.get("about").and_then(|tree| value::text(tree, "some words", cx));
    Words {
        title: title(fields, cx),
        about: about.map(|about| about.value).unwrap_or_default(),
        clock: clock(fields, cx),
        allow: fields.get("allow").map(|tree| allow(tree, cx)).unwrap_or_default(),
        settle: fields.get("settle").and_then(|tree| value::duration(tree, cx)).unwrap_or(SETTLE),
        patience: fields.get("patience").and_then(|tree| value::duration(tree, cx)).unwrap_or(PATIENCE),
    }
}

fn title(fields: &Fields, cx: &mut Context) -> Option<String> {
    let title = value::text(fields.get("title")?, "what the scenario shows, in one sentence", cx)?;
    if title.trim().is_empty() {
        cx.error(title.span, "an empty title", "say what the scenario shows, in one sentence");
    }
    Some(title.value)
}

fn clock(fields: &Fields, cx: &mut Context) -> Clock {
    let word = fields.get("clock").and_then(|tree| value::word(tree, fields.words("clock"), "clock", cx));
    match word {
        Some("real") => Clock::Real,
        Some("virtual") => Clock::Virtual,
        _ => Clock::Any,
    }
}

fn family(fields: &Fields, cx: &mut Context) -> Family {
    match fields.get("family").and_then(|tree| value::word(tree, fields.words("family"), "family", cx)) {
        Some("ipv6") => Family::Ipv6,
        _ => Family::Ipv4,
    }
}

fn allow(tree: &Yaml, cx: &mut Context) -> Vec<Label> {
    let items = value::list(tree, "the labels as a list: `[ACK]`", cx).unwrap_or_default();
    items.iter().filter_map(|item| value::label(item, cx)).collect()
}

/// The parts, from the file's own keys or from its figure.
fn draft(fields: &Fields, tree: &Tree, cx: &mut Context) -> Option<Draft> {
    let Some(drawn) = fields.get("figure") else { return Some(written(fields, cx)) };
    figure::refuse_doubles(fields, cx);
    let parts = figure::parts(drawn, tree.figure.as_ref(), cx)?;
    Some(figure::draft(fields, parts, cx))
}

fn written(fields: &Fields, cx: &mut Context) -> Draft {
    for key in ["then", "timing"] {
        if fields.get(key).is_some() {
            cx.error(
                fields.place(key),
                format!("`{key}` without a figure"),
                "it goes with `figure`; write the lines in `expect`",
            );
        }
    }
    let several = fields.get("connections").is_some();
    for (key, help) in MISSING {
        if fields.lacks(key) && !(several && key == "expect") {
            cx.error(fields.span, format!("a scenario lacks `{key}`"), help);
        }
    }
    let nodes = declared(fields, Vec::new(), cx);
    let links = all_links(fields, Vec::new(), cx);
    let mut side = |side| if several { None } else { endpoint(side, fields, None, cx) };
    let (client, server) = (side(Side::Client), side(Side::Server));
    let script = fields.get("steps").map(|tree| steps::steps(tree, cx)).unwrap_or_default();
    let (expect, whole) = fields.get("expect").map(|tree| rung::rungs(tree, cx)).unwrap_or_default();
    let steps = whole_steps(&script, fields);
    let whole = Whole { links: links.1, steps, expect: whole };
    Draft { top: fields.span, connection: None, nodes, links: links.0, client, server, script, expect, whole }
}

const MISSING: [(&str, &str); 4] = [
    ("nodes", "add `nodes: { a: host, b: host }`, or a `figure`"),
    ("links", "add `links: [a -- b]`"),
    ("steps", "add `steps: [connect]`"),
    ("expect", "add `expect:` and what must be seen, such as `- a > b: SYN`"),
];

fn whole_steps(script: &Script, fields: &Fields) -> bool {
    fields.get("steps").and_then(value::count) == Some(script.heads.len())
}

/// The nodes, and their roles made known.
pub(super) fn declared(
    fields: &Fields,
    lanes: Vec<Spanned<crate::scenario::Node>>,
    cx: &mut Context,
) -> Vec<Spanned<crate::scenario::Node>> {
    let nodes = nodes::nodes(fields.get("nodes"), lanes, cx);
    cx.roles = nodes.iter().map(|node| (node.name.value.clone(), node.role.word())).collect();
    nodes
}

/// The links of a figure and those that `links` adds, and whether all could be read.
pub(super) fn all_links(fields: &Fields, drawn: Vec<Spanned<Link>>, cx: &mut Context) -> (Vec<Spanned<Link>>, bool) {
    let mut all = drawn;
    let Some(tree) = fields.get("links") else { return (all, false) };
    let written = links::links(tree, cx);
    let whole = value::count(tree) == Some(written.len());
    all.extend(written);
    (all, whole)
}

/// One endpoint, on its lane if it has one.
pub(super) fn endpoint(
    side: Side,
    fields: &Fields,
    lane: Option<Spanned<NodeName>>,
    cx: &mut Context,
) -> Option<Spanned<crate::scenario::Endpoint>> {
    let tree = fields.get(&side.to_string());
    if tree.is_none() && !fields.lacks(&side.to_string()) {
        return None;
    }
    endpoints::endpoint(side, tree, lane, fields.span, cx)
}

/// The lines of a list and the conditions for the rows before them.
pub(super) fn continued(
    fields: &Fields,
    mut drawn: Vec<Spanned<Rung>>,
    cx: &mut Context,
) -> (Vec<Spanned<Rung>>, bool) {
    if let Some(tree) = fields.get("timing") {
        timing::timing(tree, &mut drawn, cx);
    }
    let (then, whole) = match fields.get("then") {
        Some(tree) => rung::rungs(tree, cx),
        None => (Vec::new(), true),
    };
    drawn.extend(then);
    (drawn, whole)
}
