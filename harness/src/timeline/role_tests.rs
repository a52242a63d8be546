//! Each role, and what looks like it.

use super::fixture::{ISN, Lab, Shot, a, b, line};
use crate::name::Label;
use crate::wire::{Packet, Seq};

/// The labels of what follows the handshake.
fn labels(lab: &Lab) -> Vec<&'static str> {
    lab.timeline().crossings.iter().skip(3).map(|crossing| crossing.label.as_str()).collect()
}

fn connected() -> Lab {
    Lab::switched().connected()
}

/// What follows the handshake, one shot at each time.
fn after(shots: impl IntoIterator<Item = (i64, Shot)>) -> Vec<&'static str> {
    let mut lab = connected();
    for (at, shot) in shots {
        lab.at(at, [shot]);
    }
    labels(&lab)
}

/// Five octets that fill the peer's window, and the ACK that says so.
fn closed() -> Lab {
    let mut lab = connected();
    lab.at(100, [a("P.", 1, 1, 5), b(".", 1, 6, 0).window(0)]);
    lab
}

#[test]
fn the_handshake() {
    let lines = connected().ladder();
    assert_eq!(lines, ["a > b: SYN", "b > a: SYN/ACK", "a > b: ACK"]);
}

#[test]
fn numbers_are_relative() {
    let mut lab = connected();
    lab.at(1, [a("P.", 1, 1, 5), b(".", 1, 6, 0)]);
    let numbers: Vec<_> =
        lab.timeline().crossings.iter().map(|crossing| (crossing.seq, crossing.ack, crossing.len)).collect();
    assert_eq!(numbers, [(0, 0, 0), (0, 1, 0), (1, 1, 0), (1, 1, 5), (1, 6, 0)]);
}

#[test]
fn a_probe_and_its_answer() {
    let seen = after([(1000, a(".", 0, 1, 0)), (1001, b(".", 1, 1, 0))]);
    assert_eq!(seen, ["PROBE", "PROBE/ACK"]);
    let crossed = after([(1000, a(".", 0, 1, 0)), (1000, b(".", 1, 1, 0).window(509))]);
    assert_eq!(crossed, ["PROBE", "DUP-ACK"], "sent before the probe came");
}

#[test]
fn a_probe_with_an_old_octet() {
    let data = [(1, a("P.", 1, 1, 5)), (2, b(".", 1, 6, 0))];
    let probe = [(1000, a(".", 5, 1, 1)), (1001, b(".", 1, 6, 0))];
    assert_eq!(after(data.into_iter().chain(probe)), ["PSH", "ACK", "PROBE", "PROBE/ACK"]);
}

#[test]
fn the_same_octets_are_no_probe_while_data_is_on_its_way() {
    let seen = after([(1, a("P.", 1, 1, 5).seen(0..1)), (1000, a(".", 5, 1, 0))]);
    assert_eq!(seen, ["PSH", "DUP-ACK"]);
}

#[test]
fn a_last_octet_sent_again_is_no_probe() {
    let seen = after([(1, a("P.", 1, 1, 1).seen(0..1)), (210, a("P.", 1, 1, 1))]);
    assert_eq!(seen, ["PSH", "RETRANSMIT"]);
}

#[test]
fn a_single_octet_sent_again_after_a_lost_ack_is_data() {
    // The ACK passes a's vantage and is dropped behind it.
    let seen = after([(1, a("P.", 1, 1, 1)), (2, b(".", 1, 2, 0)), (210, a("P.", 1, 1, 1))]);
    assert_eq!(seen, ["PSH", "ACK", "RETRANSMIT"]);
}

#[test]
fn an_answer_needs_a_probe_that_arrived() {
    let seen = after([(1000, a(".", 0, 1, 0).seen(0..2)), (1001, b(".", 1, 1, 0).window(509))]);
    assert_eq!(seen, ["PROBE", "DUP-ACK"]);
}

