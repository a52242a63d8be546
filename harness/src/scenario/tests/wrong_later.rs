use super::check;

#[test]
fn words_kept_for_later() {
    check(&[(
        3,
        "links: [a -- sw, { between: [sw, b], queue: 20 }]",
        &["3:38 `queue` is not built yet | the word is kept for it; leave it out for now"],
    )]);
}
