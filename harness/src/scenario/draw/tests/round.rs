use super::texts::everything;
use crate::scenario::figure::samples::{parts, samples, scenario, without_places};
use crate::scenario::{Scenario, draw, parse};

/// Everything in a scenario but the places and the source.
fn bare(scenario: &Scenario) -> String {
    let mut scenario = scenario.clone();
    scenario.source.path.clear();
    scenario.source.text = "".into();
    without_places(&format!("{scenario:?}"))
}

fn read(text: &str) -> Scenario {
    parse("test.yaml", text.as_bytes()).unwrap_or_else(|wrong| panic!("{}\n{text}", wrong.render(false)))
}

#[test]
fn the_full_form_reads_back_equal() {
    for sample in samples() {
        let was = scenario(&parts(sample.figure));
        assert_eq!(bare(&read(&draw::full(&was))), bare(&was), "{}", sample.name);
    }
}

#[test]
fn the_figure_form_reads_back_equal() {
    for sample in samples() {
        let was = scenario(&parts(sample.figure));
        assert_eq!(bare(&read(&draw::figure(&was).unwrap())), bare(&was), "{}", sample.name);
    }
}

#[test]
fn everything_reads_back() {
    let text = draw::full(&everything());
    match parse("test.yaml", text.as_bytes()) {
        Ok(read) => assert_eq!(bare(&read), bare(&everything())),
        Err(wrong) => panic!("{}", wrong.render(false)),
    }
}
