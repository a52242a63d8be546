use crate::name::NodeName;
use crate::plan::{InterfacePlan, NodeKind, NodePlan, Plan};

/// The nodes and their links: in one row if they form one, else link by link.
pub(super) fn draw(plan: &Plan) -> String {
    match row(plan) {
        Some(row) => in_a_row(&row),
        None => link_by_link(plan),
    }
}

pub(super) fn kind(kind: NodeKind) -> &'static str {
    match kind {
        NodeKind::Host => "host",
        NodeKind::Switch => "switch",
        NodeKind::Router => "router",
        NodeKind::Nat => "nat",
    }
}

pub(super) fn address(interface: &InterfacePlan) -> String {
    interface.address.map_or_else(String::new, |address| format!("{address}/{}", interface.prefix))
}

/// All nodes from one end to the other, if no node has more than two links and all hang
/// together; beginning with the client's end.
fn row(plan: &Plan) -> Option<Vec<&NodePlan>> {
    let end = |name: &NodeName| node(plan, name).filter(|node| node.interfaces.len() == 1);
    let ends = plan.nodes.iter().find(|node| node.interfaces.len() == 1);
    let mut row = vec![end(&plan.client.node).or(ends)?];
    while let Some(next) = row.last().and_then(|last| unseen(plan, last, &row)) {
        row.push(next);
    }
    let simple = plan.nodes.iter().all(|node| node.interfaces.len() <= 2);
    (simple && row.len() == plan.nodes.len()).then_some(row)
}

fn node<'a>(plan: &'a Plan, name: &NodeName) -> Option<&'a NodePlan> {
    plan.nodes.iter().find(|node| node.name == *name)
}

fn unseen<'a>(plan: &'a Plan, from: &NodePlan, seen: &[&NodePlan]) -> Option<&'a NodePlan> {
    let peers = from.interfaces.iter().map(|interface| &interface.peer);
    peers.filter(|peer| seen.iter().all(|node| node.name != **peer)).find_map(|peer| node(plan, peer))
}

fn in_a_row(row: &[&NodePlan]) -> String {
    let mut lines = vec![String::from(" "); 4];
    for (index, node) in row.iter().enumerate() {
        add(&mut lines, &boxed(node));
        if let Some(next) = row.get(index + 1) {
            add(&mut lines, &cable(node, next));
        }
    }
    lines.iter().map(|line| line.trim_end().to_owned() + "\n").collect()
}

fn add(lines: &mut [String], parts: &[String; 4]) {
    for (line, part) in lines.iter_mut().zip(parts) {
        line.push_str(part);
    }
}

fn boxed(node: &NodePlan) -> [String; 4] {
    let (name, kind) = (node.name.to_string(), kind(node.kind));
    let width = name.chars().count().max(kind.len());
    let edge = format!("+-{}-+", "-".repeat(width));
    [edge.clone(), format!("| {name:width$} |"), format!("| {kind:width$} |"), edge]
}

/// The interfaces above the line, the addresses below it, each at its own end.
fn cable(left: &NodePlan, right: &NodePlan) -> [String; 4] {
    let toward = |from: &NodePlan, to: &NodePlan| {
        let found = from.interfaces.iter().find(|interface| interface.peer == to.name);
        found.map_or_else(Default::default, |interface| (interface.name.clone(), address(interface)))
    };
    let ((left_name, left_address), (right_name, right_address)) = (toward(left, right), toward(right, left));
    let length = |text: &str| text.chars().count();
    let width = (length(&left_name) + length(&right_name)).max(length(&left_address) + length(&right_address)) + 4;
    let between = |one: &str, other: &str| {
        let gap = " ".repeat(width.saturating_sub(2 + length(one) + length(other)));
        format!(" {one}{gap}{other} ")
    };
    [" ".repeat(width), between(&left_name, &right_name), "-".repeat(width), between(&left_address, &right_address)]
}

fn link_by_link(plan: &Plan) -> String {
    let line = |(index, ends): (usize, &[NodeName; 2])| {
        let [one, other] = ends.each_ref().map(|name| end(plan, name, index));
        format!("  {one} ---- {other}\n")
    };
    plan.links.iter().map(|link| &link.ends).enumerate().map(line).collect()
}

/// `a (host) to-b 10.0.0.1/24`
fn end(plan: &Plan, name: &NodeName, link: usize) -> String {
    let Some(node) = node(plan, name) else { return name.to_string() };
    let interface = node.interfaces.iter().find(|interface| interface.link == link);
    let words = interface.map_or_else(String::new, |one| format!(" {} {}", one.name, address(one)));
    format!("{name} ({}){}", kind(node.kind), words.trim_end())
}
