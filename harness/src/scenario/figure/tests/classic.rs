use super::samples::{Sample, parts};

/// The two shapes that keepalive texts have drawn for decades.
pub(super) static SAMPLES: [Sample; 2] = [
    Sample {
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
    },
    Sample {
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
    },
];

#[test]
fn places_are_those_of_the_rows() {
    let parts = parts(SAMPLES[0].figure);
    let lines: Vec<u32> = parts.expect.iter().map(|rung| rung.span.line).collect();
    assert_eq!(lines, [7, 8, 9, 11, 13, 15, 16]);
    let crash = parts.expect[3].span;
    assert_eq!(
        &SAMPLES[0].figure[crash.offset..crash.offset + crash.len],
        "|                       system crash ---> X"
    );
    assert_eq!(crash.column, 7);
    assert_eq!(parts.nodes[0].span.line, 4);
}
