use super::context::Context;
use super::fields::Fields;
use super::share::share;
use super::value;
use crate::name::NodeName;
use crate::scenario::keys::{DROP, REJECT};
use crate::scenario::tree::{Kind, Yaml};
use crate::scenario::{Action, Family, FilterTool, Hook, Only, Rejection, Selection, Spanned, TcpFlag};

/// A `drop` step.
pub(super) fn drop(tree: &Yaml, cx: &mut Context) -> Option<Action> {
    let Kind::Map(_) = tree.kind else { return short(tree, cx).map(Action::Drop) };
    detailed(&Fields::open(tree, &DROP, cx)?, cx).map(Action::Drop)
}

/// A `reject` step.
pub(super) fn reject(tree: &Yaml, cx: &mut Context) -> Option<Action> {
    let Kind::Map(_) = tree.kind else {
        return short(tree, cx).map(|what| Action::Reject { what, with: Rejection::default() });
    };
    let fields = Fields::open(tree, &REJECT, cx)?;
    let what = detailed(&fields, cx);
    let with = fields.get("with").map_or(Some(Rejection::default()), |tree| rejection(tree, cx));
    Some(Action::Reject { what: what?, with: with? })
}

fn rejection(tree: &Yaml, cx: &mut Context) -> Option<Rejection> {
    let with = value::one_of(tree, &Rejection::ALL.map(|known| (known.word(), known)), "answer", cx)?;
    if cx.family == Family::Ipv6 && with.icmpv6().is_none() {
        let known = Rejection::ALL.into_iter().filter(|known| known.icmpv6().is_some());
        let known: Vec<String> = known.map(|known| format!("`{}`", known.word())).collect();
        let message = format!("ICMPv6 has no `{}`", with.word());
        cx.error(tree.span, message, format!("with `family: ipv6` write one of {}", known.join(", ")));
    }
    Some(with)
}

fn short(tree: &Yaml, cx: &mut Context) -> Option<Selection> {
    value::node(tree, cx).map(|on| everything(on, cx))
}

/// All that comes to the node.
fn everything(on: Spanned<NodeName>, cx: &Context) -> Selection {
    let hook = default_hook(&on, cx);
    Selection {
        on,
        hook,
        from: None,
        flags: Vec::new(),
        only: None,
        next: None,
        share: None,
        lasts: None,
        via: FilterTool::Any,
    }
}

/// A host receives, the others forward (a switch drops frames as they come in).
fn default_hook(on: &NodeName, cx: &Context) -> Hook {
    match cx.role(on) {
        Some("router" | "nat" | "switch") => Hook::Forward,
        _ => Hook::Input,
    }
}

fn detailed(fields: &Fields, cx: &mut Context) -> Option<Selection> {
    let on = fields.get("on").and_then(|tree| value::node(tree, cx));
    let hook = fields.get("hook").and_then(|tree| hook(tree, fields, cx));
    let from = fields.get("from").and_then(|tree| value::side(tree, cx));
    let flags = fields.get("flags").map(|tree| flags(tree, fields, cx)).unwrap_or_default();
    let kinds = [("probes", Only::Probes), ("answers", Only::Answers)];
    let only = fields.get("only").and_then(|tree| value::one_of(tree, &kinds, "kind of segment", cx));
    let next =
        fields.get("next").and_then(|tree| value::whole(tree, fields.limits("next"), "a number of segments", cx));
    let share = fields.get("share").and_then(|tree| share(tree, cx));
    let lasts = fields.get("for").and_then(|tree| value::duration(tree, cx));
    let via = fields.get("via").and_then(|tree| value::word(tree, fields.words("via"), "filter program", cx));
    let all = everything(on?, cx);
    Some(Selection {
        hook: hook.unwrap_or(all.hook),
        from,
        flags,
        only,
        next: next.and_then(|next| u32::try_from(next).ok()),
        share,
        lasts,
        via: tool(via),
        ..all
    })
}

fn hook(tree: &Yaml, fields: &Fields, cx: &mut Context) -> Option<Hook> {
    Some(match value::word(tree, fields.words("hook"), "hook", cx)? {
        "output" => Hook::Output,
        "forward" => Hook::Forward,
        "egress" => Hook::Egress,
        _ => Hook::Input,
    })
}

fn tool(word: Option<&str>) -> FilterTool {
    match word {
        Some("nft") => FilterTool::Nft,
        Some("iptables") => FilterTool::Iptables,
        _ => FilterTool::Any,
    }
}

fn flags(tree: &Yaml, fields: &Fields, cx: &mut Context) -> Vec<TcpFlag> {
    let items = value::list(tree, "the flags as a list: `[SYN, ACK]`", cx).unwrap_or_default();
    let words = items.iter().filter_map(|item| value::word(item, fields.words("flags"), "flag", cx));
    words
        .map(|word| match word {
            "FIN" => TcpFlag::Fin,
            "SYN" => TcpFlag::Syn,
            "RST" => TcpFlag::Rst,
            "PSH" => TcpFlag::Psh,
            _ => TcpFlag::Ack,
        })
        .collect()
}
