use super::check;

#[test]
fn wrong_expectations() {
    check(&[
        (
            8,
            "expect: []\nx:",
            &[
                "1:1 nothing is expected | add what must be seen, such as `- a > b: SYN`; or `- ...` for anything",
                "9:1 unknown key of a scenario: `x` | known here: ...",
            ],
        ),
        (
            8,
            "expect: a > b\nabout:\n",
            &[
                "8:9 a text where a list belongs | write the lines as a list: `- a > b: SYN`",
                "11:3 a list where a single value belongs | write some words",
            ],
        ),
        (
            9,
            "  - ...\n  - a > b: SYN",
            &["9:5 lines follow `...` | judging ends at `...`: make it the last line, or take it out"],
        ),
        (9, "  - a > b: SYM", &["9:12 unknown label `SYM` | did you mean `SYN`?"]),
        (
            9,
            "  - a > b: ICMP host-unreachble",
            &["9:12 unknown label `ICMP host-unreachble` | did you mean `ICMP host-unreachable`?"],
        ),
        (9, "  - a > c: SYN", &["9:9 unknown node `c` | known here: `a`, `b`, `sw`"]),
        (9, "  - a > a: SYN", &["9:5 a segment from a to itself | name the node that receives it"]),
        (9, "  - a > b:", &["9:5 nothing where a single value belongs | write a label such as `SYN`"]),
        (9, "  - a > b: [SYN]", &["9:12 a list where a single value belongs | write a label such as `SYN`"]),
        (9, "  - SYN", &["9:5 `SYN` is no line | say who sends it to whom: `a > b: SYN`"]),
        (9, "  - connected", &["9:5 `connected` is no line | say who sees it: `client: connected`"]),
        (9, "  - 'a > b: SYN'", &["9:5 `a > b: SYN` is no line | leave the quotes out"]),
        (9, "  - times: 2", &["9:5 conditions without a line | write the line first: `- { a > b: SYN, within: 1s }`"]),
        (9, "  - { a > b: SYN, b > a: SYN/ACK }", &["9:19 a second line in one entry | begin each line with `-`"]),
        (9, "  - { a > b: SYN, tims: 2 }", &["9:19 unknown condition or line `tims` | did you mean `times`?"]),
        (9, "  - clent: EOF", &["9:5 unknown line `clent` | did you mean `client`?"]),
        (9, "  - { clent: EOF, times: 2 }", &["9:7 unknown line `clent` | did you mean `client`?"]),
        (
            9,
            "  - a>b : SYN\n  - x: y",
            &["10:5 unknown line `x` | known here: `a`, `b`, `sw`, `client`, `server`, `step`, `quiet`"],
        ),
        (
            9,
            "  - { a > b: SYN, times: 0 }",
            &["9:26 `0` is out of limits for `times` | write a whole number from 1 to 10000"],
        ),
        (
            9,
            "  - { a > b: SYN, times: many }",
            &["9:26 `many` is no whole number for `times` | write a whole number from 1 to 10000"],
        ),
        (
            9,
            "  - { a > b: SYN, every: 1s }",
            &["9:19 `every` without repeats | add `times: 2` or more, or write `after` instead"],
        ),
        (
            9,
            "  - { a > b: SYN, times: 1, every: 1s }",
            &["9:29 `every` without repeats | add `times: 2` or more, or write `after` instead"],
        ),
        (
            9,
            "  - { a > b: SYN, times: 0, every: 1s }",
            &["9:26 `0` is out of limits for `times` | write a whole number from 1 to 10000"],
        ),
        (9, "  - { a > b: SYN, after: 2s..1s }", &["9:26 the range ends before it begins | turn it round: `1s..2s`"]),
        (9, "  - { a > b: SYN, after: 2..3s }", &["9:26 `2` is no duration | add the unit: `2s` or `2ms`"]),
        (
            9,
            "  - { a > b: SYN, after: 1s, within: 2s }",
            &["9:30 `within` beside `after` | keep one of them: `within: 300ms` is short for `after: 0s..300ms`"],
        ),
        (
            9,
            "  - { a > b: SYN, within: 1s..2s }",
            &["9:27 `within` takes a single duration | write a range as `after: 1.9s..2.4s`"],
        ),
        (
            9,
            "  - { a > b: SYN, since: connect }",
            &["9:19 `since` without `after` or `within` | say when: `after: 2s`, or leave `since` out"],
        ),
        (
            9,
            "  - { a > b: SYN, after: 1s, since: conect }",
            &["9:37 unknown line or step `conect` | did you mean `connect`?"],
        ),
        (
            9,
            "  - { a > b: SYN, after: 1s, since: x }\n  - { b > a: SYN/ACK, as: x }",
            &["9:37 `x` is no line before this one | count from a line that comes earlier"],
        ),
        (
            9,
            "  - { a > b: SYN, as: x }\n  - { b > a: SYN/ACK, as: x }",
            &["10:27 two lines are called `x` | give one of them another name"],
        ),
        (
            9,
            "  - { a > b: SYN, as: connect }",
            &["9:23 `connect` is already the name of a step | give the line another name"],
        ),
        (9, "  - { a > b: SYN, as: '' }", &["9:23 `` can't be a name | use up to 40 letters, digits, `-` and `_`"]),
        (9, "  - { a > b: SYN, lost: maybe }", &["9:25 unknown value `maybe` | known here: `true`, `false`"]),
        (
            9,
            "  - { a > b: SYN, lost: true, lost_at: sw }",
            &["9:31 `lost_at` beside `lost` | keep one of them: `lost_at` says where as well"],
        ),
        (9, "  - { a > b: SYN, lost_at: x }", &["9:28 unknown node `x` | known here: `a`, `b`, `sw`"]),
        (9, "  - step: conect", &["9:11 unknown step `conect` | did you mean `connect`?"]),
        (
            9,
            "  - { step: connect, after: 1s }",
            &["9:22 `step: connect` can't have `after` | leave it out: the line takes `as`"],
        ),
        (
            9,
            "  - { client: connected, times: 2 }",
            &[
                "9:26 `client: connected` can't have `times` | leave it out: the line takes `after`, `within`, `since`, `as`",
            ],
        ),
        (
            9,
            "  - { client: EOF, lost: true }",
            &["9:20 `client: EOF` can't have `lost` | leave it out: the line takes `after`, `within`, `since`, `as`"],
        ),
        (
            9,
            "  - { client: alive, after: 1s }",
            &["9:22 `client: alive` can't have `after` | leave it out: the line takes `as`"],
        ),
        (
            9,
            "  - { quiet: 1s, times: 2 }",
            &["9:18 `quiet: 1s` can't have `times` | leave it out: the line takes `as`"],
        ),
        (
            9,
            "  - quiet: long",
            &["9:12 `long` is no duration | write a number and a unit: `300ms`, `2s`, `1m 15s`, `2h`"],
        ),
        (9, "  - client: ECONRESET", &["9:13 unknown outcome `ECONRESET` | did you mean `ECONNRESET`?"]),
        (
            9,
            "  - client: probes two",
            &["9:20 `two` is no number | write the number that TCP_INFO gives (tcp(7)): `probes 1`"],
        ),
        (9, "  - client: state FIN-WAIT-1", &["9:19 unknown state `FIN-WAIT-1` | write `state FIN_WAIT1`"]),
        (9, "  - client: state ESTABLISHD", &["9:19 unknown state `ESTABLISHD` | did you mean `ESTABLISHED`?"]),
        (
            9,
            "  - client: state LISTEN",
            &[
                "9:19 unknown state `LISTEN` | a connection's socket never listens: without a connection it reads `state none`",
            ],
        ),
        (
            9,
            "  - client: state",
            &["9:13 unknown outcome `state` | add the state that sock_diag(7) tells: `state ESTABLISHED`"],
        ),
        (9, "  - client: timer on", &["9:19 unknown timer `on` | write `timer retransmit`"]),
        (
            9,
            "  - client: timer soon",
            &["9:19 unknown timer `soon` | known here: `none`, `retransmit`, `keepalive`, `timewait`, `persist`"],
        ),
        (9, "  - client: timer", &["9:13 unknown outcome `timer` | add the timer that runs: `timer keepalive`"]),
        (
            9,
            "  - { client: timer keepalive, after: 1s }",
            &["9:32 `client: timer keepalive` can't have `after` | leave it out: the line takes `as`"],
        ),
        (9, "  - a: TCPKeepAliv +3", &["9:8 unknown counter `TCPKeepAliv` | did you mean `TCPKeepAlive`?"]),
        (
            9,
            "  - a: TCPKeepAlive 3",
            &[
                "9:21 `3` is no growth of a counter | write by how much it has grown since the node came up: `TCPKeepAlive +3`",
            ],
        ),
        (
            9,
            "  - a: TCPKeepAlive",
            &[
                "9:8 a counter without its growth | add by how much it has grown since the node came up: `TCPKeepAlive +3`",
            ],
        ),
        (9, "  - client: eof", &["9:13 unknown outcome `eof` | did you mean `EOF`?"]),
        (9, "  - client: 5", &["9:13 unknown outcome `5` | write `5 bytes`"]),
        (9, "  - client: five bytes", &["9:13 unknown outcome `five bytes` | write a whole number: `5 bytes`"]),
        (9, "  - client: exit 256", &["9:13 unknown outcome `exit 256` | write the status: `exit 0`, up to 255"]),
        (
            9,
            "  - client: signal 65",
            &["9:13 unknown outcome `signal 65` | write the signal's number: `signal 9`, up to 64"],
        ),
        (
            9,
            "  - client: TCP_KEEPIDLE",
            &["9:13 unknown outcome `TCP_KEEPIDLE` | add the number that getsockopt(2) reads: `TCP_KEEPIDLE 1`"],
        ),
        (
            9,
            "  - client: TCP_KEEPIDEL 10",
            &["9:13 unknown socket option `TCP_KEEPIDEL` | did you mean `TCP_KEEPIDLE`?"],
        ),
        (
            9,
            "  - client: TCP_KEEPIDLE ten",
            &["9:26 `ten` is no value of an option | write the number that getsockopt(2) reads: `TCP_KEEPIDLE 1`"],
        ),
        (9, "  - client: { print: x }", &["9:15 unknown key of an outcome: `print` | did you mean `prints`?"]),
        (
            9,
            "  - client: {}",
            &["9:13 an outcome lacks `prints` | add `prints: ...`: The program prints a line that contains this."],
        ),
        (
            9,
            "  - client: [EOF]",
            &[
                "9:13 a list where a single value belongs | write what it sees: `connected`, `EOF`, `ECONNRESET`, `5 bytes`",
            ],
        ),
        (
            9,
            "  - client: exit 0",
            &[
                "9:5 the client is the built-in endpoint: it neither prints nor exits | give the client a program by `run`, or take the line out",
            ],
        ),
        (
            9,
            "  - client: { prints: x }",
            &[
                "9:5 the client is the built-in endpoint: it neither prints nor exits | give the client a program by `run`, or take the line out",
            ],
        ),
        (
            9,
            "  - sw: entry created",
            &["9:5 sw is a switch: only a nat has a table of connections | make it one: `sw: nat`"],
        ),
        (
            9,
            "  - a: entry gone",
            &["9:8 unknown event `entry gone` | known here: `entry created`, `entry updated`, `entry deleted`"],
        ),
        (
            9,
            "  - a: net.ipv4.tcp_keepalive_time",
            &["9:8 a sysctl without a value | add the value that must be read: `net.ipv4.tcp_keepalive_time 7000`"],
        ),
        (
            9,
            "  - a: kernel.panic 7",
            &[
                "9:8 `kernel.panic` is no sysctl of a network namespace | write its full dotted name: `net.ipv4.tcp_keepalive_time`",
            ],
        ),
        (
            9,
            "  - client: prints: x",
            &[
                "9:19 not YAML: mapping values are not allowed in this context | a value that holds `: ` needs quotes, or braces if it is a map: `wait_for: { a > b: PROBE }`",
            ],
        ),
    ]);
}

