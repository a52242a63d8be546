//! Figures for the tests here and of drawing, with what they say.

use crate::name::NodeName;
use crate::scenario::draw;
use crate::scenario::figure::{Parts, Place, read};
use crate::scenario::{Clock, Endpoint, Family, Keepalive, Scenario, Source, Spanned};
use std::time::Duration;

/// A figure and what it must say: the full form from `nodes:` on.
pub(in crate::scenario) struct Sample {
    pub(in crate::scenario) name: &'static str,
    pub(in crate::scenario) figure: &'static str,
    pub(in crate::scenario) says: &'static str,
}

/// All of them.
pub(in crate::scenario) fn samples() -> impl Iterator<Item = &'static Sample> {
    super::classic::SAMPLES.iter().chain(&super::gallery::GALLERY)
}

/// Reads `text`, or shows what is wrong with it.
pub(in crate::scenario) fn parts(text: &str) -> Parts {
    match read(text, Place::whole(text)) {
        Ok(figure) => figure.into_parts(),
        Err(errors) => panic!("{text}\n{errors:#?}"),
    }
}

/// The parts as a scenario that sets nothing further.
pub(in crate::scenario) fn scenario(parts: &Parts) -> Scenario {
    Scenario {
        connection: None,
        further: Vec::new(),
        source: Source { path: "test.yaml".to_owned(), text: "".into() },
        title: "a test".to_owned(),
        about: String::new(),
        clock: Clock::Any,
        family: Family::Ipv4,
        nodes: parts.nodes.clone(),
        links: parts.links.clone(),
        client: endpoint(&parts.client_on),
        server: endpoint(&parts.server_on),
        steps: parts.steps.clone(),
        expect: parts.expect.clone(),
        allow: Vec::new(),
        settle: Duration::from_millis(300),
        patience: Duration::from_secs(30),
    }
}

fn endpoint(on: &Spanned<NodeName>) -> Spanned<Endpoint> {
    let endpoint = Endpoint {
        on: on.clone(),
        port: None,
        keepalive: Keepalive::Off,
        user_timeout: None,
        options: Vec::new(),
        run: None,
        as_root: false,
        reads: true,
        accepts: true,
        backlog: None,
    };
    Spanned::new(endpoint, on.span)
}

/// What a figure says, in the full form's words.
pub(in crate::scenario) fn told(text: &str) -> String {
    draw::full(&scenario(&parts(text))).replacen("title: a test\n", "", 1)
}

/// Everything in the parts but the places.
pub(in crate::scenario) fn bare(parts: &Parts) -> String {
    without_places(&format!("{parts:?}"))
}

/// A `Debug` text without the places in it.
pub(in crate::scenario) fn without_places(text: &str) -> String {
    let mut pieces = text.split(", span: Span {");
    let first = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(first, |all, piece| all + piece.split_once('}').map_or(piece, |(_, rest)| rest))
}

/// The text as copying and web pages leave it, each with what was done to it.
pub(in crate::scenario) fn mangled(text: &str) -> Vec<(&'static str, String)> {
    let each = |f: &dyn Fn(&str) -> String| text.lines().map(|line| f(line) + "\n").collect::<String>();
    let collapse = |line: &str| {
        let one = line.split_whitespace().collect::<Vec<_>>().join(" ");
        if line.starts_with(' ') { format!(" {one}") } else { one }
    };
    vec![
        ("collapsed", each(&collapse)),
        ("stripped", each(&|line| line.trim_start().to_owned())),
        ("collapsed and stripped", each(&|line| collapse(line).trim().to_owned())),
        ("tabs", each(&|line| line.replace("   ", "\t"))),
        ("trailing blanks", each(&|line| format!("{line}  \t"))),
        ("CRLF", text.replace('\n', "\r\n")),
        ("no-break blanks", text.replace(' ', "\u{a0}")),
        ("box characters", text.replace('-', "─").replace('|', "│").replace('^', "↑")),
        ("en dashes", text.replace("--", "–").replace("---", "—")),
        ("arrows", text.replace("->", "→").replace("<-", "←").replace('|', "｜")),
        ("escaped", text.replace('>', "&gt;").replace('<', "&lt;")),
        ("escaped twice", text.replace('>', "&amp;gt;").replace('<', "&amp;lt;")),
        ("empty lines between", text.replace('\n', "\n\n")),
        ("no spacer rows", text.lines().filter(|line| !is_spacer(line)).map(|line| format!("{line}\n")).collect()),
    ]
}

/// Only bars of lanes: such rows carry nothing.
fn is_spacer(line: &str) -> bool {
    let inked = line.split_whitespace().collect::<Vec<_>>();
    inked.len() < 4 && inked.iter().all(|word| *word == "|")
}
