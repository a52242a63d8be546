use super::*;
use crate::name::{Label, NodeName};
use crate::scenario::decode::check;
use crate::scenario::keys::TOP;
use crate::scenario::tree::{self, Kind};
use crate::scenario::{
    Action, Expected, Fate, Impairment, Link, Nat, Neighbours, Node, Role, Rung, Span, Spanned, Step, When,
};
use std::time::Duration;

fn here<T>(value: T) -> Spanned<T> {
    Spanned::new(value, Span { line: 2, column: 3, offset: 20, len: 1 })
}

fn name(text: &str) -> Spanned<NodeName> {
    here(NodeName::new(text).unwrap())
}

fn node(text: &str, role: Role) -> Spanned<Node> {
    here(Node { name: name(text), role, sysctls: Vec::new(), routes: Vec::new(), neighbours: Neighbours::default() })
}

fn link(first: &str, second: &str) -> Spanned<Link> {
    here(Link { ends: [name(first), name(second)], mtu: None, impairment: Impairment::default() })
}

fn row(from: &str, to: &str, label: Label) -> Spanned<Rung> {
    let what = Expected::Segment { from: name(from), to: name(to), label, fate: Fate::Arrives };
    here(Rung { what, name: None, times: 1, every: None, when: None, since: None })
}

/// What a figure of a, a strict nat and b gives.
fn drawn() -> Parts {
    let strict = Nat { loose: Some(false), drop_invalid: true, ..Nat::default() };
    Parts {
        nodes: vec![node("a", Role::Host), node("nat", Role::Nat(strict)), node("b", Role::Host)],
        links: vec![link("a", "nat"), link("nat", "b")],
        steps: vec![here(Step { action: Action::Connect, name: None, of: None })],
        expect: vec![
            row("a", "b", Label::Syn),
            row("b", "a", Label::SynAck),
            row("a", "b", Label::Ack),
            row("a", "b", Label::Ack),
        ],
        client_on: name("a"),
        server_on: name("b"),
    }
}

/// The draft of the figure with these keys beside it, and what is wrong with it.
fn beside(keys: &str) -> (Draft, Vec<String>) {
    let text = format!("title: t\nfigure: |\n  | |\n{keys}");
    let tree = tree::read(&text).unwrap();
    let mut cx = Context::default();
    let fields = Fields::open(&tree.root, &TOP, &mut cx).unwrap();
    refuse_doubles(&fields, &mut cx);
    let draft = draft(&fields, drawn(), &mut cx);
    check::all(&draft, &mut cx);
    let told = cx.wrong.iter().map(|wrong| format!("{}:{} {}", wrong.span.line, wrong.span.column, wrong.message));
    (draft, told.collect())
}

fn fine(keys: &str) -> Draft {
    let (draft, wrong) = beside(keys);
    assert_eq!(wrong, [""; 0]);
    draft
}

fn wrong(keys: &str) -> Vec<String> {
    beside(keys).1
}

#[test]
fn a_figure_needs_nothing_beside_it() {
    let draft = fine("");
    assert_eq!(draft.client.unwrap().on.value.as_str(), "a");
    assert_eq!(draft.server.unwrap().on.value.as_str(), "b");
    assert_eq!(draft.expect.len(), 4);
}

#[test]
fn settings_are_added_to_a_lane() {
    let draft = fine(
        "nodes: { nat: { conntrack: { established_timeout: 3s } }, a: { sysctl: { net.ipv4.tcp_retries2: 3 } } }\n",
    );
    let Role::Nat(nat) = &draft.nodes[1].role else { panic!() };
    assert_eq!(nat.established_timeout, Some(Duration::from_secs(3)));
    assert_eq!((nat.loose, nat.drop_invalid), (Some(false), true), "it stays strict");
    assert_eq!(draft.nodes[0].sysctls.len(), 1);
    assert_eq!(draft.nodes.len(), 3);
}

#[test]
fn a_lane_can_be_given_another_role() {
    let draft = fine("nodes: { nat: router }\n");
    assert_eq!(draft.nodes[1].role, Role::Router);
}

