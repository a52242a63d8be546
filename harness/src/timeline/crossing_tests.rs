//! Which sights are one segment's, where it came from and how far it got.

use super::fixture::{CLIENT, ISN, Lab, OUTSIDE, SERVER, Seen, a, b, line, ms, name, socket};
use super::*;
use crate::ladder::EntryChange;
use crate::name::Unreachable;
use crate::plan::NodeKind;
use crate::record::{EventKind, Frame};
use crate::time::LabTime;
use crate::wire::{Icmp, Packet, Segment, Seq, encode};

fn gaps(lab: &Lab) -> Vec<(usize, usize)> {
    let doubts = lab.timeline().doubts;
    let gap = |doubt: &Doubt| match doubt {
        Doubt::Gap { vantage, crossing } => Some((*vantage, *crossing)),
        _ => None,
    };
    doubts.iter().filter_map(gap).collect()
}

fn last(lab: &Lab) -> String {
    lab.ladder().pop().unwrap()
}

fn icmp(source: [u8; 4], quoted: [std::net::SocketAddrV4; 2], seq: u32) -> Packet {
    Packet::Icmp(Icmp {
        source: source.into(),
        destination: (*quoted[0].ip()).into(),
        code: Unreachable::Host,
        quoted_source: socket(quoted[0]),
        quoted_destination: socket(quoted[1]),
        quoted_seq: Seq(ISN[0] + seq),
    })
}

fn see(lab: &mut Lab, nanos: i64, vantage: usize, packet: Packet) {
    lab.sights.push(Seen { vantage, at: LabTime(nanos), packet });
}

#[test]
fn a_segment_is_seen_at_each_vantage_on_its_way() {
    let timeline = Lab::switched().connected().timeline();
    let way = |n: usize| timeline.crossings[n].sightings.iter().map(|s| s.vantage).collect::<Vec<_>>();
    assert_eq!((way(0), way(1)), (vec![0, 1, 2, 3], vec![3, 2, 1, 0]));
    assert_eq!(timeline.crossings[0].sent, timeline.crossings[0].sightings[0].at);
    assert!(timeline.doubts.iter().all(|doubt| !matches!(doubt, Doubt::Gap { .. })));
}

#[test]
fn lost_where_it_was_last_seen() {
    let lost = ["a", "sw", "sw"];
    for (seen, node) in lost.into_iter().enumerate() {
        let mut lab = Lab::switched().connected();
        lab.at(1000, [a(".", 0, 1, 0).seen(0..seen + 1)]);
        assert_eq!(last(&lab), format!("a > b: PROBE lost at {node}"));
        assert_eq!(gaps(&lab), []);
    }
    let mut lab = Lab::switched().connected();
    lab.at(1000, [a(".", 0, 1, 0)]);
    assert_eq!(last(&lab), "a > b: PROBE");
}

#[test]
fn a_translated_segment_is_one() {
    let lab = Lab::nat().connected();
    let timeline = lab.timeline();
    let lines: Vec<_> = timeline.crossings.iter().map(line).collect();
    assert_eq!(lines, ["a > b: SYN", "b > a: SYN/ACK", "a > b: ACK"]);
    let sources = timeline.crossings[0].sightings.iter().map(|seen| match &lab.sights[seen.frame].packet {
        Packet::Tcp(segment) => segment.source,
        other => panic!("no segment: {other:?}"),
    });
    let [inside, outside] = [CLIENT, OUTSIDE].map(socket);
    assert_eq!(sources.collect::<Vec<_>>(), [inside, inside, outside, outside]);
}

#[test]
fn translations_come_from_conntrack_too() {
    let mut lab = Lab::nat();
    // Only the server's answer is seen beyond the NAT, and it is lost there.
    lab.at(0, [a("S", 0, 0, 0).seen(0..2), b("S.", 0, 1, 0).seen(0..2)]);
    assert_eq!(lab.ladder(), ["a > b: SYN lost at nat"]);
    lab.entry(0, EntryChange::Created);
    assert_eq!(lab.ladder(), ["a > b: SYN lost at nat", "b > a: SYN/ACK lost at nat"]);
}