#[test]
fn one_probe_has_one_answer() {
    let probe = [(1000, a(".", 0, 1, 0)), (1001, b(".", 1, 1, 0)), (1002, b(".", 1, 1, 0))];
    assert_eq!(after(probe), ["PROBE", "PROBE/ACK", "DUP-ACK"]);
}

#[test]
fn anything_else_from_the_probed_ends_the_debt() {
    let seen =
        after([(1000, a(".", 0, 1, 0)), (1001, b("P.", 1, 1, 3)), (1002, a(".", 1, 4, 0)), (1003, b(".", 4, 1, 0))]);
    assert_eq!(seen, ["PROBE", "PSH", "ACK", "DUP-ACK"]);
}

#[test]
fn an_ack_of_data_answers_no_probe() {
    let seen = after([(1000, a(".", 0, 1, 0)), (1500, a("P.", 1, 1, 5)), (1501, b(".", 1, 6, 0))]);
    assert_eq!(seen, ["PROBE", "PSH", "ACK"]);
}

#[test]
fn a_duplicate_ack_answers_what_is_out_of_order() {
    let seen = after([
        (1, a("P.", 1, 1, 5).seen(0..1)),
        (2, a("P.", 6, 1, 5)),
        (3, b(".", 1, 1, 0).window(509)),
        (210, a("P.", 1, 1, 5)),
        (211, b(".", 1, 11, 0).window(509)),
    ]);
    assert_eq!(seen, ["PSH", "PSH", "DUP-ACK", "RETRANSMIT", "ACK"]);
}

#[test]
fn sack_makes_a_duplicate_whatever_the_window() {
    let mut dup = b(".", 1, 1, 0).window(700);
    dup.segment.options.sack = vec![(Seq(ISN[0] + 6), Seq(ISN[0] + 11))];
    let update = b(".", 1, 1, 0).window(900);
    let seen = after([(1, a("P.", 6, 1, 5)), (2, dup), (3, update)]);
    assert_eq!(seen, ["PSH", "DUP-ACK", "WINDOW-UPDATE"]);
}

#[test]
fn a_smaller_window_is_neither_update_nor_duplicate() {
    assert_eq!(after([(5, b(".", 1, 1, 0).window(300))]), ["ACK"]);
}

#[test]
fn data_need_no_psh_bit() {
    let seen = after([(1, a(".", 1, 1, 1448)), (2, a("P.", 1449, 1, 52))]);
    assert_eq!(seen, ["PSH", "PSH"]);
}

#[test]
fn what_was_sent_before_is_a_retransmission() {
    let seen = after([(1, a("P.", 1, 1, 5).seen(0..1)), (210, a("P.", 1, 1, 5).seen(0..1)), (400, a("P.", 1, 1, 10))]);
    assert_eq!(seen, ["PSH", "RETRANSMIT", "PSH"], "the last has new octets too");
}

#[test]
fn a_syn_again_is_a_retransmission_and_another_is_not() {
    let mut lab = Lab::switched();
    lab.at(0, [a("S", 0, 0, 0).seen(0..1)]);
    lab.at(1000, [a("S", 0, 0, 0), b("S.", 0, 1, 0).seen(0..1)]);
    lab.at(2000, [b("S.", 0, 1, 0)]);
    lab.at(9000, [a("S", 777, 0, 0)]);
    let lines = lab.ladder();
    let expected =
        ["a > b: SYN lost at a", "a > b: RETRANSMIT", "b > a: SYN/ACK lost at b", "b > a: RETRANSMIT", "a > b: SYN"];
    assert_eq!(lines, expected);
}

#[test]
fn fin_alone_and_with_data_and_again() {
    let seen = after([
        (1, a("F.", 1, 1, 0)),
        (2, b(".", 1, 2, 0)),
        (3, b("FP.", 1, 2, 5).seen(0..1)),
        (210, b("FP.", 1, 2, 5)),
        (211, a(".", 2, 7, 0)),
    ]);
    assert_eq!(seen, ["FIN", "ACK", "FIN", "RETRANSMIT", "ACK"]);
}

