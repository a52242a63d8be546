use super::*;
use insta::assert_snapshot;
use std::time::Duration;

fn predict(idle: u64, interval: u64, count: u32) -> Predict {
    let (idle, interval) = (Duration::from_secs(idle), Duration::from_secs(interval));
    Predict { idle, interval, count, user_timeout: None, hz: Some(250), json: false }
}

fn with_user_timeout(args: Predict, millis: u64) -> Predict {
    Predict { user_timeout: Some(Duration::from_millis(millis)), ..args }
}

fn output(args: &Predict) -> String {
    let mut out = Vec::new();
    run(args, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn a_short_table() {
    assert_snapshot!(output(&predict(60, 1, 10)), @r"
    idle 1 min, interval 1 s, count 10; HZ=250

      probe 1   60.000 .. 62.048 s
      probe 2   61.024 .. 63.072 s
      probe 3   62.048 .. 64.096 s
      probe 4   63.072 .. 65.120 s
      probe 5   64.096 .. 66.144 s
      probe 6   65.120 .. 67.168 s
      probe 7   66.144 .. 68.192 s
      probe 8   67.168 .. 69.216 s
      probe 9   68.192 .. 70.240 s
      probe 10  69.216 .. 71.264 s
      RST       70.240 .. 72.288 s   ETIMEDOUT

      silent peer     noticed after 70.240 to 72.288 s; nominally 1 min 10 s
      living peer     probed every 61.440 s
      data in flight  no probes; ETIMEDOUT 15 min 37 s to 15 min 40 s after the write, without RST (tcp_retries2 = 15)
    ");
}

#[test]
fn a_user_timeout_makes_one_loss_deadly() {
    assert_snapshot!(output(&with_user_timeout(predict(15, 15, 3), 30_000)), @r"
    idle 15 s, interval 15 s, count 3, user timeout 30 s; HZ=250

      probe 1  15.000 .. 15.256 s
      RST      30.104 .. 30.360 s   ETIMEDOUT

      silent peer     noticed after 30.104 to 30.360 s; nominally 30 s
      living peer     probed every 15.104 s
      data in flight  no probes; ETIMEDOUT 30.416 to 30.676 s after the write, without RST (user timeout)

    warning: user timeout 30 s makes count 3 act as 1: one lost probe kills a healthy connection
    ");
}

#[test]
fn the_defaults() {
    assert_snapshot!(output(&Predict { hz: None, ..predict(7200, 75, 9) }), @r"
    idle 2 h, interval 1 min 15 s, count 9; HZ=250 (assumed)

      probe 1  7200.000 .. 7331.072 s
      probe 2  7275.776 .. 7406.848 s
      probe 3  7351.552 .. 7482.624 s
      probe 4  7427.328 .. 7558.400 s
      probe 5  7503.104 .. 7634.176 s
      probe 6  7578.880 .. 7709.952 s
      probe 7  7654.656 .. 7785.728 s
      probe 8  7730.432 .. 7861.504 s
      probe 9  7806.208 .. 7937.280 s
      RST      7881.984 .. 8013.056 s   ETIMEDOUT

      silent peer     noticed after 2 h 11 min 21 s to 2 h 13 min 34 s; nominally 2 h 11 min 15 s
      living peer     probed every 7208.960 s
      data in flight  no probes; ETIMEDOUT 15 min 37 s to 15 min 40 s after the write, without RST (tcp_retries2 = 15)

    warning: idle 2 h is more than these keep an idle connection: Azure load balancer and NAT gateway (240 s), AWS NLB and NAT gateway (350 s), GCP firewall and passthrough load balancer (600 s)
    ");
}

#[test]
fn a_long_table_is_folded() {
    assert_snapshot!(output(&predict(1, 1, 100)), @r"
    idle 1 s, interval 1 s, count 100; HZ=250

      probe 1      1.000 ..   1.032 s
      probe 2      2.024 ..   2.056 s
      probe 3      3.048 ..   3.080 s
      probe 4      4.072 ..   4.104 s
      ...        94 more, 1.024 s apart
      probe 99   101.352 .. 101.384 s
      probe 100  102.376 .. 102.408 s
      RST        103.400 .. 103.432 s   ETIMEDOUT

      silent peer     noticed after 103.400 to 103.432 s; nominally 1 min 41 s
      living peer     probed every 1.024 s
      data in flight  no probes; ETIMEDOUT 15 min 37 s to 15 min 40 s after the write, without RST (tcp_retries2 = 15)
    ");
}

#[test]
fn where_the_ticks_lie_decides_on_a_probe() {
    assert_snapshot!(output(&with_user_timeout(predict(1, 1, 3), 2040)), @r"
    idle 1 s, interval 1 s, count 3, user timeout 2.04 s; HZ=250

      probe 1  1.000 .. 1.032 s
      probe 2  2.024 .. 2.036 s   unless it ended before
      RST      2.036 .. 3.060 s   ETIMEDOUT

      silent peer     noticed after 2.036 to 3.060 s; nominally 3 s
      living peer     probed every 1.024 s
      data in flight  no probes; ETIMEDOUT 2.456 to 2.492 s after the write, without RST (user timeout)

    warning: user timeout 2.04 s makes count 3 act as 1: one lost probe kills a healthy connection
    ");
}

#[test]
fn a_user_timeout_replaces_the_count_in_both_directions() {
    let warning = |args| output(&args).lines().last().unwrap_or_default().to_owned();
    assert_snapshot!(warning(with_user_timeout(predict(1, 1, 1), 5000)), @"warning: user timeout 5 s takes the place of count 1: 4 probes are sent before the end");
    assert_snapshot!(warning(with_user_timeout(predict(1, 1, 10), 2500)), @"warning: user timeout 2.5 s takes the place of count 10: 2 probes are sent before the end");
    assert!(!output(&with_user_timeout(predict(1, 1, 3), 4000)).contains("warning"));
    assert_snapshot!(warning(predict(1, 1, 1)), @"warning: count 1: one lost probe kills a healthy connection");
}

#[test]
fn the_kernel_can_outlast_a_box_that_the_setting_does_not() {
    let warning = |args| output(&args).lines().last().unwrap_or_default().to_owned();
    assert_snapshot!(warning(predict(340, 10, 3)), @"warning: idle 5 min 40 s can take 356.384 s, more than these keep an idle connection: Azure load balancer and NAT gateway (240 s), AWS NLB and NAT gateway (350 s)");
    assert_snapshot!(warning(predict(10, 300, 3)), @"warning: interval 5 min is more than these keep an idle connection: Azure load balancer and NAT gateway (240 s)");
    assert!(!output(&predict(200, 10, 3)).contains("warning"));
}

#[test]
fn for_programs() {
    let args = Predict { json: true, ..with_user_timeout(predict(1, 1, 3), 2040) };
    assert_snapshot!(output(&args), @r#"
    {
      "hz": 250,
      "hz_assumed": false,
      "idle": 1.0,
      "interval": 1.0,
      "count": 3,
      "user_timeout": 2.04,
      "probes": [
        {
          "earliest": 1.0,
          "latest": 1.032,
          "certain": true
        },
        {
          "earliest": 2.024,
          "latest": 2.036,
          "certain": false
        }
      ],
      "death": {
        "earliest": 2.036,
        "latest": 3.06,
        "errno": "ETIMEDOUT"
      },
      "nominal": 3.0,
      "answered_every": {
        "earliest": 1.024,
        "latest": 1.024
      },
      "in_flight_death": {
        "earliest": 2.456,
        "latest": 2.492
      },
      "one_lost_probe_kills": true,
      "warnings": [
        "user timeout 2.04 s makes count 3 act as 1: one lost probe kills a healthy connection"
      ]
    }
    "#);
}

#[test]
fn all_that_is_wrong_is_told_at_once() {
    let args = Predict {
        idle: Duration::from_millis(1500),
        interval: Duration::from_secs(32_768),
        count: 128,
        user_timeout: Some(Duration::from_micros(1)),
        hz: Some(0),
        json: false,
    };
    let error = run(&args, &mut Vec::new()).unwrap_err();
    assert_snapshot!(error, @r"
    --idle 1.5s: write whole seconds from 1 to 32767
    --interval 9h 6m 8s: write whole seconds from 1 to 32767
    --count 128: write a number from 1 to 127
    --user-timeout 1us: write whole milliseconds up to 2147483647 (24 days)
    --hz 0: write a number from 12 to 12287; kernels are built with 100, 250, 300 or 1000
    ");
    assert!(matches!(error, PredictError::Invalid(errors) if errors.len() == 5));
}

#[test]
fn the_limits_themselves_are_taken() {
    for args in [predict(1, 32_767, 127), predict(32_767, 1, 1), with_user_timeout(predict(1, 1, 1), i32::MAX as u64)] {
        assert!(output(&Predict { hz: Some(1000), ..args.clone() }).contains("ETIMEDOUT"), "{args:?}");
    }
    assert!(output(&with_user_timeout(predict(1, 1, 3), 0)).starts_with("idle 1 s, interval 1 s, count 3; HZ=250\n"));
}

#[test]
fn a_full_disk_is_no_wrong_value() {
    let mut nowhere: [u8; 4] = [0; 4];
    let error = run(&predict(1, 1, 3), &mut nowhere.as_mut_slice()).unwrap_err();
    assert!(matches!(error, PredictError::Write(_)), "{error}");
}

#[test]
fn the_command_line() {
    use clap::Parser;
    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        predict: Predict,
    }
    let line = Line::try_parse_from(["predict", "--idle", "60s", "--interval", "1s", "--count", "10", "--hz", "250"]);
    assert_eq!(line.ok().map(|line| line.predict), Some(predict(60, 1, 10)));
    let defaults = Line::try_parse_from(["predict"]).ok().map(|line| line.predict);
    assert_eq!(defaults, Some(Predict { hz: None, ..predict(7200, 75, 9) }));
    assert!(Line::try_parse_from(["predict", "--idle", "60"]).is_err());
}
