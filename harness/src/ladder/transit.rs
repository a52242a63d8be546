use crate::scenario::{Action, Impair, Impairment, Link, Scenario};
use std::time::Duration;

/// Octets of a full frame of Ethernet, beside its MTU.
const HEADER: u32 = 14;
const USUAL_MTU: u32 = 1500;

/// How long a segment may be on its way at most, by the delays that links are given: a
/// queue's waiting apart, all links in a row, each at its worst.
pub(super) fn transit(scenario: &Scenario) -> Duration {
    scenario.links.iter().map(|link| slowest(scenario, link)).sum()
}

fn slowest(scenario: &Scenario, link: &Link) -> Duration {
    let impaired = scenario.steps.iter().filter_map(|step| match &step.action {
        Action::Impair(what) if is_on(what, link) => Some(&what.how),
        _ => None,
    });
    let mtu = link.mtu.unwrap_or(USUAL_MTU);
    impaired.chain([&link.impairment]).map(|how| passage(how, mtu)).max().unwrap_or_default()
}

fn is_on(what: &Impair, link: &Link) -> bool {
    link.ends.iter().all(|end| end.value == what.of.value || end.value == what.toward.value)
}

fn passage(how: &Impairment, mtu: u32) -> Duration {
    let bits = u64::from(mtu.saturating_add(HEADER)) * 8;
    let sending =
        how.rate.map_or(Duration::ZERO, |rate| Duration::from_nanos(bits.saturating_mul(1_000_000_000) / rate));
    how.delay.unwrap_or_default() + how.jitter.unwrap_or_default() + sending
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::parse;

    fn of(links: &str, steps: &str) -> Duration {
        let text = format!(
            "title: t\nnodes: {{ a: host, sw: switch, b: host }}\nlinks: {links}\nclient: {{ on: a }}\nserver: {{ on: b }}\n\
             steps:\n  - connect\n{steps}expect:\n  - a > b: SYN\n"
        );
        transit(&parse("t.yaml", text.as_bytes()).unwrap_or_else(|failure| panic!("{}", failure.render(false))))
    }

    #[test]
    fn a_plain_link_takes_no_time() {
        assert_eq!(of("[a -- sw, sw -- b]", ""), Duration::ZERO);
    }

    #[test]
    fn all_links_count_each_at_its_worst() {
        let links = "[{ between: [a, sw], delay: 20ms, jitter: 5ms }, { between: [sw, b], rate: 12112bit }]";
        assert_eq!(of(links, ""), Duration::from_millis(25 + 1000));
        let worse = "  - impair: { on: sw, toward: a, delay: 300ms }\n";
        assert_eq!(of(links, worse), Duration::from_millis(300 + 1000));
    }
}
