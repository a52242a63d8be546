use super::tests::compiled;

/// A connection of which the client keeps watch, with these steps and further lines.
fn told(client: &str, steps: &str, expect: &str) -> Vec<String> {
    let text = format!(
        "title: t\nnodes: {{ a: host, r: router, b: host }}\nlinks: [a -- r, r -- b]\nclient: {{ on: a, {client} }}\n\
         server: {{ on: b }}\nsteps:\n{steps}expect:\n  - a > b: SYN\n{expect}"
    );
    compiled(&text).warnings.into_iter().map(|warning| format!("{}: {}", warning.line, warning.text)).collect()
}

const KEEPALIVE: &str = "keepalive: { idle: 1s, interval: 1s, count: 3 }";

/// One warning at the line of the second step, which begins so; and none with the remedy.
#[track_caller]
fn warned([client, steps, expect]: [&str; 3], begins: &str, [better_client, better_steps]: [&str; 2]) {
    let all = told(client, steps, expect);
    assert!(all.len() == 1 && all[0].starts_with(begins), "{all:?}");
    assert_eq!(told(better_client, better_steps, expect), [""; 0]);
}

#[test]
fn what_a_host_loses_on_its_way_out_is_never_seen() {
    let expect = "  - { a > b: PROBE, lost: true }\n";
    let steps = "  - connect\n  - drop: { on: a, hook: output }\n";
    let better = "  - connect\n  - drop: r\n";
    let begins = "8: what a loses on its own way out is seen by no capture, so `a > b: PROBE` can't be met";
    warned([KEEPALIVE, steps, expect], begins, [KEEPALIVE, better]);
    let steps = "  - connect\n  - impair: { on: a, toward: r, loss: 100% }\n";
    let better = "  - connect\n  - impair: { on: r, toward: b, loss: 100% }\n";
    warned([KEEPALIVE, steps, expect], begins, [KEEPALIVE, better]);
}

#[test]
fn below_ip_a_loss_at_home_is_no_loss() {
    let expect = "  - client: ETIMEDOUT\n";
    let steps = "  - connect\n  - drop: { on: a, hook: egress }\n";
    let better = "  - connect\n  - drop: { on: a, hook: output }\n";
    let begins = "8: a probe that does not get out of a counts for nothing, so the client's keepalive never gives up";
    warned([KEEPALIVE, steps, expect], begins, [KEEPALIVE, better]);
    // Data in flight is given up all the same.
    let with_data = format!("{steps}  - send: {{ from: client, bytes: 1 }}\n");
    assert_eq!(told(KEEPALIVE, &with_data, expect), [""; 0]);
}

#[test]
fn icmp_about_probes_is_not_believed() {
    let expect = "  - client: EHOSTUNREACH\n";
    let steps = "  - connect\n  - reject: { on: r, with: host-unreachable }\n";
    let begins = "8: an established connection ignores ICMP errors about its probes, so `client: EHOSTUNREACH`";
    let with_data = format!("{steps}  - send: {{ from: client, bytes: 1 }}\n");
    warned([KEEPALIVE, steps, expect], begins, [KEEPALIVE, &with_data]);
    let before = "  - reject: { on: r, with: host-unreachable }\n  - connect\n";
    assert_eq!(told(KEEPALIVE, before, expect), [""; 0]);
}

#[test]
fn nor_is_icmpv6() {
    let begins = "an established connection ignores ICMP errors about its probes, so `client: EACCES`";
    let scenario = |steps: &str| {
        format!(
            "title: t\nfamily: ipv6\nnodes: {{ a: host, r: router, b: host }}\nlinks: [a -- r, r -- b]\n\
             client: {{ on: a, {KEEPALIVE} }}\nserver: {{ on: b }}\nsteps:\n{steps}expect:\n  - client: EACCES\n"
        )
    };
    let reject = "  - reject: { on: r, with: admin-prohibited }\n";
    let warnings = compiled(&scenario(&format!("  - connect\n{reject}"))).warnings;
    assert!(warnings.len() == 1 && warnings[0].text.starts_with(begins), "{warnings:?}");
    assert_eq!(compiled(&scenario(&format!("{reject}  - connect\n"))).warnings, []);
}

#[test]
fn an_rst_of_ones_own_ends_no_connect() {
    let steps = "  - reject: { on: a, hook: output, with: tcp-reset }\n  - connect\n";
    let better = "  - reject: { on: r, with: tcp-reset }\n  - connect\n";
    warned([KEEPALIVE, steps, ""], "7: an RST that a host sends itself does not end a connect", [KEEPALIVE, better]);
}