#[test]
fn lost_at_a_nat_that_forgot() {
    let mut lab = Lab::nat().connected();
    lab.entry(0, EntryChange::Created);
    lab.entry(500, EntryChange::Deleted);
    lab.at(1000, [a(".", 0, 1, 0).seen(0..2)]);
    assert_eq!(last(&lab), "a > b: PROBE lost at nat");
}

#[test]
fn what_a_nat_forgot_is_for_the_nat_itself() {
    let forgets = |deleted: i64, then: Option<i64>| {
        let mut lab = Lab::nat().connected();
        lab.entry(0, EntryChange::Created);
        lab.entry(deleted, EntryChange::Deleted);
        if let Some(again) = then {
            lab.entry(again, EntryChange::Created);
        }
        lab.at(1000, [b("P.", 1, 1, 5).seen(0..2)]);
        last(&lab)
    };
    assert_eq!(forgets(500, None), "b > nat: PSH");
    assert_eq!(forgets(1003, None), "b > nat: PSH", "the look-up itself deleted it");
    assert_eq!(forgets(1500, None), "b > a: PSH lost at nat");
    assert_eq!(forgets(500, Some(600)), "b > a: PSH lost at nat");
}

#[test]
fn a_nat_that_lost_power_forgot() {
    let mut lab = Lab::nat().connected();
    lab.entry(0, EntryChange::Created);
    lab.capture_ends(500, 1);
    lab.at(1000, [b("P.", 1, 1, 5).seen(0..2)]);
    assert_eq!(last(&lab), "b > a: PSH lost at nat", "it has another interface");
    lab.capture_ends(500, 2);
    assert_eq!(last(&lab), "b > nat: PSH");
}

#[test]
fn a_forwarded_segment_is_one() {
    let lab = Lab::forwarding().connected();
    assert_eq!(lab.ladder(), ["a > b: SYN", "b > a: SYN/ACK", "a > b: ACK"]);
    let mut early = Lab::forwarding();
    early.at(0, [a("S", 0, 0, 0).seen(0..2)]);
    assert_eq!(early.ladder(), ["a > b: SYN lost at nat"], "found by the NAT's address alone");
}

#[test]
fn what_comes_to_a_forwarded_port_is_for_the_server_even_if_the_nat_forgot() {
    let mut lab = Lab::forwarding().connected();
    lab.entry(1, EntryChange::Created);
    lab.entry(500, EntryChange::Deleted);
    lab.at(1000, [a("P.", 1, 1, 5).seen(0..2), b("R", 1, 0, 0).seen(2..4)]);
    assert_eq!(lab.ladder()[3..], ["a > b: PSH lost at nat", "nat > a: RST"]);
    // What the server says first makes an entry by which it keeps the forwarded address.
    lab.opened_by_server(1500);
    lab.at(1501, [b("P.", 1, 1, 5)]);
    assert_eq!(last(&lab), "b > a: PSH");
    lab.entry(1600, EntryChange::Deleted);
    lab.at(2000, [a("P.", 6, 1, 5).seen(0..2)]);
    assert_eq!(last(&lab), "a > b: PSH lost at nat");
}

#[test]
fn an_rst_of_the_nat_to_either_side() {
    let mut lab = Lab::nat().connected();
    lab.entry(0, EntryChange::Created);
    lab.entry(500, EntryChange::Deleted);
    lab.at(1000, [b("P.", 1, 1, 5).seen(0..2), a("R", 1, 0, 0).id(0).seen(2..4)]);
    lab.at(2000, [a("P.", 1, 1, 5).seen(0..2), b("R", 1, 0, 0).id(0).seen(2..4)]);
    let lines = lab.ladder();
    assert_eq!(lines[3..], ["b > nat: PSH", "nat > b: RST", "a > b: PSH lost at nat", "nat > a: RST"]);
    assert_eq!(gaps(&lab), []);
}

#[test]
fn an_rst_that_passes_is_its_senders() {
    let mut lab = Lab::nat().connected();
    lab.at(1000, [b("R", 1, 0, 0).id(0)]);
    assert_eq!(last(&lab), "b > a: RST");
}

