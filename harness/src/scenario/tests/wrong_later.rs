use super::check;

#[test]
fn words_kept_for_later() {
    check(&[
        (1, "title: t\nfamily: ipv6", &["2:9 `family: ipv6` is not built yet | leave it out: ipv4 is what there is"]),
        (
            1,
            "title: t\nconnections: {}",
            &["2:1 `connections` is not built yet | the word is kept for it; leave it out for now"],
        ),
        (
            3,
            "links: [a -- sw, { between: [sw, b], delay: 20ms }]",
            &["3:38 `delay` is not built yet | the word is kept for it; leave it out for now"],
        ),
        (
            3,
            "links: [a -- sw, { between: [sw, b], loss: 1% }]",
            &["3:38 `loss` is not built yet | the word is kept for it; leave it out for now"],
        ),
        (
            7,
            "  - connect\n  - reject: b",
            &["8:5 `reject` is not built yet | the word is kept for it; leave it out for now"],
        ),
        (
            7,
            "  - connect\n  - impair: b",
            &["8:5 `impair` is not built yet | the word is kept for it; leave it out for now"],
        ),
        (
            7,
            "  - connect\n  - reject",
            &["8:5 `reject` is not built yet | the word is kept for it; leave it out for now"],
        ),
    ]);
}
