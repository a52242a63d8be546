use super::{Expected, Fate};

impl Expected {
    /// Whether the line is one that `wanted` describes: the same but for its place in
    /// the file. What is wanted with no word on its fate may also be lost.
    #[must_use]
    pub fn reads_like(&self, wanted: &Self) -> bool {
        match (self, wanted) {
            (Self::Segment { from, to, label, fate }, Self::Segment { from: f, to: t, label: l, fate: other }) => {
                (&from.value, &to.value, label) == (&f.value, &t.value, l)
                    && (*other == Fate::Arrives || same_fate(fate, other))
            }
            (Self::Step(name), Self::Step(other)) => name.value == other.value,
            (Self::Conntrack { node, change }, Self::Conntrack { node: n, change: c }) => {
                (&node.value, change) == (&n.value, c)
            }
            (Self::Option { side, option, value }, Self::Option { side: s, option: o, value: v }) => {
                (side, &option.value, value) == (s, &o.value, v)
            }
            (Self::Sysctl { node, key, value }, Self::Sysctl { node: n, key: k, value: v }) => {
                (&node.value, &key.value, value) == (&n.value, &k.value, v)
            }
            (Self::Counter { node, counter, grown }, Self::Counter { node: n, counter: c, grown: g }) => {
                (&node.value, counter, grown) == (&n.value, c, g)
            }
            (Self::Packets { step, count }, Self::Packets { step: s, count: c }) => {
                (&step.value, count) == (&s.value, c)
            }
            // The others hold no places.
            _ => self == wanted,
        }
    }
}

fn same_fate(one: &Fate, other: &Fate) -> bool {
    match (one, other) {
        (Fate::LostAt(one), Fate::LostAt(other)) => one.value == other.value,
        (Fate::Arrives, Fate::Arrives) | (Fate::Lost, Fate::Lost) => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::name::{Label, NodeName};
    use crate::scenario::{Span, Spanned};

    fn segment(label: Label, fate: Fate, line: u32) -> Expected {
        let name = |text| Spanned::new(NodeName::new(text).unwrap(), Span { line, ..Span::default() });
        Expected::Segment { from: name("a"), to: name("b"), label, fate }
    }

    #[test]
    fn places_and_an_unsaid_fate_do_not_matter() {
        let lost = segment(Label::Psh, Fate::Lost, 3);
        assert!(lost.reads_like(&segment(Label::Psh, Fate::Lost, 9)));
        assert!(lost.reads_like(&segment(Label::Psh, Fate::Arrives, 9)));
    }

    #[test]
    fn labels_and_a_fate_that_is_said_do() {
        let arrives = segment(Label::Psh, Fate::Arrives, 3);
        assert!(!arrives.reads_like(&segment(Label::Psh, Fate::Lost, 9)));
        assert!(!arrives.reads_like(&segment(Label::Ack, Fate::Arrives, 3)));
        assert!(!arrives.reads_like(&Expected::Anything));
    }
}