#[test]
fn further_nodes_and_links_are_added() {
    let draft = fine("nodes: { c: host }\nlinks: [nat -- c]\n");
    assert_eq!((draft.nodes.len(), draft.links.len()), (4, 3));
    assert_eq!(wrong("nodes: { c: {} }\n"), ["4:10 `c` has no role"]);
}

#[test]
fn endpoints_keep_their_lanes() {
    let draft = fine("client: { keepalive: true }\nserver: { port: 80 }\n");
    assert_eq!(draft.client.unwrap().on.value.as_str(), "a");
    assert_eq!(draft.server.unwrap().port, Some(80));
}

#[test]
fn then_goes_on_from_the_last_row() {
    let draft = fine("then:\n  - { a > b: PROBE, lost: true }\n  - quiet: 5s\n");
    assert_eq!(draft.expect.len(), 6);
    assert_eq!(draft.expect[5].what, Expected::Quiet(Duration::from_secs(5)));
}

#[test]
fn rows_are_timed_by_number_and_by_text() {
    let draft = fine("timing: { 3: { after: 2s }, SYN/ACK: { within: 300ms } }\n");
    assert_eq!(draft.expect[2].when, Some(When::Timer(Duration::from_secs(2))));
    assert_eq!(draft.expect[1].when, Some(When::Range(Duration::ZERO, Duration::from_millis(300))));
    assert_eq!(draft.expect[0].when, None);
}

#[test]
fn rows_that_are_none() {
    assert_eq!(wrong("timing: { 5: { after: 2s } }\n"), ["4:11 the figure has no row 5"]);
    assert_eq!(wrong("timing: { 0: { after: 2s } }\n"), ["4:11 the figure has no row 0"]);
    assert_eq!(wrong("timing: { ACK: { after: 2s } }\n"), ["4:11 `ACK` is the text of 2 rows"]);
    assert_eq!(wrong("timing: { PSH: { after: 2s } }\n"), ["4:11 unknown row `PSH`"]);
    assert_eq!(wrong("timing: { 1: 2s }\n"), ["4:14 a row's timing is a map, not a text"]);
    assert_eq!(wrong("timing: [1]\n"), ["4:9 a list where rows belong"]);
    assert_eq!(wrong("timing: { 1: { befor: 2s } }\n"), ["4:16 unknown key of a row's timing: `befor`"]);
}

#[test]
fn what_the_figure_gives_can_not_stand_beside_it() {
    assert_eq!(
        wrong("steps: [connect]\nexpect: []\n"),
        ["4:1 `steps` beside `figure`", "5:1 `expect` beside `figure`"]
    );
}

#[test]
fn a_figures_lines_lose_their_common_indentation_and_keep_their_places() {
    let text = "figure: |  # one\n     __\n\n   |\u{fc}| x\ntitle: t\n";
    let tree = tree::read(text).unwrap();
    let block = tree.figure.unwrap();
    assert_eq!(block.text, "  __\n\n|\u{fc}| x\n");
    let places: Vec<_> = block.lines.iter().map(|line| (line.line, line.column)).collect();
    assert_eq!(places, [(2, 4), (3, 1), (4, 4)]);
    let last = block.lines[2];
    assert_eq!(text.get(last.offset..last.offset + last.len), Some("|\u{fc}| x"));
    let Kind::Map(entries) = &tree.root.kind else { panic!() };
    assert_eq!(entries.iter().map(|(key, _)| key.as_str()).collect::<Vec<_>>(), ["figure", "title"]);
}

#[test]
fn a_figure_in_the_middle_of_another_text_is_no_figure() {
    let tree = tree::read("title: 't\n\nfigure: |\n  x'\n").unwrap();
    assert_eq!(tree.figure, None);
    let tree = tree::read("about: |\n  figure: |\n    x\n").unwrap();
    assert_eq!(tree.figure, None);
}

#[test]
fn tabs_and_carriage_returns_do_not_disturb_a_figure() {
    let block = tree::read("figure: |\r\n\t|a|\r\n\t|b|\r\ntitle: t\r\n").unwrap().figure.unwrap();
    assert_eq!(block.text, "|a|\n|b|\n");
}
