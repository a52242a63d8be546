use super::samples::samples;
use crate::scenario::figure::{Place, read};
use proptest::prelude::*;

/// Text made of what figures are made of, and some of what they are not.
fn scraps() -> impl Strategy<Value = String> {
    let scrap = prop::sample::select(vec![
        "|",
        "|",
        "|",
        "-",
        "---",
        ">",
        "<",
        "^",
        "X",
        " ",
        "   ",
        "\n",
        "\n",
        "SYN",
        "ACK",
        "PSH",
        "A",
        "NAT",
        "B",
        "_",
        "crash ---> X",
        "power on ---> ^",
        "<--- entry deleted",
        "...",
        "wait 5s",
        "x9",
        "│",
        "→",
        "&gt;",
        "\t",
        "é",
        "(",
        "+",
        "v",
    ]);
    prop::collection::vec(scrap, 0..60).prop_map(|scraps| scraps.concat())
}

proptest! {
    #[test]
    fn no_text_panics(text in any::<String>()) {
        let _ = read(&text, Place::whole(&text));
    }

    #[test]
    fn no_heap_of_tokens_panics(text in scraps()) {
        let whole = format!("| A | | NAT | | B |\n|_| |_| |_|\n|--|- SYN ->|\n{text}");
        for text in [text, whole] {
            let errors = read(&text, Place::whole(&text)).err().unwrap_or_default();
            for error in errors {
                prop_assert!(text.get(error.span.offset..error.span.offset + error.span.len).is_some(), "{error:?}");
            }
        }
    }

    /// A damaged figure is read or refused, and every place lies in the text.
    #[test]
    fn no_damage_panics(at in 0usize..1000, len in 0usize..40, put in scraps(), which in 0usize..16) {
        let figure = samples().nth(which).map(|sample| sample.figure).unwrap_or_default();
        let chars: Vec<char> = figure.chars().collect();
        let at = at.min(chars.len());
        let end = (at + len).min(chars.len());
        let text: String = chars[..at].iter().copied().chain(put.chars()).chain(chars[end..].iter().copied()).collect();
        let errors = read(&text, Place::whole(&text)).err().unwrap_or_default();
        for error in errors {
            prop_assert!(text.get(error.span.offset..error.span.offset + error.span.len).is_some(), "{error:?}");
        }
    }
}