#[test]
fn equal_rsts_of_nat_and_host_keep_apart() {
    let mut lab = Lab::nat().connected();
    lab.at(1000, [b("R", 1, 0, 0).id(0).seen(2..4)]);
    lab.at(1100, [b("R", 1, 0, 0).id(0)]);
    assert_eq!(lab.ladder()[3..], ["nat > a: RST", "b > a: RST"]);
}

#[test]
fn a_switch_sends_no_rst() {
    let mut lab = Lab::switched().connected();
    lab.at(1000, [b("R", 1, 0, 0).id(0).seen(1..4)]);
    assert_eq!(last(&lab), "b > a: RST");
    assert_eq!(gaps(&lab), [(3, 3)]);
}

#[test]
fn a_gap_is_a_doubt_where_a_capture_ran() {
    let mut lab = Lab::switched().connected();
    lab.at(1000, [a(".", 0, 1, 0)]);
    lab.sights.retain(|sight| sight.at < ms(500) || sight.vantage != 1);
    assert_eq!(gaps(&lab), [(1, 3)]);
    assert_eq!(last(&lab), "a > b: PROBE");
    lab.capture_ends(500, 1);
    assert_eq!(gaps(&lab), []);
}

#[test]
fn a_senders_own_vantage_may_miss_it() {
    let mut lab = Lab::switched().connected();
    lab.at(1000, [a(".", 0, 1, 0).seen(1..4)]);
    assert_eq!((last(&lab), gaps(&lab)), ("a > b: PROBE".to_owned(), vec![(0, 3)]));
}

#[test]
fn a_host_that_comes_back_is_seen_again() {
    let mut lab = Lab::switched().connected();
    // b and the switch's port to it go and come back.
    lab.capture_ends(500, 3);
    lab.capture_ends(500, 2);
    lab.at(1000, [a(".", 0, 1, 0).seen(0..2)]);
    lab.at(2000, [a(".", 0, 1, 0), b("R", 1, 0, 0).id(0)]);
    assert_eq!(lab.ladder()[3..], ["a > b: PROBE lost at sw", "a > b: PROBE", "b > a: RST"]);
    assert_eq!(gaps(&lab), []);
}

#[test]
fn a_broken_capture_leaves_the_reach_open() {
    let mut lab = Lab::switched().connected();
    lab.at(1000, [a(".", 0, 1, 0).seen(0..3)]);
    assert_eq!(last(&lab), "a > b: PROBE lost at sw");
    lab.capture_ends(500, 3);
    assert_eq!(last(&lab), "a > b: PROBE lost at sw");
    lab.event(500, EventKind::CaptureFailed { vantage: 3, error: "no".into() });
    assert_eq!(last(&lab), "a > b: PROBE ?");
}

#[test]
fn after_the_end_nothing_is_known() {
    let mut lab = Lab::switched().connected();
    lab.at(1000, [a(".", 0, 1, 0).seen(0..1)]);
    lab.ends(1001);
    assert_eq!(last(&lab), "a > b: PROBE lost at a");
    lab.at(1002, [a(".", 0, 1, 0).seen(0..1)]);
    assert_eq!(last(&lab), "a > b: PROBE ?");
}

#[test]
fn equal_segments_are_first_in_first_out() {
    // Two in flight at once, by slow links.
    let mut lab = Lab::switched().connected();
    let rst = || b("R", 1, 0, 0).id(0).hop(50_000_000);
    lab.at(1000, [rst()]);
    lab.at(1010, [rst()]);
    let timeline = lab.timeline();
    let stamps = |n: usize| timeline.crossings[n].sightings.iter().map(|s| s.at.0 / 1_000_000).collect::<Vec<_>>();
    assert_eq!((stamps(3), stamps(4)), (vec![1000, 1050, 1100, 1150], vec![1010, 1060, 1110, 1160]));
}

#[test]
fn of_equal_segments_the_lost_one_is_told() {
    for lost in 0..3 {
        let mut lab = Lab::switched().connected();
        for n in 0..3 {
            let seen = if n == lost { 0..2 } else { 0..4 };
            lab.at(1000 + 200 * n, [b("R", 1, 0, 0).id(0).seen(seen)]);
        }
        let mut expected = ["b > a: RST"; 3].map(str::to_owned);
        expected[usize::try_from(lost).unwrap()] = "b > a: RST lost at sw".to_owned();
        assert_eq!(lab.ladder()[3..], expected);
    }
}

