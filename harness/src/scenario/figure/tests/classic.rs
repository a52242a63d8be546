use super::{Sample, bare, mangled, parts, told};

/// The two shapes that keepalive texts have drawn for decades.
const DEAD_PEER: Sample = Sample {
    name: "dead peer",
    figure: "
     ___                                       ___
    |   |                                     |   |
    | A |                                     | B |
    |___|                                     |___|
      ^                                         ^
      |--->--->---------- SYN ---------->--->---|
      |---<---<-------- SYN/ACK --------<---<---|
      |--->--->---------- ACK ---------->--->---|
      |                                         |
      |                       system crash ---> X
      |
      |                     system restart ---> ^
      |                                         |
      |--->--->---------- PSH ---------->--->---|
      |---<---<---------- RST ----------<---<---|
      |                                         |
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
  - power_on: b
  - send: { from: client, bytes: 5 }
expect:
  - a > b: SYN
  - b > a: SYN/ACK
  - a > b: ACK
  - step: power_off
  - step: power_on
  - a > b: PSH
  - b > a: RST
",
};

const FORGETFUL_NAT: Sample = Sample {
    name: "forgetful NAT",
    figure: "
     ___           _____                        ___
    |   |         |     |                      |   |
    | A |         | NAT |                      | B |
    |___|         |_____|                      |___|
      ^              ^                           ^
      |-->--->--->---|-------- SYN ----->--->----|
      |--<---<---<---|------ SYN/ACK ---<---<----|
      |-->--->--->---|-------- ACK ----->--->----|
      |              |                           |
      |              | <--- connection deleted from table
      |              |                           |
      |-->- PSH ->---| <--- invalid connection   |
      |              |                           |
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
  - send: { from: client, bytes: 5 }
expect:
  - a > b: SYN
  - b > a: SYN/ACK
  - a > b: ACK
  - step: flush_nat
  - { a > b: PSH, lost_at: nat }
",
};

#[test]
fn the_dead_peer_reads() {
    assert_eq!(told(DEAD_PEER.figure), DEAD_PEER.says);
}

#[test]
fn the_forgetful_nat_reads() {
    assert_eq!(told(FORGETFUL_NAT.figure), FORGETFUL_NAT.says);
}

#[test]
fn blanks_mean_nothing() {
    for sample in [DEAD_PEER, FORGETFUL_NAT] {
        let intact = bare(&parts(sample.figure));
        for (how, text) in mangled(sample.figure) {
            assert_eq!(bare(&parts(&text)), intact, "{}, {how}", sample.name);
        }
    }
}

#[test]
fn places_are_those_of_the_rows() {
    let parts = parts(DEAD_PEER.figure);
    let lines: Vec<u32> = parts.expect.iter().map(|rung| rung.span.line).collect();
    assert_eq!(lines, [7, 8, 9, 11, 13, 15, 16]);
    let crash = parts.expect[3].span;
    assert_eq!(&DEAD_PEER.figure[crash.offset..crash.offset + crash.len], "|                       system crash ---> X");
    assert_eq!(crash.column, 7);
    assert_eq!(parts.nodes[0].span.line, 4);
}
