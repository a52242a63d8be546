/// The keys of one kind of map.
pub(in crate::scenario) struct Table {
    /// As the schema's `$defs` call it.
    pub(in crate::scenario) name: &'static str,
    /// As messages call it, with its article.
    pub(in crate::scenario) what: &'static str,
    pub(in crate::scenario) keys: &'static [Key],
    pub(in crate::scenario) rest: Rest,
}

/// One key.
#[derive(Clone, Copy)]
pub(in crate::scenario) struct Key {
    pub(in crate::scenario) name: &'static str,
    pub(in crate::scenario) form: Form,
    /// What it means, for editors.
    pub(in crate::scenario) about: &'static str,
    pub(in crate::scenario) need: Need,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::scenario) enum Need {
    Optional,
    Required,
    /// A word of the language that is not built yet.
    Later,
}

/// Keys that a map may hold beyond the named ones.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::scenario) enum Rest {
    Nothing,
    /// Socket options by their tcp(7) or socket(7) name.
    Options,
    /// Dotted sysctl names.
    Sysctls,
    /// The line itself: `a > b`, `step`, `quiet`, `client`, a node's name.
    Line,
}

/// What a value may be.
#[derive(Clone, Copy)]
pub(in crate::scenario) enum Form {
    Null,
    Text,
    /// `true` or `false`.
    Flag,
    /// `true`, `false`, `1` or `0`.
    Switch,
    Duration,
    /// A duration of whole seconds, from the first to the second.
    Seconds(u64, u64),
    /// A duration, or a range `lo..hi`.
    When,
    /// A whole number, from the first to the second.
    Whole(u64, u64),
    Share,
    /// Bits a second, with their unit.
    Rate,
    Word(&'static [&'static str]),
    Label,
    Node,
    Side,
    /// `a -- b`
    Pair,
    List(&'static Form),
    Table(&'static Table),
    Either(&'static [Form]),
    /// Node names to values.
    Nodes(&'static Form),
    /// Ports to values.
    Ports(&'static Form),
    /// Dotted sysctl names to values.
    Sysctls,
    /// Rows of a figure to values.
    Rows(&'static Form),
    /// Variables to lists of single values.
    Matrix,
}

pub(super) const fn key(name: &'static str, form: Form, about: &'static str) -> Key {
    Key { name, form, about, need: Need::Optional }
}

pub(super) const fn required(name: &'static str, form: Form, about: &'static str) -> Key {
    Key { name, form, about, need: Need::Required }
}

pub(super) const fn later(name: &'static str) -> Key {
    Key { name, form: Form::Text, about: "", need: Need::Later }
}

impl Table {
    /// The key of this name.
    pub(in crate::scenario) fn find(&self, name: &str) -> Option<&'static Key> {
        self.keys.iter().find(|key| key.name == name)
    }

    /// The names of the keys that are built, for suggestions.
    pub(in crate::scenario) fn names(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.keys.iter().filter(|key| key.need != Need::Later).map(|key| key.name)
    }
}
