use super::check;

#[test]
fn wrong_steps() {
    check(&[
        (
            7,
            "  - send: { from: client, bytes: 5 }\n  - connect",
            &["7:5 `send` before `connect` | move `- connect` above it"],
        ),
        (7, "  - wait: 1s", &["7:5 no step connects | add `- connect` as the first step"]),
        (7, "  - connect\n  - connect", &["8:5 a second `connect` | a scenario has one connection: take one out"]),
        (
            6,
            "steps: connect\nx:",
            &[
                "6:8 a text where a list belongs | write the steps as a list, the first of them `- connect`",
                "7:1 unknown key of a scenario: `x` | known here: ...",
            ],
        ),
        (7, "  - conect", &["7:5 unknown step `conect` | did you mean `connect`?"]),
        (
            7,
            "  - connect: b",
            &[
                "7:14 `connect` takes nothing | write `- connect`, or `- { connect: , as: NAME }`; the server's port is a setting of `server`",
            ],
        ),
        (7, "  - connect\n  - close", &["8:5 `close` lacks what it applies to | write `- close: client`"]),
        (7, "  - connect\n  - powr_off: b", &["8:5 unknown key of a step: `powr_off` | did you mean `power_off`?"]),
        (
            7,
            "  - connect\n  - { wait: 1s, kill: client }",
            &["8:17 a second verb, `kill`, in one step | a step does one thing: begin another with `-`"],
        ),
        (7, "  - connect\n  - as: x", &["8:5 a step without a verb | write what is done: `- { wait: 1s, as: pause }`"]),
        (
            7,
            "  - connect\n  - { wait: 1s, as: a b }",
            &["8:21 `a b` can't be a name | use up to 40 letters, digits, `-` and `_`"],
        ),
        (
            7,
            "  - connect\n  - [wait]",
            &["8:5 a list where a single value belongs | write a step: `- connect`, or `- power_off: b`"],
        ),
        (7, "  - connect\n  - {}", &["8:5 a step without a verb | write what is done: `- { wait: 1s, as: pause }`"]),
        (7, "  - connect\n  - send: client", &["8:11 `send` is a map, not a text | write `{ from: ..., bytes: ... }`"]),
        (
            7,
            "  - connect\n  - send: { from: client }",
            &["8:11 `send` lacks `bytes` | add `bytes: ...`: How many octets."],
        ),
        (
            7,
            "  - connect\n  - send: { from: a, bytes: 1 }",
            &["8:19 unknown endpoint `a` | known here: `client`, `server`"],
        ),
        (
            7,
            "  - connect\n  - send: { from: client, bytes: 0 }",
            &["8:34 `0` is out of limits for octets | write a whole number from 1 to 1073741824"],
        ),
        (
            7,
            "  - connect\n  - send: { from: client, bytes: 1k }",
            &["8:34 `1k` is no whole number for octets | write a whole number from 1 to 1073741824"],
        ),
        (
            7,
            "  - connect\n  - read: { on: server, byte: 1 }",
            &["8:25 unknown key of `read`: `byte` | did you mean `bytes`?"],
        ),
        (7, "  - connect\n  - shutdown: b", &["8:15 unknown endpoint `b` | known here: `client`, `server`"]),
        (7, "  - connect\n  - wait: 5", &["8:11 `5` is no duration | add the unit: `5s` or `5ms`"]),
        (
            7,
            "  - connect\n  - wait: -1s",
            &["8:11 `-1s` is no duration | write a number and a unit: `300ms`, `2s`, `1m 15s`, `2h`"],
        ),
        (7, "  - connect\n  - wait:", &["8:5 nothing where a single value belongs | write a duration such as `2s`"]),
        (
            7,
            "  - connect\n  - wait_for: SYN",
            &["8:15 a text where a line belongs | write `wait_for: { a > b: PROBE }`, or the line in quotes"],
        ),
        (
            7,
            "  - connect\n  - wait_for: { a > b: PROBE }",
            &["8:15 `a > b: PROBE` is no line of `expect` | add it to `expect` where it must come"],
        ),
        (7, "  - connect\n  - wait_for: 'a > b: SYM'", &["8:15 unknown label `SYM` | did you mean `SYN`?"]),
        (
            7,
            "  - connect\n  - wait_for: { a > b: SYN, times: 2 }",
            &[
                "8:15 `a > b: SYN` is expected no more often than 1x | wait for no more than that, or raise `times` of the line",
            ],
        ),
        (
            7,
            "  - connect\n  - wait_for: { a > b: SYN, within: 2s }",
            &["8:29 `wait_for` takes no `within` | it stands beside the line in `expect`"],
        ),
        (
            7,
            "  - connect\n  - wait_for: { quiet: 5s }",
            &["8:15 `quiet: 5s` can't be waited for | let time pass instead: `- wait: 5s`"],
        ),
        (
            7,
            "  - connect\n  - wait_for: { step: connect }",
            &["8:15 `step: connect` can't be waited for | steps run one after another by themselves"],
        ),
        (
            7,
            "  - connect\n  - wait_for: { client: TCP_KEEPIDLE 10 }",
            &[
                "8:15 `client: TCP_KEEPIDLE 10` can't be waited for | it is only read when the line before it was met: wait for that line",
            ],
        ),
        (
            7,
            "  - connect\n  - wait_for: a > b: SYN",
            &[
                "8:20 not YAML: mapping values are not allowed in this context | a value that holds `: ` needs quotes, or braces if it is a map: `wait_for: { a > b: PROBE }`",
            ],
        ),
        (7, "  - connect\n  - power_off: c", &["8:16 unknown node `c` | known here: `a`, `b`, `sw`"]),
        (7, "  - connect\n  - power_on: b", &["8:15 b has not lost its power | power it off first: `- power_off: b`"]),
        (
            7,
            "  - connect\n  - power_off: b\n  - power_off: b",
            &["9:5 b has no power here | power it on first: `- power_on: b`"],
        ),
        (
            7,
            "  - connect\n  - power_off: sw",
            &[
                "8:16 powering sw off takes a's interface with it | a veth pair goes as a whole: put a switch between a and sw",
            ],
        ),
        (
            7,
            "  - connect\n  - power_off: b\n  - freeze: server",
            &["9:5 b has no power here | power it on first: `- power_on: b`"],
        ),
        (
            7,
            "  - connect\n  - power_off: b\n  - link_down: sw -- b",
            &["9:5 b has no power here | power it on first: `- power_on: b`"],
        ),
        (
            7,
            "  - connect\n  - power_off: b\n  - power_on: b\n  - send: { from: server, bytes: 1 }",
            &["10:5 `send` can't be done: the server went when b lost its power | take the step out, or move it up"],
        ),
        (
            7,
            "  - connect\n  - kill: client\n  - send: { from: client, bytes: 1 }",
            &["9:5 `send` can't be done: the client was killed | take the step out, or move it up"],
        ),
        (
            7,
            "  - connect\n  - close: client\n  - close: client",
            &["9:5 `close` can't be done: the client closed its connection | take the step out, or move it up"],
        ),
        (
            7,
            "  - connect\n  - power_off: b\n  - power_on: { node: b, mac: old }",
            &["9:31 unknown MAC address `old` | known here: `new`"],
        ),
        (
            7,
            "  - connect\n  - power_off: sw\n  - power_on: { node: sw, mac: new, listen: true }",
            &[
                "8:16 powering sw off takes a's interface with it | a veth pair goes as a whole: put a switch between a and sw",
                "9:23 nothing listens on sw | take `listen` out, or power on the server's node",
                "9:23 sw is a switch: nobody knows its MAC addresses | take `mac` out: it would change nothing",
            ],
        ),
        (
            5,
            "server: { on: b, accepts: false }\nsteps:\n  - connect\n  - send: { from: server, bytes: 1 }",
            &[
                "8:5 `send` can't be done: the server accepts no connection | take the step out, or move it up",
                "9:1 the key `steps` stands here a second time | keep one of the two; in a list, begin each entry with `-`",
            ],
        ),
        (7, "  - connect\n  - link_down: a", &["8:16 `a` is no link | write two nodes with `--` between: `a -- b`"]),
        (7, "  - connect\n  - link_down: a -- b", &["8:16 no link joins a and b | its links are `a -- sw`"]),
        (7, "  - connect\n  - link_up: a -- c", &["8:19 unknown node `c` | known here: `a`, `b`, `sw`"]),
        (
            7,
            "  - connect\n  - drop: { on: sw, hook: input }",
            &[
                "8:17 sw is a switch: nothing is sent to it or by it | leave `hook` out: a switch drops frames as they come in",
            ],
        ),
        (
            7,
            "  - connect\n  - drop: { on: b, hook: forward }",
            &["8:17 b is a host: it forwards nothing | use `hook: input` or `hook: output`"],
        ),
        (
            7,
            "  - connect\n  - drop: { on: a, hook: egress, via: iptables }",
            &["8:5 iptables has no hook `egress` | leave `via` out: nft has it"],
        ),
        (
            7,
            "  - connect\n  - drop: { on: b, hook: egress, from: client }",
            &["8:5 b does not send what the client sends | leave `hook` out: a host drops what comes in"],
        ),
        (
            7,
            "  - connect\n  - reject: { on: a, hook: egress }",
            &["8:19 what an interface takes out below IP is answered by nobody | use `hook: output`, or `drop` here"],
        ),
        (
            7,
            "  - connect\n  - drop: { hook: input }",
            &["8:11 `drop` lacks `on` | add `on: ...`: The node whose packet filter takes them out."],
        ),
        (7, "  - connect\n  - drop: { on: b, hook: imput }", &["8:26 unknown hook `imput` | did you mean `input`?"]),
        (
            7,
            "  - connect\n  - drop: { on: b, from: b }",
            &["8:26 unknown endpoint `b` | known here: `client`, `server`"],
        ),
        (7, "  - connect\n  - drop: { on: b, flags: [ACC] }", &["8:28 unknown flag `ACC` | did you mean `ACK`?"]),
        (
            7,
            "  - connect\n  - drop: { on: b, flags: ACK }",
            &["8:27 a text where a list belongs | write the flags as a list: `[SYN, ACK]`"],
        ),
        (
            7,
            "  - connect\n  - drop: { on: b, only: data }",
            &["8:26 unknown kind of segment `data` | known here: `probes`, `answers`"],
        ),
        (
            7,
            "  - connect\n  - drop: { on: b, next: 0 }",
            &["8:26 `0` is out of limits for a number of segments | write a whole number from 1 to 1000000"],
        ),
        (
            7,
            "  - connect\n  - drop: { on: b, share: 50 }",
            &["8:27 `50` is no share | write percent with at most one decimal, from `0.1%` to `100%`"],
        ),
        (
            7,
            "  - connect\n  - drop: { on: b, share: 101% }",
            &["8:27 `101%` is no share | write percent with at most one decimal, from `0.1%` to `100%`"],
        ),
        (
            7,
            "  - connect\n  - drop: { on: b, for: ten }",
            &["8:25 `ten` is no duration | write a number and a unit: `300ms`, `2s`, `1m 15s`, `2h`"],
        ),
        (
            7,
            "  - connect\n  - drop: { on: b, via: ipfw }",
            &["8:25 unknown filter program `ipfw` | known here: `nft`, `iptables`"],
        ),
        (7, "  - connect\n  - undo: drop", &["8:11 unknown fault `drop` | add it, or take this out"]),
        (
            7,
            "  - connect\n  - undo: connect",
            &[
                "8:11 `connect` can't be undone | only `drop`, `reject`, `impair`, `route` can; `link_up` and `power_on` are steps of their own",
            ],
        ),
        (7, "  - connect\n  - undo: drop\n  - drop: b", &["8:11 `drop` comes later | move `undo` below it"]),
        (
            7,
            "  - connect\n  - drop: b\n  - undo: drop\n  - undo: drop",
            &["10:5 `drop` was undone before | take this `undo` out"],
        ),
        (
            7,
            "  - connect\n  - drop: b\n  - power_off: b\n  - undo: drop",
            &["10:5 `drop` ended when b lost its power | take this `undo` out"],
        ),
        (7, "  - connect\n  - undo: drop", &["8:11 unknown fault `drop` | add it, or take this out"]),
        (
            7,
            "  - connect\n  - { drop: b, as: hole }\n  - undo: hol",
            &["9:11 unknown fault `hol` | did you mean `hole`?"],
        ),
        (
            7,
            "  - connect\n  - take_port: { on: sw, port: 40001 }",
            &["8:22 sw is a switch: only a nat has a table of connections | make it one: `sw: nat`"],
        ),
        (
            7,
            "  - connect\n  - take_port: { on: a, prot: 0 }",
            &["8:25 unknown key of `take_port`: `prot` | did you mean `port`?"],
        ),
        (
            7,
            "  - connect\n  - take_port: { on: a, port: 70000 }",
            &["8:31 `70000` is out of limits for a port | write a whole number from 1 to 65535"],
        ),
        (
            7,
            "  - connect\n  - flush_neighbours: sw",
            &["8:23 sw is a switch: it asks nobody for hardware addresses | name a host, a router or a nat"],
        ),
        (
            7,
            "  - connect\n  - flush_neighbours",
            &["8:5 `flush_neighbours` lacks what it applies to | write `- flush_neighbours: a`"],
        ),
        (
            7,
            "  - connect\n  - power_off: b\n  - flush_neighbours: b",
            &["9:5 b has no power here | power it on first: `- power_on: b`"],
        ),
        (
            7,
            "  - connect\n  - flush_nat: sw",
            &["8:16 sw is a switch: only a nat has a table of connections | make it one: `sw: nat`"],
        ),
        (7, "  - connect\n  - kill: clint", &["8:11 unknown endpoint `clint` | did you mean `client`?"]),
        (
            7,
            "  - connect\n  - sysctl: { on: a }",
            &[
                "8:13 `sysctl` sets one thing, not 0 | write one, such as `net.ipv4.tcp_keepalive_time: 7000`, and another step for another",
            ],
        ),
        (
            7,
            "  - connect\n  - sysctl: { on: a, net.ipv4.x: 1, net.ipv4.y: 2 }",
            &[
                "8:13 `sysctl` sets one thing, not 2 | write one, such as `net.ipv4.tcp_keepalive_time: 7000`, and another step for another",
            ],
        ),
        (7, "  - connect\n  - sysctl: { net.ipv4.x: 1 }", &["8:13 `sysctl` lacks `on` | add `on: ...`: The node."]),
        (
            7,
            "  - connect\n  - sysctl: { on: a, kernel.panic: 1 }",
            &[
                "8:22 `kernel.panic` is no sysctl of a network namespace | write its full dotted name: `net.ipv4.tcp_keepalive_time`",
            ],
        ),
        (
            7,
            "  - connect\n  - sockopt: { on: client }",
            &[
                "8:14 `sockopt` sets one thing, not 0 | write one, such as `TCP_KEEPIDLE: 10`, and another step for another",
            ],
        ),
        (
            7,
            "  - connect\n  - sockopt: { on: client, TCP_KEEPIDEL: 10 }",
            &["8:28 unknown key of `sockopt`: `TCP_KEEPIDEL` | did you mean `TCP_KEEPIDLE`?"],
        ),
        (
            7,
            "  - connect\n  - sockopt: { on: client, TCP_KEEPIDLE: 0 }",
            &["8:42 `0` is no value for TCP_KEEPIDLE | write a whole number from 1 to 32767"],
        ),
        (
            7,
            "  - { connect: , as: x }\n  - { wait: 1s, as: x }",
            &["8:21 two steps are called `x` | give one of them another name by `as`"],
        ),
        (
            7,
            "  - connect\n  - wait: 1s\n  - { kill: server, as: wait }",
            &["9:25 two steps are called `wait` | give one of them another name by `as`"],
        ),
        (
            6,
            "steps: []\nx:",
            &[
                "1:1 no step connects | add `- connect` as the first step",
                "7:1 unknown key of a scenario: `x` | known here: ...",
            ],
        ),
    ]);
}
