//! The scenarios of a question, as files that a user can go on with.

use super::pair::{Client, Question};
use crate::preset::Keepalive;
use crate::time::show_duration;
use std::time::Duration;

/// Longer than the kernel retransmits by default, some 925 s.
const PATIENCE: &str = "30m";
/// Where nothing is sent nothing can be noticed; a day shows that as well as a year.
const UNNOTICED: Duration = Duration::from_secs(86400);

/// Left idle, then written to. It passes if the data arrives.
pub(super) fn idle(question: &Question) -> String {
    let (idle, name, client) = (show_duration(question.idle()), question.through.name, side(&question.client));
    let who = question.client.name();
    format!(
        "\
title: The connection of {who} lives through {name} when it is idle
about: |
  Passes if what is written after the silence arrives. The middlebox forgets a
  connection that was idle for {timeout}, and then {then}.
clock: virtual
nodes:
  a: host
  nat: {{ role: nat, preset: {name} }}
  b: host
links: [a -- nat, nat -- b]
client: {client}
server: {{ on: b }}
steps:
  - connect
  - wait: {idle}
  - send: {{ from: client, bytes: 5 }}
# Probes go out as the client's settings say, or not at all.
allow: [PROBE, PROBE/ACK]
patience: {PATIENCE}
expect:
  - a > b: SYN
  - b > a: SYN/ACK
  - a > b: ACK
  - step: send
  - a > b: PSH
  - b > a: ACK
  - server: 5 bytes
",
        timeout = show_duration(question.through.idle_timeout),
        then = question.through.on_expiry,
    )
}

/// The server loses power while the connection is idle. It passes if that is noticed as
/// keepalive promises, or, without keepalive, not at all.
pub(super) fn dead(question: &Question) -> String {
    let (name, client, who) = (question.through.name, side(&question.client), question.client.name());
    let (patience, last) = match question.client.nominal() {
        None => ("30s".to_owned(), format!("  - quiet: {}\n  - client: alive\n", show_duration(UNNOTICED))),
        Some(nominal) => {
            let errno = if question.is_reset() { "ECONNRESET" } else { "ETIMEDOUT" };
            (show_duration(enough(nominal)), format!("  - client: {errno}\n"))
        }
    };
    format!(
        "\
title: How {who} behind {name} notices that its server lost power
about: |
  The switch keeps the middlebox's carrier up, as a provider's network would.
clock: virtual
nodes:
  a: host
  nat: {{ role: nat, preset: {name} }}
  sw: switch
  b: host
links: [a -- nat, nat -- sw, sw -- b]
client: {client}
server: {{ on: b }}
steps:
  - connect
  - power_off: b
# The last router may say that it finds no server; that ends no connection.
allow: [PROBE, RST, ICMP host-unreachable]
patience: {patience}
expect:
  - a > b: SYN
  - b > a: SYN/ACK
  - a > b: ACK
  - step: power_off
{last}"
    )
}

/// A timer is late by an eighth at most, and the first probe counts from the handshake.
fn enough(nominal: Duration) -> Duration {
    Duration::from_secs(nominal.as_secs() * 5 / 4 + 60)
}

fn side(client: &Client) -> String {
    let mut fields = vec!["on: a".to_owned()];
    fields.extend(client.preset.map(|preset| format!("preset: {}", preset.name)));
    fields.extend(client.keepalive.map(keepalive));
    fields.extend(client.user_timeout.map(|time| format!("user_timeout: {}", show_duration(time))));
    format!("{{ {} }}", fields.join(", "))
}

fn keepalive(keepalive: Keepalive) -> String {
    let Keepalive::On { idle, interval, count } = keepalive else { return "keepalive: false".to_owned() };
    let seconds = |key, value: Option<u16>| value.map(|value| format!("{key}: {value}s"));
    let all = [seconds("idle", idle), seconds("interval", interval), count.map(|count| format!("count: {count}"))];
    format!("keepalive: {{ {} }}", all.into_iter().flatten().collect::<Vec<_>>().join(", "))
}
