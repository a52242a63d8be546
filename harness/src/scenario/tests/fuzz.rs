use super::{BASE, with};
use crate::scenario::parse;
use proptest::prelude::*;

/// Pieces that come close to a scenario.
fn piece() -> impl Strategy<Value = String> {
    const WORDS: &[&str] = &[
        "a",
        "b",
        "sw",
        "a > b",
        "a -- b",
        "SYN",
        "...",
        "client",
        "server",
        "steps",
        "expect",
        "figure",
        "|",
        "times",
        "2s",
        "1s..2s",
        "{",
        "}",
        "[",
        "]",
        ": ",
        ", ",
        "- ",
        "\n",
        "\n  ",
        "\n    ",
        "'",
        "\"",
        "&x ",
        "${x}",
        "${",
        "$$",
        "matrix",
        "x",
        "*x",
        "~",
        "on",
        "5 bytes",
        "TCP_NODELAY",
        "net.ipv4.x",
        "since",
        "as",
        "drop",
        "undo",
        "wait_for",
        "%",
        "#",
        "\t",
        "\u{fc}",
        "\u{feff}",
        "\r\n",
        "\0",
        "!t ",
        "? ",
        "---\n",
        "99999999999999999999",
        "-1",
        "`",
        ">",
    ];
    proptest::sample::select(WORDS).prop_map(str::to_owned)
}

fn render(octets: &[u8]) {
    if let Err(failure) = parse("t.yaml", octets) {
        assert!(!failure.diagnostics.is_empty());
        assert!(!failure.render(false).is_empty());
    }
}

proptest! {
    #[test]
    fn octets_never_panic(octets in proptest::collection::vec(any::<u8>(), 0..400)) {
        render(&octets);
    }

    #[test]
    fn text_never_panics(text in "\\PC{0,200}") {
        render(text.as_bytes());
    }

    #[test]
    fn pieces_of_a_scenario_never_panic(pieces in proptest::collection::vec(piece(), 0..60)) {
        render(pieces.concat().as_bytes());
    }

    #[test]
    fn a_scenario_with_a_wrong_line_never_panics(at in 1usize..=9, pieces in proptest::collection::vec(piece(), 0..12)) {
        render(with(at, &pieces.concat()).as_bytes());
    }

    #[test]
    fn a_scenario_with_a_hole_never_panics(from in 0usize..BASE.len(), len in 0usize..40, piece in piece()) {
        let mut text = BASE.to_owned();
        text.replace_range(from..(from + len).min(BASE.len()), &piece);
        render(text.as_bytes());
    }
}
