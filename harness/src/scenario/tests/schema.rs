use super::{told, with};
use crate::name::SocketOption;
use crate::scenario::keys::*;
use crate::scenario::schema;
use serde_json::Value;
use std::collections::BTreeSet;

/// Every table, by the name that the schema has for it, and a file in which the key
/// `KEY` stands in such a map.
fn tables() -> Vec<(&'static Table, String)> {
    let nat = |inside: &str| with(2, &format!("nodes: {{ a: host, b: host, sw: {{ role: nat, {inside} }} }}"));
    let step = |inside: &str| with(7, &format!("  - connect\n  - {inside}"));
    vec![
        (&TOP, with(1, "title: t\nKEY: x")),
        (&NODE, nat("KEY: x")),
        (&CONNECTION, with(4, "connections: { x: { KEY: x } }")),
        (&NEIGHBOURS, nat("neighbours: { KEY: x }")),
        (&CONNTRACK, nat("conntrack: { KEY: x }")),
        (&LINK, with(3, "links: [{ between: [a, sw], KEY: x }, sw -- b]")),
        (&ENDPOINT, with(4, "client: { on: a, KEY: x }")),
        (&OPTIONS, with(4, "client: { on: a, options: { KEY: x } }")),
        (&KEEPALIVE, with(4, "client: { on: a, keepalive: { KEY: x } }")),
        (&STEP, step("KEY: x")),
        (&SEND, step("send: { from: client, KEY: x }")),
        (&READ, step("read: { on: client, KEY: x }")),
        (&DROP, step("drop: { on: b, KEY: x }")),
        (&IMPAIR, step("impair: { on: a -- sw, KEY: x }")),
        (&POWER_ON, with(7, "  - connect\n  - power_off: b\n  - power_on: { node: b, KEY: x }")),
        (&ROUTE, step("route: { on: a, KEY: x }")),
        (&DEAD_END, with(2, "nodes: { a: { role: host, routes: [{ KEY: x }] }, b: host, sw: switch }")),
        (&REJECT, step("reject: { on: b, KEY: x }")),
        (&SYSCTL, step("sysctl: { on: b, KEY: x }")),
        (&TAKE_PORT, step("take_port: { on: sw, KEY: x }").replace("sw: switch", "sw: nat")),
        (&SOCKOPT, step("sockopt: { on: client, KEY: x }")),
        (&LINE, with(9, "  - { a > b: SYN, KEY: x }")),
        (&WAITED, step("wait_for: { a > b: SYN, KEY: x }")),
        (&OUTCOME, with(9, "  - client: { KEY: x }")),
    ]
}

fn definition<'a>(schema: &'a Value, table: &Table) -> &'a Value {
    match table.name {
        "scenario" => schema,
        name => &schema["$defs"][name],
    }
}

fn properties(definition: &Value) -> BTreeSet<&str> {
    definition["properties"].as_object().into_iter().flatten().map(|(name, _)| name.as_str()).collect()
}

/// Words that are lines rather than keys.
fn heads(table: &Table) -> BTreeSet<&'static str> {
    match table.rest {
        Rest::Line => BTreeSet::from(["client", "server", "step", "quiet"]),
        Rest::Options => SocketOption::all().collect(),
        _ => BTreeSet::new(),
    }
}

fn refused(file: &str, key: &str) -> bool {
    let told = told(&file.replace("KEY", key));
    let words = [
        format!("`{key}` | "),
        format!("`{key}` is no key"),
        format!("takes no `{key}`"),
        format!("`{key}` is not built"),
    ];
    told.iter().any(|told| {
        (told.contains("unknown") || told.contains("key") || told.contains("built"))
            && words.iter().any(|word| told.contains(word.as_str()))
    })
}

#[test]
fn the_schema_has_the_decoders_keys_and_no_others() {
    let schema = schema();
    for (table, _) in tables() {
        let known: BTreeSet<&str> = table.names().chain(heads(table)).collect();
        assert_eq!(properties(definition(&schema, table)), known, "{}", table.name);
    }
}

#[test]
fn every_map_of_the_schema_is_one_that_the_decoder_reads() {
    let schema = schema();
    let defined: BTreeSet<&str> = schema["$defs"].as_object().unwrap().keys().map(String::as_str).collect();
    let read: BTreeSet<&str> =
        tables().iter().map(|(table, _)| table.name).filter(|name| *name != "scenario").chain(["timed"]).collect();
    assert_eq!(defined, read);
}

#[test]
fn the_decoder_takes_every_key_of_the_schema() {
    let schema = schema();
    for (table, file) in tables() {
        for key in properties(definition(&schema, table)).difference(&heads(table)) {
            assert!(!refused(&file, key), "{}: {key}: {:?}", table.name, told(&file.replace("KEY", key)));
        }
    }
}

#[test]
fn a_key_of_neither_is_refused_by_both() {
    let schema = schema();
    for (table, file) in tables() {
        assert!(refused(&file, "zzzzz"), "{}: {:?}", table.name, told(&file.replace("KEY", "zzzzz")));
        assert_eq!(definition(&schema, table)["additionalProperties"], false, "{}", table.name);
    }
}

#[test]
fn keys_kept_for_later_are_not_in_the_schema() {
    let schema = schema();
    for (table, file) in tables() {
        for key in table.keys.iter().filter(|key| key.need == Need::Later) {
            assert!(!properties(definition(&schema, table)).contains(key.name), "{}", key.name);
            assert!(
                told(&file.replace("KEY", key.name)).iter().any(|told| told.contains("is not built yet")),
                "{}",
                key.name
            );
        }
    }
}

#[test]
fn every_key_is_described() {
    let schema = schema();
    for (table, _) in tables() {
        for (name, property) in definition(&schema, table)["properties"].as_object().unwrap() {
            let about = property["description"].as_str().unwrap_or_default();
            assert!(about.len() > 3 && about.ends_with(['.', ',', '`']), "{}: {name}: {about:?}", table.name);
        }
    }
}

#[test]
fn references_lead_somewhere() {
    let schema = schema();
    let text = schema.to_string();
    for reference in text.split("#/$defs/").skip(1) {
        let name = reference.split('"').next().unwrap();
        assert!(schema["$defs"][name].is_object(), "{name}");
    }
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
}
