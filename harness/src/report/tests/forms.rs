use crate::ladder::Ladder;
use crate::name::{Label, Side};
use crate::record::ClockKind;
use crate::report::{Entry, Run, Skipped, frame_comment, frame_comments, github, json, judged, junit, line, totals};
use crate::time::LabTime;
use crate::timeline::{Doubt, Timeline, What};
use crate::verdict::tests::sample::*;
use crate::verdict::{Verdict, judge};
use std::path::Path;
use std::time::Duration;

fn run<'a>(name: &'a str, ladder: &'a Ladder, timeline: &'a Timeline, verdict: &'a Verdict) -> Run<'a> {
    Run {
        others: None,
        name,
        title: "The peer is gone <& forgotten>",
        ladder,
        timeline,
        verdict,
        warnings: &[],
        evidence: Some(Path::new("out/article/dead-peer")),
        command: "deadpeer run scenarios/article/dead-peer.yaml".into(),
        wall: Duration::from_millis(4610),
    }
}

/// A pass, a failure, an inconclusive one.
fn three() -> Vec<(Ladder, Timeline, Verdict)> {
    let (ladder, timeline) = dead_peer();
    let mut late = timeline.clone();
    late.crossings[5].sent = micros(3_570_000);
    let doubtful = timeline.clone().doubts(Doubt::FramesDropped { vantage: 3, dropped: 12 });
    let judged = |timeline: Timeline| (ladder.clone(), timeline.clone(), judge(&ladder, &timeline));
    vec![judged(timeline), judged(late), judged(doubtful)]
}