#[test]
fn equal_segments_far_apart_are_two() {
    let mut lab = Lab::nat().connected();
    lab.at(1000, [a("R", 1, 0, 0).id(0).seen(0..2)]);
    lab.at(5000, [a("R", 1, 0, 0).id(0).seen(2..4)]);
    assert_eq!(lab.ladder()[3..], ["a > b: RST lost at nat", "nat > b: RST"]);
}

#[test]
fn a_numbered_segment_may_take_its_time() {
    let mut lab = Lab::new("r", NodeKind::Router).connected();
    lab.at(1000, [a("P.", 1, 1, 5).id(77).seen(0..2)]);
    lab.at(4000, [a("P.", 1, 1, 5).id(77).seen(2..4)]);
    assert_eq!(lab.ladder()[3..], ["a > b: PSH"]);
}

#[test]
fn in_virtual_time_all_happens_at_once() {
    let mut lab = Lab::switched();
    lab.at(0, [a("S", 0, 0, 0), b("S.", 0, 1, 0), a(".", 1, 1, 0)].map(|shot| shot.hop(0)));
    lab.at(1000, [a(".", 0, 1, 0), b(".", 1, 1, 0)].map(|shot| shot.hop(0)));
    lab.at(2000, [a("P.", 1, 1, 5), b("R", 1, 0, 0).id(0)].map(|shot| shot.hop(0)));
    let expected =
        ["a > b: SYN", "b > a: SYN/ACK", "a > b: ACK", "a > b: PROBE", "b > a: PROBE/ACK", "a > b: PSH", "b > a: RST"];
    assert_eq!(lab.ladder(), expected);
    // Vantages may be handed over one after another, in any order.
    for order in [[0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1]] {
        let place = |sight: &Seen| order.iter().position(|v| *v == sight.vantage);
        lab.sights.sort_by_key(place);
        assert_eq!(lab.ladder(), expected);
    }
}

#[test]
fn icmp_about_the_connection_is_a_crossing() {
    let mut lab = Lab::new("r", NodeKind::Router).connected();
    lab.at(1000, [a(".", 0, 1, 0).seen(0..2)]);
    see(&mut lab, 1_000_100_000, 1, icmp([10, 0, 0, 254], [CLIENT, SERVER], 0));
    see(&mut lab, 1_000_110_000, 0, icmp([10, 0, 0, 254], [CLIENT, SERVER], 0));
    let crossing = lab.timeline().crossings.pop().unwrap();
    assert_eq!(line(&crossing), "r > a: ICMP host-unreachable");
    assert_eq!((crossing.seq, crossing.sightings.len()), (0, 2));
    let other = std::net::SocketAddrV4::new(*CLIENT.ip(), 9);
    see(&mut lab, 1_000_200_000, 0, icmp([10, 0, 0, 254], [other, SERVER], 0));
    assert_eq!(lab.timeline().crossings.len(), 5);
}

#[test]
fn a_burst_of_equal_icmp_is_as_many_crossings() {
    let mut lab = Lab::new("r", NodeKind::Router).connected();
    for n in 0..3 {
        see(&mut lab, 4_000_000_000 + n * 1_000, 1, icmp([10, 0, 0, 254], [CLIENT, SERVER], 0));
        see(&mut lab, 4_000_010_000 + n * 1_000, 0, icmp([10, 0, 0, 254], [CLIENT, SERVER], 0));
    }
    assert_eq!(lab.ladder()[3..], ["r > a: ICMP host-unreachable"; 3]);
}

#[test]
fn icmp_from_a_stranger_is_its_first_vantages() {
    let mut lab = Lab::new("r", NodeKind::Router).connected();
    see(&mut lab, 1_000_100_000, 1, icmp([192, 0, 2, 1], [CLIENT, SERVER], 0));
    assert_eq!(last(&lab), "r > a: ICMP host-unreachable lost at r");
}

