//! Every example in the language reference is read, planned and kept true.

use deadpeer::{plan, scenario};

const REFERENCE: &str = include_str!("../../scenarios/README.md");

const NODES: &str = "nodes: { a: host, b: host }\nlinks: [a -- b]\n";
const ENDPOINTS: &str = "client: { on: a, keepalive: { idle: 1s, interval: 1s, count: 3 } }\nserver: { on: b }\n";
const STEPS: &str = "steps:\n  - connect\n  - drop: b\n";
const EXPECT: &str = "expect:\n  - a > b: SYN\n  - { a > b: PROBE, times: 3 }\n";

/// The fenced blocks that are marked `yaml KIND`.
fn blocks() -> Vec<(String, String)> {
    let mut blocks = Vec::new();
    let mut parts = REFERENCE.split("```yaml ");
    parts.next();
    for part in parts {
        let (kind, rest) = part.split_once('\n').unwrap();
        let (body, _) = rest.split_once("```").unwrap();
        blocks.push((kind.to_owned(), body.to_owned()));
    }
    blocks
}

/// A fragment with all around it that a scenario needs.
fn whole(kind: &str, body: &str) -> String {
    let parts = match kind {
        "scenario" => return body.to_owned(),
        "nodes" => [body, ENDPOINTS, STEPS, EXPECT],
        "endpoints" => [NODES, body, STEPS, EXPECT],
        "steps" => [NODES, ENDPOINTS, body, EXPECT],
        "expect" => [NODES, ENDPOINTS, STEPS, body],
        other => panic!("a block of unknown kind `{other}`"),
    };
    format!("title: An example\n{}", parts.concat())
}

#[test]
fn every_example_is_a_scenario() {
    let blocks = blocks();
    assert!(blocks.len() >= 8, "{} blocks", blocks.len());
    for (kind, body) in blocks {
        let text = whole(&kind, &body);
        let variants = scenario::parse_all("README.md", text.as_bytes())
            .unwrap_or_else(|failure| panic!("{kind}:\n{text}\n{}", failure.render(false)));
        for one in variants {
            plan::compile("example", &one.scenario).unwrap_or_else(|error| panic!("{kind}: {error}\n{text}"));
        }
    }
}
