use super::check;

#[test]
fn wrong_nodes() {
    check(&[
        (2, "nodes: [a, b]", &["2:8 a list where nodes belong | write each node as `name: role`: `a: host`"]),
        (2, "nodes: { a: host, sw: switch, b: hots }", &["2:34 unknown role `hots` | did you mean `host`?"]),
        (2, "nodes: { a: host, sw: switch, b: }", &["2:31 `b` has no role | write its role: `b: host`"]),
        (
            2,
            "nodes: { a: host, sw: switch, b: host, B: host }",
            &[
                "2:40 `B` is no name: use a lower-case letter, then lower-case letters, digits or `-` | names look like `a`, `sw` or `nat-1`, up to 12 characters",
            ],
        ),
        (
            2,
            "nodes: { a: host, sw: switch, b: host, server: host }",
            &[
                "2:40 `server` already has another meaning in a scenario | names look like `a`, `sw` or `nat-1`, up to 12 characters",
            ],
        ),
        (
            2,
            "nodes: { a: host, sw: switch, b: host, after: host }",
            &["2:40 `after` already has another meaning in a scenario | give the node another name"],
        ),
        (
            2,
            "nodes: { a: host, sw: switch, b: host, a-very-long-name: host }",
            &[
                "2:40 `a-very-long-name` is longer than 12 characters, too long for an interface name | names look like `a`, `sw` or `nat-1`, up to 12 characters",
            ],
        ),
        (
            2,
            "nodes: { a: host, sw: switch, b: host, a: host }",
            &["2:40 the key `a` stands here a second time | keep one of the two; in a list, begin each entry with `-`"],
        ),
        (
            2,
            "nodes: { a: host, sw: switch, b: { sysctl: {} } }",
            &["2:31 `b` has no role | add `role: host`, or `switch`, `router`, `nat`"],
        ),
        (
            2,
            "nodes: { a: host, sw: switch, b: { role: host, sysctl: [x] } }",
            &["2:56 a list where sysctls belong | write `{ net.ipv4.tcp_keepalive_time: 7000 }`"],
        ),
        (
            2,
            "nodes: { a: host, sw: switch, b: { role: host, sysctl: { tcp_syncookies: 1 } } }",
            &[
                "2:58 `tcp_syncookies` is no sysctl of a network namespace | write its full dotted name: `net.ipv4.tcp_keepalive_time`",
            ],
        ),
        (
            2,
            "nodes: { a: host, sw: switch, b: { role: host, sysctl: { ../../etc: 1 } } }",
            &[
                "2:58 `../../etc` is no sysctl of a network namespace | write its full dotted name: `net.ipv4.tcp_keepalive_time`",
            ],
        ),
        (
            2,
            "nodes: { a: host, sw: switch, b: { role: host, sysctl: { net.ipv4.x: } } }",
            &["2:58 nothing where a single value belongs | write the sysctl's value"],
        ),
        (
            2,
            "nodes: { a: host, sw: switch, b: { role: host, toward: a } }",
            &["2:48 only a nat takes `toward` | write `role: nat`, or leave the key out"],
        ),
        (
            2,
            "nodes: { a: host, sw: switch, b: { role: host, conntrack: {} } }",
            &["2:48 only a nat takes `conntrack` | write `role: nat`, or leave the key out"],
        ),
        (
            2,
            "nodes: { a: host, sw: { role: nat, toward: x }, b: host }",
            &["2:44 unknown node `x` | known here: `a`, `b`, `sw`"],
        ),
        (
            2,
            "nodes: { a: host, sw: { role: nat, toward: c }, b: host, c: host }",
            &["2:44 c is no neighbour of sw | name one of its neighbours: `a`, `b`"],
        ),
        (
            2,
            "nodes: { a: host, sw: { role: nat, on_unknown: dorp }, b: host }",
            &["2:48 unknown answer `dorp` | did you mean `drop`?"],
        ),
        (
            2,
            "nodes: { a: host, sw: { role: nat, conntrack: { loose: 2 } }, b: host }",
            &["2:56 unknown value `2` | known here: `true`, `false`, `1`, `0`"],
        ),
        (
            2,
            "nodes: { a: host, sw: { role: nat, conntrack: { drop_invalid: 1 } }, b: host }",
            &["2:63 unknown value `1` | known here: `true`, `false`"],
        ),
        (
            2,
            "nodes: { a: host, sw: { role: nat, conntrack: { established_timeout: 1.5s } }, b: host }",
            &["2:70 1.5s is not whole seconds | the kernel takes whole seconds from 1s to 2147483s"],
        ),
        (
            2,
            "nodes: { a: host, sw: { role: nat, conntrack: { established_timeout: 0 } }, b: host }",
            &["2:70 0s is out of limits | the kernel takes whole seconds from 1s to 2147483s"],
        ),
        (
            2,
            "nodes: { a: host, sw: { role: nat, conntrack: { tcp_timeout_unack: 3s } }, b: host }",
            &["2:49 unknown key of conntrack: `tcp_timeout_unack` | did you mean `tcp_timeout_last_ack`?"],
        ),
        (
            2,
            "nodes: { a: host, sw: { role: nat, conntrack: { tcp_timeout_established: 3s } }, b: host }",
            &["2:49 `tcp_timeout_established` is no key of conntrack | write `established_timeout`"],
        ),
        (
            2,
            "nodes: { a: host, sw: { role: nat, conntrack: { on_unknown: drop } }, b: host }",
            &["2:49 `on_unknown` is no key of conntrack | it stands beside `conntrack`, not in it"],
        ),
    ]);
}