#[test]
fn other_connections_are_counted_only() {
    let mut lab = Lab::switched().connected();
    let mut again = a("S", 5, 0, 0);
    again.segment.source.set_port(40002);
    lab.at(3000, [again]);
    assert_eq!(lab.timeline().crossings.len(), 3);
    lab.record.frames = frames(&lab);
    let others = others(&lab.record);
    assert_eq!((others.segments, others.strangers), (4, 0));
    let pair = (socket(CLIENT).ip(), 40002);
    assert!(others.connections.iter().any(|(one, _)| (one.ip(), one.port()) == pair));
}

/// The same sights as octets, ARP among them.
fn frames(lab: &Lab) -> Vec<Frame> {
    let frame = |sight: &Seen| {
        let Packet::Tcp(segment) = &sight.packet else { panic!("no segment") };
        let octets = encode(segment, [2; 6], [4; 6]);
        Frame { vantage: sight.vantage, at: sight.at, wire_len: u32::try_from(octets.len()).unwrap(), octets }
    };
    lab.sights.iter().map(frame).collect()
}

#[test]
fn octets_give_the_same() {
    let mut lab = Lab::nat().connected();
    lab.at(1000, [a("P.", 1, 1, 5), b(".", 1, 6, 0)]);
    lab.record.frames = frames(&lab);
    let arp = [vec![0xff; 6], vec![2; 6], vec![8, 6], vec![0; 28]].concat();
    lab.record.frames.push(Frame { vantage: 0, at: ms(1), wire_len: 42, octets: arp });
    lab.record.frames.reverse();
    let (seen, made) = (timeline(&lab.record), lab.timeline());
    assert_eq!(seen.crossings.iter().map(line).collect::<Vec<_>>(), lab.ladder());
    let numbers = |t: &Timeline| t.crossings.iter().map(|c| (c.seq, c.ack, c.sent)).collect::<Vec<_>>();
    assert_eq!(numbers(&seen), numbers(&made));
    assert_eq!(others(&lab.record).strangers, 1);
}

#[test]
fn one_vantage_of_an_imported_capture() {
    let lab = Lab::imported().connected();
    assert_eq!(lab.ladder(), ["a > b: SYN ?", "b > a: SYN/ACK", "a > b: ACK ?"]);
    assert_eq!(lab.timeline().doubts, []);
}

#[test]
fn a_capture_beyond_a_nat_has_another_client() {
    let mut lab = Lab::imported().connected();
    lab.record.manifest.client.address = [192, 0, 2, 7].into();
    assert_eq!(lab.ladder(), ["a > b: SYN ?", "b > a: SYN/ACK", "a > b: ACK ?"]);
}

#[test]
fn an_imported_capture_may_hold_a_packet_twice() {
    let mut lab = Lab::imported().connected();
    let twice: Vec<Seen> = lab
        .sights
        .iter()
        .cloned()
        .flat_map(|sight| {
            let mut copy = sight.clone();
            copy.at = LabTime(copy.at.0 + 1_000);
            [sight, copy]
        })
        .collect();
    lab.sights = twice;
    assert_eq!(lab.ladder().len(), 3);
}

#[test]
fn large_segments_are_cut_behind_an_imported_vantage() {
    let mut lab = Lab::imported();
    lab.record.manifest.vantages.push(crate::plan::VantagePlan { node: name("b"), interface: "eth0".into() });
    let part = |seq, len| a("P.", seq, 1, len);
    let mut see_at = |at, vantage, segment: Segment| see(&mut lab, at, vantage, Packet::Tcp(segment));
    see_at(0, 0, a("S", 0, 0, 0).segment);
    see_at(10, 1, a("S", 0, 0, 0).segment);
    see_at(100, 0, part(1, 2920).segment);
    see_at(110, 1, part(1, 1460).segment);
    see_at(111, 1, part(1461, 1460).segment);
    see_at(200, 0, part(2921, 100).segment);
    let reaches: Vec<_> = lab.timeline().crossings.into_iter().map(|c| c.reach).collect();
    let lost = Reach::LostAt(name("a"));
    assert_eq!(reaches, [Reach::Arrived, Reach::Unknown, Reach::Arrived, Reach::Arrived, lost]);
}

#[test]
fn nothing_makes_nothing() {
    let lab = Lab::switched();
    assert_eq!(lab.timeline().crossings, []);
    assert_eq!(lab.timeline().doubts.len(), 5, "four captures without end, and the run");
}
