use super::samples::{Sample, bare, mangled, parts, samples, told};

/// Drawings in many hands. What each says stands in the full form's words.
pub(super) static GALLERY: [Sample; 14] = [
    Sample {
        name: "probes find a dead host",
        figure: "
   ___                              ___
  |   |                            |   |
  | A |                            | B |
  |___|                            |___|
    ^                                ^
    |-->-->------- SYN ------->-->---|
    |--<--<----- SYN/ACK -----<--<---|
    |-->-->------- ACK ------->-->---|
    |                                |
    |-->-->------ PROBE ------>-->---|
    |--<--<---- PROBE/ACK ----<--<---|
    |                                |
    |              power off ---> X
    |
    |-->-->------ PROBE ---> X
    |-->-->------ PROBE ---> X
    |-->-->------ PROBE ---> X
    |
",
        says: "\
nodes:
  a: host
  sw: switch
  b: host
links: [a -- sw, sw -- b]
client: { on: a }
server: { on: b }
steps:
  - connect
  - wait_for: { b > a: PROBE/ACK }
  - power_off: b
expect:
  - a > b: SYN
  - b > a: SYN/ACK
  - a > b: ACK
  - a > b: PROBE
  - b > a: PROBE/ACK
  - step: power_off
  - { a > b: PROBE, lost: true }
  - { a > b: PROBE, lost: true }
  - { a > b: PROBE, lost: true }
",
    },
    Sample {
        name: "an orderly end",
        figure: "
+-------+                 +------+
| LEFT  |                 | PEER |
+-------+                 +------+
    |---- SYN ---------------->|
    |<------------- SYN+ACK ---|
    |---- ACK ---------------->|
    |---- [PSH] -------------->|
    |<----------------- ACK ---|
    |---- FIN ---------------->|
    |<----------------- ACK ---|
    |<----------------- FIN ---|
    |---- ACK ---------------->|
    v                          v
",
        says: "\
nodes:
  left: host
  sw: switch
  peer: host
links: [left -- sw, sw -- peer]
client: { on: left }
server: { on: peer }
steps:
  - connect
  - send: { from: client, bytes: 5 }
  - wait_for: { peer > left: ACK }
  - close: client
  - wait_for: { peer > left: ACK }
  - close: server
expect:
  - left > peer: SYN
  - peer > left: SYN/ACK
  - left > peer: ACK
  - left > peer: PSH
  - peer > left: ACK
  - left > peer: FIN
  - peer > left: ACK
  - peer > left: FIN
  - left > peer: ACK
",
    },
    Sample {
        name: "the right lane connects",
        figure: "
┌─────┐               ┌─────┐
│  A  │               │  B  │
└──┬──┘               └──┬──┘
   │◄────── SYN ─────────┤
   ├─────── SYN/ACK ────►│
   │◄────── ACK ─────────┤
   │◄────── PSH ─────────┤
   │        ...          │
",
        says: "\
nodes:
  a: host
  sw: switch
  b: host
links: [a -- sw, sw -- b]
client: { on: b }
server: { on: a }
steps:
  - connect
  - send: { from: client, bytes: 5 }
expect:
  - b > a: SYN
  - a > b: SYN/ACK
  - b > a: ACK
  - b > a: PSH
  - \"...\"
",
    },
    Sample {
        name: "a cable is cut and mended",
        figure: "
  ____                              _____
 | SW |                            | END |
 |____|                            |_____|
    |--->------- syn ---------->------|
    |---<----- syn-ack --------<------|
    |--->------- ack ---------->------|
    |                                 |
    |                 cable cut ---> X
    |                                 |
    |--->------- psh ---> X           |
    |--->---- retransmit ---> X
    |                   link up ---> ^
    |--->---- retransmit ------>------|
    |---<------- ack ----------<------|
",
        says: "\
nodes:
  sw: host
  sw2: switch
  end: host
links: [sw -- sw2, sw2 -- end]
client: { on: sw }
server: { on: end }
steps:
  - connect
  - link_down: end -- sw2
  - send: { from: client, bytes: 5 }
  - wait_for: { sw > end: RETRANSMIT, lost: true }
  - link_up: end -- sw2
expect:
  - sw > end: SYN
  - end > sw: SYN/ACK
  - sw > end: ACK
  - step: link_down
  - { sw > end: PSH, lost: true }
  - { sw > end: RETRANSMIT, lost: true }
  - step: link_up
  - sw > end: RETRANSMIT
  - end > sw: ACK
",
    },
    Sample {
        name: "the client dies, and the server probes",
        figure: "
   _____                          _____
  |  A  |                        |  B  |
  |_____|                        |_____|
     |------------ SYN ------------>|
     |<--------- SYN/ACK -----------|
     |------------ ACK ------------>|
     |                              |
     X <--- system crash            |
                                    |
            X <--- PROBE x9 --------|
                                    |
     ^ <--- reboot                  |
     |<---------- PROBE ------------|
     |------------ RST ------------>|
",
        says: "\
nodes:
  a: host
  sw: switch
  b: host
links: [a -- sw, sw -- b]
client: { on: a }
server: { on: b }
steps:
  - connect
  - power_off: a
  - wait_for: { b > a: PROBE, times: 9, lost: true }
  - power_on: a
expect:
  - a > b: SYN
  - b > a: SYN/ACK
  - a > b: ACK
  - step: power_off
  - { b > a: PROBE, times: 9, lost: true }
  - step: power_on
  - b > a: PROBE
  - a > b: RST
",
    },
    Sample {
        name: "a host behind a router dies",
        figure: "
   ___          ________                 ___
  | A |        | ROUTER |               | B |
  |___|        |________|               |___|
    ^              ^                      ^
    |-->-->-->-----|-------- SYN ---->----|
    |--<--<--<-----|----- SYN/ACK ---<----|
    |-->-->-->-----|-------- ACK ---->----|
    |              |                      |
    |              |     power loss ---> X
    |              |
    |-->-->-->-----|------- PROBE ---> X
    |--<-- ICMP host-unreachable --<--|
",
        says: "\
nodes:
  a: host
  router: router
  sw: switch
  b: host
links: [a -- router, router -- sw, sw -- b]
client: { on: a }
server: { on: b }
steps:
  - connect
  - power_off: b
expect:
  - a > b: SYN
  - b > a: SYN/ACK
  - a > b: ACK
  - step: power_off
  - { a > b: PROBE, lost: true }
  - router > a: ICMP host-unreachable
",
    },
    Sample {
        name: "the outside writes after the NAT forgot",
        figure: "
   _____         _________               _____
  |  A  |       | NAT box |             |  B  |
  |_____|       |_________|             |_____|
     |---->---------|------- SYN ---------->|
     |<-------------|------ SYN/ACK --------|
     |---->---------|------- ACK ---------->|
     |              |                       |
     | table flushed ---> |                 |
     |              |                       |
     |    dropped ---> |<------- PSH -------|
     |              |<--- RETRANSMIT -------|
",
        says: "\
nodes:
  a: host
  nat: { role: nat, conntrack: { loose: false, drop_invalid: true } }
  b: host
links: [a -- nat, nat -- b]
client: { on: a }
server: { on: b }
steps:
  - connect
  - flush_nat: nat
  - send: { from: server, bytes: 5 }
expect:
  - a > b: SYN
  - b > a: SYN/ACK
  - a > b: ACK
  - step: flush_nat
  - { b > a: PSH, lost_at: nat }
  - { b > a: RETRANSMIT, lost_at: nat }
",
    },
    Sample {
        name: "the NAT forgets twice, time passes, and it refuses",
        figure: "
  _____        ______              _____
 |  A  |      | NAT1 |            |  B  |
 |_____|      |______|            |_____|
    |------------|------- SYN ------>|
    |<-----------|----- SYN-ACK -----|
    |------------|------- ACK ------>|
    |       (2 hours pass)           |
    |            | <--- entry deleted
    |------------|------ PROBE ----->|
    |<-----------|--- PROBE/ACK -----|
    |            | <--- entry deleted|
    |---- PSH -->|                   |
    |<--- RST ---|                   |
",
        says: "\
nodes:
  a: host
  nat1: { role: nat, conntrack: { loose: false, drop_invalid: true } }
  b: host
links: [a -- nat1, nat1 -- b]
client: { on: a }
server: { on: b }
steps:
  - connect
  - wait: 2h
  - flush_nat: nat1
  - wait_for: { b > a: PROBE/ACK }
  - flush_nat: nat1
  - send: { from: client, bytes: 5 }
expect:
  - a > b: SYN
  - b > a: SYN/ACK
  - a > b: ACK
  - step: flush_nat
  - a > b: PROBE
  - b > a: PROBE/ACK
  - step: flush_nat#2
  - { a > b: PSH, lost_at: nat1 }
  - nat1 > a: RST
",
    },
    Sample {
        name: "the middle dies",
        figure: "
  _____        ______              _____
 |  A  |      |  R1  |            |  B  |
 |_____|      |______|            |_____|
    |----->------|------- SYN ------>|
    |<-----------|----- SYN/ACK -----|
    |----->------|------- ACK ------>|
    | power failure ---> X           |
    |                                |
    |------- PSH ---> X              |
    |---- RETRANSMIT ---> X          |
    | restart ---> ^                 |
    |---->-------|--- RETRANSMIT --->|
    |<-----------|------ ACK --------|
",
        says: "\
nodes:
  a: host
  sw: switch
  r1: router
  sw2: switch
  b: host
links: [a -- sw, sw -- r1, r1 -- sw2, sw2 -- b]
client: { on: a }
server: { on: b }
steps:
  - connect
  - power_off: r1
  - send: { from: client, bytes: 5 }
  - wait_for: { a > b: RETRANSMIT, lost: true }
  - power_on: r1
expect:
  - a > b: SYN
  - b > a: SYN/ACK
  - a > b: ACK
  - step: power_off
  - { a > b: PSH, lost: true }
  - { a > b: RETRANSMIT, lost: true }
  - step: power_on
  - a > b: RETRANSMIT
  - b > a: ACK
",
    },
    Sample {
        name: "both ends die",
        figure: "
  _____                            _____
 |  A  |                          |  B  |
 |_____|                          |_____|
    |------------- SYN ------------->|
    |<----------- SYN/ACK -----------|
    |------------- ACK ------------->|
    |                  crash ---> X
    X <--- crash
                    restart ---> ^
    ^ <--- restart               |
    |                            |
",
        says: "\
nodes:
  a: host
  sw: switch
  b: host
links: [a -- sw, sw -- b]
client: { on: a }
server: { on: b }
steps:
  - connect
  - power_off: b
  - power_off: a
  - power_on: b
  - power_on: a
expect:
  - a > b: SYN
  - b > a: SYN/ACK
  - a > b: ACK
  - step: power_off
  - step: power_off#2
  - step: power_on
  - step: power_on#2
",
    },
    Sample {
        name: "a crossed-out arrow, and a wide one",
        figure: "
  _____                                                                                  _____
 |  A  |                                                                                |  B  |
 |_____|                                                                                |_____|
    |===>===>===>===>===>===>===>=============== SYN =============>===>===>===>===>===>===>|
    |===<===<===<===<===<===<===<============= SYN/ACK ===========<===<===<===<===<===<===<|
    |===>===>===>===>===>===>===>=============== ACK =============>===>===>===>===>===>===>|
    |===>===>===>===>===>===>===>=============== PSH =============>===×        (lost)      |
    |===>===>===>===>===>===>===>=========== RETRANSMIT ==========>===>===>===>===>===>===>|
    |===<===<===<===<===<===<===<=============== ACK =============<===<===<===<===<===<===<|
",
        says: "\
nodes:
  a: host
  sw: switch
  b: host
links: [a -- sw, sw -- b]
client: { on: a }
server: { on: b }
steps:
  - connect
  - send: { from: client, bytes: 5 }
expect:
  - a > b: SYN
  - b > a: SYN/ACK
  - a > b: ACK
  - { a > b: PSH, lost: true }
  - a > b: RETRANSMIT
  - b > a: ACK
",
    },
    Sample {
        name: "probes between steps, each pair waited for",
        figure: "
  _____                    _____
 |  A  |                  |  B  |
 |_____|                  |_____|
    |--------- SYN --------->|
    |<------ SYN/ACK --------|
    |--------- ACK --------->|
    |-------- PROBE -------->|
    |<----- PROBE/ACK -------|
    |-------- PROBE -------->|
    |<----- PROBE/ACK -------|
    |      wait 500 ms       |
    |<-------- PSH ----------|
    |--------- ACK --------->|
",
        says: "\
nodes:
  a: host
  sw: switch
  b: host
links: [a -- sw, sw -- b]
client: { on: a }
server: { on: b }
steps:
  - connect
  - wait_for: { b > a: PROBE/ACK }
  - wait_for: { b > a: PROBE/ACK }
  - wait: 500ms
  - send: { from: server, bytes: 5 }
expect:
  - a > b: SYN
  - b > a: SYN/ACK
  - a > b: ACK
  - a > b: PROBE
  - b > a: PROBE/ACK
  - a > b: PROBE
  - b > a: PROBE/ACK
  - b > a: PSH
  - a > b: ACK
",
    },
    Sample {
        name: "boxes of two lines, arrows of commas and quotes",
        figure: "
.-------.               .-------.
| edge  |               | data  |
|  one  |               | base  |
'-------'               '-------'
    |- - - - SYN - - - - - ->|
    |<- - - SYN/ACK - - - - -|
    |- - - - ACK - - - - - ->|
",
        says: "\
nodes:
  edge-one: host
  sw: switch
  data-base: host
links: [edge-one -- sw, sw -- data-base]
client: { on: edge-one }
server: { on: data-base }
steps:
  - connect
expect:
  - edge-one > data-base: SYN
  - data-base > edge-one: SYN/ACK
  - edge-one > data-base: ACK
",
    },
    Sample {
        name: "nobody answers",
        figure: "
  ___             ___
 | A |           | B |
 |___|           |___|
   | unplugged ---> X
   |--- SYN ---> X
   |--- RETRANSMIT ---> X
",
        says: "\
nodes:
  a: host
  sw: switch
  b: host
links: [a -- sw, sw -- b]
client: { on: a }
server: { on: b }
steps:
  - link_down: b -- sw
  - connect
expect:
  - step: link_down
  - { a > b: SYN, lost: true }
  - { a > b: RETRANSMIT, lost: true }
",
    },
];

#[test]
fn each_says_what_it_draws() {
    for sample in samples() {
        assert_eq!(told(sample.figure), sample.says, "{}", sample.name);
    }
}

#[test]
fn none_needs_its_blanks() {
    for sample in samples() {
        let intact = bare(&parts(sample.figure));
        for (how, text) in mangled(sample.figure) {
            assert_eq!(bare(&parts(&text)), intact, "{}, {how}", sample.name);
        }
    }
}
