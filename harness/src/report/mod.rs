//! Stand-in.
mod plan;
pub use plan::plan;
use crate::ladder::Ladder;
use crate::timeline::Timeline;
use crate::verdict::*;
use std::path::Path;
use std::time::Duration;
pub struct Run<'a> { pub name: &'a str, pub title: &'a str, pub ladder: &'a Ladder, pub timeline: &'a Timeline, pub verdict: &'a Verdict, pub evidence: Option<&'a Path>, pub command: String, pub wall: Duration }
pub struct Skipped<'a> { pub name: &'a str, pub reason: &'a str, pub remedy: &'a str }
pub enum Entry<'a> { Run(Run<'a>), Skipped(Skipped<'a>), Broken { name: &'a str, reason: &'a str } }
pub fn frame_comment(_: &Timeline, _: usize) -> Option<String> { None }
pub fn ladder(_: &Ladder, t: &Timeline, _: &Verdict) -> String {
    let mut s = String::new();
    for c in &t.crossings { s += &format!("{} {} > {} {} {:?} seq {} ack {} len {}\n", c.sent, c.from, c.to, c.label, c.reach, c.seq, c.ack, c.len); }
    for h in &t.happenings { s += &format!("{}..{} {:?}\n", h.from, h.at, h.what); }
    for d in &t.doubts { s += &format!("doubt {d:?}\n"); }
    s
}
pub fn line(r: &Run) -> String { format!("{:?} {} {:?}\n", r.verdict.judgement, r.name, r.wall) }
pub fn judged(r: &Run) -> String { let mut s = line(r); for f in &r.verdict.findings { s += &format!("  {:?} {:?} line {:?}: {}\n", f.judgement, f.kind, f.rung.map(|(i, k)| (r.ladder.rungs[i].line, r.ladder.rungs[i].text.clone(), k)), f.message); } s + &ladder(r.ladder, r.timeline, r.verdict) }
pub fn totals(e: &[Entry]) -> String { format!("{} runs\n", e.len()) }
pub fn json(_: &[Entry]) -> String { String::new() }
pub fn junit(_: &[Entry]) -> String { String::new() }
pub fn github(_: &[Entry]) -> String { String::new() }
