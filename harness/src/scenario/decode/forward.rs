use super::context::Context;
use super::value;
use crate::name::NodeName;
use crate::scenario::Spanned;
use crate::scenario::tree::{Kind, Yaml};

/// The ports that a nat forwards, each with the node it forwards to.
pub(super) fn ports(tree: &Yaml, cx: &mut Context) -> Vec<(Spanned<u16>, Spanned<NodeName>)> {
    let Kind::Map(entries) = &tree.kind else {
        let message = format!("{} where forwarded ports belong", tree.what());
        cx.error(tree.span, message, "write each port with the node that gets it: `{ 5050: b }`");
        return Vec::new();
    };
    let mut ports: Vec<(Spanned<u16>, Spanned<NodeName>)> = Vec::new();
    for (key, tree) in entries {
        let port = value::read_whole(key, (1, 65535), "a port", cx).and_then(|port| u16::try_from(port).ok());
        let (Some(port), Some(to)) = (port, value::node(tree, cx)) else { continue };
        if ports.iter().any(|(known, _)| known.value == port) {
            cx.error(key.span, format!("port {port} is forwarded a second time"), "keep one of the two");
            continue;
        }
        ports.push((Spanned::new(port, key.span), to));
    }
    ports
}
