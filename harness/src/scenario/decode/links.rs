use super::context::Context;
use super::fields::Fields;
use super::impairment::impairment;
use super::value;
use crate::name::NodeName;
use crate::scenario::keys::LINK;
use crate::scenario::tree::{Kind, Yaml};
use crate::scenario::{Family, Impairment, Link, Spanned};

/// The links of a file.
pub(super) fn links(tree: &Yaml, cx: &mut Context) -> Vec<Spanned<Link>> {
    let items = value::list(tree, "the links as a list: `[a -- sw, sw -- b]`", cx).unwrap_or_default();
    items.iter().filter_map(|item| link(item, cx)).collect()
}

fn link(tree: &Yaml, cx: &mut Context) -> Option<Spanned<Link>> {
    let link = match tree.kind {
        Kind::Map(_) => detailed(tree, cx)?,
        _ => Link { ends: value::pair(tree, cx)?, mtu: None, impairment: Impairment::default() },
    };
    Some(Spanned::new(link, tree.span))
}

fn detailed(tree: &Yaml, cx: &mut Context) -> Option<Link> {
    let fields = Fields::open(tree, &LINK, cx)?;
    let mtu = fields.get("mtu").and_then(|tree| mtu(tree, &fields, cx));
    let ends = fields.get("between").and_then(|tree| between(tree, cx));
    let impairment = impairment(&fields, cx);
    Some(Link { ends: ends?, mtu, impairment })
}

/// The least that a link of IPv6 carries (RFC 8200 §5); the kernel has no IPv6 on less.
const IPV6_MTU: u64 = 1280;

fn mtu(tree: &Yaml, fields: &Fields, cx: &mut Context) -> Option<u32> {
    let mtu = value::whole(tree, fields.limits("mtu"), "an MTU", cx)?;
    if cx.family == Family::Ipv6 && mtu < IPV6_MTU {
        let message = format!("an MTU of {mtu} under `family: ipv6`");
        cx.error(tree.span, message, format!("IPv6 needs {IPV6_MTU} or more"));
    }
    u32::try_from(mtu).ok()
}

fn between(tree: &Yaml, cx: &mut Context) -> Option<[Spanned<NodeName>; 2]> {
    let items = value::list(tree, "the two nodes: `[a, b]`", cx)?;
    let [first, second] = items else {
        let message = format!("a link is between two nodes, not {}", items.len());
        cx.error(tree.span, message, "write two: `between: [a, b]`; a switch joins more");
        return None;
    };
    let (first, second) = (value::node(first, cx), value::node(second, cx));
    Some([first?, second?])
}
