use super::check;

#[test]
fn wrong_keys_and_values_of_the_file() {
    check(&[
        (1, "titel: t", &["1:1 unknown key of a scenario: `titel` | did you mean `title`?"]),
        (1, "title:", &["1:1 nothing where a single value belongs | write what the scenario shows, in one sentence"]),
        (1, "title: ''", &["1:8 an empty title | say what the scenario shows, in one sentence"]),
        (
            1,
            "title: [a]",
            &["1:8 a list where a single value belongs | write what the scenario shows, in one sentence"],
        ),
        (1, "title: t\ncolour: red", &["2:1 unknown key of a scenario: `colour` | known here: ..."]),
        (1, "title: t\n<<: x", &["2:1 merge keys are not read here | write the keys out"]),
        (4, "client: { on: a, prot: 1 }", &["4:18 unknown key of an endpoint: `prot` | did you mean `port`?"]),
        (4, "client: { on: sv }", &["4:15 unknown node `sv` | did you mean `sw`?"]),
        (4, "client: { on: zebra }", &["4:15 unknown node `zebra` | known here: `a`, `b`, `sw`"]),
        (4, "client: {}", &["4:9 `client` lacks `on` | name the host it runs on: `on: a`"]),
        (4, "client: a", &["4:9 an endpoint is a map, not a text | write `{ on: ... }`"]),
        (4, "client:", &["4:1 an endpoint is a map, not nothing | write `{ on: ... }`"]),
        (4, "# none", &["1:1 `client` is missing | say where it runs: `client: { on: a }`"]),
        (
            5,
            "server: { on: a }",
            &[
                "5:15 client and server run on the same host | put the server on another host: what stays within a host can't be captured",
            ],
        ),
        (
            5,
            "server: { on: sw }",
            &["5:15 the server can't run on sw: it is a switch | endpoints run on hosts: link one to it"],
        ),
        (1, "title: t\nclock: sometimes", &["2:8 unknown clock `sometimes` | known here: `any`, `real`, `virtual`"]),
        (1, "title: t\nfamily: ipx", &["2:9 unknown family `ipx` | known here: `ipv4`, `ipv6`"]),
        (1, "title: t\nallow: ACK", &["2:8 a text where a list belongs | write the labels as a list: `[ACK]`"]),
        (1, "title: t\nallow: [ACKS]", &["2:9 unknown label `ACKS` | did you mean `ACK`?"]),
        (1, "title: t\nsettle: 300", &["2:9 `300` is no duration | add the unit: `300s` or `300ms`"]),
        (
            1,
            "title: t\npatience: soon",
            &["2:11 `soon` is no duration | write a number and a unit: `300ms`, `2s`, `1m 15s`, `2h`"],
        ),
        (
            1,
            "title: t\nthen: []",
            &["2:1 `then` without a figure | it goes with `figure`; write the lines in `expect`"],
        ),
        (
            1,
            "title: t\ntiming: {}",
            &["2:1 `timing` without a figure | it goes with `figure`; write the lines in `expect`"],
        ),
        (
            1,
            "title: t\nfigure: abc",
            &[
                "2:9 a figure needs its lines as they are | write it as a literal block: `figure: |`, and the figure on the lines below, indented",
                "7:1 `steps` beside `figure` | the figure's marks give the steps: leave one of the two out",
                "9:1 `expect` beside `figure` | the figure's rows are the expectations; `then` goes on from its last row",
            ],
        ),
        (2, "noeds: { a: host }", &["2:1 unknown key of a scenario: `noeds` | did you mean `nodes`?"]),
        (5, "sever: { on: b }", &["5:1 unknown key of a scenario: `sever` | did you mean `server`?"]),
        (4, "client: { no: a }", &["4:11 unknown key of an endpoint: `no` | did you mean `on`?"]),
        (
            1,
            "title: t\nkeepalive: true",
            &["2:1 `keepalive` is no key of a scenario | it is a setting of `client` or `server`"],
        ),
    ]);
}
