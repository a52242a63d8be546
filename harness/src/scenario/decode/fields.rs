use super::context::Context;
use crate::name::SocketOption;
use crate::scenario::keys::{Form, Need, Rest, Table};
use crate::scenario::tree::{Kind, Yaml};
use crate::scenario::{Span, Spanned};

/// A map whose keys were checked against its table.
pub(super) struct Fields<'a> {
    pub(super) table: &'static Table,
    pub(super) span: Span,
    entries: &'a [(Spanned<String>, Yaml)],
    /// Keys that are not there, but were meant by unknown ones.
    meant: Vec<&'static str>,
}

impl<'a> Fields<'a> {
    /// `node` as a map of this table; unknown keys and missing ones are told.
    pub(super) fn open(node: &'a Yaml, table: &'static Table, cx: &mut Context) -> Option<Self> {
        let Kind::Map(entries) = &node.kind else {
            let message = format!("{} is a map, not {}", table.what, node.what());
            cx.error(node.span, message, format!("write {}", outline(table)));
            return None;
        };
        let mut fields = Self { table, span: node.span, entries, meant: Vec::new() };
        fields.meant = fields.check_keys(cx);
        fields.check_needs(cx);
        Some(fields)
    }

    /// Tells of keys that are not taken, and gives those that were meant by them.
    fn check_keys(&self, cx: &mut Context) -> Vec<&'static str> {
        let mut meant = Vec::new();
        for (key, _) in self.entries {
            match self.table.find(key).map(|known| known.need) {
                Some(Need::Later) => {
                    let message = format!("`{}` is not built yet", key.value);
                    cx.error(key.span, message, "the word is kept for it; leave it out for now");
                }
                Some(_) => {}
                None if self.takes(key) => {}
                None => {
                    meant.extend(cx.near(key, self.table.names()));
                    self.refuse(key, cx);
                }
            }
        }
        meant
    }

    /// Whether the key is one that the table need not name.
    fn takes(&self, key: &str) -> bool {
        match self.table.rest {
            Rest::Nothing => false,
            Rest::Options => SocketOption::find(key).is_some(),
            Rest::Sysctls => key.contains('.'),
            Rest::Line => true,
        }
    }

    fn refuse(&self, key: &Spanned<String>, cx: &mut Context) {
        if key.value == "<<" {
            return cx.error(key.span, "merge keys are not read here", "write the keys out");
        }
        if let Some(help) = stray(self.table.name, key) {
            return cx.error(key.span, format!("`{}` is no key of {}", key.value, self.table.what), help);
        }
        let options = (self.table.rest == Rest::Options).then(SocketOption::all);
        let known = self.table.names().chain(options.into_iter().flatten());
        cx.unknown(key, &format!("key of {}:", self.table.what), known);
    }

    /// Tells of a key beside a line that is no condition.
    pub(super) fn refuse_condition(&self, key: &Spanned<String>, heads: [&'static str; 4], cx: &mut Context) {
        if let Some(help) = stray(self.table.name, key) {
            return cx.error(key.span, format!("{} takes no `{}`", self.table.what, key.value), help);
        }
        cx.unknown(key, "condition or line", self.table.names().chain(heads));
    }

    fn check_needs(&self, cx: &mut Context) {
        for key in self.table.keys {
            if key.need == Need::Required && self.lacks(key.name) {
                let message = format!("{} lacks `{}`", self.table.what, key.name);
                cx.error(self.span, message, format!("add `{}: ...`: {}", key.name, key.about));
            }
        }
    }

    /// The value of a key, if it is there.
    pub(super) fn get(&self, name: &str) -> Option<&'a Yaml> {
        self.entry(name).map(|(_, value)| value)
    }

    /// Whether a key is not there, nor an unknown one that was meant for it.
    pub(super) fn lacks(&self, name: &str) -> bool {
        self.get(name).is_none() && !self.meant.contains(&name)
    }

    /// Whether there are no other keys than these.
    pub(super) fn only_has(&self, names: &[&str]) -> bool {
        self.entries.iter().all(|(key, _)| names.contains(&key.value.as_str()))
    }

    /// The place of a key, or of the whole map if it isn't there.
    pub(super) fn place(&self, name: &str) -> Span {
        self.entry(name).map_or(self.span, |(key, _)| key.span)
    }

    fn entry(&self, name: &str) -> Option<&'a (Spanned<String>, Yaml)> {
        self.entries.iter().find(|(key, _)| key.value == name)
    }

    /// The entries that the table does not name.
    pub(super) fn rest(&self) -> impl Iterator<Item = &'a (Spanned<String>, Yaml)> + use<'a> {
        let table = self.table;
        self.entries.iter().filter(move |(key, _)| table.find(key).is_none())
    }

    /// The entries that the table names and that are built.
    pub(super) fn named(&self) -> impl Iterator<Item = &'a (Spanned<String>, Yaml)> + use<'a> {
        let table = self.table;
        let built = move |name: &str| table.find(name).is_some_and(|key| key.need != Need::Later);
        self.entries.iter().filter(move |(key, _)| built(key))
    }

    /// The limits of a key whose value is a number or seconds.
    pub(super) fn limits(&self, name: &str) -> (u64, u64) {
        match self.table.find(name).map(|key| key.form) {
            Some(Form::Whole(least, most) | Form::Seconds(least, most)) => (least, most),
            _ => (0, u64::MAX),
        }
    }

    /// The words of a key whose value is one of some, or a list of them.
    pub(super) fn words(&self, name: &str) -> &'static [&'static str] {
        match self.table.find(name).map(|key| key.form) {
            Some(Form::Word(words)) => words,
            Some(Form::List(Form::Word(words))) => words,
            _ => &[],
        }
    }
}

/// Where a key belongs that is easily put into the wrong map.
fn stray(table: &str, key: &str) -> Option<&'static str> {
    Some(match (table, key) {
        ("conntrack", "on_unknown") => "it stands beside `conntrack`, not in it",
        ("conntrack", "tcp_timeout_established") => "write `established_timeout`",
        ("node", "loose" | "drop_invalid" | "established_timeout") => "it stands in `conntrack: { ... }`",
        ("drop", "with") => "a `drop` says nothing: use `reject`",
        ("endpoint", "idle" | "interval" | "count") => "it stands in `keepalive: { ... }`",
        ("endpoint", "address" | "host") => "addresses are given out by themselves; name the host by `on`",
        ("scenario", "sysctl" | "conntrack") => "it is a setting of a node: `nodes: { a: { role: host, ... } }`",
        ("scenario", "keepalive") => "it is a setting of `client` or `server`",
        ("waited", "after" | "within" | "every" | "since") => "it stands beside the line in `expect`",
        _ => return None,
    })
}

/// What a map of this table looks like.
fn outline(table: &Table) -> String {
    let needed = table.keys.iter().filter(|key| key.need == Need::Required).map(|key| key.name);
    let mut keys: Vec<String> = needed.map(|name| format!("{name}: ...")).collect();
    if keys.is_empty() {
        let example = table.names().next().or((table.rest == Rest::Options).then_some("TCP_NODELAY"));
        keys.extend(example.map(|name| format!("{name}: ...")));
    }
    format!("`{{ {} }}`", keys.join(", "))
}