#[test]
fn probes_after_a_fin() {
    let seen = after([(1, b("F.", 1, 1, 0)), (2, a(".", 1, 2, 0)), (1000, a(".", 0, 2, 0)), (1001, b(".", 2, 1, 0))]);
    assert_eq!(seen, ["FIN", "ACK", "PROBE", "PROBE/ACK"]);
}

#[test]
fn rst_with_and_without_ack() {
    let seen = after([(1, a("R.", 1, 1, 0)), (2, b("R", 1, 0, 0).window(0))]);
    assert_eq!(seen, ["RST", "RST"]);
}

#[test]
fn an_rst_changes_nothing() {
    let seen = after([(1, b("R", 1, 0, 0).window(0).seen(2..4)), (1000, a(".", 0, 1, 0))]);
    assert_eq!(seen, ["RST", "PROBE"], "its window of 0 closes nothing");
}

#[test]
fn a_refused_syn() {
    let mut lab = Lab::switched();
    let mut refusal = b("R.", 0, 1, 0);
    refusal.segment.seq = Seq(0);
    lab.at(0, [a("S", 0, 0, 0), refusal]);
    let crossings = lab.timeline().crossings;
    assert_eq!(crossings.iter().map(line).collect::<Vec<_>>(), ["a > b: SYN", "b > a: RST"]);
    assert_eq!((crossings[1].seq, crossings[1].ack), (0, 1));
}

#[test]
fn persist_probes_of_a_closed_window() {
    let mut lab = closed();
    for at in [310, 730, 1590, 3300, 6800] {
        lab.at(at, [a(".", 5, 1, 0), b(".", 1, 6, 0).window(0)]);
    }
    let seen = labels(&lab);
    assert_eq!(seen[..2], ["PSH", "ACK"]);
    assert!(seen[2..].chunks(2).all(|pair| pair == ["WINDOW-PROBE", "ACK"]), "{seen:?}");
}

#[test]
fn keepalive_goes_on_while_the_window_is_closed() {
    let mut lab = closed();
    for at in [1110, 2130] {
        lab.at(at, [a(".", 5, 1, 0), b(".", 1, 6, 0).window(0)]);
    }
    assert_eq!(labels(&lab)[2..], ["PROBE", "PROBE/ACK", "PROBE", "PROBE/ACK"]);
}

#[test]
fn the_same_octets_are_a_probe_while_the_window_is_open() {
    let mut lab = connected();
    lab.at(100, [a("P.", 1, 1, 5), b(".", 1, 6, 0).window(1), a(".", 5, 1, 0)]);
    assert_eq!(labels(&lab)[2..], ["PROBE"]);
}

#[test]
fn a_closed_window_counts_only_where_it_is_known() {
    let mut lab = connected();
    lab.at(100, [a("P.", 1, 1, 5), b(".", 1, 6, 0), b(".", 1, 6, 0).window(0).seen(0..2)]);
    lab.at(310, [a(".", 5, 1, 0)]);
    assert_eq!(labels(&lab)[3..], ["PROBE"]);
}

#[test]
fn a_window_probe_with_a_new_octet() {
    let mut lab = closed();
    lab.at(310, [a(".", 6, 1, 1), b(".", 1, 6, 0).window(0)]);
    lab.at(730, [a(".", 6, 1, 1), b(".", 1, 7, 0).window(500)]);
    lab.at(740, [a("P.", 7, 1, 9)]);
    assert_eq!(labels(&lab)[2..], ["WINDOW-PROBE", "ACK", "WINDOW-PROBE", "ACK", "PSH"]);
}

