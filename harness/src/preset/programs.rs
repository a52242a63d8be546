use super::{Keepalive, Program, Source};
use std::time::Duration;

const fn program(
    name: &'static str,
    keepalive: Keepalive,
    about: &'static str,
    at: &'static str,
    checked_on: &'static str,
) -> Program {
    Program { name, about, keepalive, user_timeout: None, source: Source { at, checked_on } }
}

const fn on(idle: u16, interval: u16, count: u8) -> Keepalive {
    Keepalive::On { idle: Some(idle), interval: Some(interval), count: Some(count) }
}

/// Only the idle time is the program's own.
const fn on_after(idle: u16) -> Keepalive {
    Keepalive::On { idle: Some(idle), interval: None, count: None }
}

const SYSTEM: Keepalive = Keepalive::On { idle: None, interval: None, count: None };

/// All of them, by how soon they notice a dead peer; those that never ask last.
pub const PROGRAMS: [Program; 17] = [
    program(
        "pgcat",
        on(5, 5, 5),
        "PgCat, to clients and servers",
        "https://github.com/postgresml/pgcat/pull/315",
        "2026",
    ),
    Program {
        user_timeout: Some(Duration::from_secs(30)),
        ..program(
            "reqwest",
            on(15, 15, 3),
            "reqwest from 0.12.23, on Linux with a user timeout",
            "https://github.com/seanmonstar/reqwest/pull/2780",
            "2026",
        )
    },
    program(
        "go",
        on(15, 15, 9),
        "Go from 1.23: net.Dialer and net.ListenConfig",
        "https://github.com/golang/go, src/net/dial.go",
        "2026-11-23",
    ),
    program(
        "undici",
        on(60, 1, 10),
        "undici, the fetch of Node.js; interval and count are libuv's",
        "https://github.com/nodejs/node/pull/38313",
        "2026",
    ),
    program("bun", on(60, 1, 10), "Bun's fetch", "https://github.com/oven-sh/bun/pull/30627", "2026"),
    program("curl", on(60, 60, 9), "curl", "https://curl.se/docs/manpage.html#--keepalive-time", "2026"),
    program(
        "redis-server",
        on(300, 100, 3),
        "Redis, tcp-keepalive 300; a third of it is the interval",
        "https://github.com/redis/redis, src/anet.c",
        "2026",
    ),
    program(
        "clickhouse-client",
        on_after(290),
        "ClickHouse's client, tcp_keep_alive_timeout",
        "https://github.com/ClickHouse/ClickHouse/pull/27882",
        "2026",
    ),
    program(
        "linux",
        SYSTEM,
        "any program that only switches SO_KEEPALIVE on",
        "https://docs.kernel.org/networking/ip-sysctl.html",
        "2026",
    ),
    program(
        "libpq",
        SYSTEM,
        "PostgreSQL's client library",
        "https://www.postgresql.org/docs/current/libpq-connect.html",
        "2026",
    ),
    program("pgbouncer", SYSTEM, "PgBouncer", "https://www.pgbouncer.org/config.html", "2026"),
    program("openssh", SYSTEM, "OpenSSH, TCPKeepAlive yes", "ssh_config(5)", "2026"),
    program("plain", Keepalive::Off, "a socket of which nothing is asked", "tcp(7)", "2026-11-23"),
    program(
        "clickhouse-server",
        Keepalive::Off,
        "ClickHouse's server",
        "https://github.com/ClickHouse/ClickHouse/issues/103336",
        "2026",
    ),
    program(
        "haproxy",
        Keepalive::Off,
        "HAProxy without clitcpka and srvtcpka",
        "https://github.com/haproxy/haproxy/issues/670",
        "2026",
    ),
    program(
        "envoy",
        Keepalive::Off,
        "Envoy without tcp_keepalive",
        "https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/core/v3/address.proto",
        "2026",
    ),
    program(
        "librdkafka",
        Keepalive::Off,
        "librdkafka, socket.keepalive.enable false",
        "https://github.com/confluentinc/librdkafka/blob/master/CONFIGURATION.md",
        "2026",
    ),
];
