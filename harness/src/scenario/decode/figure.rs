use super::context::Context;
use super::draft::{Draft, Whole};
use super::fields::Fields;
use super::steps::Script;
use super::top::{all_links, continued, declared, endpoint};
use crate::name::Side;
use crate::scenario::figure::{self, Parts, Place};
use crate::scenario::tree::{Block, Yaml};

/// What the figure gives, in place of keys of its own.
pub(super) fn refuse_doubles(fields: &Fields, cx: &mut Context) {
    for (key, help) in [
        ("steps", "the figure's marks give the steps: leave one of the two out"),
        ("expect", "the figure's rows are the expectations; `then` goes on from its last row"),
    ] {
        if fields.get(key).is_some() {
            cx.error(fields.place(key), format!("`{key}` beside `figure`"), help);
        }
    }
}

/// The figure, read. Nothing else can be checked without it.
pub(super) fn parts(drawn: &Yaml, block: Option<&Block>, cx: &mut Context) -> Option<Parts> {
    let Some(block) = block else {
        let help = "write it as a literal block: `figure: |`, and the figure on the lines below, indented";
        cx.error(drawn.span, "a figure needs its lines as they are", help);
        return None;
    };
    match figure::read(&block.text, Place { lines: block.lines.clone() }) {
        Ok(figure) => Some(figure.into_parts()),
        Err(wrong) => {
            cx.wrong.extend(wrong);
            None
        }
    }
}

/// The figure's parts, with what the file's other keys add to them.
pub(super) fn draft(fields: &Fields, parts: Parts, cx: &mut Context) -> Draft {
    let nodes = declared(fields, parts.nodes, cx);
    let (links, whole) = all_links(fields, parts.links, cx);
    let client = endpoint(Side::Client, fields, Some(parts.client_on), cx);
    let server = endpoint(Side::Server, fields, Some(parts.server_on), cx);
    let (expect, whole_expect) = continued(fields, parts.expect, cx);
    let whole = Whole { links: whole || fields.get("links").is_none(), steps: true, expect: whole_expect };
    let script = Script::new(parts.steps);
    Draft { top: fields.span, connection: None, nodes, links, client, server, script, expect, whole }
}

#[cfg(test)]
mod tests;