#[test]
fn an_opened_window_is_an_update_with_or_without_a_window_probe() {
    let mut lab = closed();
    lab.at(200, [b(".", 1, 6, 0).window(500)]);
    assert_eq!(labels(&lab)[2..], ["WINDOW-UPDATE"]);
    let mut lab = closed();
    lab.at(310, [a(".", 5, 1, 0)]);
    lab.at(400, [b(".", 1, 6, 0).window(500)]);
    lab.at(1500, [a(".", 5, 1, 0)]);
    assert_eq!(labels(&lab)[2..], ["WINDOW-PROBE", "WINDOW-UPDATE", "PROBE"]);
}

#[test]
fn the_answer_to_a_probe_may_change_the_window() {
    let seen = after([(1000, a(".", 0, 1, 0)), (1001, b(".", 1, 1, 0).window(700))]);
    assert_eq!(seen, ["PROBE", "PROBE/ACK"]);
}

#[test]
fn sequence_numbers_wrap() {
    let mut lab = connected();
    // Just below 4 GiB after the initial number, in strides of 1 GiB less one.
    let stride: u32 = (1 << 30) - 1;
    for n in 0..9_u32 {
        let seq = 1_u32.wrapping_add(stride.wrapping_mul(n));
        lab.at(i64::from(n) + 1, [a("P.", seq, 1, stride), b(".", 1, seq.wrapping_add(stride), 0)]);
    }
    let timeline = lab.timeline();
    let last = timeline.crossings.last().unwrap();
    assert_eq!(last.ack, 1 + 9 * i64::from(stride), "beyond 8 GiB");
    assert!(timeline.crossings[3..].iter().all(|c| matches!(c.label, Label::Psh | Label::Ack)));
}

#[test]
fn a_probe_across_the_wrap() {
    let mut lab = Lab::switched();
    let isn = |mut shot: Shot| {
        let side = if shot.from == crate::name::Side::Client { 0 } else { 1 };
        let shift = |seq: Seq, by: usize| Seq(seq.0.wrapping_sub(ISN[by]).wrapping_sub(1));
        shot.segment.seq = shift(shot.segment.seq, side);
        shot.segment.ack = shift(shot.segment.ack, 1 - side);
        shot
    };
    // Both begin at 2^32 - 1: octet 1 has the number 0.
    lab.at(0, [a("S", 0, 0, 0), b("S.", 0, 1, 0), a(".", 1, 1, 0)].map(isn));
    lab.at(1000, [a(".", 0, 1, 0), b(".", 1, 1, 0)].map(isn));
    lab.at(1500, [a("P.", 1, 1, 5).seen(0..1), a("P.", 1, 1, 5)].map(isn));
    assert_eq!(labels(&lab), ["PROBE", "PROBE/ACK", "PSH", "RETRANSMIT"]);
}

#[test]
fn a_capture_that_begins_with_a_probe() {
    let mut lab = Lab::imported();
    lab.at(0, [a(".", 500, 800, 0), b(".", 800, 501, 0)]);
    lab.at(1000, [a(".", 500, 800, 0), b(".", 800, 501, 0)]);
    let labels: Vec<_> = lab.timeline().crossings.iter().map(|c| c.label.as_str()).collect();
    assert_eq!(labels, ["PROBE", "PROBE/ACK", "PROBE", "PROBE/ACK"]);
}

#[test]
fn a_capture_that_begins_with_data() {
    let mut lab = Lab::imported();
    lab.at(0, [a("P.", 500, 800, 9), b(".", 800, 509, 0), a("P.", 509, 800, 9)]);
    let crossings = lab.timeline().crossings;
    let labels: Vec<_> = crossings.iter().map(|c| c.label.as_str()).collect();
    assert_eq!(labels, ["PSH", "ACK", "PSH"]);
    assert_eq!((crossings[0].seq, crossings[1].seq), (1, 1));
}

#[test]
fn the_packet_is_as_first_seen() {
    let timeline = Lab::nat().connected().timeline();
    let Packet::Tcp(segment) = &timeline.crossings[0].packet else { panic!("no segment") };
    assert_eq!(segment.source, super::fixture::socket(super::fixture::CLIENT));
}
