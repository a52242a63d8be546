use crate::ladder::{EntryChange, Expected, Ladder, Outcome};
use crate::name::{Label, Side};
use crate::plan::NodeKind;
use crate::timeline::{Reach, Timeline};
use crate::verdict::judge;
use crate::verdict::tests::sample::*;

fn drawn(ladder: &Ladder, timeline: &Timeline) -> String {
    let drawing = crate::report::ladder(ladder, timeline, &judge(ladder, timeline));
    assert!(drawing.lines().all(|line| line.chars().count() <= 100), "{drawing}");
    format!("\n{drawing}")
}

#[test]
fn a_pass() {
    let (ladder, timeline) = dead_peer();
    insta::assert_snapshot!(drawn(&ladder, &timeline), @r#"

            ___                         ____                          ___
           | a |                       | sw |                        | b |
           |___|                       |____|                        |___|
             ^                            ^                            ^
    0.010    |..................... step: connect .....................|
    0.010    |--->--->--- SYN --->--->--->|--->--->--->--->--->--->--->|  ✓
    0.010    |<---<---<---<---<---<---<---|<---<---< SYN/ACK --<---<---|  ✓
    0.010    |--->--->--- ACK --->--->--->|--->--->--->--->--->--->--->|  ✓
    0.010    | <--- connected             |                            |  ✓
    0.500    |...................... step: drop .......................|  ✓
             :                         0.522 s                         :
    1.022    |--->--->-- PROBE -->--->--->X                            |  ✓
             :                         1.024 s                         :
    2.046    |--->--->-- PROBE -->--->--->X                            |  ✓
             :                         1.024 s                         :
    3.070    |--->--->-- PROBE -->--->--->X                            |  ✓
             :                         1.024 s                         :
    4.094    |--->--->--- RST --->--->--->X                            |  ✓
    4.094    | <--- ETIMEDOUT             |                            |  ✓
    "#);
}

#[test]
fn a_nat_that_forgot() {
    let ladder = ladder(vec![
        segment("a>b", Label::Syn),
        segment("b>a", Label::SynAck),
        segment("a>b", Label::Ack),
        entry(EntryChange::Deleted),
        segment("a>b", Label::Psh).lost_at("sw"),
        segment("a>b", Label::Retransmit).lost_at("sw").times(6, 200),
        outcome(Side::Client, ETIMEDOUT),
        quiet(ms(2000)),
    ]);
    let mut ladder = ladder;
    ladder.rungs[5].every = None;
    let mut timeline = timeline(30_000_000)
        .sends(200, "a>b", Label::Syn)
        .sends(250, "b>a", Label::SynAck)
        .sends(300, "a>b", Label::Ack)
        .does(500_000, 505_000, 0, "flush_nat")
        .tracks(505_200, EntryChange::Deleted)
        .loses(600_000, "a>b", Label::Psh, "sw");
    for n in 1..=6 {
        timeline = timeline.loses(600_000 + n * 204_000, "a>b", Label::Retransmit, "sw");
    }
    timeline = timeline.sees(3_000_000, Side::Client, ETIMEDOUT);
    timeline.manifest.nodes[1].kind = NodeKind::Nat;
    insta::assert_snapshot!(drawn(&ladder, &timeline), @r#"

            ___                         ____                          ___
           | a |                       | sw |                        | b |
           |___|                       |____|                        |___|
             ^                            ^                            ^
    0.000    |--->--->--- SYN --->--->--->|--->--->--->--->--->--->--->|  ✓
    0.000    |<---<---<---<---<---<---<---|<---<---< SYN/ACK --<---<---|  ✓
    0.000    |--->--->--- ACK --->--->--->|--->--->--->--->--->--->--->|  ✓
    0.500    |.................... step: flush_nat ....................|
    0.505    |                            | <--- entry deleted         |  ✓
    0.600    |--->--->--- PSH --->--->--->X                            |  ✓
    0.804    |--->---> RETRANSMIT --->--->X                            |  ✓
             :                ... 5 more, every 0.204 s                :  ✓
             :                         1.176 s                         :
    3.000    | <--- ETIMEDOUT             |                            |  ✓
             :                         2.000 s                         :
    5.000    |....................... quiet: 2s .......................|  ✓
    "#);
}

#[test]
fn missing_and_unexpected() {
    let (ladder, mut timeline) = dead_peer();
    timeline.crossings.truncate(4);
    timeline.crossings[3].reach = Reach::Arrived;
    timeline.happenings.pop();
    timeline.end = micros(5_000_000);
    let timeline = timeline.sends(1_022_100, "b>a", Label::Rst).sees(1_022_300, Side::Client, ECONNRESET);
    insta::assert_snapshot!(drawn(&ladder, &timeline), @r#"

            ___                         ____                          ___
           | a |                       | sw |                        | b |
           |___|                       |____|                        |___|
             ^                            ^                            ^
    0.010    |..................... step: connect .....................|
    0.010    |--->--->--- SYN --->--->--->|--->--->--->--->--->--->--->|  ✓
    0.010    |<---<---<---<---<---<---<---|<---<---< SYN/ACK --<---<---|  ✓
    0.010    |--->--->--- ACK --->--->--->|--->--->--->--->--->--->--->|  ✓
    0.010    | <--- connected             |                            |  ✓
    0.500    |...................... step: drop .......................|  ✓
             :                         0.522 s                         :
    1.022    |--->--->-- PROBE -->--->--->|--->--->--->--->--->--->--->|  should have been lost at sw
             |- ->- ->-  PROBE  ->- ->- ->X                            |  missing
             |- ->- ->-  PROBE  ->- ->- ->X                            |  missing
             |- ->-  RST >- ->- X         |                            |  missing
    1.022    |<---<---<---<---<---<---<---|<---<---<-- RST <---<---<---|  not expected
    1.022    | <--- ECONNRESET            |                            |  expected ETIMEDOUT
    "#);
}

#[test]
fn late_relabelled_and_in_the_wrong_order() {
    let (mut ladder, mut timeline) = dead_peer();
    ladder.rungs.swap(1, 2);
    timeline.crossings[4].label = Label::WindowProbe;
    timeline.crossings[5].sent = micros(3_570_000);
    insta::assert_snapshot!(drawn(&ladder, &timeline), @r#"

            ___                         ____                          ___
           | a |                       | sw |                        | b |
           |___|                       |____|                        |___|
             ^                            ^                            ^
    0.010    |..................... step: connect .....................|
    0.010    |--->--->--- SYN --->--->--->|--->--->--->--->--->--->--->|  ✓
    0.010    |<---<---<---<---<---<---<---|<---<---< SYN/ACK --<---<---|  too soon: belongs after li…
    0.010    |--->--->--- ACK --->--->--->|--->--->--->--->--->--->--->|  ✓
    0.010    | <--- connected             |                            |  ✓
    0.500    |...................... step: drop .......................|  ✓
             :                         0.522 s                         :
    1.022    |--->--->-- PROBE -->--->--->X                            |  ✓
             :                         1.024 s                         :
    2.046    |--->--- WINDOW-PROBE -->--->X                            |  expected PROBE
             :                         1.524 s                         :
    3.570    |--->--->-- PROBE -->--->--->X                            |  ✓
             :                         0.524 s                         :
    4.094    |--->--->--- RST --->--->--->X                            |  early, due 4.561..4.615 s
    4.094    | <--- ETIMEDOUT             |                            |  ✓
    "#);
}

#[test]
fn lost_at_its_sender_and_never_known() {
    let ladder = ladder(vec![
        segment("a>b", Label::Syn).lost(),
        segment("b>a", Label::WindowUpdate).lost_at("b"),
        segment("a>b", Label::Psh),
    ]);
    let mut timeline = timeline(1_000_000)
        .loses(200, "a>b", Label::Syn, "a")
        .loses(300, "b>a", Label::WindowUpdate, "b")
        .sends(400, "a>b", Label::Psh)
        .sends(500, "a>b", Label::Ack)
        .sees(600, Side::Server, Outcome::Eof);
    timeline.crossings[2].reach = Reach::Unknown;
    let mut allowing = ladder;
    allowing.allow = vec![Label::Ack];
    allowing.settle = ms(100);
    allowing.rungs.push(outcome(Side::Server, Outcome::Eof));
    insta::assert_snapshot!(drawn(&allowing, &timeline), @r#"

            ___                                 ___
           | a |                               | b |
           |___|                               |___|
             ^                                   ^
    0.000    |--->--->- SYN ->--->---X           |  ✓
    0.000    |           X---< WINDOW-UPDATE <---|  ✓
    0.000    |--->--->--->--- PSH --->--->--->---?  can't be told
    0.001    |--->--->--->--- ACK --->--->--->---|  allowed
    0.001    |                          EOF ---> |  ✓
    "#);
}

#[test]
fn silence_broken_and_readings() {
    let ladder =
        ladder(vec![step(0, "connect"), reads("7000"), segment("a>b", Label::Psh), quiet(ms(2000)), reads("alive")]);
    let reading = |rung, value: &str| crate::timeline::What::Reading { rung, value: Ok(value.into()) };
    let timeline = timeline(40_000_000)
        .does(100, 200, 0, "connect")
        .happens(210, 220, reading(1, "7200"))
        .sends(400, "a>b", Label::Psh)
        .sends(1_500_400, "b>a", Label::DupAck);
    insta::assert_snapshot!(drawn(&ladder, &timeline), @r#"

            ___                                 ___
           | a |                               | b |
           |___|                               |___|
             ^                                   ^
    0.000    |.......... step: connect ..........|  ✓
    0.000    | <--- reads 7200                   |  expected client: 7000
    0.000    |--->--->--->--- PSH --->--->--->---|  ✓
             :              1.500 s              :
    1.500    |---<---<---<- DUP-ACK -<---<---<---|  breaks `quiet: 2s`
             | <- - alive                        |  not met
    "#);
}

/// Of a long name the end is shown, and the value always.
#[test]
fn a_reading_shows_its_value() {
    let mut ladder = ladder(vec![reads("432000"), reads("432000")]);
    ladder.rungs[0].text = "b: net.netfilter.nf_conntrack_tcp_timeout_established 432000".into();
    ladder.rungs[1].text = "a: net.netfilter.nf_conntrack_tcp_timeout_established 432000".into();
    let reading = |rung| crate::timeline::What::Reading { rung, value: Ok("432000".into()) };
    let timeline = timeline(40_000_000).happens(210, 220, reading(0)).happens(310, 320, reading(1));
    insta::assert_snapshot!(drawn(&ladder, &timeline), @r"

            ___                                 ___
           | a |                               | b |
           |___|                               |___|
             ^                                   ^
    0.000    | …ut_established reads 432000 ---> |  ✓
    0.000    | <--- …ut_established reads 432000 |  ✓
    ");
}

#[test]
fn what_a_rule_took_out_is_of_no_lane() {
    let counts = |text: &str, value: &str| rung(text.to_owned(), Expected::Reading { value: value.to_owned() });
    let ladder = ladder(vec![
        step(0, "outage"),
        counts("outage: 3 packets", "3 packets"),
        counts("server: state SYN_RECV", "SYN_RECV"),
        counts("outage: 1 packet", "1 packet"),
    ]);
    let reading = |rung, value: &str| crate::timeline::What::Reading { rung, value: Ok(value.into()) };
    let timeline = timeline(40_000_000).does(100, 200, 0, "outage").happens(210, 220, reading(1, "3 packets")).happens(
        230,
        240,
        reading(2, "none"),
    );
    insta::assert_snapshot!(drawn(&ladder, &timeline), @r#"

            ___                                 ___
           | a |                               | b |
           |___|                               |___|
             ^                                   ^
    0.000    |.......... step: outage ...........|  ✓
    0.000    |.... outage took out 3 packets ....|  ✓
    0.000    |             state reads none ---> |  expected server: state SYN_RECV
             |         outage: 1 packet          |  not met
    "#);
}

#[test]
fn many_lanes_stay_within_the_page() {
    let (ladder, mut timeline) = dead_peer();
    timeline.manifest.nodes[1].kind = NodeKind::Router;
    for extra in ["r-one", "r-two", "long-name-12"] {
        let info = crate::record::NodeInfo { name: node(extra), kind: NodeKind::Router, interfaces: Vec::new() };
        timeline.manifest.nodes.insert(2, info);
    }
    insta::assert_snapshot!(drawn(&ladder, &timeline), @r#"

            ___       ____  ______________ _______    _______      ___
           | a |     | sw || long-name-12 | r-two |  | r-one |    | b |
           |___|     |____||______________|_______|  |_______|    |___|
             ^          ^          ^          ^          ^          ^
    0.010    |..........|........ step: connect .........|..........|
    0.010    |-- SYN >--|--->--->--|--->--->--|--->--->--|--->--->--|  ✓
    0.010    |--<---<---|--<---<---| SYN/ACK -|--<---<---|--<---<---|  ✓
    0.010    |-- ACK >--|--->--->--|--->--->--|--->--->--|--->--->--|  ✓
    0.010    | <--- connected      |          |          |          |  ✓
    0.500    |..........|.......... step: drop ..........|..........|  ✓
             :          :          : 0.522 s  :          :          :
    1.022    |- PROBE --X          |          |          |          |  ✓
             :          :          : 1.024 s  :          :          :
    2.046    |- PROBE --X          |          |          |          |  ✓
             :          :          : 1.024 s  :          :          :
    3.070    |- PROBE --X          |          |          |          |  ✓
             :          :          : 1.024 s  :          :          :
    4.094    |-- RST >--X          |          |          |          |  ✓
    4.094    | <--- ETIMEDOUT      |          |          |          |  ✓
    "#);
}

#[test]
fn answered_probes_are_folded_in_pairs() {
    let ladder = ladder(vec![segment("a>b", Label::Syn)]);
    let mut ladder = ladder;
    ladder.rungs[0].times = 1;
    ladder.allow = vec![Label::Probe, Label::ProbeAck];
    let mut timeline = timeline(20_000_000).sends(100, "a>b", Label::Syn);
    for n in 1..=7 {
        timeline = timeline.sends(n * 1_024_000, "a>b", Label::Probe).sends(n * 1_024_000 + 30, "b>a", Label::ProbeAck);
    }
    let line = crate::timeline::What::Printed {
        side: Side::Client,
        line: "a line that is far too long to stand between two lanes".into(),
    };
    ladder.rungs.push(outcome(Side::Client, Outcome::Prints("far".into())));
    insta::assert_snapshot!(drawn(&ladder, &timeline.happens(9_000_000, 9_000_000, line)), @r#"

            ___                                 ___
           | a |                               | b |
           |___|                               |___|
             ^                                   ^
    0.000    |--->--->--->--- SYN --->--->--->---|  ✓
             :              1.024 s              :
    1.024    |--->--->--->-- PROBE -->--->--->---|  allowed
    1.024    |---<---<---< PROBE/ACK <---<---<---|  allowed
             :     ... 6 such, every 1.024 s     :  allowed
             :              1.832 s              :
    9.000    | <--- prints "a line that is far … |  ✓
    "#);
}
