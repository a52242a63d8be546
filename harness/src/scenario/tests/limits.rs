use super::{good, told, with};
use crate::scenario::{MAX_OCTETS, parse};
use std::fmt::Write;

fn told_octets(octets: &[u8]) -> Vec<(u32, u32, String)> {
    let failure = parse("t.yaml", octets).expect_err("nothing of this is a scenario");
    let wrong = failure.diagnostics.into_iter();
    wrong.map(|wrong| (wrong.span.line, wrong.span.column, wrong.message)).collect()
}

#[test]
fn an_empty_file_is_told_how_to_begin() {
    for text in ["", "\n\n", "  \t\n", "\u{feff}", "# only words\n", "~\n", "---\n"] {
        let told = told(text);
        assert_eq!(told.len(), 1, "{text:?}: {told:?}");
        assert!(told[0].contains("the file is empty | begin with `title: ...`"), "{text:?}: {told:?}");
    }
}

#[test]
fn random_octets_are_told_with_their_offset() {
    assert_eq!(told_octets(b"title: \xff\xfe\x00"), [(1, 8, "octet 0xff at offset 7 is not UTF-8".to_owned())]);
    assert_eq!(told_octets(b"title: t\n\xc3"), [(2, 1, "octet 0xc3 at offset 9 is not UTF-8".to_owned())]);
}

#[test]
fn a_capture_is_no_scenario() {
    let pcap = b"\xd4\xc3\xb2\xa1\x02\x00\x04\x00";
    assert_eq!(told_octets(pcap), [(1, 1, "octet 0xd4 at offset 0 is not UTF-8".to_owned())]);
}

#[test]
fn a_large_file_is_refused_by_its_size() {
    let large = vec![b'a'; 10_000_000];
    assert_eq!(told_octets(&large), [(1, 1, "the file has 10000000 octets; a scenario may have 1048576".to_owned())]);
}

#[test]
fn the_largest_file_is_read() {
    let mut text = with(1, "title: t");
    text.push_str("# ");
    text.push_str(&"x".repeat(MAX_OCTETS - text.len()));
    assert_eq!(text.len(), MAX_OCTETS);
    good(&text);
}

#[test]
fn aliases_do_not_explode() {
    let mut bomb = String::from("a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n");
    for level in 1..30 {
        let before = format!("*a{}", level - 1);
        let nine = vec![before; 9].join(", ");
        let _ = writeln!(bomb, "a{level}: &a{level} [{nine}]");
    }
    let told = told(&bomb);
    assert_eq!(
        told,
        ["5:35 too much for one scenario, counted with what aliases repeat | split the file: one file is one test"]
    );
}

#[test]
fn long_texts_that_aliases_repeat_weigh_too() {
    let mut bomb = format!("a: &a '{}'\n", "x".repeat(100_000));
    let _ = writeln!(bomb, "b: [{}]", vec!["*a"; 10_000].join(", "));
    assert_eq!(told(&bomb).len(), 1);
}

#[test]
fn an_alias_within_its_own_anchor() {
    assert!(told("a: &a [*a]\n")[0].starts_with("1:8 "), "{:?}", told("a: &a [*a]\n"));
}

#[test]
fn nesting_has_a_floor() {
    for open in ["[", "{a: ", "- "] {
        let told = told(&format!("x: {}", open.repeat(100)));
        assert_eq!(told.len(), 1, "{open}");
    }
    let deep = format!("x: {}{}", "[".repeat(33), "]".repeat(33));
    assert_eq!(told(&deep), ["1:35 nested deeper than 32 levels | a scenario needs no such nesting"]);
}

#[test]
fn many_values_are_too_many() {
    let told = told(&"- a\n".repeat(60_000));
    assert_eq!(
        told,
        ["50000:3 too much for one scenario, counted with what aliases repeat | split the file: one file is one test"]
    );
}

#[test]
fn yaml_that_is_none() {
    let cases = [
        (
            "nodes:\n\ta: host\n",
            "2:2 not YAML: tabs disallowed within this context (block indentation) | indent with blanks, not tabs",
        ),
        ("client: { on: a\n", "1:9 not YAML: unclosed bracket '{' | close the bracket, or take one too many away"),
        ("title: \"t\n", "1:8 not YAML: unclosed quote | close the quotes"),
        (
            "title: a: b\n",
            "1:9 not YAML: mapping values are not allowed in this context | a value that holds `: ` needs quotes, or braces if it is a map: `wait_for: { a > b: PROBE }`",
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(told(text), [expected], "{text}");
    }
}

#[test]
fn yaml_that_has_no_place_here() {
    assert_eq!(
        told(&(with(1, "title: t") + "---\ntitle: u\n")),
        [
            "10:1 a second YAML document begins here | one file is one test: put the second document into a file of its own"
        ]
    );
    assert_eq!(
        told(&with(1, "title: !secret t")),
        ["1:16 the tag `!secret` means nothing here | leave the tag out, or quote a text that begins with `!`"]
    );
    assert_eq!(
        told(&with(1, "title: t\n? [a]\n: b")),
        ["2:3 a list as a key | a key is a text; quote one that begins with `{` or `[`"]
    );
    assert_eq!(told("- a\n- b\n"), ["1:1 a scenario is a map, not a list | write `{ title: ... }`"]);
    assert_eq!(told("hello\n"), ["1:1 a scenario is a map, not a text | write `{ title: ... }`"]);
}

#[test]
fn columns_count_characters() {
    let text = with(1, "title: \"\u{fc}\u{4e2d}\"\nallow: [\"\u{fc}\", ACKS]");
    let places: Vec<String> = told(&text).into_iter().map(|told| told.chars().take(5).collect()).collect();
    assert_eq!(places, ["2:9 u", "2:14 "]);
}