const FORWARD: &str = "nodes: { a: host, sw: { role: nat, ";

#[test]
fn wrong_forwards() {
    let cases: &[(&str, &[&str])] = &[
        ("toward: a, forward: { 5050: x }", &["2:64 unknown node `x` | known here: `a`, `b`, `sw`"]),
        ("toward: a, forward: { 5050: bb }", &["2:64 unknown node `bb` | did you mean `b`?"]),
        (
            "toward: a, forward: { 5050: a }",
            &[
                "2:58 no server listens on a at port 5050 | it is `5050: b` that does",
                "2:64 a is not inside of sw | its outside is toward a: name a node on another side, or turn `toward` round",
            ],
        ),
        (
            "toward: a, forward: { 5050: sw }",
            &["2:64 sw forwards a port to itself | name the node inside that listens"],
        ),
        ("toward: a, forward: { 80: b }", &["2:58 no server listens on b at port 80 | its server is at `5050: b`"]),
        (
            "forward: { 5050: b }",
            &[
                "2:47 sw forwards a port, but nothing says which side is its outside | name the neighbour there: `toward: a`",
            ],
        ),
        (
            "toward: a, forward: { 5050: b, 5050: b }",
            &[
                "2:67 the key `5050` stands here a second time | keep one of the two; in a list, begin each entry with `-`",
            ],
        ),
        (
            "toward: a, forward: { 5050: b, 05050: b }",
            &["2:67 port 5050 is forwarded a second time | keep one of the two"],
        ),
        (
            "toward: a, forward: { 0: b, http: b }",
            &[
                "2:58 `0` is out of limits for a port | write a whole number from 1 to 65535",
                "2:64 `http` is no whole number for a port | write a whole number from 1 to 65535",
            ],
        ),
        (
            "toward: a, forward: [5050]",
            &["2:56 a list where forwarded ports belong | write each port with the node that gets it: `{ 5050: b }`"],
        ),
    ];
    for (settings, expected) in cases {
        check(&[(2, &format!("{FORWARD}{settings} }}, b: host }}"), expected)]);
    }
    check(&[(
        2,
        "nodes: { a: host, sw: { role: router, forward: { 5050: b } }, b: host }",
        &["2:39 only a nat takes `forward` | write `role: nat`, or leave the key out"],
    )]);
}

#[test]
fn a_nat_hands_on_only_what_the_next_one_takes() {
    let lab = |inner: &str| {
        let nodes = format!(
            "nodes: {{ a: host, sw: {{ role: nat, toward: a, forward: {{ 5050: in }} }}, \
             in: {{ role: nat, toward: sw{inner} }}, b: host }}"
        );
        let text = super::with(2, &nodes).replace("links: [a -- sw, sw -- b]", "links: [a -- sw, sw -- in, in -- b]");
        super::told(&text)
    };
    assert_eq!(lab(", forward: { 5050: b }"), [""; 0]);
    assert_eq!(lab(""), ["2:58 in does not forward port 5050 on | give it `forward: { 5050: NODE }`, or name a host"]);
}

#[test]
fn wrong_neighbours() {
    let cases: &[(&str, &[&str])] = &[
        ("reachable: 500", &["2:52 `500` is no duration | add the unit: `500s` or `500ms`"]),
        (
            "reachable: 1.5ms, retransmit: 0s",
            &[
                "2:52 1.5ms can't be a time of the neighbour table | write whole milliseconds, from 1ms to 1d",
                "2:71 0s can't be a time of the neighbour table | write whole milliseconds, from 1ms to 1d",
            ],
        ),
        ("delay: 500ms", &["2:48 500ms is not whole seconds | the kernel takes whole seconds from 0s to 86400s"]),
        ("permanent: 1", &["2:52 unknown value `1` | known here: `true`, `false`"]),
        ("retrasmit: 1s", &["2:41 unknown key of `neighbours`: `retrasmit` | did you mean `retransmit`?"]),
    ];
    for (settings, expected) in cases {
        let nodes = format!("nodes: {{ a: {{ role: host, neighbours: {{ {settings} }} }}, sw: switch, b: host }}");
        check(&[(2, &nodes, expected)]);
    }
    check(&[(
        2,
        "nodes: { a: host, sw: { role: switch, neighbours: {} }, b: host }",
        &["2:39 sw is a switch: it asks nobody for hardware addresses | give them to a host, a router or a nat"],
    )]);
}
