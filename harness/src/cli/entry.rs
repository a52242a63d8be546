use super::one::Judged;
use super::select::Loaded;
use crate::record::ClockKind;
use crate::report;

/// What a report is told of a run; `seed` is that of runs in virtual time.
pub(super) fn entry<'a>(loaded: &'a Loaded, judged: &'a Judged, seed: u64) -> report::Run<'a> {
    report::Run {
        name: &loaded.plan.name,
        title: &loaded.plan.title,
        ladder: &loaded.plan.ladder,
        timeline: &judged.timeline,
        verdict: &judged.verdict,
        warnings: &loaded.plan.warnings,
        evidence: judged.evidence.as_deref(),
        command: command(loaded, judged, seed),
        wall: judged.wall,
    }
}

/// What does the same again.
fn command(loaded: &Loaded, judged: &Judged, seed: u64) -> String {
    let path = loaded.found.path.display();
    match judged.timeline.manifest.clock {
        ClockKind::Virtual => format!("deadpeer run {path} --clock virtual --seed {seed}"),
        ClockKind::Real | ClockKind::Capture => format!("deadpeer run {path}"),
    }
}
