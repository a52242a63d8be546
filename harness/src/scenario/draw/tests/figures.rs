use crate::scenario::figure::samples::{Sample, bare, parts, samples, scenario};
use crate::scenario::{Scenario, draw};

/// The figure in a drawn file, as the block's reader cuts it out.
fn cut(text: &str) -> String {
    let lines = text.lines().skip_while(|line| !line.starts_with("figure: |")).skip(1);
    lines.take_while(|line| line.starts_with(' ') || line.is_empty()).map(|line| format!("{line}\n")).collect()
}

fn drawn(scenario: &Scenario) -> String {
    draw::figure(scenario).unwrap()
}

#[test]
fn every_figure_is_drawn_so_that_it_reads_the_same() {
    for Sample { name, figure, .. } in samples() {
        let read = parts(figure);
        let text = drawn(&scenario(&read));
        assert!(!text.contains('#'), "{name} can't say all:\n{text}");
        assert_eq!(bare(&parts(&cut(&text))), bare(&read), "{name}:\n{text}");
    }
}

#[test]
fn show() {
    for Sample { figure, .. } in samples() {
        println!("{}", drawn(&scenario(&parts(figure))));
    }
}
