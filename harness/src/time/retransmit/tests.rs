use super::*;
use crate::time::Span;
use std::time::Duration;

/// Times were read off to the last digit given, and up to a tick late.
fn holds(span: Span, measured: f64, name: &str) {
    let slack = if measured >= 10.0 { 0.05 } else { 0.015 };
    let (earliest, latest) = (span.earliest.as_secs_f64(), span.latest.as_secs_f64());
    assert!(earliest - slack <= measured && measured <= latest + slack, "{name}: {measured} is not in {span}");
}

#[test]
fn retries2_is_a_time() {
    let deaths = [(0, 0.85), (1, 1.67), (2, 3.33), (3, 6.73), (4, 6.75), (5, 13.5), (6, 26.6), (15, 938.0)];
    for (retries2, died) in deaths {
        holds(Retransmission::new(250).death(retries2).after, died, &format!("tcp_retries2 {retries2}"));
    }
    // Ten deaths were within 6.63 to 6.87 s.
    assert_eq!(Retransmission::new(250).death(3).after.to_string(), "6.616 .. 6.872 s");
    let bulk = Retransmission { flight: FirstFlight::Several, ..Retransmission::new(250) };
    holds(bulk.death(3).after, 6.58, "60 kB");
}

#[test]
fn its_span_is_no_wider_than_the_slots() {
    for (retries2, width) in [(0, 0.05), (2, 0.07), (3, 0.3), (5, 0.35), (6, 0.6)] {
        let span = Retransmission::new(250).death(retries2).after;
        assert!(span.latest - span.earliest < Duration::from_secs_f64(width), "tcp_retries2 {retries2}: {span}");
    }
}

#[test]
fn retransmissions_double() {
    let spans = Retransmission::new(250).retransmissions(7);
    for (span, measured) in spans.iter().zip([0.41, 0.84, 1.67, 3.34, 6.7, 13.3, 26.6]) {
        holds(*span, measured, "retransmission");
    }
}

#[test]
fn a_lower_ceiling_makes_them_linear() {
    let quick = Retransmission { rto_max: Duration::from_secs(1), ..Retransmission::new(250) };
    for (span, measured) in quick.retransmissions(5).iter().zip([0.41, 0.84, 1.68, 2.70, 3.72]) {
        holds(*span, measured, "retransmission");
    }
    holds(quick.death(8).after, 7.82, "tcp_retries2 8");
    holds(quick.death(6).after, 6.80, "tcp_retries2 6");
}

#[test]
fn a_user_timeout_counts_from_the_first_time_out() {
    for (millis, died) in [(3000, 3.42), (1000, 1.44), (10, 0.435)] {
        let end = Retransmission::new(250).user_timeout(Duration::from_millis(millis));
        holds(end.after, died, &format!("user timeout {millis} ms"));
        assert!(end.after.latest - end.after.earliest < Duration::from_millis(60), "{}", end.after);
    }
}

/// Long time-outs are passed over at once: that must not change the end.
#[test]
fn days_are_reckoned_as_minutes_are() {
    let end = |seconds| Retransmission::new(250).user_timeout(Duration::from_secs(seconds)).after;
    let step = 30_208 * 4; // 120 s, in ms from edge to edge
    for (seconds, steps) in [(1_000, 1_000), (1_013, 777)] {
        let (near, far) = (end(seconds), end(seconds + 1_000));
        assert!(near.contains(Duration::from_secs_f64(seconds as f64 + 1.0)), "{near}");
        assert!(far.contains(Duration::from_secs_f64(seconds as f64 + 1_001.0)), "{far}");
        let later = Duration::from_millis(step * steps);
        let moved = Retransmission::new(250).user_timeout(Duration::from_secs(seconds) + later).after;
        assert_eq!((moved.earliest - near.earliest, moved.latest - near.latest), (later, later));
    }
    assert_eq!(end(i32::MAX as u64 / 1000).earliest.as_secs(), 2_147_483);
}

#[test]
fn syns_with_linear_time_outs() {
    let starts = [0.0, 1.02, 2.04, 3.06, 4.07, 5.1, 7.1, 11.4, 19.6, 35.6, 67.9];
    for (retries, syns, end) in [(1, 3, 3.06), (2, 6, 7.14), (3, 8, 19.6), (6, 11, 133.4)] {
        let table = Syn { retries, ..Syn::new(250) }.timetable();
        assert_eq!(table.sent.len(), syns, "tcp_syn_retries {retries}");
        holds(table.end.after, end, &format!("tcp_syn_retries {retries}"));
        for (span, start) in table.sent.iter().zip(starts) {
            holds(*span, start, "SYN");
        }
    }
}

#[test]
fn syns_by_the_textbook() {
    let table = Syn { retries: 2, linear: 0, ..Syn::new(250) }.timetable();
    assert_eq!(table.sent.len(), 3);
    holds(table.sent[2], 3.03, "SYN");
    holds(table.end.after, 7.18, "tcp_syn_retries 2");
}

#[test]
fn a_user_timeout_ends_connect_to_the_slot() {
    let table = Syn { user_timeout: Some(Duration::from_millis(2500)), ..Syn::new(250) }.timetable();
    holds(table.end.after, 2.52, "user timeout");
    assert_eq!(table.end.reason, "a user timeout of 2.5 s counts from connect()");
}

#[test]
fn reasons_say_why() {
    assert_eq!(
        Retransmission::new(250).death(5).reason,
        "tcp_retries2 = 5 stands for 12.6 s from the first retransmission by time-out, and the first time-out after that ends the connection"
    );
    assert_eq!(
        Retransmission::new(250).user_timeout(Duration::from_secs(3)).reason,
        "with data in flight a user timeout counts from the first retransmission by time-out, 0.4 s after the write"
    );
    assert_eq!(
        Syn { retries: 2, ..Syn::new(250) }.timetable().end.reason,
        "tcp_syn_retries = 2 stands for 7 s or, with 4 linear time-outs, for 6 SYNs again, whichever comes first; \
         the next time-out ends the attempt"
    );
}