/// [`BASE`](super::BASE) with a `drop` step, and these lines after the first.
fn of_drop(steps: &str, lines: &str) -> Vec<String> {
    let text = super::with(7, &format!("  - connect\n{steps}"));
    super::told(&(text + lines))
}

#[test]
fn wrong_counts_of_packets() {
    let of = |lines: &str| of_drop("  - drop: b", lines);
    assert_eq!(of("  - step: drop\n  - drop: 4 packets\n"), [""; 0]);
    assert_eq!(of("  - { drop: 1 packet, as: one }\n"), [""; 0]);
    assert_eq!(of("  - drp: 4 packets\n"), ["11:5 unknown step with a rule `drp` | did you mean `drop`?"]);
    assert_eq!(
        of("  - drop: four packets\n"),
        ["11:11 `four` is no number of packets | write how many its rule took out up to then: `4 packets`"]
    );
    assert_eq!(
        of("  - connect: 4 packets\n"),
        [
            "11:5 `connect` counts no packets: it sets no packet filter | only the rule of a `drop` or of a `reject` does",
        ]
    );
    assert_eq!(
        of("  - drop: 4 packets\n  - step: drop\n"),
        ["11:5 `drop` has set no rule yet: `step: drop` stands below | move the line below it"]
    );
    assert_eq!(
        of("  - { drop: 4 packets, times: 2 }\n"),
        ["11:24 `drop: 4 packets` can't have `times` | leave it out: the line takes `as`"]
    );
    assert_eq!(
        of("  - client: 4 packets\n"),
        [
            "11:5 `client` counts no packets | a step's rule does: `drop: 4 packets`; a step called `client` needs another name by `as`",
        ]
    );
    assert_eq!(of("  - drop: 4\n"), ["11:5 unknown line `drop` | write how many packets: `drop: 4 packets`"]);
}

#[test]
fn a_count_s_name_means_one_thing() {
    assert_eq!(
        of_drop("  - drop: b\n    as: sw", "  - sw: 4 packets\n"),
        ["12:5 `sw` is the name of a step, and of a node | give the step another name by `as`"]
    );
    assert_eq!(
        of_drop("  - drop: b", "  - sw: 4 packets\n"),
        ["11:5 unknown step with a rule `sw` | known here: `drop`"]
    );
    for side in ["client", "server", "step", "quiet"] {
        let steps = format!("  - drop: b\n    as: {side}");
        let lines = format!("  - {side}: 4 packets\n");
        let told = of_drop(&steps, &lines);
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].contains("another name by `as`"), "{told:?}");
    }
}

#[test]
fn what_is_only_read_can_t_be_waited_for() {
    for line in ["drop: 4 packets", "client: state none", "server: timer persist"] {
        let steps = format!("  - drop: b\n  - wait_for: {{ {line} }}");
        let told = of_drop(&steps, &format!("  - {line}\n"));
        assert_eq!(
            told,
            [format!(
                "9:15 `{line}` can't be waited for | it is only read when the line before it was met: wait for that line"
            )]
        );
    }
}
