use super::check;

#[test]
fn wrong_endpoints() {
    check(&[
        (
            5,
            "server: { on: b, port: 0 }",
            &["5:24 `0` is out of limits for a port | write a whole number from 1 to 65535"],
        ),
        (
            5,
            "server: { on: b, port: 65536 }",
            &["5:24 `65536` is out of limits for a port | write a whole number from 1 to 65535"],
        ),
        (
            5,
            "server: { on: b, port: http }",
            &["5:24 `http` is no whole number for a port | write a whole number from 1 to 65535"],
        ),
        (
            5,
            "server: { on: b, port: 10.0.0.1 }",
            &["5:24 `10.0.0.1` is no whole number for a port | write a whole number from 1 to 65535"],
        ),
        (
            5,
            "server: { on: b, port: -1 }",
            &["5:24 `-1` is no whole number for a port | write a whole number from 1 to 65535"],
        ),
        (4, "client: { on: a, keepalive: yes }", &["4:29 unknown value `yes` | known here: `true`, `false`"]),
        (
            4,
            "client: { on: a, keepalive: { idle: 0s } }",
            &["4:37 0s is out of limits | the kernel takes whole seconds from 1s to 32767s"],
        ),
        (
            4,
            "client: { on: a, keepalive: { idle: 32768s } }",
            &["4:37 9h 6m 8s is out of limits | the kernel takes whole seconds from 1s to 32767s"],
        ),
        (
            4,
            "client: { on: a, keepalive: { interval: 1500ms } }",
            &["4:41 1.5s is not whole seconds | the kernel takes whole seconds from 1s to 32767s"],
        ),
        (
            4,
            "client: { on: a, keepalive: { interval: 9h 7m } }",
            &["4:41 9h 7m is out of limits | the kernel takes whole seconds from 1s to 32767s"],
        ),
        (4, "client: { on: a, keepalive: { idle: 2 } }", &["4:37 `2` is no duration | add the unit: `2s` or `2ms`"]),
        (
            4,
            "client: { on: a, keepalive: { count: 0 } }",
            &["4:38 `0` is out of limits for a count of probes | write a whole number from 1 to 127"],
        ),
        (
            4,
            "client: { on: a, keepalive: { count: 128 } }",
            &["4:38 `128` is out of limits for a count of probes | write a whole number from 1 to 127"],
        ),
        (
            4,
            "client: { on: a, keepalive: { idel: 2s } }",
            &["4:31 unknown key of keepalive: `idel` | did you mean `idle`?"],
        ),
        (
            4,
            "client: { on: a, user_timeout: 0 }",
            &["4:32 0s can't be a user timeout | write whole milliseconds, from 1ms to 24d 20h 31m 23.647s"],
        ),
        (
            4,
            "client: { on: a, user_timeout: 25d }",
            &["4:32 25d can't be a user timeout | write whole milliseconds, from 1ms to 24d 20h 31m 23.647s"],
        ),
        (
            4,
            "client: { on: a, user_timeout: 1500us }",
            &["4:32 1.5ms can't be a user timeout | write whole milliseconds, from 1ms to 24d 20h 31m 23.647s"],
        ),
        (
            4,
            "client: { on: a, user_timeout: 2x }",
            &["4:32 `2x` is no duration | write a number and a unit: `300ms`, `2s`, `1m 15s`, `2h`"],
        ),
        (
            4,
            "client: { on: a, TCP_NODLAY: 1 }",
            &["4:18 unknown key of an endpoint: `TCP_NODLAY` | did you mean `TCP_NODELAY`?"],
        ),
        (
            4,
            "client: { on: a, TCP_NODELAY: 2 }",
            &["4:31 `2` is no value for TCP_NODELAY | write a whole number from 0 to 1"],
        ),
        (
            4,
            "client: { on: a, options: { TCP_KEEPIDLE: 10s } }",
            &["4:43 `10s` is no value for TCP_KEEPIDLE | write a whole number from 1 to 32767"],
        ),
        (
            4,
            "client: { on: a, options: { nodelay: 1 } }",
            &["4:29 unknown key of options: `nodelay` | known here: ..."],
        ),
        (
            4,
            "client: { on: a, TCP_NODELAY: 1, options: { TCP_NODELAY: 0 } }",
            &["4:45 `TCP_NODELAY` is set a second time | keep one of the two"],
        ),
        (4, "client: { on: a, options: 1 }", &["4:27 options is a map, not a text | write `{ TCP_NODELAY: ... }`"]),
        (
            4,
            "client: { on: a, run: curl }",
            &["4:23 a text where a list belongs | write the program and its arguments as a list: `[curl, -v]`"],
        ),
        (4, "client: { on: a, run: [] }", &["4:23 no program | write its name first: `run: [redis-server]`"]),
        (
            4,
            "client: { on: a, run: [nc, {server.address}] }",
            &[
                "4:28 a map where a single value belongs | write a word; quote one that holds braces; a text that begins with `{` needs quotes",
            ],
        ),
        (
            4,
            "client: { on: a, run: [nc, '{server.adress}'] }",
            &["4:28 unknown placeholder `server.adress` | did you mean `server.address`?"],
        ),
        (
            4,
            "client: { on: a, run: [nc], keepalive: true }",
            &[
                "4:29 `keepalive` beside `run`: a program looks after its own socket | give the program its own arguments for that, or leave `run` out",
            ],
        ),
        (
            4,
            "client: { on: a, run: [nc], TCP_NODELAY: 1 }",
            &[
                "4:29 `TCP_NODELAY` beside `run`: a program looks after its own socket | give the program its own arguments for that, or leave `run` out",
            ],
        ),
        (
            4,
            "client: { on: a, as_root: true }",
            &["4:18 `as_root` without `run` | only a program can be run as root: leave it out"],
        ),
        (
            4,
            "client: { on: a, accepts: false, backlog: 1 }",
            &[
                "4:18 the client takes no `accepts` | it is the server that listens",
                "4:34 the client takes no `backlog` | it is the server that listens",
            ],
        ),
        (
            5,
            "server: { on: b, run: [nc, -l], backlog: 1 }",
            &[
                "5:33 `backlog` beside `run`: a program looks after its own socket | give the program its own arguments for that, or leave `run` out",
            ],
        ),
        (
            5,
            "server: { on: b, backlog: 5000 }",
            &["5:27 `5000` is out of limits for a backlog | write a whole number from 0 to 4096"],
        ),
        (4, "client: { on: a, reads: 0 }", &["4:25 unknown value `0` | known here: `true`, `false`"]),
        (
            4,
            "client: { on: a, idle: 2s }",
            &["4:18 `idle` is no key of an endpoint | it stands in `keepalive: { ... }`"],
        ),
    ]);
}
