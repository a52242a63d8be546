use super::*;
pub fn step_names(_: &[Spanned<Step>]) -> Vec<String> { Vec::new() }
pub fn rung_text(_: &Expected) -> String { String::new() }
