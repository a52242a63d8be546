use crate::name::{NodeName, nearest};
use crate::scenario::{Diagnostic, Family, Span, Spanned};
use std::collections::BTreeMap;

/// What is known while a file is decoded, and all that was found wrong with it.
#[derive(Default)]
pub(super) struct Context {
    pub(super) wrong: Vec<Diagnostic>,
    /// Every name that `nodes` declares; none for one that is no name, so that it is
    /// told once.
    pub(super) nodes: BTreeMap<String, Option<NodeName>>,
    /// The roles of those nodes that could be read.
    pub(super) roles: BTreeMap<NodeName, &'static str>,
    /// What the file's connections use.
    pub(super) family: Family,
}

/// Suggestions are sought for so many errors: no more than that will be read, and each
/// is a search.
const SUGGESTIONS: usize = 200;
/// A longer word is no slip of the pen, and a single letter is any other.
const LONGEST: usize = 64;

impl Context {
    /// Tells an error and its remedy.
    pub(super) fn error(&mut self, span: Span, message: impl Into<String>, help: impl Into<String>) {
        self.wrong.push(Diagnostic { span, message: message.into(), help: Some(help.into()) });
    }

    /// Tells of an unknown word, with the nearest known one, or all of them.
    pub(super) fn unknown<'a>(&mut self, word: &Spanned<String>, what: &str, known: impl IntoIterator<Item = &'a str>) {
        let known: Vec<&str> = known.into_iter().collect();
        let near = self.near(word, known.iter().copied());
        let help = match near {
            Some(near) => format!("did you mean `{near}`?"),
            None if known.is_empty() => "add it, or take this out".to_owned(),
            None => format!("known here: {}", shorten(&known)),
        };
        self.error(word.span, format!("unknown {what} `{}`", clip(word)), help);
    }

    /// Whether there are so few errors that a further one will be read.
    pub(super) fn is_read(&self) -> bool {
        self.wrong.len() < SUGGESTIONS
    }

    /// The known word that may have been meant.
    pub(super) fn near<'a>(&self, word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
        let worth_it = self.is_read() && (2..=LONGEST).contains(&word.len());
        worth_it.then(|| nearest(word, known)).flatten()
    }

    /// What a node is, as `nodes` writes it.
    pub(super) fn role(&self, name: &NodeName) -> Option<&'static str> {
        self.roles.get(name).copied()
    }

    /// The declared node that `text` names.
    pub(super) fn node(&mut self, text: &Spanned<String>) -> Option<Spanned<NodeName>> {
        if let Some(declared) = self.nodes.get(&text.value) {
            return declared.clone().map(|name| Spanned::new(name, text.span));
        }
        if self.nodes.is_empty() {
            return NodeName::new(text).ok().map(|name| Spanned::new(name, text.span));
        }
        let known: Vec<String> = self.nodes.keys().filter(|_| self.is_read()).cloned().collect();
        self.unknown(text, "node", known.iter().map(String::as_str));
        None
    }
}

fn shorten(known: &[&str]) -> String {
    let shown: Vec<String> = known.iter().take(24).map(|word| format!("`{word}`")).collect();
    let more = if known.len() > shown.len() { ", ..." } else { "" };
    shown.join(", ") + more
}

/// No more of a text than a message can hold.
pub(super) fn clip(text: &str) -> String {
    if text.chars().count() <= LONGEST {
        return text.to_owned();
    }
    text.chars().take(LONGEST).collect::<String>() + "..."
}
