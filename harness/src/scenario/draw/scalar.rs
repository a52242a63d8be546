/// `text` as a YAML scalar in block or flow context: plain where every reader takes it
/// for the same text, else in double quotes.
pub(super) fn scalar(text: &str) -> String {
    if is_plain(text) { text.to_owned() } else { quoted(text) }
}

/// A number-like text keeps being a text for the readers that ask for one, so numbers
/// may be plain; words that YAML gives another type may not.
fn is_plain(text: &str) -> bool {
    let first = text.chars().next().is_some_and(|c| c.is_ascii_alphanumeric());
    let inner = text.chars().all(|c| c.is_ascii_alphanumeric() || " _./-+>%#".contains(c));
    let typed = ["true", "false", "yes", "no", "on", "off", "null", "y", "n"];
    first
        && inner
        && !text.ends_with(' ')
        && !text.contains(" #")
        && !typed.contains(&text.to_ascii_lowercase().as_str())
}

/// What is drawn has no variables: `${` in it is that text.
pub(super) fn as_itself(text: &str) -> String {
    text.replace("${", "$${")
}

/// A sentence at the end of a block line, where commas and quotes need no care.
pub(super) fn sentence(text: &str) -> String {
    let first = text.chars().next().is_some_and(char::is_alphabetic);
    let tame = |c: char| c.is_alphanumeric() || " _./-+>%,;'()".contains(c);
    let letters = text.contains(' ') && !text.ends_with(' ');
    if first && letters && text.chars().all(tame) { text.to_owned() } else { scalar(text) }
}

/// In double quotes, on one line.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if must_be_escaped(c) => out.push_str(&escape(c)),
            c => out.push(c),
        }
    }
    out + "\""
}

/// Not printable by YAML 1.2 §5.1, or a line break or mark to some readers.
fn must_be_escaped(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

fn escape(c: char) -> String {
    let code = u32::from(c);
    if code <= 0xff { format!("\\x{code:02x}") } else { format!("\\u{code:04x}") }
}

/// `{ a: 1, b: 2 }`
pub(super) fn flow(fields: &[(String, String)]) -> String {
    let fields: Vec<String> = fields.iter().map(|(key, value)| format!("{key}: {value}")).collect();
    format!("{{ {} }}", fields.join(", "))
}

/// `[a, b]`
pub(super) fn list(items: impl IntoIterator<Item = String>) -> String {
    format!("[{}]", items.into_iter().collect::<Vec<_>>().join(", "))
}

/// A field of a map.
pub(super) fn field(key: &str, value: impl ToString) -> (String, String) {
    (key.to_owned(), value.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_and_quoted() {
        for text in ["a", "7000", "SYN/ACK", "1.9s..2.4s", "a > b", "2h 11m 15s", "50%", "power_on#2"] {
            assert_eq!(scalar(text), text);
        }
        for (text, quoted) in [
            ("", "\"\""),
            ("true", "\"true\""),
            ("a #b", "\"a #b\""),
            ("a: b", "\"a: b\""),
            ("a\n\"b\"\\", r#""a\n\"b\"\\""#),
            ("\u{7}\u{2028}", r#""\x07\u2028""#),
        ] {
            assert_eq!(scalar(text), quoted);
        }
    }

    #[test]
    fn sentences_keep_their_commas() {
        assert_eq!(sentence("B dies; A's write, later, fails"), "B dies; A's write, later, fails");
        assert_eq!(sentence("a: b"), "\"a: b\"");
        assert_eq!(sentence("a #b"), "\"a #b\"");
    }
}
