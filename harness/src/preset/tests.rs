use super::*;
use std::collections::BTreeSet;

fn names() -> Vec<&'static str> {
    MIDDLEBOXES.iter().map(|one| one.name).chain(PROGRAMS.iter().map(|one| one.name)).collect()
}

#[test]
fn every_name_is_a_word_and_means_one_thing() {
    let all = names();
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len());
    let word = |name: &str| name.bytes().all(|o| o.is_ascii_lowercase() || o.is_ascii_digit() || o == b'-');
    assert!(all.iter().all(|name| word(name)), "{all:?}");
}

#[test]
fn every_value_says_where_and_when_it_was_read() {
    let sources = MIDDLEBOXES.iter().map(|one| one.source).chain(PROGRAMS.iter().map(|one| one.source));
    for source in sources {
        let (year, rest) = source.checked_on.split_at(4);
        let day = rest.is_empty() || (rest.len() == 6 && rest.matches('-').count() == 2);
        assert!(year.parse::<u16>().is_ok_and(|year| year >= 2026) && day, "{source:?}");
        assert!(source.at.starts_with("https://") || source.at.contains(['(', ' ']), "{source:?}");
    }
}

/// The kernel takes no others (include/net/tcp.h), and conntrack counts in 32-bit ticks.
#[test]
fn every_value_is_one_that_the_kernel_takes() {
    for program in &PROGRAMS {
        if let Keepalive::On { idle, interval, count } = program.keepalive {
            assert!(idle.is_none_or(|n| (1..=32767).contains(&n)), "{program:?}");
            assert!(interval.is_none_or(|n| (1..=32767).contains(&n)), "{program:?}");
            assert!(count.is_none_or(|n| (1..=127).contains(&n)), "{program:?}");
        }
    }
    for middlebox in &MIDDLEBOXES {
        assert!((1..=2_147_483).contains(&middlebox.idle_timeout.as_secs()), "{middlebox:?}");
    }
}

/// What the lab's NAT can't do is not offered: it refreshes on probes, and acts only on
/// what is sent to it.
#[test]
fn only_what_the_lab_can_do_is_buildable() {
    for middlebox in &MIDDLEBOXES {
        let able =
            middlebox.probes_refresh && matches!(middlebox.on_expiry, OnExpiry::Silent | OnExpiry::ResetToSender);
        assert_eq!(middlebox.build == Build::Lab, able, "{middlebox:?}");
        assert_eq!(BUILDABLE_NAMES.contains(&middlebox.name), able);
        assert!(!middlebox.loose || middlebox.on_expiry == OnExpiry::Silent, "{middlebox:?}");
    }
}

#[test]
fn names_are_found() {
    assert_eq!(middlebox("aws-nat-gateway").map(|one| one.idle_timeout.as_secs()), Some(350));
    assert_eq!(program("redis-server").map(|one| one.keepalive.to_string()).as_deref(), Some("300/100/3"));
    assert_eq!(program("clickhouse-client").map(|one| one.keepalive.to_string()).as_deref(), Some("290/-/-"));
    assert_eq!(program("plain").map(|one| one.keepalive.to_string()).as_deref(), Some("off"));
    assert!(middlebox("redis-server").is_none() && program("aws-nlb").is_none());
    assert!(PROGRAM_NAMES.iter().all(|name| program(name).is_some()));
}

#[test]
fn what_may_be_meant_is_told() {
    assert_eq!(alike("redis", &PROGRAM_NAMES), ["redis-server"]);
    assert_eq!(alike("aws-nat-gatway", &BUILDABLE_NAMES)[0], "aws-nat-gateway");
    assert_eq!(alike("aws-nat-gatway", &BUILDABLE_NAMES).len(), 4, "the other boxes of that cloud");
    assert_eq!(alike("ngnix", &PROGRAM_NAMES), [""; 0]);
    assert_eq!(alike("", &PROGRAM_NAMES), [""; 0]);
}
