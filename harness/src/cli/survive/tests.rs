use super::generate;
use super::pair::{Client, Question};
use super::table;
use crate::plan;
use crate::preset::{self, Keepalive};
use crate::scenario;
use std::collections::BTreeSet;
use std::time::Duration;

fn question(client: &str, through: &str) -> Question {
    let client = preset::program(client).unwrap();
    Question { client: client.into(), through: preset::middlebox(through).unwrap(), idle: None }
}

#[test]
fn every_scenario_is_one_that_runs() {
    for question in table::questions() {
        for text in [generate::idle(&question), generate::dead(&question)] {
            let scenario = scenario::parse("t.yaml", text.as_bytes());
            let scenario = scenario.unwrap_or_else(|failure| panic!("{}\n{text}", failure.render(false)));
            plan::compile("t", &scenario).unwrap_or_else(|error| panic!("{error}\n{text}"));
        }
    }
}

#[test]
fn a_clients_own_settings_stand_beside_its_preset() {
    let keepalive = Some(Keepalive::On { idle: Some(60), interval: Some(10), count: Some(6) });
    let client = Client { preset: preset::program("reqwest"), keepalive, user_timeout: Some(Duration::from_secs(9)) };
    let question = Question { client, ..question("go", "meraki") };
    assert_eq!(client.settings(), "keepalive 60/10/6, user timeout 9s");
    let line =
        "client: { on: a, preset: reqwest, keepalive: { idle: 60s, interval: 10s, count: 6 }, user_timeout: 9s }";
    assert!(generate::idle(&question).contains(line), "{}", generate::idle(&question));
    let alone = Question { client: Client { preset: None, user_timeout: None, ..client }, ..question };
    assert!(generate::dead(&alone).contains("client: { on: a, keepalive: { idle: 60s, interval: 10s, count: 6 } }"));
}

#[test]
fn it_is_left_idle_for_several_times_the_time_out() {
    let asked = question("go", "meraki");
    assert_eq!(asked.idle(), Duration::from_secs(900));
    assert!(generate::idle(&asked).contains("- wait: 15m\n"), "{}", generate::idle(&asked));
    assert_eq!(Question { idle: Some(Duration::from_secs(5)), ..asked }.idle(), Duration::from_secs(5));
}

#[test]
fn what_a_dead_peer_should_look_like_follows_the_settings() {
    let last = |client, through| generate::dead(&question(client, through)).lines().last().unwrap().trim().to_owned();
    assert_eq!(last("plain", "meraki"), "- client: alive");
    assert_eq!(last("linux", "meraki"), "- client: ETIMEDOUT");
    assert_eq!(last("linux", "aws-nlb"), "- client: ECONNRESET", "the NLB has forgotten it when the probe comes");
    assert_eq!(last("redis-server", "aws-nlb"), "- client: ETIMEDOUT");
}

#[test]
fn the_table_has_every_pair_and_runs_equal_ones_once() {
    let all = table::questions();
    let pairs: BTreeSet<_> = all.iter().map(|one| (one.client.name(), one.through.name)).collect();
    assert_eq!(pairs.len(), all.len());
    assert!(pairs.contains(&("redis-server", "aws-nat-gateway")) && !pairs.iter().any(|(_, b)| *b == "linux-nat"));
    let distinct = table::distinct(&all);
    assert!(distinct.len() < all.len());
    assert!(all.iter().all(|one| distinct.iter().filter(|known| known.key() == one.key()).count() == 1));
}