#[test]
fn filters_for_what_never_comes() {
    let steps = "  - connect\n  - drop: { on: b, flags: [SYN] }\n";
    let better = "  - drop: { on: b, flags: [SYN] }\n  - connect\n";
    warned([KEEPALIVE, steps, ""], "8: no segment with SYN comes any more", [KEEPALIVE, better]);
    let steps = "  - connect\n  - drop: { on: b, only: probes }\n";
    warned(["port: 7", steps, ""], "8: nobody probes here", [KEEPALIVE, steps]);
    let later = format!("{steps}  - sockopt: {{ on: client, SO_KEEPALIVE: 1 }}\n");
    assert_eq!(told("port: 7", &later, ""), [""; 0]);
}

#[test]
fn a_sysctl_is_not_for_a_socket_that_knows_better() {
    let steps = "  - connect\n  - sysctl: { on: a, net.ipv4.tcp_keepalive_time: 5 }\n";
    let begins = "8: the client has set TCP_KEEPIDLE itself";
    warned([KEEPALIVE, steps, ""], begins, ["keepalive: { interval: 1s }", steps]);
    assert_eq!(told(KEEPALIVE, steps, "  - client: TCP_KEEPIDLE 1\n"), [""; 0], "that is what is to be shown");
}

#[test]
fn a_user_timeout_alone_ends_no_idle_connection() {
    let steps = "  - connect\n  - drop: b\n";
    let with_keepalive = format!("user_timeout: 3s, {KEEPALIVE}");
    let begins = "4: a user timeout without `keepalive` never ends a connection";
    warned(["user_timeout: 3s", steps, ""], begins, [&with_keepalive, steps]);
    let with_data = format!("{steps}  - send: {{ from: client, bytes: 1 }}\n");
    assert_eq!(told("user_timeout: 3s", &with_data, ""), [""; 0]);
}

#[test]
fn forwarded_ports_are_asked_for_and_hidden_servers_found() {
    let lab = |toward: &str, forward: &str| {
        let text = format!(
            "title: t\nnodes:\n  a: host\n  n: {{ role: nat, toward: {toward}{forward} }}\n  b: host\nlinks: [a -- n, n -- b]\n\
             client: {{ on: a }}\nserver: {{ on: b }}\nsteps: [connect]\nexpect: [a > b: SYN]\n"
        );
        let warnings = compiled(&text).warnings.into_iter();
        warnings.map(|warning| format!("{}: {}", warning.line, warning.text)).collect::<Vec<_>>()
    };
    assert_eq!(lab("a", ", forward: { 5050: b }"), [""; 0]);
    assert_eq!(lab("a", ""), ["8: b is behind a nat, and a finds no way to it; have the nat `forward: { 5050: b }`"]);
    let text = "title: t\nnodes:\n  a: host\n  n: { role: nat, toward: b, forward: { 5050: c } }\n  b: host\n  c: host\n\
        links: [a -- n, n -- b, n -- c]\nclient: { on: a }\nserver: { on: c }\nsteps: [connect]\nexpect: [a > c: SYN]\n";
    let told = compiled(text).warnings.into_iter().map(|warning| format!("{}: {}", warning.line, warning.text));
    assert_eq!(
        told.collect::<Vec<_>>(),
        ["4: no client comes to port 5050 of n from its outside; put one there, or take the port out of `forward`"]
    );
}

#[test]
fn what_is_known_for_good_is_neither_forgotten_nor_asked_for() {
    let lab = |settings: &str| {
        let text = format!(
            "title: t\nnodes:\n  a: {{ role: host, neighbours: {{ {settings} }} }}\n  b: host\nlinks: [a -- b]\n\
             client: {{ on: a }}\nserver: {{ on: b }}\nsteps: [connect, {{ flush_neighbours: a }}]\nexpect: [a > b: SYN]\n"
        );
        let warnings = compiled(&text).warnings.into_iter();
        warnings.map(|warning| format!("{}: {}", warning.line, warning.text)).collect::<Vec<_>>()
    };
    assert_eq!(lab("retransmit: 1s"), [""; 0]);
    let forgets = "8: a has its hardware addresses for good, and forgets none; leave `permanent` out";
    assert_eq!(lab("permanent: true"), [forgets]);
    let asks =
        "3: a has its hardware addresses for good, so that `retransmit` changes nothing; leave one of the two out";
    assert_eq!(lab("permanent: true, retransmit: 1s"), [asks, forgets]);
}

#[test]
fn a_port_that_no_client_has_is_not_missed() {
    let lab = |port: &str| {
        let text = format!(
            "title: t\nnodes: {{ a: host, n: nat, b: host }}\nlinks: [a -- n, n -- b]\nclient: {{ on: a{port} }}\n\
             server: {{ on: b }}\nsteps:\n  - take_port: {{ on: n, port: 40001 }}\n  - connect\nexpect: [a > b: SYN]\n"
        );
        let warnings = compiled(&text).warnings.into_iter();
        warnings.map(|warning| format!("{}: {}", warning.line, warning.text)).collect::<Vec<_>>()
    };
    assert_eq!(lab(", port: 40001"), [""; 0]);
    assert_eq!(lab(""), ["7: no client has port 40001, so that nobody misses it; give the client `port: 40001`"]);
}
