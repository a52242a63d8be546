use super::check;

#[test]
fn wrong_links() {
    check(&[
        (3, "links: a -- b", &["3:8 a text where a list belongs | write the links as a list: `[a -- sw, sw -- b]`"]),
        (
            3,
            "links: [a -- sw, sw -- b, a -- a]",
            &["3:27 a link from a to itself | a link joins two nodes: name the other one"],
        ),
        (
            3,
            "links: [a -- sw, sw -- b, b -- sw]",
            &["3:27 b and sw are linked a second time | keep one link; a second way needs a node between"],
        ),
        (3, "links: [a -- sw, sw - b]", &["3:18 `sw - b` is no link | write two nodes with `--` between: `a -- b`"]),
        (3, "links: [a -- sw, sw -- c]", &["3:24 unknown node `c` | known here: `a`, `b`, `sw`"]),
        (
            3,
            "links: [a -- sw, { between: [sw, b, a] }]",
            &["3:29 a link is between two nodes, not 3 | write two: `between: [a, b]`; a switch joins more"],
        ),
        (
            3,
            "links: [a -- sw, { between: [sw, b], mtu: 67 }]",
            &["3:43 `67` is out of limits for an MTU | write a whole number from 68 to 65535"],
        ),
        (3, "links: [a -- sw, { mtu: 1400 }]", &["3:18 a link lacks `between` | add `between: ...`: The two nodes."]),
        (3, "links: [a -- sw]", &["5:15 no way from a to b | add links that join them: `links: [a -- b]`"]),
        (3, "links: []", &["5:15 no way from a to b | add links that join them: `links: [a -- b]`"]),
        (3, "links: [a -- sw, [sw, b]]", &["3:18 a list where a single value belongs | write two nodes: `a -- b`"]),
        (
            2,
            "nodes: { a: host, sw: host, b: host }",
            &["5:15 no way from a to b: sw, a host, forwards nothing | make it a `router`"],
        ),
        (
            2,
            "nodes: { a: host, sw: switch, b: host, x: switch, y: switch }\nlinks: [a -- sw, sw -- b, sw -- x, x -- y, y -- sw]",
            &[
                "3:44 this link closes a ring of switches | switches have no spanning tree: take a link out of the ring",
                "4:1 the key `links` stands here a second time | keep one of the two; in a list, begin each entry with `-`",
            ],
        ),
    ]);
}