fn with_entries<T>(told: impl Fn(&[Entry<'_>]) -> T) -> T {
    let three = three();
    let names = ["article/pass", "article/late", "bare"];
    let runs = names.iter().zip(&three).map(|(name, (l, t, v))| Entry::Run(run(name, l, t, v)));
    let skipped = Skipped { name: "article/nat", reason: "no \"nft\" & no iptables", remedy: "apt install nftables" };
    let broken = Entry::Broken { name: "article/big", reason: "the lab could not be built: <no room>" };
    told(&runs.chain([Entry::Skipped(skipped), broken]).collect::<Vec<_>>())
}

#[test]
fn virtual_time_is_told_beside_that_on_the_wall() {
    let (ladder, mut timeline, verdict) = three().remove(0);
    assert!(!line(&run("x", &ladder, &timeline, &verdict)).contains(" for "));
    timeline.manifest.clock = ClockKind::Virtual;
    timeline.end = LabTime(7_919_103_400_000);
    let told = run("article/defaults", &ladder, &timeline, &verdict);
    assert_eq!(line(&told), "PASS          article/defaults  4.61 s for 2h 11m 59.103s\n");
    assert!(json(&[Entry::Run(told)]).contains("\"virtual_seconds\": 7919.1034"));
}

#[test]
fn a_failure_in_full() {
    let three = three();
    let (ladder, timeline, verdict) = &three[1];
    insta::assert_snapshot!(judged(&run("article/late", ladder, timeline, verdict)), @r#"
    FAIL          article/late  4.61 s
      The peer is gone <& forgotten>

      sample.yaml:15: a > b: PROBE
        wrong: `a > b: PROBE` (3 of 3) was due at 3.057..3.083 s and came at 3.570, 487ms late (counted
        from 2.046: a 1 s timer is 250 ticks at HZ=250; re-armed on an edge of 8-tick slots, it fires
        256 ticks (1.024 s) later; the clock is allowed 13ms).
          expected  a > b: PROBE, lost at sw  at 3.057..3.083 s
          seen      a > b: PROBE, lost at sw  at 3.570 s

      sample.yaml:16: a > b: RST
        wrong: `a > b: RST` was due at 4.581..4.607 s and came at 4.094, 487ms early (counted from
        3.570: a 1 s timer is 250 ticks at HZ=250; re-armed on an edge of 8-tick slots, it fires 256
        ticks (1.024 s) later; the clock is allowed 13ms).
          expected  a > b: RST, lost  at 4.581..4.607 s
          seen      a > b: RST, lost at sw  at 4.094 s

      evidence  out/article/dead-peer
      again     deadpeer run scenarios/article/dead-peer.yaml

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
                :                         1.524 s                         :
       3.570    |--->--->-- PROBE -->--->--->X                            |  late, due 3.057..3.083 s
                :                         0.524 s                         :
       4.094    |--->--->--- RST --->--->--->X                            |  early, due 4.581..4.607 s
       4.094    | <--- ETIMEDOUT             |                            |  ✓
    "#);
}

#[test]
fn every_kind_of_finding_tells_expected_and_seen() {
    let mut told = String::new();
    let mut tell = |change: &dyn Fn(&mut Ladder, &mut Timeline)| {
        let (mut ladder, mut timeline) = dead_peer();
        change(&mut ladder, &mut timeline);
        let verdict = judge(&ladder, &timeline);
        let text = judged(&run("x", &ladder, &timeline, &verdict));
        let findings: Vec<&str> = text.lines().skip(3).take_while(|line| !line.starts_with("  evidence")).collect();
        told.push_str(&findings.join("\n"));
        told.push('\n');
    };
    tell(&|_, t| drop(t.crossings.remove(1)));
    tell(&|_, t| t.crossings.insert(3, crossing(10_500, "b>a", Label::Psh, None)));
    tell(&|_, t| t.crossings[0].label = Label::Psh);
    tell(&|_, t| t.happenings.last_mut().unwrap().what = What::Outcome { side: Side::Client, outcome: ECONNRESET });
    tell(&|_, t| t.crossings[3].sent = micros(900_000));
    tell(&|l, _| l.rungs[0] = segment("a>b", Label::Syn).lost());
    tell(&|l, _| l.rungs.swap(3, 4));
    tell(&|l, _| l.rungs.insert(3, quiet(ms(2000))));
    tell(&|_, t| *t = t.clone().sees(4_200_000, Side::Server, ECONNRESET));
    tell(&|_, t| t.doubts.push(Doubt::Gap { vantage: 1, crossing: 0 }));
    insta::assert_snapshot!(told, @r#"
    sample.yaml:11: b > a: SYN/ACK
      wrong: `b > a: SYN/ACK` did not come.
        expected  b > a: SYN/ACK
        seen      nothing

    sample.yaml:13: client: connected
      wrong: `b > a: PSH` at 0.010500 was not expected after `client: connected`, line 13.
        expected  nothing
        seen      b > a: PSH  at 0.010500 s

    sample.yaml:10: a > b: SYN
      wrong: `a > b: SYN` was expected, and `a > b: PSH` came in its place at 0.010200.
        expected  a > b: SYN
        seen      a > b: PSH  at 0.010200 s

    sample.yaml:17: client: ETIMEDOUT
      wrong: `client: ETIMEDOUT` was expected, and `client: ECONNRESET` was seen at 4.094200.
        expected  client: ETIMEDOUT  at 4.081..4.417 s
        seen      client: ECONNRESET  at 4.094200 s
        due       counted from 4.094: 0s..300ms; the clock is allowed 23ms

    sample.yaml:15: a > b: PROBE
      wrong: `a > b: PROBE` (1 of 3) was due at 0.997..1.055 s and came at 0.900, 98ms early (counted
      from 0.010300: a 1 s timer is 250 ticks at HZ=250; its slot is 8 ticks (32 ms), so it fires
      1.000 to 1.032 s after it was armed; the clock is allowed 13ms).
        expected  a > b: PROBE, lost at sw  at 0.997..1.055 s
        seen      a > b: PROBE, lost at sw  at 0.900 s

    sample.yaml:15: a > b: PROBE
      wrong: `a > b: PROBE` (2 of 3) was due at 1.911..1.937 s and came at 2.046, 109ms late (counted
      from 0.900: a 1 s timer is 250 ticks at HZ=250; re-armed on an edge of 8-tick slots, it fires
      256 ticks (1.024 s) later; the clock is allowed 13ms).
        expected  a > b: PROBE, lost at sw  at 1.911..1.937 s
        seen      a > b: PROBE, lost at sw  at 2.046 s

    sample.yaml:0: a > b: SYN
      wrong: `a > b: SYN, lost` was expected, and `a > b: SYN` was seen at 0.010200, and it arrived.
        expected  a > b: SYN, lost
        seen      a > b: SYN  at 0.010200 s

    sample.yaml:13: client: connected
      wrong: `client: connected` came at 0.010400, before `step: drop` at 0.505, and should have come
      after it.
        expected  client: connected
        seen      client: connected  at 0.010400 s

    sample.yaml:0: quiet: 2s
      wrong: It should have been quiet for 2s from 0.010300 on, and `a > b: PROBE, lost at sw` came at
      1.022.
        expected  quiet: 2s
        seen      a > b: PROBE, lost at sw  at 1.022 s

    sample.yaml:16: a > b: RST
      wrong: `a > b: RST` was due at 1.483..1.550 s and came at 4.094, 2.544s late (counted from
      0.500..0.505: a 1 s timer is 250 ticks at HZ=250; its slot is 8 ticks (32 ms), and it counts
      from the last activity, so it fires 1.000 to 1.032 s after that; the clock is allowed 13ms).
        expected  a > b: RST, lost  at 1.483..1.550 s
        seen      a > b: RST, lost at sw  at 4.094 s

    sample.yaml:17: client: ETIMEDOUT
      wrong: `client: ETIMEDOUT` was due at 3.057..3.393 s and came at 4.094200, 702ms late (counted
      from 3.070: 0s..300ms; the clock is allowed 23ms).
        expected  client: ETIMEDOUT  at 3.057..3.393 s
        seen      client: ETIMEDOUT  at 4.094200 s

    sample.yaml:17: client: ETIMEDOUT
      wrong: `server: ECONNRESET` at 4.200 was not expected: no line tells of that error.
        expected  nothing
        seen      server: ECONNRESET  at 4.200 s

    sample.yaml:
      in doubt: 1 segment went past to-a of sw without being seen there, so its capture has gaps: run
      it again.
    "#);
}

#[test]
fn a_pass_is_a_line() {
    let (ladder, timeline, verdict) = three().remove(0);
    assert_eq!(line(&run("article/pass", &ladder, &timeline, &verdict)), "PASS          article/pass  4.61 s\n");
    assert!(judged(&run("x", &ladder, &timeline, &verdict)).lines().any(|line| line.ends_with('✓')));
}

#[test]
fn one_line_each_and_the_totals() {
    insta::assert_snapshot!(with_entries(totals), @r#"
    FAIL          article/late  4.61 s
    INCONCLUSIVE  bare  4.61 s
                    The capture at to-sw of b lost 12 frames, so what is missing may have been there: run fewer at once (--jobs 1).
    SKIP          article/nat  no "nft" & no iptables
    INCONCLUSIVE  article/big
                    the lab could not be built: <no room>
    1 passed, 1 failed, 2 inconclusive, 1 skipped
    "#);
}

#[test]
fn workflow_commands() {
    insta::assert_snapshot!(with_entries(github), @r#"
    ::error file=sample.yaml,line=15,title=article/late::`a > b: PROBE` (3 of 3) was due at 3.057..3.083 s and came at 3.570, 487ms late (counted from 2.046: a 1 s timer is 250 ticks at HZ=250; re-armed on an edge of 8-tick slots, it fires 256 ticks (1.024 s) later; the clock is allowed 13ms).
    ::error file=sample.yaml,line=16,title=article/late::`a > b: RST` was due at 4.581..4.607 s and came at 4.094, 487ms early (counted from 3.570: a 1 s timer is 250 ticks at HZ=250; re-armed on an edge of 8-tick slots, it fires 256 ticks (1.024 s) later; the clock is allowed 13ms).
    ::warning file=sample.yaml,title=bare::The capture at to-sw of b lost 12 frames, so what is missing may have been there: run fewer at once (--jobs 1).
    ::notice title=article/nat::skipped: no "nft" & no iptables; apt install nftables
    ::warning title=article/big::the lab could not be built: <no room>
    "#);
}

#[test]
fn junit_is_well_formed() {
    let text = with_entries(junit);
    assert_eq!(unclosed(&text), Vec::<String>::new());
    let cases = text.lines().filter(|line| {
        !line.starts_with("   ") || line.contains("testcase") || line.contains("type=") || line.contains("skipped")
    });
    insta::assert_snapshot!(cases.collect::<Vec<_>>().join("\n"), @r#"
    <?xml version="1.0" encoding="UTF-8"?>
    <testsuites name="deadpeer" tests="5" failures="1" errors="2" skipped="1" time="13.830">
      <testsuite name="deadpeer" tests="5" failures="1" errors="2" skipped="1" time="13.830">
        <testcase classname="article" name="pass" time="4.610"/>
        <testcase classname="article" name="late" time="4.610">
          <failure type="late" message="`a &gt; b: PROBE` (3 of 3) was due at 3.057..3.083 s and came at 3.570, 487ms late (counted from 2.046: a 1 s timer is 250 ticks at HZ=250; re-armed on an edge of 8-tick slots, it fires 256 ticks (1.024 s) later; the clock is allowed 13ms).">FAIL          article/late  4.61 s
      The peer is gone &lt;&amp; forgotten&gt;

      sample.yaml:15: a &gt; b: PROBE

      sample.yaml:16: a &gt; b: RST

      evidence  out/article/dead-peer
      again     deadpeer run scenarios/article/dead-peer.yaml

    </failure>
        </testcase>
        <testcase classname="deadpeer" name="bare" time="4.610">
          <error type="doubtful" message="The capture at to-sw of b lost 12 frames, so what is missing may have been there: run fewer at once (--jobs 1).">INCONCLUSIVE  bare  4.61 s
      The peer is gone &lt;&amp; forgotten&gt;

      sample.yaml:

      evidence  out/article/dead-peer
      again     deadpeer run scenarios/article/dead-peer.yaml

    </error>
        </testcase>
        <testcase classname="article" name="nat">
          <skipped message="no &quot;nft&quot; &amp; no iptables; apt install nftables"/>
        </testcase>
        <testcase classname="article" name="big">
          <error type="broken" message="the lab could not be built: &lt;no room&gt;"/>
        </testcase>
      </testsuite>
    </testsuites>
    "#);
}

/// The elements that are open at the end, or closed without being open, of a text in which
/// `<` and `&` stand only where XML has them.
fn unclosed(text: &str) -> Vec<String> {
    let mut open = Vec::new();
    for part in text.split('<').skip(1) {
        let (tag, rest) = part.split_once('>').expect("a tag that is not closed");
        assert!(!rest.contains('>'), "{rest}");
        for entity in rest.split('&').skip(1).chain(tag.split('&').skip(1)) {
            let name = entity.split(';').next().unwrap();
            assert!(["amp", "lt", "gt", "quot", "apos", "#13"].contains(&name), "{entity}");
        }
        assert_eq!(tag.matches('"').count() % 2, 0, "{tag}");
        let name = tag.trim_start_matches('/').split([' ', '/']).next().unwrap().to_owned();
        if tag.starts_with('/') {
            assert_eq!(open.pop(), Some(name));
        } else if !tag.ends_with('/') && !tag.starts_with('?') {
            open.push(name);
        }
    }
    open
}

#[test]
fn what_xml_cannot_hold_is_replaced() {
    let three = three();
    let (ladder, timeline, verdict) = &three[0];
    let mut verdict = verdict.clone();
    verdict.judgement = crate::verdict::Judgement::Fail;
    let name = "a/<b>&\"c'\u{0}\u{1b}[1m]]>\r";
    let text = junit(&[Entry::Run(run(name, ladder, timeline, &verdict))]);
    assert_eq!(unclosed(&text), Vec::<String>::new());
    assert!(text.contains("name=\"&lt;b&gt;&amp;&quot;c&apos;\u{fffd}\u{fffd}[1m]]&gt;&#13;\""), "{text}");
}

#[test]
fn commands_keep_to_their_line() {
    let (mut ladder, timeline, mut verdict) = three().remove(1);
    ladder.file = "a,b:c.yaml".into();
    verdict.findings[0].message = "100%\r\n::error::x".into();
    let text = github(&[Entry::Run(run("n", &ladder, &timeline, &verdict))]);
    assert_eq!(text.lines().next(), Some("::error file=a%2Cb%3Ac.yaml,line=15,title=n::100%25%0D%0A::error::x"));
}

#[test]
fn data_for_programs() {
    let value: serde_json::Value = serde_json::from_str(&with_entries(json)).unwrap();
    assert_eq!(value["runs"][0]["judgement"], "pass");
    assert_eq!(value["runs"][1]["findings"][0]["kind"], "late");
    assert_eq!(value["runs"][1]["findings"][0]["rung"]["line"], 15);
    assert_eq!(value["runs"][1]["findings"][0]["seen"]["at"], 3_570_000_000_i64);
    assert_eq!(value["runs"][2]["judgement"], "inconclusive");
    assert_eq!(value["runs"][3]["remedy"], "apt install nftables");
    assert_eq!((&value["passed"], &value["inconclusive"]), (&1.into(), &2.into()));
}

#[test]
fn frames_are_commented() {
    let (_, mut timeline) = dead_peer();
    timeline.crossings[0].sightings[2].frame = 17;
    timeline.crossings[3].sightings[1].frame = 23;
    assert_eq!(frame_comment(&timeline, 17).as_deref(), Some("#1 a > b: SYN"));
    assert_eq!(frame_comment(&timeline, 23).as_deref(), Some("#4 a > b: PROBE, lost at sw"));
    assert_eq!(frame_comment(&timeline, 24), None);
    assert_eq!(frame_comments(&timeline).get(&23), frame_comment(&timeline, 23).as_ref());
}
